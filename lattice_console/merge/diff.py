r"""The diff of the project: lines of bytes, compared by libgit2 as `git diff` compares them.

Nothing is decoded: a byte order mark, CRLF, invalid UTF-8 and a missing final newline stay what they are. A line ends
with `\n` and nothing else. The changed ranges are found at once; lines become objects only where they are asked for,
so a console that draws a window pays for the window.
"""

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, overload

from lattice_console.merge._libgit2 import Whitespace, changed_ranges
from lattice_console.merge.lines import LineIndex
from lattice_console.merge.quoting import quote, quote_with_prefix

__all__ = [
    "Block",
    "FileDiff",
    "Hunk",
    "Line",
    "Lines",
    "Side",
    "Whitespace",
    "diff",
    "hunk_digest",
    "is_binary",
    "unified",
]

Origin = Literal[" ", "+", "-"]
Side = Literal["old", "new"]

# git calls content binary that holds NUL in its first bytes.
_BINARY_LOOK = 8000
# git names a hunk by the nearest line before it that begins like an identifier, cut to this many bytes.
_SECTION_LINE = re.compile(rb"^[A-Za-z_$][^\n]*", re.MULTILINE)
_SECTION_SIZE = 80
_NO_NEWLINE = b"\\ No newline at end of file\n"


@dataclass(frozen=True, slots=True)
class Line:
    r"""One line of a hunk.

    `content` is the line without its `\n`; a `\r` before that is content. `old_no` and `new_no` count from 1 and are
    None on the side that does not have the line. `newline` is False for a last line that lacks its `\n`.
    """

    origin: Origin
    content: bytes
    old_no: int | None
    new_no: int | None
    newline: bool


class Block(NamedTuple):
    """Neighbouring lines that differ: `removed` lines of the old side from `old` on gave way to `added` from `new` on.

    Lines count from 0; a side without lines names the line before which they would stand.
    """

    old: int
    removed: int
    new: int
    added: int


class _Run(NamedTuple):
    """Neighbouring lines of one origin: the first row in its hunk, the first line of each side from 0, how many."""

    row: int
    origin: Origin
    old: int
    new: int
    size: int


class _Texts:
    """Both sides, what is known of their lines, and what changed; shared by all hunks of a file."""

    __slots__ = ("_sections", "blocks", "new", "old")

    def __init__(self, old: bytes, new: bytes, blocks: list[Block]) -> None:
        self.old = LineIndex(old)
        self.new = LineIndex(new)
        self.blocks = blocks
        self._sections: list[int] | None = None

    def section_before(self, line: int) -> bytes:
        data = self.old.data
        if self._sections is None:
            self._sections = [match.start() for match in _SECTION_LINE.finditer(data)]
        index = bisect_left(self._sections, self.old.offset(line)) - 1
        if index < 0:
            return b""
        start = self._sections[index]
        end = data.find(b"\n", start)
        return data[start : min(len(data) if end < 0 else end, start + _SECTION_SIZE)].rstrip(b" \t\r\n")


class Lines(Sequence[Line]):
    """The lines of one hunk, made as they are asked for; a slice makes those of the slice."""

    __slots__ = ("_context", "_first", "_last", "_runs", "_size", "_starts", "_texts")

    def __init__(self, texts: _Texts, first: int, last: int, context: tuple[int, int], size: int) -> None:
        # The hunk holds the changes from `first` to `last`, with so many lines of context before and after them.
        self._texts, self._first, self._last, self._context, self._size = texts, first, last, context, size
        self._runs: list[_Run] | None = None
        self._starts: list[int] = []

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            start, stop, step = index.indices(self._size)
            if step == 1:
                return list(self._between(start, stop))
            return [self[row] for row in range(start, stop, step)]
        row = index + self._size if index < 0 else index
        if not 0 <= row < self._size:
            raise IndexError(f"row {index} of a hunk of {self._size} lines")
        return next(self._between(row, row + 1))

    def __iter__(self) -> Iterator[Line]:
        return self._between(0, self._size)

    def runs(self) -> Iterator[tuple[Origin, bytes]]:
        """The hunk's text in runs of one origin: (origin, the run's lines as they stand in the document)."""
        for run in self._all_runs():
            yield run.origin, self._text(run, 0, run.size)

    def _text(self, run: _Run, start: int, stop: int) -> bytes:
        # Where whitespace is ignored both sides of an unchanged line may differ; git shows the new one.
        index, first = (self._texts.old, run.old) if run.origin == "-" else (self._texts.new, run.new)
        return index.span(first + start, first + stop)

    def _between(self, start: int, stop: int) -> Iterator[Line]:
        runs = self._all_runs()
        for at in range(bisect_right(self._starts, start) - 1, len(runs)):
            run = runs[at]
            if run.row >= stop:
                return
            low, high = max(start - run.row, 0), min(stop - run.row, run.size)
            contents = self._text(run, low, high).split(b"\n")
            for number, content in enumerate(contents[: high - low], low):
                yield Line(
                    run.origin,
                    content,
                    None if run.origin == "+" else run.old + number + 1,
                    None if run.origin == "-" else run.new + number + 1,
                    len(contents) > high - low or number < high - 1,
                )

    def _all_runs(self) -> list[_Run]:
        if self._runs is None:
            runs: list[_Run] = []
            before, after = self._context
            row = 0

            def add(origin: Origin, old: int, new: int, size: int) -> None:
                nonlocal row
                if size:
                    runs.append(_Run(row, origin, old, new, size))
                    row += size

            blocks = self._texts.blocks[self._first : self._last]
            old, new = blocks[0].old - before, blocks[0].new - before
            for old_start, removed, new_start, added in blocks:
                add(" ", old, new, old_start - old)
                add("-", old_start, new_start, removed)
                add("+", old_start + removed, new_start, added)
                old, new = old_start + removed, new_start + added
            add(" ", old, new, after)
            self._starts = [run.row for run in runs]
            self._runs = runs
        return self._runs


@dataclass(frozen=True, slots=True, eq=False)
class Hunk:
    """A stretch of changes with their context.

    The four numbers are those of the header: starts count from 1; a side without lines has 0 lines and the number of
    the line after which they would stand.
    """

    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    lines: Lines = field(repr=False)
    _texts: _Texts = field(repr=False)

    @property
    def section(self) -> bytes:
        """The nearest line of the old side before the hunk that begins with a letter, `_` or `$`: git's hint."""
        return self._texts.section_before(self.old_start - (self.old_lines > 0))

    @property
    def header(self) -> bytes:
        """The hunk's first line in a patch, without its newline."""
        old = b"%d" % self.old_start if self.old_lines == 1 else b"%d,%d" % (self.old_start, self.old_lines)
        new = b"%d" % self.new_start if self.new_lines == 1 else b"%d,%d" % (self.new_start, self.new_lines)
        head = b"@@ -%b +%b @@" % (old, new)
        return head + b" " + self.section if self.section else head


@dataclass(frozen=True, slots=True, eq=False)
class FileDiff:
    """What differs between two states of a document; `old` or `new` is None where it does not exist.

    A binary diff has no hunks and counts no lines. `added` and `removed` are numbers of lines. Lines are reached by
    number, from 0, without making those around them.
    """

    old: bytes | None = field(repr=False)
    new: bytes | None = field(repr=False)
    hunks: tuple[Hunk, ...]
    added: int
    removed: int
    binary: bool
    whitespace: Whitespace = "exact"
    _texts: _Texts | None = field(default=None, repr=False)

    @property
    def blocks(self) -> Sequence[Block]:
        """What changed, in order, never adjoining."""
        return self._texts.blocks if self._texts else ()

    def count(self, side: Side) -> int:
        """The number of lines of a side; 0 for binary content."""
        return self._index(side).count if self._texts else 0

    def lines(self, side: Side, first: int, last: int) -> list[bytes]:
        r"""The lines of a side from `first` up to, and without, `last`, each without its `\n`."""
        if first >= min(last, self.count(side)):
            return []
        return self._index(side).span(first, last).removesuffix(b"\n").split(b"\n")

    def text(self, side: Side, first: int, last: int) -> bytes:
        """The lines of a side from `first` up to, and without, `last`, as they stand in the document."""
        return self._index(side).span(first, last) if self._texts else b""

    def incomplete(self, side: Side, line: int) -> bool:
        r"""Whether a line is a last one that lacks its `\n`."""
        return line == self.count(side) - 1 and not self._index(side).data.endswith(b"\n")

    def _index(self, side: Side) -> LineIndex:
        assert self._texts is not None
        return self._texts.old if side == "old" else self._texts.new

    @property
    def identical(self) -> bool:
        """Whether both states have the same bytes; an empty document is not one that does not exist."""
        return self.old == self.new


def is_binary(data: bytes | None) -> bool:
    """Whether git would call `data` binary: NUL among its first 8000 bytes."""
    return data is not None and data.find(b"\0", 0, _BINARY_LOOK) >= 0


def diff(old: bytes | None, new: bytes | None, *, context: int = 3, whitespace: Whitespace = "exact") -> FileDiff:
    """Compare two states of a document, with `context` unchanged lines kept around each change.

    None is a state that does not exist. `whitespace` says what counts as a change, as git's options do: `exact`
    everything, `trailing` not that at a line's end (--ignore-space-at-eol), `amount` not how much of it there is (-b),
    `all` none of it (-w). Lines stay what they are in every mode. The comparison gives the interpreter lock back; its
    time grows with the size of the texts times the number of differences in the worst case, so a caller that must
    stay responsive runs it in a thread.

    Raises:
        ValueError: `context` is negative.
        Libgit2Error: libgit2 refused the texts.
    """
    if context < 0:
        raise ValueError(f"context is a number of lines, not {context}")
    if is_binary(old) or is_binary(new):
        return FileDiff(old, new, (), 0, 0, True, whitespace)
    ranges = changed_ranges(old or b"", new or b"", whitespace) if old != new else []
    # From 0, each start being the first line of the range or the line before which it would stand.
    blocks = [
        Block(old_start - (removed > 0), removed, new_start - (added > 0), added)
        for old_start, removed, new_start, added in ranges
    ]
    texts = _Texts(old or b"", new or b"", blocks)
    added = sum(block.added for block in blocks)
    removed = sum(block.removed for block in blocks)
    return FileDiff(old, new, tuple(_hunks(texts, context)), added, removed, False, whitespace, texts)


def _hunks(texts: _Texts, context: int) -> Iterator[Hunk]:
    """Join changes whose contexts touch, as git does: those at most twice the context apart."""
    blocks, total = texts.blocks, texts.old.count
    first = 0
    while first < len(blocks):
        old_start, removed, new_start, added = blocks[first]
        old_end, last, plus = old_start + removed, first + 1, added
        while last < len(blocks) and blocks[last].old - old_end <= 2 * context:
            old_end = blocks[last].old + blocks[last].removed
            plus += blocks[last].added
            last += 1
        before, after = min(context, old_start), min(context, total - old_end)
        old_lines = old_end + after - (old_start - before)
        new_end = blocks[last - 1].new + blocks[last - 1].added
        new_lines = new_end + after - (new_start - before)
        yield Hunk(
            old_start - before + (old_lines > 0),
            old_lines,
            new_start - before + (new_lines > 0),
            new_lines,
            Lines(texts, first, last, (before, after), old_lines + plus),
            texts,
        )
        first = last


def unified(
    old: bytes | None,
    new: bytes | None,
    *,
    old_path: str | None,
    new_path: str | None,
    context: int = 3,
    whitespace: Whitespace = "exact",
) -> bytes:
    r"""The change of one file as a patch that `git apply` takes: headers, hunks, and nothing for no change.

    A side that does not exist has neither bytes nor path. Two different paths make a rename. There is no `index` line,
    because documents are not git's objects. A binary change is only named (`Binary files a/x and b/x differ`). Where
    `whitespace` lets some of it pass, the patch is for reading: what it leaves out, applying it leaves out as well.

    Raises:
        ValueError: a side has bytes but no path or a path but no bytes, or neither side exists.
    """
    if (old is None) != (old_path is None) or (new is None) != (new_path is None) or (old is None and new is None):
        raise ValueError("each side of a patch has bytes and a path, or neither, and one side exists")
    name_a, name_b = (path.encode() for path in (old_path or new_path or "", new_path or old_path or ""))
    if old == new and old_path == new_path:
        return b""
    label_a, label_b = quote_with_prefix(b"a/", name_a), quote_with_prefix(b"b/", name_b)
    parts = [b"diff --git %b %b\n" % (label_a, label_b)]
    if old is None:
        parts.append(b"new file mode 100644\n")
        label_a = b"/dev/null"
    elif new is None:
        parts.append(b"deleted file mode 100644\n")
        label_b = b"/dev/null"
    elif old_path != new_path:
        parts.append(b"rename from %b\nrename to %b\n" % (quote(name_a), quote(name_b)))
    compared = diff(old, new, context=context, whitespace=whitespace)
    if compared.binary and not compared.identical:
        parts.append(b"Binary files %b and %b differ\n" % (label_a, label_b))
    if compared.hunks:
        # A tab ends a name that holds a blank, for readers that take a blank for the end.
        parts.extend(
            b"%b %b%b\n" % (sign, name, b"\t" if b" " in name else b"")
            for sign, name in ((b"---", label_a), (b"+++", label_b))
        )
    for hunk in compared.hunks:
        parts.append(hunk.header + b"\n")
        parts.extend(_prefixed(origin.encode(), text) for origin, text in hunk.lines.runs())
    return b"".join(parts)


def _prefixed(sign: bytes, text: bytes) -> bytes:
    if text.endswith(b"\n"):
        return sign + text[:-1].replace(b"\n", b"\n" + sign) + b"\n"
    return sign + text.replace(b"\n", b"\n" + sign) + b"\n" + _NO_NEWLINE


def hunk_digest(old: bytes | None, new: bytes | None) -> str:
    """SHA-256 over what the diff changes and its context, without line numbers, paths and operation, in hex.

    Two changes of text have the same digest exactly if their hunks hold the same lines in the same order, wherever in
    the document they stand. For binary content it is the digest of both contents.
    """
    compared = diff(old, new)
    if compared.binary:
        sizes = b"%d %d" % (len(old or b""), len(new or b""))
        return hashlib.sha256(b"\n".join((b"binary", sizes, old or b"", new or b""))).hexdigest()
    digest = hashlib.sha256(b"text\n")
    for hunk in compared.hunks:
        digest.update(b"@\n")
        for origin, text in hunk.lines.runs():
            # The size in front keeps runs apart, whatever the text holds.
            digest.update(b"%b%d\n" % (origin.encode(), len(text)))
            digest.update(text)
    return digest.hexdigest()
