"""Reads unified diffs, alone or among prose, by the rules of `git apply` (git's apply.c).

Where git would read something that no honest patch holds (a line without newline in the middle of a side, more lines
than a hunk's header speaks of, line numbers beyond 2³¹, a name that is no UTF-8), the patch is refused and the place
named.
"""

from collections.abc import Sequence

from lattice_console.merge.lines import split_lines
from lattice_console.merge.patch_header import HUNK_HEADER, Header, HeaderReader
from lattice_console.merge.patch_model import FilePatch, HunkName, Operation, PatchError, PatchHunk

__all__ = ["parse"]

_LARGEST_NUMBER = 2**31 - 1
# Whatever language it is in, the marker of a missing newline is that long.
_SHORTEST_MARKER = 12


def parse(patch: bytes, *, max_bytes: int | None = None) -> list[FilePatch]:
    """What a patch does to each of its files, in its order.

    A path may occur more than once: git applies a later entry to the result of an earlier one, but lets a rename take
    the file as it was before the patch. Whether such a patch is taken is for the caller to say.

    Names are stripped of their first component (`a/`, `b/`), or of none in a patch whose names have no `/`. Modes are
    ignored, and a file of which only the mode changes, or nothing, is left out. The time is linear in the patch's size.

    Raises:
        PatchError: the patch is larger than `max_bytes`, is no patch, is damaged, or does what documents do not have:
            binary changes, copies, symbolic links, submodules.
    """
    if max_bytes is not None and len(patch) > max_bytes:
        raise PatchError(f"the patch has {len(patch)} bytes, more than the {max_bytes} that are allowed")
    lines = split_lines(patch)
    reader = HeaderReader(lines)
    files: list[FilePatch] = []
    found_any, at = False, 0
    while (found := reader.next(at)) is not None:
        header, at = found
        names = _Names(header)
        hunks: list[PatchHunk] = []
        while at < len(lines) and lines[at].startswith(b"@@ -") and len(lines[at]) > 4:
            reader_of_hunk = _HunkReader(lines, at, len(hunks) + 1, names.path)
            hunks.append(reader_of_hunk.read())
            at = reader_of_hunk.at
        if not hunks:
            _check_without_hunks(lines, at, header, names.path)
        found_any = True
        file = _file_patch(header, names, tuple(hunks))
        if file is not None:
            files.append(file)
    if not found_any:
        raise PatchError("it holds no patch: no `diff --git` line, and no `---` and `+++` lines with a hunk below them")
    return files


class _Names:
    """The paths of a header as text."""

    __slots__ = ("new", "old", "path")

    def __init__(self, header: Header) -> None:
        self.old = _text(header.old)
        self.new = _text(header.new)
        self.path = self.old or self.new or ""


def _text(name: bytes | None) -> str | None:
    if name is None:
        return None
    if not name or b"\0" in name:
        raise PatchError("a file name is empty or holds NUL", file=name.decode(errors="surrogateescape"))
    try:
        return name.decode()
    except UnicodeDecodeError:
        raise PatchError("a file name is no UTF-8", file=name.decode(errors="surrogateescape")) from None


def _check_without_hunks(lines: Sequence[bytes], at: int, header: Header, path: str) -> None:
    line = lines[at] if at < len(lines) else b""
    if line == b"GIT binary patch\n":
        raise PatchError("a GIT binary patch is not applied; propose the whole content instead", file=path)
    if line.endswith(b" differ\n") and line.startswith((b"Binary files ", b"Files ")):
        raise PatchError("its content is binary, and the patch does not carry it", file=path)
    if not header.changes_metadata:
        raise PatchError(f"its header is not followed by a hunk (line {at + 1} of the patch)", file=path)


def _file_patch(header: Header, names: _Names, hunks: tuple[PatchHunk, ...]) -> FilePatch | None:
    """The patch of one file; None if it changes nothing, or nothing but the mode."""
    old_lines = sum(len(hunk.old) for hunk in hunks)
    new_lines = sum(len(hunk.new) for hunk in hunks)
    if header.is_new:
        if names.old is not None:
            raise PatchError("it makes a new file, yet names an old one", file=names.path)
        if old_lines:
            raise PatchError("it makes a new file, yet its hunks expect old lines", file=names.path)
        return FilePatch(None, names.new, Operation.CREATE, hunks)
    if header.is_deleted:
        if new_lines:
            raise PatchError("it deletes the file, yet its hunks leave lines in it", file=names.path)
        return FilePatch(names.old, None, Operation.DELETE, hunks)
    if names.old != names.new:
        return FilePatch(names.old, names.new, Operation.RENAME, hunks)
    if not hunks:
        return None
    may_create = header.is_new is None and not old_lines and len(hunks) == 1
    return FilePatch(names.old, names.new, Operation.MODIFY, hunks, creates_if_missing=may_create)


class _Side:
    """The lines of one side of a hunk while they are read, and how many of them the header still promises."""

    __slots__ = ("incomplete_at", "left", "lines")

    def __init__(self, count: int) -> None:
        self.left = count
        self.lines: list[bytes] = []
        self.incomplete_at = -1

    def drop_newline(self) -> bool:
        """Take the newline from the last line; False if it has nothing else."""
        self.incomplete_at = len(self.lines) - 1
        self.lines[-1] = self.lines[-1][:-1]
        return bool(self.lines[-1])

    @property
    def goes_on(self) -> bool:
        """Whether lines follow one that has no newline."""
        return 0 <= self.incomplete_at < len(self.lines) - 1


class _HunkReader:
    """Reads one hunk; `at` is the line that it has come to, in the end the one behind the hunk."""

    def __init__(self, lines: Sequence[bytes], at: int, number: int, path: str) -> None:
        self._lines, self._path = lines, path
        self.at = at
        match = HUNK_HEADER.match(lines[at])
        self._name = HunkName(number, match[0][:80].decode("ascii") if match else "@@")
        if match is None or not lines[at].endswith(b"\n"):
            raise self._error("its header is not of the form `@@ -1,2 +1,2 @@`")
        if any(len(digits) > 10 or int(digits) > _LARGEST_NUMBER for digits in match.groups() if digits):
            raise self._error(f"a number of its header is larger than {_LARGEST_NUMBER}")
        self._old_start, self._old_count, self._new_start, self._new_count = (
            1 if digits is None else int(digits) for digits in match.groups()
        )
        self._old, self._new = _Side(self._old_count), _Side(self._new_count)
        self._leading = self._trailing = 0
        self._changed = False
        # The sides that the last line belongs to, until a marker has taken their newline.
        self._last: tuple[_Side, ...] = ()

    def read(self) -> PatchHunk:
        begin = self.at
        self.at += 1
        while self._old.left or self._new.left:
            self._line()
        self._final_marker()
        if not self._changed:
            self.at = begin
            raise self._error("it neither adds nor removes a line")
        if self._old.goes_on or self._new.goes_on:
            raise self._error("a line that lacks its newline is not the last of its side")
        rest = self._lines[self.at] if self.at < len(self._lines) else b""
        if rest[:1] in (b" ", b"+", b"-") and not rest.startswith(b"--- ") and rest.rstrip() != b"--":
            raise self._error(f"{self._promise()}, but more lines follow")
        return PatchHunk(
            self._name,
            self._old_start,
            self._new_start,
            self._old.lines,
            self._new.lines,
            self._leading,
            self._trailing,
        )

    def _line(self) -> None:
        line = self._lines[self.at] if self.at < len(self._lines) else b""
        sign = line[:1]
        if not line.endswith(b"\n"):
            raise self._error(f"{self._promise()}, but the patch ends before them")
        if sign == b"\\":
            if len(line) < _SHORTEST_MARKER or line[1:2] != b" ":
                raise self._error("a line begins with a backslash and does not say that a newline is missing")
            self._drop_newlines()
        else:
            if sign in (b" ", b"\n"):
                self._last = (self._old, self._new)
                self._leading += not self._changed
                self._trailing += 1
            elif sign in (b"-", b"+"):
                self._last = (self._old,) if sign == b"-" else (self._new,)
                self._changed, self._trailing = True, 0
            else:
                raise self._error(f"{self._promise()}, but it ends before them")
            # Some programs drop the blank in front of an empty context line.
            content = line[1:] or line
            for side in self._last:
                if not side.left:
                    raise self._error(f"{self._promise()}, but its lines do not add up to them")
                side.left -= 1
                side.lines.append(content)
        self.at += 1

    def _final_marker(self) -> None:
        """A marker behind the last line, which the header does not count, and which may itself lack a newline."""
        rest = self._lines[self.at : self.at + _SHORTEST_MARKER + 1]
        if rest and rest[0].startswith(b"\\ ") and sum(map(len, rest)) > _SHORTEST_MARKER:
            self._drop_newlines()
            self.at += 1

    def _drop_newlines(self) -> None:
        if not all([side.drop_newline() for side in self._last]):
            raise self._error("an empty line cannot lack its newline")
        self._last = ()

    def _promise(self) -> str:
        return f"its header speaks of {self._old_count} old and {self._new_count} new lines"

    def _error(self, reason: str) -> PatchError:
        line = min(self.at, len(self._lines) - 1) + 1
        return PatchError(f"{reason} (line {line} of the patch)", file=self._path, hunk=self._name)
