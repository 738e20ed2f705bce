"""A mutation's diff as rows: what comes first, the files, their hunks and the folds between, found by row number.

Nothing is drawn and no line is made before somebody asks for it: ready in the time it takes to walk the hunks.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from lattice_console.merge.diff import Hunk
from lattice_console.widgets.file_change import FileChange

__all__ = ["Blank", "Body", "Cover", "DiffDocument", "FileHead", "Fold", "Note", "Part"]


@dataclass(frozen=True, slots=True)
class Cover:
    """Text above the files: inert lines, in a role."""

    lines: tuple[str, ...]
    role: str = "plain"


@dataclass(frozen=True, slots=True)
class Blank:
    """An empty row."""


@dataclass(frozen=True, slots=True)
class FileHead:
    """The row that names a file, number `index` from 0."""

    index: int
    file: FileChange


@dataclass(frozen=True, slots=True)
class Note:
    """A row that says something about a file in words."""

    text: str


@dataclass(frozen=True, slots=True)
class Fold:
    """Unchanged lines that are not shown."""

    lines: int


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of one hunk: `index` is the file's, `number` the hunk's in the whole document, both from 0."""

    index: int
    number: int
    file: FileChange
    hunk: Hunk


Part = Cover | Blank | FileHead | Note | Fold | Body


class DiffDocument:
    """Rows in order. `widest` is the largest line number of either side, `files` are as given."""

    def __init__(self, files: Sequence[FileChange] = (), cover: Sequence[Cover] = ()) -> None:
        self.files = tuple(files)
        self.total = 0
        self.widest = 0
        self.hunks = 0
        self._parts: list[Part] = []
        self._starts: list[int] = []
        self._file_rows: list[int] = []
        self._bodies: list[int] = []
        for text in cover:
            self._add(text, len(text.lines))
        for index, file in enumerate(self.files):
            if self.total:
                self._add(Blank())
            self._add_file(index, file)

    def _add(self, part: Part, rows: int = 1) -> None:
        if rows:
            self._starts.append(self.total)
            self._parts.append(part)
            self.total += rows

    def _add_file(self, index: int, file: FileChange) -> None:
        self._file_rows.append(self.total)
        self._add(FileHead(index, file))
        if file.error:
            self._add(Note(file.error))
        if file.note:
            self._add(Note(file.note))
        line = 1
        for hunk in file.diff.hunks:
            # A side without lines names the line before it.
            start = hunk.old_start + (hunk.old_lines == 0)
            if start > line:
                self._add(Fold(start - line))
            line = start + hunk.old_lines
            self._bodies.append(len(self._parts))
            self._add(Body(index, self.hunks, file, hunk), len(hunk.lines))
            self.hunks += 1
            self.widest = max(self.widest, line, hunk.new_start + hunk.new_lines)
        if file.diff.hunks and (rest := _lines(file.diff.old) - line + 1) > 0:
            self._add(Fold(rest))

    def part(self, row: int) -> tuple[Part, int]:
        """The part that holds a row, and the row's place in it; raises IndexError beyond the end."""
        if not 0 <= row < self.total:
            raise IndexError(f"row {row} of {self.total}")
        at = bisect_right(self._starts, row) - 1
        return self._parts[at], row - self._starts[at]

    def file_at(self, row: int) -> int | None:
        """The number of the file that a row belongs to, from 0; None above the files."""
        at = bisect_right(self._file_rows, row) - 1
        return at if at >= 0 else None

    def hunk_at(self, row: int) -> int | None:
        """The number of the last hunk that begins at or above a row, from 0; None above the first."""
        at = bisect_right(self._bodies, row, key=lambda body: self._starts[body]) - 1
        return at if at >= 0 else None

    def next_file(self, row: int) -> int | None:
        """The row of the next file's head."""
        at = bisect_right(self._file_rows, row)
        return self._file_rows[at] if at < len(self._file_rows) else None

    def previous_file(self, row: int) -> int | None:
        """The row of the file's own head, or of the one before where the row is that head."""
        at = bisect_left(self._file_rows, row) - 1
        return self._file_rows[at] if at >= 0 else None

    def next_hunk(self, row: int) -> int | None:
        """The row of the first changed line of the next hunk."""
        at = self.hunk_at(row)
        for number in range(at or 0, min((at or 0) + 2, len(self._bodies))):
            if (first := self._first_change(number)) > row:
                return first
        return None

    def previous_hunk(self, row: int) -> int | None:
        """The row of the first changed line of the hunk before, or of this one where the row is below that."""
        at = self.hunk_at(row)
        for number in range(at if at is not None else -1, max((at or 0) - 2, -1), -1):
            if (first := self._first_change(number)) < row:
                return first
        return None

    def _first_change(self, number: int) -> int:
        at = self._bodies[number]
        body = self._parts[at]
        assert isinstance(body, Body)
        leading = next((place for place, line in enumerate(body.hunk.lines) if line.origin != " "), 0)
        return self._starts[at] + leading


def _lines(data: bytes | None) -> int:
    return data.count(b"\n") + (not data.endswith(b"\n")) if data else 0
