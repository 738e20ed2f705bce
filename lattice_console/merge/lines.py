"""The lines of a document, by number, without an object for each of them."""

from array import array
from bisect import bisect_left
from itertools import accumulate

__all__ = ["FullLineIndex", "LineIndex", "split_lines"]

_CHUNK = 4096
_LARGE_CHUNK = 1 << 18


def split_lines(data: bytes) -> list[bytes]:
    r"""The lines of `data`, each with its `\n`, which the last one may lack. No other byte ends a line."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


class LineIndex:
    r"""Where the lines of a document begin. Lines are counted from 0 and end behind their `\n`.

    It remembers the number of line ends up to every 4096th byte and looks at single lines where they are asked for:
    ready in about a millisecond for 10 MB, and quick for windows and for walks in order.
    """

    __slots__ = ("_ends_before", "_recent", "count", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        ends = (data.count(b"\n", start, start + _CHUNK) for start in range(0, len(data), _CHUNK))
        self._ends_before = list(accumulate(ends, initial=0))
        self.count = self._ends_before[-1] + (data[-1:] not in (b"", b"\n"))
        # The chunk that was looked at last: how many line ends are before it, and the offsets behind its own. It is
        # replaced as one value, so that threads do not see halves.
        self._recent: tuple[int, list[int]] = (0, [])

    def offset(self, line: int) -> int:
        """The byte at which `line` begins; the document's size for the line after the last."""
        if line <= 0:
            return 0
        # Line n begins behind the n-th line end.
        before, offsets = self._recent
        if not before < line <= before + len(offsets):
            if line > self._ends_before[-1]:
                return len(self.data)
            before, offsets = self._recent = self._chunk(bisect_left(self._ends_before, line) - 1)
        return offsets[line - before - 1]

    def span(self, first: int, last: int) -> bytes:
        """The bytes of the lines from `first` up to, and without, `last`."""
        return self.data[self.offset(first) : self.offset(last)]

    def _chunk(self, chunk: int) -> tuple[int, list[int]]:
        start = chunk * _CHUNK
        return self._ends_before[chunk], _behind(self.data[start : start + _CHUNK], start)


class FullLineIndex(LineIndex):
    """A line index that remembers every line, in 8 bytes for each: for who asks for many, all over the document."""

    __slots__ = ("_starts",)

    def __init__(self, data: bytes) -> None:
        self.data = data
        starts = array("Q", (0,))
        for start in range(0, len(data), _LARGE_CHUNK):
            starts.extend(_behind(data[start : start + _LARGE_CHUNK], start))
        self.count = len(starts) - (data[-1:] in (b"", b"\n"))
        starts.append(len(data))
        self._starts = starts

    def offset(self, line: int) -> int:
        """The byte at which `line` begins; the document's size for the line after the last."""
        return self._starts[line] if line < len(self._starts) else len(self.data)

    def span(self, first: int, last: int) -> bytes:
        """The bytes of the lines from `first` up to, and without, `last`."""
        starts = self._starts
        return self.data[starts[first] : starts[last]]


def _behind(chunk: bytes, start: int) -> list[int]:
    """The offsets behind each line end of a part of a document that begins at `start`."""
    return list(accumulate([len(piece) + 1 for piece in chunk.split(b"\n")[:-1]], initial=start))[1:]
