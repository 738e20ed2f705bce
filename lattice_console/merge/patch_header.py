"""The header of one file in a patch: from `diff --git`, or from `---` and `+++` alone, to its first hunk.

It accepts and refuses what `git apply` does, its consistency checks included (git's apply.c), and refuses besides what
documents are not: symbolic links, submodules, copies.
"""

import re
from collections.abc import Callable, Sequence

from lattice_console.merge.patch_model import PatchError
from lattice_console.merge.patch_names import (
    common_name,
    has_epoch_timestamp,
    is_bare_name,
    is_dev_null,
    name_in_git_header,
    name_in_traditional_header,
)

__all__ = ["HUNK_HEADER", "Header", "HeaderReader"]

HUNK_HEADER = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")

_GIT = b"diff --git "
_MODE = re.compile(rb"[ \t]*([0-7]+)[ \t\r\n]")
_REGULAR_FILE = 0o100000
_FILE_TYPE = 0o170000
# The shortest hunk header is `@@ -0,0 +1 @@` and its newline; git looks for nothing in less than six bytes.
_SHORTEST_HUNK_HEADER = 14
_SHORTEST_LINE = 6
_INDEX = re.compile(rb"[^.\n]{0,40}\.\.([^ \n]{0,40}) ")


class Header:
    """What the header lines of one file have said so far.

    `is_new` and `is_deleted` are None where a patch without `diff --git` leaves it open.
    """

    __slots__ = ("copy", "default", "is_deleted", "is_new", "modes", "new", "old", "rename")

    def __init__(self) -> None:
        self.old: bytes | None = None
        self.new: bytes | None = None
        self.default: bytes | None = None
        self.is_new: bool | None = None
        self.is_deleted: bool | None = None
        self.rename = False
        self.copy = False
        self.modes: dict[str, int] = {}

    @property
    def changes_metadata(self) -> bool:
        """Whether the patch does something to the file even without a hunk."""
        modes = self.modes.get("old"), self.modes.get("new")
        return self.rename or bool(self.is_new) or bool(self.is_deleted) or (None not in modes and modes[0] != modes[1])


class HeaderReader:
    """Finds the headers of a patch, one after the other, between whatever else stands there."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = lines
        # How many leading components of a name are stripped: none from the first bare name on.
        self._strip = 1

    def next(self, at: int) -> tuple[Header, int] | None:
        """The next header from line `at` on, and the line behind it; None if there is none.

        Raises:
            PatchError: a header contradicts itself, or a hunk stands where no header is.
        """
        lines, header = self._lines, Header()
        for number in range(at, len(lines)):
            line = lines[number]
            if len(line) < _SHORTEST_LINE:
                continue
            if line.startswith(b"@@ -") and HUNK_HEADER.match(line) and line.endswith(b"\n"):
                raise self._error(number, "a hunk has no header that names its file")
            if not self._holds(number + 1, _SHORTEST_LINE):
                break
            if line.startswith(_GIT):
                end = self._git_header(number, header)
                if end > number + 1:
                    return header, end
            elif self._begins_traditional(number):
                self._traditional_header(number, header)
                return header, number + 2
        return None

    def _holds(self, at: int, size: int) -> bool:
        """Whether at least `size` bytes are left from line `at` on."""
        # Every line has a byte at least, so only the end of the patch has to be counted.
        return at + size <= len(self._lines) or sum(map(len, self._lines[at:])) >= size

    def _error(self, number: int, reason: str) -> PatchError:
        return PatchError(f"{reason} (line {number + 1} of the patch)")

    def _begins_traditional(self, number: int) -> bool:
        first, *rest = self._lines[number : number + 3]
        return (
            len(rest) == 2
            and first.startswith(b"--- ")
            and rest[0].startswith(b"+++ ")
            and rest[1].startswith(b"@@ -")
            and self._holds(number, len(rest[0]) + _SHORTEST_HUNK_HEADER)
        )

    def _traditional_header(self, number: int, header: Header) -> None:
        old, new = (line[4:] for line in self._lines[number : number + 2])
        if is_bare_name(new):
            self._strip = 0
        if is_dev_null(old):
            header.is_new, header.is_deleted = True, False
            header.new = name = name_in_traditional_header(new, self._strip)
        elif is_dev_null(new):
            header.is_new, header.is_deleted = False, True
            header.old = name = name_in_traditional_header(old, self._strip)
        else:
            first = name_in_traditional_header(old, self._strip)
            name = name_in_traditional_header(new, self._strip, first)
            if has_epoch_timestamp(old):
                header.is_new, header.is_deleted = True, False
                header.new = name
            elif has_epoch_timestamp(new):
                header.is_new, header.is_deleted = False, True
                header.old = name
            else:
                header.old = header.new = name
        if not name:
            raise self._error(number, "the header has no file name once its first component is stripped")

    def _git_header(self, number: int, header: Header) -> int:
        """Read the lines below `diff --git` into `header`; returns the first that does not belong to it."""
        header.is_new = header.is_deleted = False
        header.default = common_name(self._lines[number][len(_GIT) :], self._strip)
        end = number + 1
        while end < len(self._lines) and self._lines[end].endswith(b"\n"):
            line = self._lines[end]
            prefix = next((prefix for prefix in _HEADER_LINES if line.startswith(prefix)), None)
            if prefix is not None:
                _HEADER_LINES[prefix](self, end, line[len(prefix) :], header)
            if header.is_new + header.is_deleted + header.rename + header.copy > 1:
                raise self._error(end, "the header contradicts an earlier line of itself")
            if prefix is None:
                break
            end += 1
        if header.old is None and header.new is None:
            header.old = header.new = header.default
        if (header.new is None and not header.is_deleted) or (header.old is None and not header.is_new):
            raise self._error(number, "the header does not tell the file's name")
        return end

    def _old_name(self, number: int, text: bytes, header: Header) -> None:
        header.old = self._agreed_name(number, text, header.old, bool(header.is_new))

    def _new_name(self, number: int, text: bytes, header: Header) -> None:
        header.new = self._agreed_name(number, text, header.new, bool(header.is_deleted))

    def _agreed_name(self, number: int, text: bytes, known: bytes | None, missing: bool) -> bytes | None:
        """The name of a `---` or `+++` line, which has to be the one that is known, or /dev/null."""
        if known is None and missing:
            if not is_dev_null(text):
                raise self._error(number, "/dev/null is expected here")
            return None
        name = name_in_git_header(text, self._strip, ends_at_tab=True)
        if known is not None and (missing or name != known):
            raise self._error(number, "the header names two different files")
        return name

    def _old_mode(self, number: int, text: bytes, header: Header) -> None:
        header.modes["old"] = self._mode(number, text)

    def _new_mode(self, number: int, text: bytes, header: Header) -> None:
        header.modes["new"] = self._mode(number, text)

    def _mode(self, number: int, text: bytes) -> int:
        match = _MODE.match(text)
        if match is None:
            raise self._error(number, "a file mode is no octal number")
        # The last digits hold the type; a long row of them is no number to compute with.
        mode = int(match[1][-7:], 8)
        if mode & _FILE_TYPE != _REGULAR_FILE:
            raise self._error(number, "only regular files are documents, no symbolic links, folders or submodules")
        return mode

    def _deleted(self, number: int, text: bytes, header: Header) -> None:
        header.is_deleted = True
        header.old = header.default
        self._old_mode(number, text, header)

    def _created(self, number: int, text: bytes, header: Header) -> None:
        header.is_new = True
        header.new = header.default
        self._new_mode(number, text, header)

    def _rename_from(self, number: int, text: bytes, header: Header) -> None:
        header.rename = True
        header.old = name_in_git_header(text, 0, ends_at_tab=False)

    def _rename_to(self, number: int, text: bytes, header: Header) -> None:
        header.rename = True
        header.new = name_in_git_header(text, 0, ends_at_tab=False)

    def _copied(self, number: int, text: bytes, header: Header) -> None:
        raise self._error(number, "it copies a file; propose the copy as a new file instead")

    def _index(self, number: int, text: bytes, header: Header) -> None:
        match = _INDEX.match(text)
        if match:
            self._old_mode(number, text[match.end() :], header)

    def _ignored(self, number: int, text: bytes, header: Header) -> None:
        pass


# The order is git's. A line that begins with none of these ends the header, as the first hunk does.
_HEADER_LINES: dict[bytes, Callable[[HeaderReader, int, bytes, Header], None]] = {
    b"--- ": HeaderReader._old_name,
    b"+++ ": HeaderReader._new_name,
    b"old mode ": HeaderReader._old_mode,
    b"new mode ": HeaderReader._new_mode,
    b"deleted file mode ": HeaderReader._deleted,
    b"new file mode ": HeaderReader._created,
    b"copy from ": HeaderReader._copied,
    b"copy to ": HeaderReader._copied,
    b"rename old ": HeaderReader._rename_from,
    b"rename new ": HeaderReader._rename_to,
    b"rename from ": HeaderReader._rename_from,
    b"rename to ": HeaderReader._rename_to,
    b"similarity index ": HeaderReader._ignored,
    b"dissimilarity index ": HeaderReader._ignored,
    b"index ": HeaderReader._index,
}
