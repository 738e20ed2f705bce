"""What two descendants changed of a base, where they did so in the same place, and what is settled around that.

The changes of both sides are those that `git merge-file` compares. Those that overlap or adjoin are one; where both
sides made it, to different lines, it is a conflict. It is whole, as `--diff3` shows it: any of its three texts can
stand in its place.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from lattice_console.merge._libgit2 import changed_ranges
from lattice_console.merge.diff import Block
from lattice_console.merge.lines import LineIndex

__all__ = ["Change", "Range", "Region", "Sides", "changes", "merged_ranges", "open_regions"]

Sides = tuple[LineIndex, LineIndex, LineIndex]
"""The lines of base, ours and theirs."""


class Range(NamedTuple):
    """Neighbouring lines: the first one, from 1, and how many; without lines, the line before which they would be."""

    first: int
    lines: int


class Change(NamedTuple):
    """Neighbouring lines of the base that a side changed, or both: what stands for them in each text, and who did.

    Where both did, `alike` says that they made the same of it, so that there is nothing to decide.
    """

    base: Range
    ours: Range
    theirs: Range
    by_us: bool
    by_them: bool
    alike: bool

    @property
    def conflicts(self) -> bool:
        """Whether both sides changed these lines, each in its way."""
        return self.by_us and self.by_them and not self.alike

    @property
    def merged(self) -> Range:
        """The lines, of the side that changed them, which a merge takes where there is no conflict."""
        return self.ours if self.by_us else self.theirs


class Region(NamedTuple):
    """What is open: its lines in each side, and in the text that has the base's lines wherever something is."""

    base: Range
    ours: Range
    theirs: Range
    result: Range


class _Side:
    """One descendant: its changes, and how far they have been taken."""

    def __init__(self, base: LineIndex, side: LineIndex) -> None:
        self._changes = [
            Block(old - (removed > 0), removed, new - (added > 0), added)
            for old, removed, new, added in changed_ranges(base.data, side.data, indent_heuristic=False)
        ]
        self._at = 0
        self._shift = 0

    @property
    def next(self) -> int | None:
        """The line of the base at which the next change begins."""
        return self._changes[self._at].old if self._at < len(self._changes) else None

    def take(self, until: int) -> int | None:
        """Go past the changes that begin up to a line of the base; the line at which they end, None without one."""
        end = None
        while self.next is not None and self.next <= max(until, end or 0):
            change = self._changes[self._at]
            self._at += 1
            self._shift += change.added - change.removed
            end = change.old + change.removed
        return end

    def line(self, base: int) -> int:
        """Where a line of the base stands here that lies between the changes taken so far and the next."""
        return base + self._shift


def changes(base: LineIndex, ours: LineIndex, theirs: LineIndex) -> list[Change]:
    """All that the sides changed, in order.

    Raises:
        Libgit2Error: libgit2 refused the texts (more than 1 GB) or ran out of memory.
    """
    sides = (_Side(base, ours), _Side(base, theirs))
    found: list[Change] = []
    while begins := [side.next for side in sides if side.next is not None]:
        start = min(begins)
        firsts = [side.line(start) for side in sides]
        end, touched = _take(sides, start)
        mine, other = (Range(first + 1, side.line(end) - first) for side, first in zip(sides, firsts, strict=True))
        alike = len(touched) == 2 and _text(ours, mine) == _text(theirs, other)
        found.append(Change(Range(start + 1, end - start), mine, other, 0 in touched, 1 in touched, alike))
    return found


def open_regions(
    sides: Sides, found: Sequence[Change], chosen: Collection[int]
) -> tuple[tuple[Region, ...], tuple[bytes, ...]]:
    """The `chosen` changes as regions, and the settled texts: before the first one, between two, after the last one.

    Every other change is settled by the side that made it; so all that conflict are to be chosen.
    """
    base, ours, theirs = sides
    regions: list[Region] = []
    settled: list[list[bytes]] = [[]]
    done = shift = 0
    for at, change in enumerate(found):
        start, end = change.base.first - 1, change.base.first - 1 + change.base.lines
        settled[-1].append(base.span(done, start))
        done = end
        if at in chosen:
            result = Range(change.base.first + shift, change.base.lines)
            regions.append(Region(change.base, change.ours, change.theirs, result))
            settled.append([])
        else:
            settled[-1].append(_text(ours if change.by_us else theirs, change.merged))
            shift += change.merged.lines - change.base.lines
    settled[-1].append(base.span(done, base.count))
    return tuple(regions), tuple(b"".join(parts) for parts in settled)


def merged_ranges(found: Sequence[Change]) -> list[Range]:
    """Where each change stands in the merge, if none of them conflicts."""
    ranges: list[Range] = []
    shift = 0
    for change in found:
        ranges.append(Range(change.base.first + shift, change.merged.lines))
        shift += change.merged.lines - change.base.lines
    return ranges


def _text(side: LineIndex, lines: Range) -> bytes:
    return side.span(lines.first - 1, lines.first - 1 + lines.lines)


def _take(sides: tuple[_Side, _Side], start: int) -> tuple[int, set[int]]:
    """Take the changes from a line of the base on that touch each other: where they end, and which sides made them."""
    end, touched = start, set[int]()
    while ends := {at: taken for at, side in enumerate(sides) if (taken := side.take(end)) is not None}:
        end = max(end, *ends.values())
        touched.update(ends)
    return end, touched
