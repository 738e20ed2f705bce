"""Leaves out of documents what is the same in all of them and has nothing to do with the places where they differ.

A document's lines that are indented deeper than the line above them are what that line is about. Where they are the
same in all documents, none of them needs to be read: the documents then say less, and all of them the same less. In the
place of what is left out stands what shows that, so that it is not taken for all there is.
"""

import re
from bisect import bisect
from collections.abc import Sequence
from typing import Final
from zlib import crc32

from lattice_console.merge._libgit2 import changed_ranges
from lattice_console.merge.lines import LineIndex
from lattice_console.merge.structured_identity import DECLARATION

__all__ = ["aligned", "focused", "has_left_out"]

_BLANK = " \t\r\n"
_LEFT_OUT: Final = "\ue000"
"""What stands for lines that one line is about, with a sum of them, in a text or a key that nobody writes."""
_PASSED_OVER: Final = " " * 211
"""The blank line that stands for neighbours which are far away."""
_OPENS: Final = re.compile(r"([\[{])[ \t]*(?:#.*)?$")
_NEAR = 8
"""How many neighbours on one level are read on each side of a place: by them the order of keys is judged."""


def focused(pieces: Sequence[str]) -> list[str]:
    """The texts before, between and after places in a document, without the lines that are about neither place.

    What a line is about is left out if it ends within its piece, and so are lines that are far from the places. The
    fields of a list's items stay: they may tell the items apart. So does what declares by what they are told apart.
    """
    last = len(pieces) - 1
    return [_focused(piece, whole=at == last) for at, piece in enumerate(pieces)]


def _focused(piece: str, *, whole: bool) -> str:
    lines = [line + "\n" for line in piece.split("\n")]
    lines[-1] = lines[-1][:-1]
    depths = [_depth(line) for line in lines]
    ends = _ends(depths, lines, whole=whole)
    declared = [at for at, line in enumerate(lines) if DECLARATION in line] if DECLARATION in piece else []
    kept: list[str] = []
    level: list[tuple[int, int]] = []
    at = 0
    while at < len(lines):
        end = ends[at]
        if level and (not end or depths[at] != depths[level[0][0]]):
            _keep(level, lines, declared, kept)
            level = []
        if end:
            level.append((at, end))
            at = end
        else:
            kept.append(lines[at])
            at += 1
    _keep(level, lines, declared, kept)
    return "".join(kept)


def _keep(level: Sequence[tuple[int, int]], lines: Sequence[str], declared: Sequence[int], kept: list[str]) -> None:
    """Keep the nearest of the neighbours on a level, each as a range of lines; of what a line is about, nothing.

    Items are kept whole, and so is what has one of the lines `declared`, which say what tells items apart.
    """
    declaring = {(start, end) for start, end in level if bisect(declared, start - 1) < bisect(declared, end - 1)}
    far = [span for span in level[_NEAR:-_NEAR] if span in declaring]
    near = [*level[:_NEAR], *far, *level[_NEAR:][-_NEAR:]]
    done = near[0][0] if near else 0
    for start, end in near:
        if start > done:
            kept.append(_PASSED_OVER + _line_end(lines[start]))
        done = end
        header = lines[start].strip(_BLANK)
        if header in ("{", "[") or _is_item(header) or (start, end) in declaring:
            kept += lines[start:end]
            continue
        kept.append(lines[start])
        # The bracket that closes it, or the blank lines behind.
        first = end
        while first > start + 1 and not lines[first - 1].strip(_BLANK):
            first -= 1
        if first == end > start + 1 and _closes(lines[first - 1]) and _depth(lines[first - 1]) == _depth(lines[start]):
            first -= 1
        if first > start + 1:
            kept.append(_left_out(lines[start], lines[start + 1 : first]))
        kept += lines[first:end]


def _left_out(header: str, lines: Sequence[str]) -> str:
    """A line that can stand for those that a header is about."""
    text = header.rstrip(_BLANK)
    blanks = text[: len(text) - len(text.lstrip(_BLANK))]
    sign = f"{_LEFT_OUT}{crc32(''.join(line.strip(_BLANK) for line in lines).encode()):08x}"
    if opens := _OPENS.search(text):
        sign = f'"{sign}": 0' if opens[1] == "{" else f'"{sign}"'
    return f"{blanks} {sign}{_line_end(header)}"


def _line_end(line: str) -> str:
    return "\r\n" if line.endswith("\r\n") else "\n"


def has_left_out(text: str) -> bool:
    """Whether a part of a document is not all that it was, or may not be."""
    return _LEFT_OUT in text or _PASSED_OVER in text


def _is_item(content: str) -> bool:
    return content.startswith("- ") or content == "-"


def _closes(line: str) -> bool:
    return line.lstrip(" \t").startswith(("}", "]"))


def _depth(line: str) -> int:
    """How deep a line begins, with an item of YAML between its key's depth and the next; -1 for a blank line."""
    content = line.lstrip(" \t")
    if not content.strip(_BLANK):
        return -1
    return 2 * (len(line) - len(content)) + _is_item(content.rstrip(_BLANK))


def _ends(depths: Sequence[int], lines: Sequence[str], *, whole: bool) -> list[int]:
    """For each line the one before which ends what it is about; 0 where that goes on beyond the last line."""
    ends = [0] * len(depths)
    waiting: list[int] = []
    for at, depth in enumerate(depths):
        if depth < 0:
            continue
        while waiting and depths[waiting[-1]] > depth:
            ends[waiting.pop()] = at
        closed = bool(waiting) and depths[waiting[-1]] == depth
        closes = closed and _closes(lines[at])
        if closed:
            ends[waiting.pop()] = at + closes
        if not closes:
            waiting.append(at)
    if whole:
        for header in waiting:
            ends[header] = len(depths)
    return ends


def aligned(documents: Sequence[bytes]) -> tuple[list[bytes], list[list[bytes]]]:
    """What all documents have in common, line by line: pieces, and for each document what it has between two of them.

    Raises:
        Libgit2Error: libgit2 refused the texts or ran out of memory.
    """
    base, *others = documents
    changes = [
        [(a - (removed > 0), removed, b - (came > 0), came) for a, removed, b, came in changed_ranges(base, other)]
        for other in others
    ]
    count = LineIndex(base).count
    places = _places(count, changes)
    indexes = [LineIndex(document) for document in documents]
    shifts = [[0] * len(places) for _ in documents]
    for side, ranges in enumerate(changes, start=1):
        _shift(shifts[side], places, ranges)
    common, between = list[bytes](), [list[bytes]() for _ in documents]
    done = 0
    for number, (start, end) in enumerate(places):
        common.append(indexes[0].span(done, start))
        for side, index in enumerate(indexes):
            first = start + (shifts[side][number - 1] if number else 0)
            between[side].append(index.span(first, end + shifts[side][number]))
        done = end
    common.append(indexes[0].span(done, count))
    return common, between


def _places(count: int, changes: Sequence[Sequence[tuple[int, int, int, int]]]) -> list[tuple[int, int]]:
    """The lines of the base that any document changed, as ranges that do not touch."""
    places: list[tuple[int, int]] = []
    for old, removed in sorted((old, removed) for ranges in changes for old, removed, _, _ in ranges):
        if places and old <= places[-1][1]:
            places[-1] = places[-1][0], max(places[-1][1], old + removed)
        else:
            places.append((old, old + removed))
    return places


def _shift(shifts: list[int], places: Sequence[tuple[int, int]], ranges: Sequence[tuple[int, int, int, int]]) -> None:
    """Note how far the lines behind each place stand from those of the base."""
    at = shift = 0
    for number, (_, end) in enumerate(places):
        while at < len(ranges) and ranges[at][0] + ranges[at][1] <= end:
            shift += ranges[at][3] - ranges[at][1]
            at += 1
        shifts[number] = shift
