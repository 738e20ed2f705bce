"""The rows of one file of a diff, found by number without making those before.

A file is gaps and blocks in turn: unchanged lines, lines that differ, and so on, a gap at either end. Of most of them
only the number of rows is known; what they hold is worked out where somebody looks. That keeps a file of 50,000 lines
with 5,000 changes ready in a few milliseconds, whatever is folded, opened or said about it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise, takewhile
from typing import Literal, NamedTuple

from lattice_console.merge.diff import Block, Side
from lattice_console.widgets.diff_document import CONTEXT, FileRow, FoldRow, LineRow, NoteRow, Row, WordsRow
from lattice_console.widgets.diff_notes import Thread
from lattice_console.widgets.diff_units import unit_of
from lattice_console.widgets.file_change import FileChange

__all__ = ["FileRows", "note_rows"]

_SMALLEST = 2
"""Lines that a fold hides at least: one line takes no more room than the row that would stand for it."""

_NEAR = 100
"""Gaps in which a fold is looked for before there is none near."""

Kind = Literal["same", "removed", "added", "pair", "fold", "notes"]


class _Segment(NamedTuple):
    """Neighbouring rows of one kind in a gap or block: from line `old` and `new` on."""

    kind: Kind
    old: int
    new: int
    rows: int
    block: int | None = None
    notes: Sequence[NoteRow] = ()


Intervals = list[tuple[int, int]]
"""Stretches of a gap's lines, each from its first up to, and without, the one behind its last; apart and in order."""


class FileRows:
    """One file, number `index` from 0. What changes its rows is told to it, and `measure` counts them anew."""

    def __init__(self, index: int, change: FileChange) -> None:
        self.index = index
        self.change = change
        self.split = False
        self.collapsed = False
        self.everything = False
        self.opened: dict[int, Intervals] = {}
        self._threads: Sequence[Thread] = ()
        self._open: frozenset[str] = frozenset()
        self._at: dict[tuple[Side, int], list[Thread]] = {}
        # The lines with threads in each gap or block that has any.
        self._noted: dict[int, list[tuple[Side, int]]] = {}
        self._head: list[Row] = []
        self._starts: list[int] = [0]
        self._blocks: Sequence[Block] = change.diff.blocks
        self._firsts = self._first_blocks()
        self.measure()

    def _first_blocks(self) -> list[int]:
        """The first block of each hunk: those that are further than twice the context behind the one before."""
        blocks = self._blocks
        far = (
            number
            for number, (one, other) in enumerate(pairwise(blocks), 1)
            if other.old - one.old - one.removed > 2 * CONTEXT
        )
        return [0, *far] if blocks else []

    def remark(self, threads: Sequence[Thread], opened: frozenset[str]) -> None:
        """Take the threads of this file; those in `opened` are shown whole though they are resolved."""
        self._threads, self._open = threads, opened
        self._at = {}
        for thread in threads:
            if thread.line is not None and thread.anchored and thread.line <= self.change.diff.count(thread.side):
                self._at.setdefault((thread.side, thread.line - 1), []).append(thread)
        self._noted = {}
        for side, line in self._at:
            self._noted.setdefault(self._unit(side, line), []).append((side, line))

    # -- counting

    @property
    def total(self) -> int:
        """How many rows there are."""
        return self._starts[-1]

    def measure(self) -> None:
        """Count the rows of every gap and block."""
        self._head = [FileRow(self.index)]
        sizes: list[int] = []
        if not self.collapsed:
            change = self.change
            if change.error:
                self._head.append(WordsRow(self.index, change.error, "bad"))
            self._head += [WordsRow(self.index, text, "muted") for text in change.notes]
            placed = {thread.id for threads in self._at.values() for thread in threads}
            for thread in self._threads:
                if thread.id not in placed:
                    self._head += note_rows(thread, self._open)
            sizes = self._sizes()
            for unit in self._special():
                sizes[unit] = sum(segment.rows for segment in self._segments(unit))
        self._starts = list(accumulate(sizes, initial=len(self._head)))

    def _sizes(self) -> list[int]:
        """The rows of each gap and block, as if nothing were said and no single fold were opened."""
        sizes: list[int] = []
        everything, split = self.everything, self.split and self.change.two_sided
        end, shown = 0, CONTEXT
        for old, removed, _, added in self._blocks:
            gap = old - end
            sizes.append(gap if everything or gap < shown + _SMALLEST else shown + 1)
            sizes.append(max(removed, added) if split else removed + added)
            end, shown = old + removed, 2 * CONTEXT
        gap, shown = self.change.diff.count("old") - end, CONTEXT if self._blocks else 0
        return [*sizes, gap if everything or gap < shown + _SMALLEST else shown + 1]

    def _special(self) -> Iterable[int]:
        """The gaps and blocks that are not as `_sizes` takes them."""
        return {2 * gap for gap in self.opened} | self._noted.keys()

    # -- gaps and blocks

    def _unit(self, side: Side, line: int) -> int:
        return unit_of(self.change.diff, side, line)

    def gap(self, number: int) -> tuple[int, int, int]:
        """The first line of a gap on either side, and how many lines it has."""
        blocks = self._blocks
        old, new = 0, 0
        if number:
            before = blocks[number - 1]
            old, new = before.old + before.removed, before.new + before.added
        end = blocks[number].old if number < len(blocks) else self.change.diff.count("old")
        return old, new, end - old

    def _segments(self, unit: int) -> list[_Segment]:
        segments = list(self._block(unit // 2) if unit % 2 else self._gap(unit // 2))
        return list(self._remarked(segments, self._noted[unit])) if unit in self._noted else segments

    def _block(self, number: int) -> Iterator[_Segment]:
        old, removed, new, added = self._blocks[number]
        if self.split and self.change.two_sided:
            yield _Segment("pair", old, new, max(removed, added), number)
            return
        if removed:
            yield _Segment("removed", old, new, removed, number)
        if added:
            yield _Segment("added", old + removed, new, added, number)

    def _gap(self, number: int) -> Iterator[_Segment]:
        old, new, lines = self.gap(number)
        at = 0
        for first, end in self.shown(number):
            if first > at:
                yield _Segment("fold", old + at, new + at, 1)
            yield _Segment("same", old + first, new + first, end - first)
            at = end
        if at < lines:
            yield _Segment("fold", old + at, new + at, 1)

    def shown(self, number: int) -> Intervals:
        """The lines of a gap that are not folded away, counted from its first."""
        old, new, lines = self.gap(number)
        if self.everything:
            return [(0, lines)] if lines else []
        before, after = CONTEXT if number else 0, CONTEXT if number < len(self._blocks) else 0
        wanted = [(0, before), (lines - after, lines), *self.opened.get(number, ())]
        for side, line in self._noted.get(2 * number, ()):
            at = line - (old if side == "old" else new)
            wanted.append((at - 1, at + 2))
        shown: Intervals = []
        last = 0
        for start, stop in sorted(wanted):
            first, end = max(0, start), min(stop, lines)
            if first >= end:
                continue
            # Where a fold would hide a single line there is none.
            if first - last >= _SMALLEST:
                shown.append((first, end))
            else:
                shown[-1:] = [(shown[-1][0] if shown else 0, max(last, end))]
            last = shown[-1][1]
        if 0 < lines - last < _SMALLEST:
            shown[-1:] = [(shown[-1][0] if shown else 0, lines)]
        return shown

    def _remarked(self, segments: Iterable[_Segment], lines: Sequence[tuple[Side, int]]) -> Iterator[_Segment]:
        """The segments with notes under those of their lines that have any."""
        for segment in segments:
            kind, old, new, rows, block, _ = segment
            # A side that the rows do not show does not move on with them.
            by_old, by_new = kind != "added", kind != "removed"
            done = 0
            for offset in sorted(self._offsets(segment, lines)):
                end = offset + 1
                yield _Segment(kind, old + done * by_old, new + done * by_new, end - done, block)
                notes = [row for thread in self._under(segment, offset) for row in note_rows(thread, self._open)]
                yield _Segment("notes", old + end * by_old, new + end * by_new, len(notes), block, notes)
                done = end
            if done < rows:
                yield _Segment(kind, old + done * by_old, new + done * by_new, rows - done, block)

    def _sides(self, segment: _Segment) -> list[tuple[Side, int, int]]:
        """The sides that a segment shows, each with its first line and how many it has."""
        kind, old, new, rows, number, _ = segment
        removed, added = rows, rows
        if kind == "pair" and number is not None:
            block = self._blocks[number]
            removed, added = min(rows, block.old + block.removed - old), min(rows, block.new + block.added - new)
        sides: list[tuple[Side, int, int]] = []
        if kind in ("same", "removed", "pair"):
            sides.append(("old", old, removed))
        if kind in ("same", "added", "pair"):
            sides.append(("new", new, added))
        return sides

    def _offsets(self, segment: _Segment, lines: Sequence[tuple[Side, int]]) -> set[int]:
        return {
            line - first
            for side, first, size in self._sides(segment)
            for other, line in lines
            if side == other and first <= line < first + size
        }

    def _under(self, segment: _Segment, offset: int) -> list[Thread]:
        return [
            thread
            for side, first, size in self._sides(segment)
            if offset < size
            for thread in self._at.get((side, first + offset), ())
        ]

    # -- rows

    def row(self, number: int) -> Row:
        """Row `number` from 0; raises IndexError beyond the end."""
        if number < len(self._head):
            return self._head[number]
        segment, offset = self._segment_at(number)
        kind, old, new, _, block, notes = segment
        match kind:
            case "notes":
                return notes[offset]
            case "fold":
                return self._fold(old, new)
            case "same":
                return LineRow(self.index, old + offset, new + offset, None)
            case "removed":
                return LineRow(self.index, old + offset, None, block)
            case "added":
                return LineRow(self.index, None, new + offset, block)
            case "pair":
                on = {side: offset < size for side, _, size in self._sides(segment)}
                return LineRow(
                    self.index, old + offset if on["old"] else None, new + offset if on["new"] else None, block
                )

    def _segment_at(self, number: int) -> tuple[_Segment, int]:
        if not len(self._head) <= number < self.total:
            raise IndexError(f"row {number} of {self.total}")
        unit = bisect_right(self._starts, number) - 1
        offset = number - self._starts[unit]
        for segment in self._segments(unit):
            if offset < segment.rows:
                return segment, offset
            offset -= segment.rows
        raise AssertionError(f"unit {unit} has fewer rows than were counted")

    def _fold(self, old: int, new: int) -> FoldRow:
        number = self._unit("old", old) // 2
        first, _, lines = self.gap(number)
        at = old - first
        end = next((start for start, _ in self.shown(number) if start > at), lines)
        return FoldRow(self.index, number, at, end - at, new)

    def row_of(self, side: Side, line: int) -> int:
        """The row of a line, or of the fold that hides it; the file's name where it is collapsed."""
        if self.collapsed:
            return 0
        line = max(0, min(line, self.change.diff.count(side) - 1))
        unit = self._unit(side, line)
        row = self._starts[unit] if unit < len(self._starts) else 0
        for segment in self._segments(unit):
            sides = self._sides(segment)
            if segment.kind == "fold":
                fold = self._fold(segment.old, segment.new)
                first = segment.old if side == "old" else segment.new
                sides = [(side, first, fold.lines)]
            for other, first, size in sides:
                if other == side and first <= line < first + size:
                    return row if segment.kind == "fold" else row + line - first
            row += segment.rows
        return min(self._starts[unit], self.total - 1)

    def note_rows(self) -> Iterator[tuple[int, NoteRow]]:
        """Every row with a note, in order."""
        for at, shown in enumerate(self._head):
            if isinstance(shown, NoteRow):
                yield at, shown
        if self.collapsed:
            return
        for unit in sorted(self._noted):
            row = self._starts[unit]
            for segment in self._segments(unit):
                yield from enumerate(segment.notes, row)
                row += segment.rows

    def gap_at(self, row: int) -> int | None:
        """The gap that a row is in, or the one before a block; None above them."""
        return None if row < len(self._head) else (bisect_right(self._starts, row) - 1) // 2

    def near_fold(self, row: int) -> FoldRow | None:
        """The fold at a row or, not far away, the first below, else the first above."""
        at = self.gap_at(row) or 0
        last = min(at + _NEAR, len(self._blocks) + 1)
        below = (fold for gap in range(at, last) for fold in self._folds(gap) if self.row_of("new", fold.new) >= row)
        above = (fold for gap in range(at, max(at - _NEAR, -1), -1) for fold in reversed(self._folds(gap)))
        return None if self.collapsed else next(below, None) or next(above, None)

    def _folds(self, gap: int) -> list[FoldRow]:
        return [self._fold(segment.old, segment.new) for segment in self._gap(gap) if segment.kind == "fold"]

    def reach(self, row: int, side: Side) -> int:
        """How many lines of a side stand at or above a row."""
        if row < len(self._head):
            return 0
        segment, offset = self._segment_at(row)
        if segment.kind == "fold":
            return (segment.old if side == "old" else segment.new) + self._fold(segment.old, segment.new).lines
        for other, first, size in self._sides(segment):
            if other == side:
                return first + min(offset + 1, size)
        if segment.kind == "notes":
            return self.reach(row - offset - 1, side)
        return segment.old if side == "old" else segment.new

    # -- hunks

    @property
    def hunks(self) -> int:
        """How many hunks there are to go to."""
        return 0 if self.collapsed else len(self._firsts)

    def hunk_start(self, number: int) -> int:
        """The row of the first changed line of a hunk."""
        return self._starts[2 * self._firsts[number] + 1]

    def hunk_row(self, number: int) -> int:
        """The row that one goes to: the first added line where a hunk begins with a replaced one, else its first.

        What is said there is then about the new side.
        """
        block = self._blocks[self._firsts[number]]
        unit = 2 * self._firsts[number] + 1
        if (self.split and self.change.two_sided) or not block.added:
            return self._starts[unit]
        return self._starts[unit] + self._removed_rows(unit)

    def _removed_rows(self, unit: int) -> int:
        """The rows of a block above its first added line."""
        if unit not in self._noted:
            return self._blocks[unit // 2].removed
        return sum(segment.rows for segment in takewhile(lambda segment: segment.kind != "added", self._segments(unit)))

    def hunks_through(self, row: int) -> int:
        """How many hunks have the row that one goes to at or above a row."""
        return bisect_right(range(self.hunks), row, key=self.hunk_row)

    def hunks_begun(self, row: int) -> int:
        """How many hunks have their first changed line at or above a row."""
        return bisect_right(range(self.hunks), row, key=self.hunk_start)


def note_rows(thread: Thread, opened: frozenset[str]) -> list[NoteRow]:
    """The rows of a thread: one for each note, or one for all."""
    if thread.resolved and thread.id not in opened:
        return [NoteRow(thread, 0, True)]
    return [NoteRow(thread, index, False) for index in range(len(thread.notes))]
