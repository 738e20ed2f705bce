"""A merge taken apart, from nothing but the text that libgit2 writes: what is settled, and what is in conflict.

Comparing the sides a second time, to learn where conflicts are, would cost as much as merging them. So libgit2 is asked
for markers that no side can hold, and what is between them is looked up in the sides. Where a side has the lines of a
conflict in several places that it could be at, they are compared after all (`merge.regions`).
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from lattice_console.merge._libgit2 import drawn_label, merge_lines
from lattice_console.merge.regions import CONFLICT_LIMIT, Opened, Range, Region, Texts, conflicting, entire

__all__ = ["merged_by_lines"]

_SIZE: Final = 60
_LABEL: Final = drawn_label()
_OURS, _BASE, _THEIRS = (sign * _SIZE + b" " + _LABEL for sign in (b"<", b"|", b">"))
# The one marker that has no label.
_MIDDLE: Final = b"=" * _SIZE
# The last byte of a text without a line that is cut off.
_WHOLE: Final = (b"", b"\n")


class _Parted(NamedTuple):
    """The merged texts before, between and after the conflicts, and each conflict's text in base, ours and theirs.

    A conflict has at least one line of all sides on either side of it, unless the document begins or ends there.
    """

    settled: tuple[bytes, ...]
    texts: tuple[Texts, ...]


def merged_by_lines(sides: Texts) -> Opened:
    """Merge what two descendants made of a base, none of the three like another, as `git merge-file` does.

    Raises:
        Libgit2Error: libgit2 refused the texts (more than 1 GB) or ran out of memory.
    """
    if (found := _parted(sides)) is None:
        return conflicting(sides)
    if not found.texts:
        return (), found.settled
    if len(found.texts) > CONFLICT_LIMIT:
        return entire(sides)
    if (regions := _located(found, sides)) is None:
        return conflicting(sides)
    return regions, found.settled


def _parted(sides: Texts) -> _Parted | None:
    """The merge; None where a side has what looks like the marker without a label."""
    if not all(sides):
        # Nothing is common to all; and libgit2 leaves the label of an empty side out.
        return _Parted((b"", b""), (sides,))
    clean, merged = merge_lines(*sides, style="diff3", labels=(_LABEL, _LABEL, _LABEL), marker_size=_SIZE)
    if clean:
        return _Parted((merged,), ())
    return _taken_apart(merged, sides)


def _taken_apart(merged: bytes, sides: Texts) -> _Parted | None:
    find = merged.find
    settled: list[bytes] = []
    texts: list[Texts] = []
    # What both sides made the same, in two ways, is settled: it joins what is before and after it.
    before: list[bytes] = []
    done = 0
    while (at := find(_OURS, done)) >= 0:
        before.append(merged[done:at])
        first = find(b"\n", at) + 1
        bar = find(_BASE, first)
        second = find(b"\n", bar) + 1
        end = find(_THEIRS, second)
        middle = find(_MIDDLE, second, end)
        third = find(b"\n", middle) + 1
        if find(_MIDDLE, middle + _SIZE, end) >= 0:
            return None
        done = find(b"\n", end) + 1
        found = merged[second:middle], merged[first:bar], merged[third:end]
        if done == len(merged):
            found = _as_they_end(found, sides)
        if found[1] == found[2]:
            before.append(found[1])
        else:
            texts.append(found)
            settled.append(b"".join(before))
            before = []
    before.append(merged[done:])
    return _Parted((*settled, b"".join(before)), tuple(texts))


def _as_they_end(texts: Texts, sides: Texts) -> Texts:
    """The texts of a conflict at the end of a document without the line ends that only its markers need."""
    base, ours, theirs = (
        text if not text or side.endswith(text) else text[: -1 if side.endswith(text[:-1]) else -2]
        for text, side in zip(texts, sides, strict=True)
    )
    return base, ours, theirs


def _located(found: _Parted, sides: Texts) -> tuple[Region, ...] | None:
    """The conflicts with their lines in each side; None where they could also be at others."""
    before = [text[text.rfind(b"\n", 0, len(text) - 1) + 1 :] for text in found.settled[:-1]]
    after = [text[: text.find(b"\n") + 1] or text for text in found.settled[1:]]
    ranges: list[list[Range]] = []
    for side, texts in zip(sides, zip(*found.texts, strict=True), strict=True):
        starts = _starts(side, texts, before, after)
        if starts is None:
            return None
        ranges.append(_lines(side, texts, starts))
    return tuple(map(Region, *ranges, _in_result(found, ranges[0]), found.texts))


def _starts(side: bytes, texts: Sequence[bytes], before: Sequence[bytes], after: Sequence[bytes]) -> list[int] | None:
    """Where the texts are in a side, in order and each between the lines before and after it; None if not only there.

    Each is looked for from where the one before it ends, and then once more up to where the next one begins.
    """
    last = len(side) - len(texts[-1])
    starts: list[int] = []
    at = 0
    for text, left, right in zip(texts, before, after, strict=True):
        # At the ends of the document there is but one place.
        start = side.find(left + text + right, at) + len(left) if left and right else last * bool(left)
        starts.append(start)
        at = start + len(text)
    at = len(side)
    for number in range(len(texts) - 1, -1, -1):
        text, left, right = texts[number], before[number], after[number]
        start = starts[number]
        if left and right and side.find(left + text + right, start - len(left) + 1, at + len(right)) >= 0:
            return None
        at = start
    return starts


def _lines(side: bytes, texts: Sequence[bytes], starts: Sequence[int]) -> list[Range]:
    count = side.count
    ranges: list[Range] = []
    line, at = 1, 0
    for text, start in zip(texts, starts, strict=True):
        line += count(b"\n", at, start)
        lines = text.count(b"\n") + (text[-1:] not in _WHOLE)
        ranges.append(Range(line, lines))
        line, at = line + lines, start + len(text)
    return ranges


def _in_result(found: _Parted, in_base: Sequence[Range]) -> list[Range]:
    """The lines of each conflict in the text that has the base's in all of them."""
    ranges: list[Range] = []
    line = 1
    for text, (_, lines) in zip(found.settled, in_base, strict=False):
        line += text.count(b"\n")
        ranges.append(Range(line, lines))
        line += lines
    return ranges
