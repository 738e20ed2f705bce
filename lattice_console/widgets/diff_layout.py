"""A diff as rows: the text above, the files and what is said about them, found by row number."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from lattice_console.merge.diff import Side
from lattice_console.widgets.diff_document import (
    CONTEXT,
    BlankRow,
    CoverRow,
    DiffDocument,
    FileRow,
    FoldRow,
    LineRow,
    NoteRow,
    Row,
    Selection,
    Spot,
    WordsRow,
)
from lattice_console.widgets.diff_file import FileRows, note_rows
from lattice_console.widgets.diff_notes import Thread

__all__ = ["STEP", "DiffLayout"]

STEP = 20
"""Lines that a fold is opened by, from either side."""

_KNOWN = 2000
"""Rows that are kept once they are worked out."""


class DiffLayout:
    """Rows in order, and where in them things are. Every change of what is shown changes the numbers of rows."""

    def __init__(self, document: DiffDocument, *, split: bool = False) -> None:
        self.document = document
        self.files = [FileRows(index, file) for index, file in enumerate(document.files)]
        self._split = False
        self._threads: Sequence[Thread] = ()
        self._opened: frozenset[str] = frozenset()
        self._head: list[Row] = []
        self._starts: list[int] = []
        self._known: dict[int, Row] = {}
        self.total = 0
        self._count()
        self.split = split

    def _count(self) -> None:
        """Count the rows before each file anew."""
        self._known.clear()
        self._head = [CoverRow(line, cover.role) for cover in self.document.cover for line in cover.lines]
        for thread in self._threads:
            if thread.file is None:
                self._head += note_rows(thread, self._opened)
        if self._head and self.files:
            self._head.append(BlankRow(None))
        sizes = [file.total + self._blank(file) for file in self.files]
        *self._starts, self.total = accumulate(sizes, initial=len(self._head))

    def _blank(self, file: FileRows) -> int:
        """The empty rows behind a file: none where nothing of it is shown, and none at the end."""
        return int(not file.collapsed and file.index < len(self.files) - 1)

    def _remeasure(self, files: Sequence[FileRows]) -> None:
        for file in files:
            file.measure()
        self._count()

    # -- what is shown

    @property
    def split(self) -> bool:
        """Whether both sides stand beside each other."""
        return self._split

    @split.setter
    def split(self, split: bool) -> None:
        if split != self._split:
            self._split = split
            for file in self.files:
                file.split = split
            self._remeasure(self.files)

    def collapse(self, collapsed: dict[int, bool]) -> None:
        """Show only the names of files, or all of them again."""
        for index, value in collapsed.items():
            self.files[index].collapsed = value
        self._remeasure([self.files[index] for index in collapsed])

    def remark(self, threads: Sequence[Thread], opened: frozenset[str]) -> None:
        """Show threads; those in `opened` whole though they are resolved."""
        self._threads, self._opened = threads, opened
        theirs: dict[int, list[Thread]] = {}
        for thread in threads:
            if thread.file is not None:
                theirs.setdefault(thread.file, []).append(thread)
        for file in self.files:
            file.remark(theirs.get(file.index, ()), opened)
        self._remeasure(self.files)

    @property
    def everything(self) -> bool:
        """Whether nothing is folded."""
        return any(file.everything for file in self.files)

    def show_everything(self, everything: bool) -> None:
        """Open every fold, or fold again what did not change."""
        for file in self.files:
            file.everything = everything
            if not everything:
                file.opened.clear()
        self._remeasure(self.files)

    def open_fold(self, fold: FoldRow) -> None:
        """Show more of what a fold hides: some lines from either side, and all where it was opened before."""
        file = self.files[fold.file]
        known = file.opened.setdefault(fold.gap, [])
        first, end = fold.first, fold.first + fold.lines
        if known or fold.lines <= 2 * STEP:
            known.append((first, end))
        else:
            _, _, lines = file.gap(fold.gap)
            # At either end of a file only one side has neighbours to join.
            known += [(first, first + STEP)] * (first > 0) + [(end - STEP, end)] * (end < lines)
            if not known:
                known.append((first, first + STEP))
        self._remeasure([file])

    def near_fold(self, row: int) -> FoldRow | None:
        """The fold at a row or, of its file, the nearest below, else the nearest above."""
        index = self.file_at(row)
        if index is None:
            return None
        file = self.files[index]
        return file.near_fold(row - self._starts[index])

    def has_opened(self, row: int) -> bool:
        """Whether a fold was opened around a row."""
        return self._opened_gap(row) is not None

    def close_folds(self, row: int) -> None:
        """Fold what was opened around a row again."""
        gap = self._opened_gap(row)
        index = self.file_at(row)
        if gap is not None and index is not None:
            del self.files[index].opened[gap]
            self._remeasure([self.files[index]])

    def _opened_gap(self, row: int) -> int | None:
        """The gap at a row, or beside the change at a row, that was opened."""
        index = self.file_at(row)
        if index is None:
            return None
        file = self.files[index]
        gap = file.gap_at(row - self._starts[index])
        return next((near for near in (gap, (gap or 0) + 1) if near in file.opened), None) if gap is not None else None

    def reveal(self, index: int, side: Side, line: int) -> None:
        """Bring a line, from 0, out of its collapsed file and its fold."""
        file = self.files[index]
        file.collapsed = False
        file.measure()
        row = file.row(file.row_of(side, line))
        if isinstance(row, FoldRow):
            at = line - (file.gap(row.gap)[0 if side == "old" else 1])
            file.opened.setdefault(row.gap, []).append((at - CONTEXT, at + CONTEXT + 1))
        self._remeasure([file])

    # -- rows

    def row(self, number: int) -> Row:
        """Row `number` from 0; raises IndexError beyond the end."""
        if not 0 <= number < self.total:
            raise IndexError(f"row {number} of {self.total}")
        row = self._known.get(number)
        if row is None:
            # A page asks for each of its rows several times.
            if len(self._known) >= _KNOWN:
                self._known.clear()
            row = self._known[number] = self._made(number)
        return row

    def _made(self, number: int) -> Row:
        index = self.file_at(number)
        if index is None:
            return self._head[number]
        at = number - self._starts[index]
        return self.files[index].row(at) if at < self.files[index].total else BlankRow(index)

    def file_at(self, row: int) -> int | None:
        """The number of the file that a row belongs to, from 0; None above the files."""
        at = bisect_right(self._starts, row) - 1
        return at if at >= 0 else None

    def file_row(self, index: int) -> int:
        """The row that names a file."""
        return self._starts[index]

    def file_end(self, index: int) -> int:
        """The last row of a file."""
        return self._starts[index] + self.files[index].total - 1

    def line_row(self, index: int, side: Side, line: int) -> int:
        """The row of a line, from 0, or of what hides it."""
        return self._starts[index] + self.files[index].row_of(side, line)

    # -- spots

    def spot(self, number: int, wanted: Side | None = None) -> Spot:
        """What is at a row. `wanted` is the side to be on where a row has both; the new one else."""
        if not self.total:
            return Spot("cover")
        row = self.row(number)
        match row:
            case LineRow():
                side: Side = wanted or "new"
                if row.new is None or (side == "old" and row.old is None):
                    side = "old" if row.new is None else "new"
                line = row.old if side == "old" else row.new
                return Spot("line", row.file, side, None if line is None else line + 1)
            case FoldRow():
                return Spot("fold", row.file, "new", row.new + 1)
            case NoteRow(thread, index):
                return Spot("note", thread.file, thread.side, thread.line, thread.id, thread.notes[index].id)
            case FileRow() | WordsRow():
                return Spot("file", row.file)
            case BlankRow() if row.file is not None:
                return Spot("file", row.file)
        return Spot("cover")

    def row_of(self, spot: Spot) -> int:
        """The row of a spot, or of what is nearest to it."""
        if spot.kind == "note" and spot.thread and (row := self.note_row(spot.thread, spot.note or "")) is not None:
            return row
        if spot.file is None or spot.file >= len(self.files):
            return 0
        if spot.line is not None:
            return self.line_row(spot.file, spot.side, spot.line - 1)
        return self._starts[spot.file]

    def selected(self, one: int, other: int, side: Side) -> Selection | None:
        """The lines of a side between two rows of one file, both included; None where there are none."""
        low, high = min(one, other), max(one, other)
        index = self.file_at(low)
        if index is None or self.file_at(high) != index:
            return None
        file, start = self.files[index], self._starts[index]
        first = file.reach(low - start - 1, side) + 1 if low > start else 1
        last = file.reach(min(high - start, file.total - 1), side)
        return Selection(index, side, first, last) if first <= last else None

    # -- jumps

    def next_file(self, row: int) -> int | None:
        """The row of the next file's name."""
        at = bisect_right(self._starts, row)
        return self._starts[at] if at < len(self._starts) else None

    def previous_file(self, row: int) -> int | None:
        """The row of the file's own name, or of the one before where the row is that name."""
        at = bisect_right(self._starts, row - 1) - 1
        return self._starts[at] if at >= 0 else None

    def hunk_at(self, row: int) -> int | None:
        """The number of the hunk at a row, or else of the one before in its file, from 0; None above the first."""
        index = self.file_at(row)
        if index is None:
            return None
        # Context before the first change belongs to it.
        at = min(row + CONTEXT, self.file_end(index)) if row > self._starts[index] else row
        before = sum(len(file.change.diff.hunks) for file in self.files[:index])
        file = self.files[index]
        begun = file.hunks_begun(at - self._starts[index]) if file.hunks else 0
        return before + begun - 1 if begun else None

    def into_hunk(self, row: int) -> int:
        """How many rows a row is below the first changed line of its hunk; 0 where it is in none."""
        index = self.file_at(row)
        if index is None:
            return 0
        file, at = self.files[index], row - self._starts[index]
        number = file.hunks_begun(at)
        return at - file.hunk_start(number - 1) if number else 0

    def next_hunk(self, row: int) -> int | None:
        """The row to go to of the next hunk."""
        first = max(0, self.file_at(row) or 0)
        for file, start in zip(self.files[first:], self._starts[first:], strict=True):
            if (number := file.hunks_through(row - start)) < file.hunks:
                return start + file.hunk_row(number)
        return None

    def previous_hunk(self, row: int) -> int | None:
        """The row to go to of the hunk before, or of this one where the row is below that."""
        last = self.file_at(row)
        for index in range(last if last is not None else -1, -1, -1):
            file, start = self.files[index], self._starts[index]
            if number := file.hunks_through(row - start - 1):
                return start + file.hunk_row(number - 1)
        return None

    def _notes(self) -> Iterator[tuple[int, NoteRow]]:
        for row, shown in enumerate(self._head):
            if isinstance(shown, NoteRow):
                yield row, shown
        for file, start in zip(self.files, self._starts, strict=True):
            yield from ((start + row, shown) for row, shown in file.note_rows())

    def note_row(self, thread: str, note: str) -> int | None:
        """The row of a note, or of the line that stands for its thread; None where it is not shown."""
        return self._note(
            lambda shown: shown.thread.id == thread and (shown.folded or shown.thread.notes[shown.index].id == note)
        )

    def _note(self, wanted: Callable[[NoteRow], bool]) -> int | None:
        return next((row for row, shown in self._notes() if wanted(shown)), None)

    def next_thread(self, row: int) -> int | None:
        """The first row of the next thread."""
        return next((at for at, shown in self._notes() if at > row and shown.index == 0), None)

    def previous_thread(self, row: int) -> int | None:
        """The first row of the thread before, or of this one where the row is below that."""
        return max((at for at, shown in self._notes() if at < row and shown.index == 0), default=None)
