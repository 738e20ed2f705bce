"""What a JSON or YAML document says and where it says it: a tree of nodes with their places in its text.

Equal data have equal numbers, in all trees that were read with one `Numbers`: comparing two subtrees is comparing two
integers, however large they are, and an alias of YAML is never unfolded.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final, Literal

__all__ = ["NO_NOTES", "Entry", "Kind", "Layout", "Node", "Numbers", "Tree"]

Kind = Literal["mapping", "sequence", "scalar"]

Layout = Literal["flow", "block", "none"]
"""Entries between brackets and commas; entries on lines of their own; no entries at all, as of a scalar."""

NO_NOTES: Final = 0
"""The number of no comments."""


class Numbers:
    """Gives each value a number: the same one to equal values, and to no others."""

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = {(): NO_NOTES}
        self._values: list[Hashable] = [()]

    def of(self, value: Hashable) -> int:
        """The number of a value whose parts, if it has any, are numbers themselves."""
        number = self._known.setdefault(value, len(self._known))
        if number == len(self._values):
            self._values.append(value)
        return number

    def of_mapping(self, node: "Node") -> int:
        """The number of a mapping's data, in whatever order; one that repeats a key is spoiled, and like no other."""
        pairs = [(entry.key, entry.value.data) for entry in node.entries]
        if len({key for key, _ in pairs}) == len(pairs):
            return self.of(("mapping", frozenset(pairs)))
        node.spoiled = node.spoiled or "it repeats a key"
        return self.of(("repeating", *pairs))

    def text(self, number: int) -> str | None:
        """The text that a number stands for; None for anything else."""
        match self._values[number]:
            case ("text", str(text)):
                return text
            case _:
                return None


@dataclass(slots=True, eq=False)
class Node:
    """A value: its place `text[start:end]`, the number of its data, and of the comments in it.

    `spoiled` says why nothing can be spliced between its entries, if so.
    """

    kind: Kind
    layout: Layout
    start: int
    end: int
    data: int = -1
    notes: int = NO_NOTES
    entries: "list[Entry]" = field(default_factory=list)
    spoiled: str | None = None

    def same(self, other: "Node") -> bool:
        """Whether both say the same, comments included."""
        return self.data == other.data and self.notes == other.notes


@dataclass(slots=True, eq=False)
class Entry:
    """A key with its value, or an item of a list, at `text[start:end]` without its comma and what stands before it.

    `lead` is where the blanks and comments before it begin; the first entry of a block has none. `lead_notes` are the
    comments there, and `side_notes` those beside it. `key` is a number, and `name` shows it. `column` counts where an
    entry of a block begins, from 0.
    """

    key: int | None
    name: str
    lead: int
    start: int
    end: int
    value: Node
    lead_notes: int = NO_NOTES
    side_notes: int = NO_NOTES
    column: int = 0
    is_block: bool = False

    def same(self, other: "Entry") -> bool:
        """Whether both say the same, comments included."""
        return (
            self.lead_notes == other.lead_notes and self.side_notes == other.side_notes and self.value.same(other.value)
        )


@dataclass(slots=True, eq=False)
class Tree:
    """A document: its text, its one value as an entry without a key, and the comments behind that."""

    text: str
    top: Entry
    tail_notes: int = NO_NOTES
