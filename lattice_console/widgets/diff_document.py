"""What a diff shows: text above, and files; and the kinds of rows that it is drawn in.

Lines of a side count from 0 here, as in `merge.diff`; a `Spot` and a `Selection`, which leave the view, count from 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lattice_console.merge.diff import Side
from lattice_console.widgets.diff_notes import Thread
from lattice_console.widgets.file_change import FileChange

__all__ = [
    "CONTEXT",
    "BlankRow",
    "Cover",
    "CoverRow",
    "DiffDocument",
    "FileRow",
    "FoldRow",
    "LineRow",
    "NoteRow",
    "Row",
    "Selection",
    "Spot",
    "WordsRow",
]

CONTEXT = 3
"""Unchanged lines around a change that are never folded."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a cursor is. Lines count from 1; `side` is the one that a remark made there would be about.

    `line` is None on what is no line: on a file's name (`file`), above the files (`cover`). On a `fold` it is the first
    line that is folded away; on a `note` it is its thread's.
    """

    kind: Literal["cover", "file", "line", "fold", "note"]
    file: int | None = None
    side: Side = "new"
    line: int | None = None
    thread: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Lines of one side of one file, from `first` to `last`, both counted from 1 and both in it."""

    file: int
    side: Side
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Cover:
    """Text above the files: inert lines, in a role."""

    lines: tuple[str, ...]
    role: str = "plain"


@dataclass(frozen=True, slots=True)
class CoverRow:
    """One line of a cover."""

    text: str
    role: str


@dataclass(frozen=True, slots=True)
class BlankRow:
    """An empty row, at the end of what is shown of a file or of the cover."""

    file: int | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """The row that names a file."""

    file: int


@dataclass(frozen=True, slots=True)
class WordsRow:
    """Something about a file in words."""

    file: int
    text: str
    role: str


@dataclass(frozen=True, slots=True)
class FoldRow:
    """`lines` unchanged lines that are not shown: from `first` within gap number `gap`."""

    file: int
    gap: int
    first: int
    lines: int
    new: int


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line, or the two that stand side by side; `block` numbers the change that it belongs to, None for context."""

    file: int
    old: int | None
    new: int | None
    block: int | None


@dataclass(frozen=True, slots=True)
class NoteRow:
    """Note number `index` of a thread; the first stands for all of a thread that is folded."""

    thread: Thread
    index: int
    folded: bool


Row = CoverRow | BlankRow | FileRow | WordsRow | FoldRow | LineRow | NoteRow


class DiffDocument:
    """Files in order, under text. `widest` is the largest line number of either side."""

    def __init__(self, files: Sequence[FileChange] = (), cover: Sequence[Cover] = ()) -> None:
        self.files = tuple(files)
        self.cover = tuple(cover)
        self.hunks = sum(len(file.diff.hunks) for file in self.files)
        self.widest = max((max(file.diff.count("old"), file.diff.count("new")) for file in self.files), default=0)
