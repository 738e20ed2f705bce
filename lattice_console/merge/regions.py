"""What two descendants of a base changed in the same place: conflicts, and what is settled around them.

The changes of both sides are those that `git merge-file` compares. Changes that overlap or adjoin make a region; one
that both sides changed, to different lines, is a conflict. It is whole, as `--diff3` shows it: any of its three texts
can stand in its place.
"""

from typing import NamedTuple

from lattice_console.merge._libgit2 import changed_ranges
from lattice_console.merge.diff import Block
from lattice_console.merge.lines import LineIndex

__all__ = ["Range", "Region", "open_regions"]


class Range(NamedTuple):
    """Neighbouring lines: the first one, from 1, and how many; without lines, the line before which they would be."""

    first: int
    lines: int


class Region(NamedTuple):
    """A conflict: its lines in each side, and in the text that has the base's lines in the place of each conflict."""

    base: Range
    ours: Range
    theirs: Range
    result: Range


class _Side:
    """One descendant: its lines, its changes, and how far they have been taken."""

    def __init__(self, base: bytes, content: bytes) -> None:
        self.lines = LineIndex(content)
        self._changes = [
            Block(old - (removed > 0), removed, new - (added > 0), added)
            for old, removed, new, added in changed_ranges(base, content, indent_heuristic=False)
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


def open_regions(base: bytes, ours: bytes, theirs: bytes) -> tuple[tuple[Region, ...], tuple[bytes, ...]]:
    """The conflicts in order, and the settled texts: before the first one, between two, after the last one.

    Raises:
        Libgit2Error: libgit2 refused the texts (more than 1 GB) or ran out of memory.
    """
    root, sides = LineIndex(base), (_Side(base, ours), _Side(base, theirs))
    regions: list[Region] = []
    settled: list[list[bytes]] = [[]]
    done = result = 0
    while begins := [side.next for side in sides if side.next is not None]:
        start = min(begins)
        firsts = [side.line(start) for side in sides]
        end, touched = _take(sides, start)
        places = [Range(first, side.line(end) - first) for side, first in zip(sides, firsts, strict=True)]
        texts = [side.lines.span(first, first + count) for side, (first, count) in zip(sides, places, strict=True)]
        settled[-1].append(root.span(done, start))
        result += start - done
        done = end
        if len(touched) == 2 and texts[0] != texts[1]:
            whole = (Range(start, end - start), *places, Range(result, end - start))
            regions.append(Region(*(Range(first + 1, count) for first, count in whole)))
            settled.append([])
            result += end - start
        else:
            taken = min(touched)
            settled[-1].append(texts[taken])
            result += places[taken].lines
    settled[-1].append(root.span(done, root.count))
    return tuple(regions), tuple(b"".join(parts) for parts in settled)


def _take(sides: tuple[_Side, _Side], start: int) -> tuple[int, set[int]]:
    """Take the changes from a line of the base on that touch each other: where they end, and which sides made them."""
    end, touched = start, set[int]()
    while ends := {at: taken for at, side in enumerate(sides) if (taken := side.take(end)) is not None}:
        end = max(end, *ends.values())
        touched.update(ends)
    return end, touched
