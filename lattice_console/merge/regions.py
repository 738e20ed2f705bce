"""What two descendants changed of a base, where they did so in the same place, and what is settled around that.

The changes of both sides are those that `git merge-file` compares. Those that overlap or adjoin are one; where both
sides made it, to different lines, it is a conflict. It is whole, as `--diff3` shows it: any of its three texts can
stand in its place.
"""

import sys
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from lattice_console.merge._libgit2 import changed_ranges
from lattice_console.merge.lines import FullLineIndex, LineIndex

__all__ = [
    "CONFLICT_LIMIT",
    "Change",
    "Opened",
    "Range",
    "Region",
    "Sides",
    "Texts",
    "changes",
    "conflicting",
    "entire",
    "full_lines",
    "merged_ranges",
    "open_regions",
]

Sides = tuple[LineIndex, LineIndex, LineIndex]
"""The lines of base, ours and theirs."""

Texts = tuple[bytes, bytes, bytes]
"""What base, ours and theirs have, as a whole or in one place."""

_NEVER = sys.maxsize


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
    """What is open: its lines in each side, and in the text with the base's lines wherever something is; its texts."""

    base: Range
    ours: Range
    theirs: Range
    result: Range
    texts: Texts


Opened = tuple[tuple[Region, ...], tuple[bytes, ...]]
"""What is open in a merge, and what is settled: the texts before the first region, between two, after the last one."""


def full_lines(sides: Texts) -> Sides:
    """The lines of all sides, for who asks for many of them."""
    base, ours, theirs = map(FullLineIndex, sides)
    return base, ours, theirs


CONFLICT_LIMIT: Final = 20_000
"""How many places of a document can be open before all of it is: more than anybody decides one by one."""


def entire(sides: Texts) -> Opened:
    """All of the document as the one place that is open."""
    old, one, other = (Range(1, LineIndex(side).count) for side in sides)
    return (Region(old, one, other, old, sides),), (b"", b"")


def conflicting(sides: Texts) -> Opened:
    """The conflicts of a merge, by comparing its sides.

    Raises:
        Libgit2Error: as for `changes`.
    """
    lines = full_lines(sides)
    found = changes(*lines)
    return open_regions(lines, found, {at for at, change in enumerate(found) if change.conflicts})


def changes(base: LineIndex, ours: LineIndex, theirs: LineIndex) -> list[Change]:
    """All that the sides changed, in order.

    Raises:
        Libgit2Error: libgit2 refused the texts (more than 1 GB) or ran out of memory.
    """
    mine, other = _made(base, ours), _made(base, theirs)
    found: list[Change] = []
    at = at_other = shift = shift_other = 0
    while (start := min(mine[at][0], other[at_other][0])) < _NEVER:
        end, before, before_other = start, at, at_other
        in_ours, in_theirs = start + shift, start + shift_other
        # What touches belongs together.
        while True:
            if mine[at][0] <= end:
                _, until, more = mine[at]
                at, shift = at + 1, shift + more
            elif other[at_other][0] <= end:
                _, until, more = other[at_other]
                at_other, shift_other = at_other + 1, shift_other + more
            else:
                break
            end = max(end, until)
        our_lines = Range(in_ours + 1, end + shift - in_ours)
        their_lines = Range(in_theirs + 1, end + shift_other - in_theirs)
        by_us, by_them = at > before, at_other > before_other
        alike = by_us and by_them and _text(ours, our_lines) == _text(theirs, their_lines)
        found.append(Change(Range(start + 1, end - start), our_lines, their_lines, by_us, by_them, alike))
    return found


def _made(base: LineIndex, side: LineIndex) -> list[tuple[int, int, int]]:
    """What one side changed: from which line of the base, up to which, and how many more there are; then an end."""
    ranges = changed_ranges(base.data, side.data, indent_heuristic=False)
    made = [(old - (removed > 0), old - (removed > 0) + removed, added - removed) for old, removed, _, added in ranges]
    return [*made, (_NEVER, _NEVER, 0)]


def open_regions(sides: Sides, found: Sequence[Change], chosen: Collection[int]) -> Opened:
    """The `chosen` changes as regions; all of the document as one, where they are more than `CONFLICT_LIMIT`.

    Every other change is settled by the side that made it; so all that conflict are to be chosen.
    """
    base, ours, theirs = sides
    if len(chosen) > CONFLICT_LIMIT:
        return entire((base.data, ours.data, theirs.data))
    regions: list[Region] = []
    settled: list[list[bytes]] = [[]]
    done = shift = 0
    for at, change in enumerate(found):
        start, end = change.base.first - 1, change.base.first - 1 + change.base.lines
        settled[-1].append(base.span(done, start))
        done = end
        if at in chosen:
            result = Range(change.base.first + shift, change.base.lines)
            texts = _text(base, change.base), _text(ours, change.ours), _text(theirs, change.theirs)
            regions.append(Region(change.base, change.ours, change.theirs, result, texts))
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
