"""What of a part's lines either side changed, word by word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lattice_console.merge.diff import diff
from lattice_console.merge.lines import split_lines
from lattice_console.merge.words import Span, word_changes

__all__ = ["PartWords", "part_words"]

_LARGEST = 65_536
"""Bytes of the base and a side beyond which every line of a part counts as changed."""

Changed = Mapping[int, Sequence[Span]]
"""For each line that changed, counted from 0 in its part, the bytes that did; none where all of it did."""


@dataclass(frozen=True, slots=True)
class PartWords:
    """The changed lines of each side of a part."""

    base: Changed
    ours: Changed
    theirs: Changed

    def of(self, side: Literal["ours", "base", "theirs"]) -> Changed:
        """Those of one side."""
        return self.ours if side == "ours" else self.theirs if side == "theirs" else self.base


def part_words(base: bytes, ours: bytes, theirs: bytes) -> PartWords:
    """Compare what both sides made of the base's lines."""
    old: dict[int, Sequence[Span]] = {}
    found: list[Changed] = []
    for side in (ours, theirs):
        removed, added = _changes(base, side)
        for line, spans in removed.items():
            # A line that one side changed as a whole is changed as a whole.
            old[line] = _joined([*old[line], *spans]) if old.get(line) and spans else spans if line not in old else ()
        found.append(added)
    return PartWords(old, *found)


def _changes(base: bytes, side: bytes) -> tuple[Changed, Changed]:
    """The changed lines of the base, and those of a side."""
    old, new = split_lines(base), split_lines(side)
    if len(base) + len(side) > _LARGEST:
        return ({}, {}) if base == side else (dict.fromkeys(range(len(old)), ()), dict.fromkeys(range(len(new)), ()))
    removed: dict[int, Sequence[Span]] = {}
    added: dict[int, Sequence[Span]] = {}
    for block in diff(base, side).blocks:
        before, after = old[block.old : block.old + block.removed], new[block.new : block.new + block.added]
        words = word_changes([line.rstrip(b"\n") for line in before], [line.rstrip(b"\n") for line in after])
        removed.update((block.old + at, words.old[at] if words else ()) for at in range(block.removed))
        added.update((block.new + at, words.new[at] if words else ()) for at in range(block.added))
    return removed, added


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for first, end in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((first, end))
    return joined
