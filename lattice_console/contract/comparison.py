"""What two patchsets of a mutation make of each file, side by side: from their changes alone, without bytes."""

from collections.abc import Sequence
from typing import NamedTuple

from lattice_console.contract.models.mutation import Change, Operation

__all__ = ["Pair", "State", "between", "matched", "same_document", "within"]


class State(NamedTuple):
    """A file as it stands somewhere; `hash` is None where it does not exist."""

    path: str
    hash: str | None


class Pair(NamedTuple):
    """The two states of one file that are compared."""

    old: State
    new: State

    @property
    def operation(self) -> Operation:
        """What leads from the one to the other."""
        if self.old.hash is None:
            return "create"
        if self.new.hash is None:
            return "delete"
        return "rename" if self.old.path != self.new.path else "modify"

    @property
    def differs(self) -> bool:
        """Whether there is anything to see: other bytes, or another place."""
        return self.old.hash != self.new.hash or (self.old.path != self.new.path and self.new.hash is not None)


def within(change: Change) -> Pair:
    """What a change starts from, and what it makes of it."""
    return Pair(State(change.file_path, change.base_hash), State(change.result_path, change.result_hash))


def between(older: Sequence[Change], newer: Sequence[Change]) -> list[Pair]:
    """The files that stand differently after the changes of one patchset and of a later one.

    Where only one of them touches a file, the other one has it as that one found it.
    """
    pairs = []
    for before, after in matched(older, newer):
        if after is not None:
            pairs.append(Pair(within(before).new, within(after).new) if before is not None else within(after))
        elif before is not None:
            found, made = within(before)
            pairs.append(Pair(made, found))
    return [pair for pair in pairs if pair.differs]


def matched(older: Sequence[Change], newer: Sequence[Change]) -> list[tuple[Change | None, Change | None]]:
    """The changes of two patchsets, those of one document together; None where one of them does not touch it."""
    left = list(older)
    found: list[tuple[Change | None, Change | None]] = []
    for change in newer:
        before = next((one for one in left if same_document(one, change)), None)
        if before is not None:
            left.remove(before)
        found.append((before, change))
    return [*found, *((change, None) for change in left)]


def same_document(one: Change, other: Change) -> bool:
    """Whether two changes are of the same document."""
    if one.document_id is not None or other.document_id is not None:
        return one.document_id == other.document_id
    return one.result_path == other.result_path
