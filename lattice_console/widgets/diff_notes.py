"""Remarks as the diff shows them: threads of notes at lines, at files, or above them all."""

from dataclasses import dataclass
from datetime import datetime

from lattice_console.merge.diff import Side

__all__ = ["Note", "Thread"]


@dataclass(frozen=True, slots=True)
class Note:
    """One remark. Texts are as they were typed: the view makes them inert and wraps them.

    `at` is None for what was not sent yet; `suggestion` is what the lines of its thread should become, `applied` the
    patchset that took it over.
    """

    id: str
    author: str
    at: datetime | None
    text: str = ""
    suggestion: str | None = None
    applied: int | None = None
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """A remark and its replies, in order; there is at least one note.

    It stands under line `line` of a side of file number `file` (from 0), the last one that it is about; `first` is the
    first of them. Lines count from 1. Without a line, or with `gone` lines, it is listed under the file's name; without
    a file, above the files. `about` says in words what it is about, where its place does not. A `resolved` one is one
    line until it is opened. `hint` stands at the right of its first line: what can be done, and by which key.
    """

    id: str
    notes: tuple[Note, ...]
    file: int | None = None
    side: Side = "new"
    line: int | None = None
    first: int | None = None
    resolved: bool = False
    gone: bool = False
    about: str = ""
    hint: str = ""

    @property
    def anchored(self) -> bool:
        """Whether it stands at a line."""
        return self.file is not None and self.line is not None and not self.gone
