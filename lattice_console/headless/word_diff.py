"""A diff by words: each replaced block as one text in which `[-old-]` gives way to `{+new+}`.

As `git diff --word-diff` has it: no signs in front of lines, and the line ends of the new side.
"""

from collections.abc import Iterator, Sequence

from lattice_console.headless.style import Role
from lattice_console.merge.diff import FileDiff, Hunk, Line
from lattice_console.merge.words import Span, word_changes

Piece = tuple[Role | None, bytes]
"""A part of a line, and whether it was removed, added or neither."""

_NO_NEWLINE: Piece = ("muted", b"\\ No newline at end of file")
_END: Piece = (None, b"\n")


def word_lines(compared: FileDiff) -> Iterator[list[Piece]]:
    """The lines of all hunks with their headers, in pieces."""
    for hunk in compared.hunks:
        yield [("accent", hunk.header)]
        yield from _hunk(hunk)


def plain(pieces: Sequence[Piece]) -> bytes:
    """A line without colours, its changes between brackets."""
    marked = {"removed": (b"[-", b"-]"), "added": (b"{+", b"+}")}
    parts = []
    for role, text in pieces:
        before, after = marked.get(role or "", (b"", b""))
        parts += [before, text, after]
    return b"".join(parts)


def _hunk(hunk: Hunk) -> Iterator[list[Piece]]:
    removed: list[Line] = []
    added: list[Line] = []
    for line in hunk.lines:
        if line.origin == "-":
            removed.append(line)
        elif line.origin == "+":
            added.append(line)
        else:
            yield from _block(removed, added)
            removed, added = [], []
            yield [(None, line.content)]
            yield from _end_of([line])
    yield from _block(removed, added)


def _block(removed: Sequence[Line], added: Sequence[Line]) -> Iterator[list[Piece]]:
    """Lines that gave way to others."""
    old, new = [line.content for line in removed], [line.content for line in added]
    changes = word_changes(old, new)
    if changes is None:
        for content in old:
            yield [("removed", content)]
        for content in new:
            yield [("added", content)]
    else:
        yield from _merged(_pieces(old, changes.old, "removed"), _pieces(new, changes.new, "added"))
    yield from _end_of([*removed, *added])


def _end_of(lines: Sequence[Line]) -> Iterator[list[Piece]]:
    if not all(line.newline for line in lines):
        yield [_NO_NEWLINE]


def _pieces(lines: Sequence[bytes], spans: Sequence[Sequence[Span]], role: Role) -> list[Piece]:
    """What stays and what changed of one side, with the ends of its lines."""
    pieces: list[Piece] = []
    for line, changed in zip(lines, spans, strict=True):
        at = 0
        for start, end in changed:
            pieces += [(None, line[at:start]), (role, line[start:end])]
            at = end
        pieces += [(None, line[at:]), _END]
    return [piece for piece in pieces if piece[1]]


def _merged(old: list[Piece], new: list[Piece]) -> Iterator[list[Piece]]:
    """Both sides as one text; what stays is the same on both."""
    line: list[Piece] = []
    old.reverse()
    new.reverse()
    while old or new:
        if old and old[-1][0]:
            line.append(old.pop())
        elif new and new[-1][0]:
            line.append(new.pop())
        elif new and new[-1] is _END:
            new.pop()
            if old and old[-1] is _END:
                old.pop()
            yield line
            line = []
        elif old and (old[-1] is _END or not new):
            # A line that was removed whole stands by itself; else the new side has joined it to the next.
            ends = old.pop() is _END
            if ends and line and all(role == "removed" for role, _ in line):
                yield line
                line = []
        else:
            line.append((None, _common(old, new)))
    if line:
        yield line


def _common(old: list[Piece], new: list[Piece]) -> bytes:
    """Take what both sides begin with: the shorter one's piece, from both."""
    stays = new.pop()[1]
    other = old.pop()[1] if old else stays
    size = min(len(stays), len(other))
    if stays[size:]:
        new.append((None, stays[size:]))
    if other[size:]:
        old.append((None, other[size:]))
    return stays[:size]
