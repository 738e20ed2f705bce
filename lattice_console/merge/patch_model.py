"""What a patch is, once read: files, hunks, and the error that names them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from lattice_console.merge.quoting import shown

__all__ = ["FilePatch", "HunkName", "Operation", "PatchError", "PatchHunk"]


class Operation(StrEnum):
    """What a patch does to a file."""

    CREATE = "create"
    MODIFY = "modify"
    DELETE = "delete"
    RENAME = "rename"


class HunkName(NamedTuple):
    """How a message names a hunk: its place in its file's patch, from 1, and the ranges of its header."""

    number: int
    header: str

    def __str__(self) -> str:
        return f"hunk {self.number} ({self.header})"


class PatchError(Exception):
    """A patch that cannot be read or does not apply.

    `file` is the path as git would print it and `hunk` the hunk, where one is to blame; `reason` says why. The text of
    the error is one line of printable ASCII that says all three.
    """

    def __init__(self, reason: str, *, file: str | None = None, hunk: HunkName | None = None) -> None:
        self.file = None if file is None else shown(file.encode(errors="surrogateescape"))
        self.hunk = hunk
        self.reason = reason
        place = " of ".join(str(part) for part in (hunk, self.file) if part is not None)
        super().__init__(f"{place}: {reason}" if place else reason)


@dataclass(frozen=True, slots=True)
class PatchHunk:
    r"""One hunk as it asks to be applied.

    `old` are the lines that it expects, context and removed ones, and `new` those that it puts in their place, each
    with its `\n`, which only the last of a side may lack. `leading` and `trailing` count the context lines before the
    first and after the last changed one. `old_start` and `new_start` are the header's, counted from 1.
    """

    name: HunkName
    old_start: int
    new_start: int
    old: Sequence[bytes]
    new: Sequence[bytes]
    leading: int
    trailing: int


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What a patch does to one file.

    A created file has no `old_path`, a deleted one no `new_path`; a renamed one has two different paths. The paths are
    those of the patch without their first component: whether they are allowed is for the caller to say. Where
    `creates_if_missing` holds, the patch does not tell a file that is empty from one that does not exist (a patch
    without `diff --git` and `/dev/null` that only adds), and makes the file if need be.
    """

    old_path: str | None
    new_path: str | None
    operation: Operation
    hunks: tuple[PatchHunk, ...]
    creates_if_missing: bool = False

    @property
    def path(self) -> str:
        """The path by which messages name the file."""
        return self.old_path or self.new_path or ""
