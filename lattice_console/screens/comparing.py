"""Which states of a mutation are compared, and where in them a line comes from."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from lattice_console.contract.comparison import Pair, State, matched, same_document
from lattice_console.contract.models.mutation import Change, Mutation, Operation
from lattice_console.contract.models.review import Anchor, Side
from lattice_console.merge.positions import Carried, Positions
from lattice_console.screens.loading import load_content, load_file
from lattice_console.screens.session import Session
from lattice_console.widgets.diff_document import Selection
from lattice_console.widgets.diff_units import new_line
from lattice_console.widgets.file_change import FileChange

__all__ = ["Compared", "ComparedFile", "Comparison", "Origin", "carry", "compare", "first_look"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Patchset `older` of a mutation beside `newer`; None is what `newer` was made against."""

    older: int | None
    newer: int


def first_look(mutation: Mutation, *, full: bool = False) -> Comparison:
    """What to show first: what came since the actor's last review, the whole change where there was none."""
    seen = mutation.seen
    if full or seen is None or seen >= mutation.patchset:
        return Comparison(None, mutation.patchset)
    return Comparison(seen, mutation.patchset)


@dataclass(frozen=True, slots=True)
class Origin:
    """One side of a file of a comparison, as a patchset has it; `hash` is None where the file does not exist."""

    patchset: int
    side: Side
    path: str
    hash: str | None


@dataclass(frozen=True, slots=True)
class ComparedFile:
    """A file of a comparison, and where both its sides come from."""

    change: FileChange
    old: Origin
    new: Origin

    def origin(self, side: Side) -> Origin:
        """Where one of its sides comes from."""
        return self.old if side == "old" else self.new


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison with its files; those that are alike are left out."""

    comparison: Comparison
    files: tuple[ComparedFile, ...]

    @property
    def changes(self) -> tuple[FileChange, ...]:
        """The files, as widgets take them."""
        return tuple(file.change for file in self.files)

    def anchor(self, selection: Selection) -> tuple[int, Anchor]:
        """What a remark on those lines is about: the patchset, and the lines there."""
        origin = self.files[selection.file].origin(selection.side)
        last = selection.last if selection.last > selection.first else None
        return origin.patchset, Anchor(file_path=origin.path, side=origin.side, line=selection.first, end_line=last)

    def replacing(self, selection: Selection) -> Selection | None:
        """The lines of the new side that stand where those of the old one stood; None where nothing does."""
        compared = self.files[selection.file].change.diff
        found = [new_line(compared, line) for line in range(selection.first - 1, selection.last)]
        there = [line + 1 for line in found if line is not None]
        return Selection(selection.file, "new", there[0], there[-1]) if there else None

    def file_anchor(self, index: int) -> tuple[int, Anchor]:
        """What a remark on a file is about: of its new state, or of the old one where it is gone."""
        file = self.files[index]
        origin = file.old if file.new.hash is None else file.new
        return origin.patchset, Anchor(file_path=origin.path, side=origin.side)

    def find(self, patchset: int, anchor: Anchor) -> tuple[int, Side] | None:
        """The file, by its number from 0, and the side that show what an anchor on a patchset is about."""
        for index, file in enumerate(self.files):
            sides: tuple[Side, Side] = ("new", "old")
            for side in sides:
                origin = file.origin(side)
                if (origin.patchset, origin.side, origin.path) == (patchset, anchor.side, anchor.file_path):
                    return index, side
        return None

    def file_at(self, path: str) -> int | None:
        """The number, from 0, of the file with that path, before or after."""
        return next((at for at, file in enumerate(self.files) if path in (file.new.path, file.old.path)), None)


async def compare(session: Session, mutation: Mutation, comparison: Comparison) -> Compared:
    """Fetch and compare two states of a mutation; raises LatticeError."""
    newer = await _changes(session, mutation, comparison.newer)
    if comparison.older is None:
        pairs = [_whole(comparison.newer, change) for change in newer]
        operations: list[Operation] = [change.operation_type for change in newer]
    else:
        older = await _changes(session, mutation, comparison.older)
        pairs = _between(comparison.older, older, comparison.newer, newer)
        operations = [_pair(old, new).operation for old, new in pairs]
    files = []
    for (old, new), operation in zip(pairs, operations, strict=True):
        renamed = new.path if operation == "rename" else None
        change = await load_file(session, operation, old.path if renamed else new.path, renamed, old.hash, new.hash)
        files.append(ComparedFile(change, old, new))
    return Compared(comparison, tuple(files))


async def _changes(session: Session, mutation: Mutation, number: int) -> Sequence[Change]:
    if number == mutation.patchset:
        return mutation.changes
    return (await session.backend.mutations.patchset(mutation.id, number)).changes


def _whole(number: int, change: Change) -> tuple[Origin, Origin]:
    """Both sides of a change of a patchset."""
    return (
        Origin(number, "old", change.file_path, change.base_hash),
        Origin(number, "new", change.result_path, change.result_hash),
    )


def _between(older: int, before: Sequence[Change], newer: int, after: Sequence[Change]) -> list[tuple[Origin, Origin]]:
    """The files of two patchsets: the result of the older one, else the base that the newer one saw, and so back."""
    pairs: list[tuple[Origin, Origin]] = []
    for one, other in matched(before, after):
        if other is not None:
            base, result = _whole(newer, other)
            pairs.append((_whole(older, one)[1] if one is not None else base, result))
        elif one is not None:
            # What the newer one no longer touches is as it was before the older one.
            base, result = _whole(older, one)
            pairs.append((result, base))
    return [(old, new) for old, new in pairs if _pair(old, new).differs]


def _pair(old: Origin, new: Origin) -> Pair:
    return Pair(State(old.path, old.hash), State(new.path, new.hash))


async def carry(
    session: Session, mutation: Mutation, compared: Compared, patchset: int, anchor: Anchor
) -> tuple[int, Anchor] | None:
    """Where something on an earlier patchset stands in a comparison, as `Compared.find` takes it.

    None where it is gone. Raises LatticeError.
    """
    if compared.find(patchset, anchor) is not None:
        return patchset, anchor
    before = await _changes(session, mutation, patchset)
    known = next((one for one in before if anchor.file_path in (one.file_path, one.result_path)), None)
    if known is None:
        return None
    old = _whole(patchset, known)[0 if anchor.side == "old" else 1]
    newer = compared.comparison.newer
    after = await _changes(session, mutation, newer)
    same = next((one for one in after if same_document(known, one)), None)
    if same is None:
        return None
    new = _whole(newer, same)[0 if anchor.side == "old" else 1]
    plain = Anchor(file_path=new.path, side=anchor.side)
    if anchor.line is None or anchor.last is None:
        return newer, plain
    if old.hash is None or new.hash is None:
        return None
    texts = await load_content(session, old.hash), await load_content(session, new.hash)
    carried = await asyncio.to_thread(_carried, texts[0] or b"", texts[1] or b"", anchor.line, anchor.last)
    if carried is None:
        return None
    last = carried.last if carried.last > carried.first else None
    return newer, plain.model_copy(update={"line": carried.first, "end_line": last})


def _carried(old: bytes, new: bytes, first: int, last: int) -> Carried | None:
    return Positions(old, new).carry(first, last)
