"""What comments are anchored to: checked when they are made, carried to the patchset that somebody reads."""

from collections.abc import Sequence
from typing import NamedTuple

from lattice_console.contract.errors import NotFound, ValidationFailed
from lattice_console.contract.models.review import Anchor, Side
from lattice_console.engine.features.context import Context
from lattice_console.engine.records import ChangeRecord, MutationRecord
from lattice_console.engine.rules import syntax
from lattice_console.merge.diff import is_binary
from lattice_console.merge.lines import LineIndex
from lattice_console.merge.positions import Carried, Positions


class Text(NamedTuple):
    """One side of a changed file: its path, and the hash of its bytes, None where it has none."""

    path: str
    hash: str | None


def changes_of(ctx: Context, record: MutationRecord, number: int) -> Sequence[ChangeRecord]:
    """The changes of one patchset of a mutation; raises NotFound (`NF_PATCHSET`)."""
    key = ("changes", record.id, number)
    if key not in ctx.memo:
        found = ctx.tables.mutations.patchset(record.id, number)
        if found is None:
            raise NotFound("NF_PATCHSET", f"M-{record.number} has {record.patchset} patchsets, no {number}.")
        ctx.memo[key] = ctx.tables.mutations.changes([found.id]).get(found.id, [])
    known: Sequence[ChangeRecord] = ctx.memo[key]
    return known


def check(ctx: Context, record: MutationRecord, number: int, anchor: Anchor) -> Anchor:
    """The anchor with the lines that it means; raises ValidationFailed (`VAL_ANCHOR`) for what is not there."""
    change = _change_at(changes_of(ctx, record, number), anchor)
    if change is None:
        raise _wrong(f"patchset {number} of M-{record.number} does not touch {anchor.file_path}")
    text = side(change, anchor.side)
    plain = Anchor(file_path=text.path, side=anchor.side)
    if anchor.line is None and anchor.pointer is None:
        return plain
    if text.hash is None:
        raise _wrong(f"{text.path} has no {anchor.side} side: comment on the other one, or on the file")
    content = _content(ctx, text.hash)
    if anchor.pointer is not None:
        found = _pointed(text.path, content, anchor.pointer)
        if found is None:
            raise _wrong(f"{text.path} has nothing at {anchor.pointer[:200]}")
        return _at(plain, *found, anchor.pointer)
    count = LineIndex(content).count
    first, last = anchor.line or 1, anchor.last or 1
    if is_binary(content) or last > count:
        raise _wrong(
            f"{text.path} has {'no lines: it is binary' if is_binary(content) else f'{count} lines, no {last}'}"
        )
    return _at(plain, first, last, None)


def place(ctx: Context, record: MutationRecord, anchor: Anchor, made: int, wanted: int) -> tuple[Anchor | None, bool]:
    """Where an anchor made on one patchset stands on another, and whether all of it does; None where it is gone."""
    if made == wanted:
        return anchor, True
    before = _change_at(changes_of(ctx, record, made), anchor)
    after = _same_document(changes_of(ctx, record, wanted), before, anchor)
    if before is None or after is None:
        return None, False
    old, new = side(before, anchor.side), side(after, anchor.side)
    plain = Anchor(file_path=new.path, side=anchor.side)
    if anchor.line is None:
        return plain, True
    if old.hash is None or new.hash is None:
        return None, False
    if anchor.pointer is not None:
        found = _pointed(new.path, _content(ctx, new.hash), anchor.pointer)
        # The value may be another one by now; whoever replaces it has to see that its lines are the same.
        return (_at(plain, *found, anchor.pointer), old.hash == new.hash) if found else (None, False)
    carried = _carried(ctx, old.hash, new.hash, anchor.line, anchor.last or anchor.line)
    return (_at(plain, carried.first, carried.last, None), carried.whole) if carried else (None, False)


def side(change: ChangeRecord, which: Side) -> Text:
    """One side of a change."""
    if which == "new":
        return Text(change.result_path, change.result_hash)
    return Text(change.path, change.base_hash)


def _change_at(changes: Sequence[ChangeRecord], anchor: Anchor) -> ChangeRecord | None:
    """The change of the file that stands at the anchor's path on its side; else one that has the path at all."""
    found = [change for change in changes if anchor.file_path in (change.path, change.result_path)]
    # Where files swap their paths, or one comes to the place of another, two changes have it.
    standing = (change for change in found if side(change, anchor.side).path == anchor.file_path)
    there = next((change for change in standing if side(change, anchor.side).hash is not None), None)
    return there or next(iter(found), None)


def _same_document(changes: Sequence[ChangeRecord], before: ChangeRecord | None, anchor: Anchor) -> ChangeRecord | None:
    """The change of the document that another patchset changes there."""
    known = before.document_id if before else None
    found = next((change for change in changes if known is not None and change.document_id == known), None)
    return found or _change_at(changes, anchor)


def _at(plain: Anchor, first: int, last: int, pointer: str | None) -> Anchor:
    return Anchor(
        file_path=plain.file_path, side=plain.side, line=first, end_line=last if last > first else None, pointer=pointer
    )


def _content(ctx: Context, hash: str) -> bytes:
    key = ("content", hash)
    if key not in ctx.memo:
        ctx.memo[key] = ctx.tables.documents.blobs([hash]).get(hash, b"")
    content: bytes = ctx.memo[key]
    return content


def _carried(ctx: Context, old: str, new: str, first: int, last: int) -> Carried | None:
    key = ("positions", old, new)
    if key not in ctx.memo:
        ctx.memo[key] = Positions(_content(ctx, old), _content(ctx, new))
    positions: Positions = ctx.memo[key]
    return positions.carry(first, last)


def _pointed(path: str, content: bytes, pointer: str) -> tuple[int, int] | None:
    return syntax.spans(syntax.kind_of(path), content, {pointer}).get(pointer)


def _wrong(problem: str) -> ValidationFailed:
    return ValidationFailed("VAL_ANCHOR", f"Not commented: {problem}.", field="anchor")
