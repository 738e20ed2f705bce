"""Where lines of one state of a document stand in another one."""

from bisect import bisect_right
from dataclasses import dataclass

from lattice_console.merge.diff import diff, is_binary

__all__ = ["Carried", "Positions"]


@dataclass(frozen=True, slots=True)
class Carried:
    """Lines (from 1, both included) that came from others; `whole` where every line of those is there, side by side."""

    first: int
    last: int
    whole: bool


class Positions:
    """Carries positions from `old` to `new`, by what a diff of the two leaves unchanged."""

    def __init__(self, old: bytes, new: bytes) -> None:
        self._comparable = old == new or not (is_binary(old) or is_binary(new))
        # Of each change: the first line of the old side from 1, how many lines leave, how many come.
        self._changes: list[tuple[int, int, int]] = []
        if self._comparable:
            for hunk in diff(old, new, context=0).hunks:
                start = hunk.old_start if hunk.old_lines else hunk.old_start + 1
                self._changes.append((start, hunk.old_lines, hunk.new_lines))
        self._starts = [start for start, _, _ in self._changes]
        self._shifts = [0]
        for _, left, came in self._changes:
            self._shifts.append(self._shifts[-1] + came - left)

    def line(self, line: int) -> int | None:
        """The number that an old line has now; None where it was changed or taken out."""
        if not self._comparable:
            return None
        before = bisect_right(self._starts, line)
        if before:
            start, left, _ = self._changes[before - 1]
            if line < start + left:
                return None
        return line + self._shifts[before]

    def carry(self, first: int, last: int) -> Carried | None:
        """Where the lines from `first` to `last` stand now: from the first to the last that is left of them.

        None where no line is left.
        """
        left = [found for line in range(first, last + 1) if (found := self.line(line)) is not None]
        if not left:
            return None
        return Carried(left[0], left[-1], left[-1] - left[0] == last - first == len(left) - 1)
