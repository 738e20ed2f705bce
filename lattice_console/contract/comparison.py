"""What two patchsets of a mutation make of each file, side by side: from their changes alone, without bytes."""

from collections.abc import Sequence
from typing import NamedTuple

from lattice_console.contract.models.mutation import Change, Operation

__all__ = ["Pair", "State", "between", "within"]


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


def within(change: Change) -> Pair:
    """What a change starts from, and what it makes of it."""
    return Pair(State(change.file_path, change.base_hash), State(change.result_path, change.result_hash))


def between(older: Sequence[Change], newer: Sequence[Change]) -> list[Pair]:
    """The files that stand differently after the changes of one patchset and of a later one.

    Where only one of them touches a file, the other one has it as that one found it.
    """
    pairs = []
    left = list(older)
    for change in newer:
        found, made = within(change)
        before = next((one for one in left if _same_document(one, change)), None)
        if before is not None:
            left.remove(before)
            found = within(before).new
        pairs.append(Pair(found, made))
    for change in left:
        found, made = within(change)
        pairs.append(Pair(made, found))
    return [pair for pair in pairs if pair.old.hash != pair.new.hash or _moved(pair)]


def _moved(pair: Pair) -> bool:
    return pair.old.path != pair.new.path and pair.new.hash is not None


def _same_document(one: Change, other: Change) -> bool:
    if one.document_id is not None or other.document_id is not None:
        return one.document_id == other.document_id
    return one.result_path == other.result_path
