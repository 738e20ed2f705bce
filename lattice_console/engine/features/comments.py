"""Comments: threads on lines, on files and on a mutation, and the suggestions in them."""

from codecs import BOM_UTF8
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from lattice_console.contract.errors import LatticeError, NotFound, RuleBroken, from_validation
from lattice_console.contract.models.mutation import ChangeInput, Mutation
from lattice_console.contract.models.review import Anchor, Comment, NewComment
from lattice_console.engine.features import anchors, hooking, judging, mutations, stored, views
from lattice_console.engine.features.context import Context, new_id
from lattice_console.engine.features.registry import reads, writes
from lattice_console.engine.records import CommentRecord, MutationRecord
from lattice_console.merge.lines import LineIndex


@reads("reviews.comments", may_lag=True)
def listing(ctx: Context, *, mutation: str, patchset: int | None) -> tuple[Comment, ...]:
    record = views.find(ctx, mutation)
    wanted = record.patchset if patchset is None else patchset
    anchors.changes_of(ctx, record, wanted)
    return tuple(_comment(ctx, record, one, wanted) for one in ctx.tables.reviews.comments(record.id))


@writes("reviews.comment")
def comment(
    ctx: Context,
    *,
    mutation: str,
    text: str,
    anchor: Anchor | None,
    reply_to: str | None,
    suggestion: str | None,
    patchset: int | None,
    expected_version: int | None,
) -> Comment:
    record = views.find(ctx, mutation)
    mutations.expect_version(ctx, record, expected_version)
    try:
        new = NewComment(text=text, anchor=anchor, reply_to=reply_to, suggestion=suggestion, patchset=patchset)
    except ValidationError as error:
        raise from_validation(error) from None
    commented, [said] = say(ctx, record, [new])
    judging.judge(ctx, [commented])
    return _comment(ctx, record, said, said.patchset)


def say(ctx: Context, record: MutationRecord, new: Sequence[NewComment]) -> tuple[MutationRecord, list[CommentRecord]]:
    """Make comments by the actor; returns the mutation with its counts.

    Raises what `anchors.check` does; details `entry` is the place of the comment that is wrong among them, from 0.
    """
    known = {one.id: one for one in ctx.tables.reviews.comments(record.id)} if record.comments else {}
    said: list[CommentRecord] = []
    for entry, wanted in enumerate(new):
        try:
            said.append(_make(ctx, record, wanted, known))
        except LatticeError as error:
            error.details["entry"] = entry
            raise
    for one in said:
        ctx.tables.reviews.add_comment(record.id, one)
        ctx.record("mutation.commented", record.id, number=record.number, comment=one.id)
        where = {"file_path": one.anchor["file_path"], "line": one.anchor["line"]} if one.anchor else {}
        ctx.announce(
            "mutation.commented",
            record.id,
            record.version,
            number=record.number,
            comment=one.id,
            text=one.text[:500],
            **where,
        )
    stored.forget(ctx, record.id)
    ctx.tables.reviews.note_seen(ctx.me.id, record.id, max(one.patchset for one in said))
    return _counted(ctx, record, [*known.values(), *said]), said


def _make(ctx: Context, record: MutationRecord, new: NewComment, known: dict[str, CommentRecord]) -> CommentRecord:
    number = record.patchset if new.patchset is None else new.patchset
    # Also a remark is about a patchset that there is.
    anchors.changes_of(ctx, record, number)
    id = new_id()
    thread = id if new.reply_to is None else _find(record, known, new.reply_to).thread
    anchor = anchors.check(ctx, record, number, new.anchor) if new.anchor else None
    return CommentRecord(
        id=id,
        author_id=ctx.me.id,
        patchset=number,
        text=new.text,
        created_at=ctx.after(max([record.updated_at, *(one.created_at for one in known.values())])),
        thread=thread,
        anchor=anchor.model_dump(mode="json") if anchor else None,
        suggestion=new.suggestion,
        applied=None,
        open=anchor is not None,
        resolved_by=None,
        resolved_at=None,
    )


@writes("reviews.resolve")
def resolve(ctx: Context, *, mutation: str, thread: str, resolved: bool, expected_version: int | None) -> Comment:
    record = views.find(ctx, mutation)
    mutations.expect_version(ctx, record, expected_version)
    known = {one.id: one for one in ctx.tables.reviews.comments(record.id)}
    first = known[_find(record, known, thread).thread]
    if first.open == resolved:
        _settle(ctx, record, first, resolved)
        data: dict[str, Any] = {"number": record.number, "comment": first.id, "resolved": resolved}
        ctx.record("mutation.commented", record.id, **data)
        ctx.announce("mutation.commented", record.id, record.version, **data)
        counted = _counted(ctx, record, ctx.tables.reviews.comments(record.id))
        judging.judge(ctx, [counted])
    after = {one.id: one for one in ctx.tables.reviews.comments(record.id)}
    return _comment(ctx, record, after[first.id], record.patchset)


def _settle(ctx: Context, record: MutationRecord, first: CommentRecord, resolved: bool, **columns: Any) -> None:
    by, at = (ctx.me.id, ctx.now) if resolved else (None, None)
    ctx.tables.reviews.update_comment(first.id, open=not resolved, resolved_by=by, resolved_at=at, **columns)


@writes("reviews.apply_suggestions", asks=hooking.before("updating", hooking.about_remade))
def apply_suggestions(
    ctx: Context, *, mutation: str, comments: Sequence[str], message: str, expected_version: int | None
) -> Mutation:
    record = views.find(ctx, mutation)
    known = {one.id: one for one in ctx.tables.reviews.comments(record.id)}
    taken = list({one.id: one for one in (_find(record, known, reference) for reference in comments)}.values())
    changes = _with_suggestions(ctx, record, taken)
    authors = ", ".join(sorted({ctx.person(one.author_id).handle for one in taken}))
    said = message or f"Apply {'a suggestion' if len(taken) == 1 else f'{len(taken)} suggestions'} by {authors}"
    updated = mutations.renew(ctx, mutation, changes, said, expected_version)
    for one in taken:
        _settle(ctx, record, known[one.thread], resolved=True, applied=updated.patchset)
    counted = _counted(ctx, updated, ctx.tables.reviews.comments(record.id))
    return views.mutation(ctx, *judging.judge(ctx, [counted]))


def _with_suggestions(ctx: Context, record: MutationRecord, taken: Sequence[CommentRecord]) -> list[ChangeInput]:
    """The changes of the current patchset, with the suggested lines in place of those that they are about."""
    edits: dict[str, list[tuple[int, int, str]]] = {}
    for one in taken:
        path, first, last = _lines_of(ctx, record, one)
        edits.setdefault(path, []).append((first, last, one.suggestion or ""))
    changes = []
    for change in mutations.same_changes(ctx, stored.of(ctx, record).changes, on_their_bases=True):
        # Another file may come to the place of one that is deleted.
        found = edits.get(change.new_path or change.file_path, []) if change.operation_type != "delete" else []
        content = change.content
        # From the end, so that the numbers of the lines before it stay what they are.
        for first, last, text in sorted(found, reverse=True):
            content = _replaced(content or b"", first, last, text)
        changes.append(change.model_copy(update={"content": content}))
    for path, found in edits.items():
        found.sort()
        for (_, last, _), (first, _, _) in pairwise(found):
            if first <= last:
                raise RuleBroken(
                    "BR_SUGGESTION", f"Two of the suggestions change line {first} of {path}; apply one of them."
                )
    return changes


def _lines_of(ctx: Context, record: MutationRecord, one: CommentRecord) -> tuple[str, int, int]:
    """The path and the lines that a suggestion replaces on the current patchset; raises RuleBroken."""
    if one.suggestion is None or one.anchor is None:
        raise RuleBroken("BR_SUGGESTION", f"The comment {one.id} suggests no lines.", comment=one.id)
    if one.applied is not None:
        raise RuleBroken(
            "BR_SUGGESTION", f"The suggestion {one.id} was applied in patchset {one.applied} already.", comment=one.id
        )
    anchor = Anchor.model_validate(one.anchor)
    place, whole = anchors.place(ctx, record, anchor, one.patchset, record.patchset)
    if place is None or place.line is None or not whole:
        raise RuleBroken(
            "BR_SUGGESTION",
            f"The suggestion {one.id} is about lines of {anchor.file_path} that have changed since patchset "
            f"{one.patchset}. Make the edit by hand, in a new patchset.",
            comment=one.id,
        )
    return place.file_path, place.line, place.last or place.line


def _replaced(content: bytes, first: int, last: int, text: str) -> bytes:
    """The content with `text` for its lines from `first` to `last` (from 1), and with their line ends."""
    lines = LineIndex(content)
    start, end = lines.offset(first - 1), lines.offset(last)
    if start == 0 and content.startswith(BOM_UTF8):
        start, text = len(BOM_UTF8), text.removeprefix("\ufeff")
    taken = content[start:end]
    if not text:
        return content[:start] + content[end:]
    # A last line may have no line end to go by.
    line, end_of_line, _ = (taken if b"\n" in taken else content).partition(b"\n")
    newline = b"\r\n" if end_of_line and line.endswith(b"\r") else b"\n"
    new = newline.join(line.encode() for line in text.removesuffix("\n").split("\n"))
    # A last line that has no line end keeps to that.
    return content[:start] + new + (newline if taken.endswith(b"\n") else b"") + content[end:]


def _find(record: MutationRecord, known: dict[str, CommentRecord], reference: str) -> CommentRecord:
    """The comment of that id, or the one whose id begins so."""
    found = [one for id, one in known.items() if id.startswith(reference)] if len(reference) >= 8 else []
    if len(found) != 1:
        raise NotFound("NF_COMMENT", f"M-{record.number} has no comment {reference[:100]}.")
    return found[0]


def _counted(ctx: Context, record: MutationRecord, known: Sequence[CommentRecord]) -> MutationRecord:
    """The mutation with the numbers of its comments, open threads, and of those that wait for its author."""
    last_word = {one.thread: one.author_id for one in sorted(known, key=lambda one: (one.created_at, one.id))}
    waiting = [one.id for one in known if one.id == one.thread and one.open]
    counts = {
        "comments": len(known),
        "threads": len(waiting),
        "unanswered": sum(last_word[thread] != record.author_id for thread in waiting),
    }
    # A remark is no change of what others look at: the version stays, so that nobody's vote fails on it.
    return stored.change(ctx, record, **counts, version=record.version, updated_at=record.updated_at)


def _comment(ctx: Context, record: MutationRecord, one: CommentRecord, wanted: int) -> Comment:
    anchor = Anchor.model_validate(one.anchor) if one.anchor else None
    place, _ = anchors.place(ctx, record, anchor, one.patchset, wanted) if anchor else (None, True)
    return Comment(
        id=one.id,
        author=ctx.person(one.author_id),
        patchset=one.patchset,
        text=one.text,
        created_at=one.created_at,
        thread=one.thread,
        anchor=anchor,
        place=place,
        gone=anchor is not None and place is None,
        suggestion=one.suggestion,
        applied=one.applied,
        open=one.open,
        resolved_by=ctx.person(one.resolved_by) if one.resolved_by else None,
        resolved_at=one.resolved_at,
    )
