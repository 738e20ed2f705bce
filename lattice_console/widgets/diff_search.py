"""Finding text in a diff: in every line that is or could be shown, folded away or not."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from lattice_console.merge.diff import FileDiff, Side
from lattice_console.widgets.diff_document import DiffDocument, Spot
from lattice_console.widgets.diff_units import new_line, unit_of

__all__ = ["Found", "Hit", "Search", "following", "place_of"]

_PIECE = 65_536
"""Bytes that are searched at a time, so that other threads get their turn."""


class Hit(NamedTuple):
    """A line with the text in it. Hits compare in the order in which lines are shown; lines count from 0.

    `unit` is the gap or block that the line is in; of a block, the old side comes first.
    """

    file: int
    unit: int
    new: bool
    line: int

    @property
    def spot(self) -> Spot:
        """The hit as a place to go to."""
        return Spot("line", self.file, "new" if self.new else "old", self.line + 1)


class Found(NamedTuple):
    """What a search came to: the lines, in order."""

    search: "Search"
    hits: list[Hit]


def _pattern(text: str) -> re.Pattern[str]:
    """What finds `text` in a line: capitals count where there are any in it."""
    return re.compile(re.escape(text), re.NOFLAG if text != text.lower() else re.IGNORECASE)


class Search:
    """A text to look for in a document."""

    def __init__(self, document: DiffDocument, text: str) -> None:
        self.document = document
        self.text = text
        self.pattern = _pattern(text)

    def run(self) -> Found:
        """Every line that has the text; takes time with the size of the documents."""
        hits = [hit for index, file in enumerate(self.document.files) for hit in self._in_file(index, file.diff)]
        return Found(self, sorted(hits))

    def _in_file(self, index: int, compared: FileDiff) -> Iterator[Hit]:
        for line in self._lines(compared, "new", 0, compared.count("new")):
            yield Hit(index, unit_of(compared, "new", line), True, line)
        for number, block in enumerate(compared.blocks):
            # What did not change was found on the new side.
            for line in self._lines(compared, "old", block.old, block.old + block.removed):
                yield Hit(index, 2 * number + 1, False, line)

    def _lines(self, compared: FileDiff, side: Side, first: int, end: int) -> Iterator[int]:
        data = compared.text(side, first, end)
        start, line = 0, first
        while start < len(data):
            stop = data.find(b"\n", min(start + _PIECE, len(data) - 1)) + 1 or len(data)
            text = data[start:stop].decode("utf-8", "surrogateescape")
            at = 0
            while match := self.pattern.search(text, at):
                line += text.count("\n", at, match.start())
                yield line
                at = text.find("\n", match.start()) + 1
                line += 1
                if not at:
                    break
            else:
                line += text.count("\n", at)
            start = stop


def place_of(document: DiffDocument, spot: Spot) -> Hit:
    """Where a spot would stand among hits."""
    if spot.file is None:
        return Hit(-1, 0, False, 0)
    if spot.line is None:
        return Hit(spot.file, -1, False, 0)
    # A fold stands before the first line that it hides.
    line, compared = max(0, spot.line - 1 - (spot.kind == "fold")), document.files[spot.file].diff
    unit, old = unit_of(compared, spot.side, line), spot.side == "old"
    if old and unit % 2:
        return Hit(spot.file, unit, False, line)
    # What did not change stands among hits as it does on the new side.
    same = new_line(compared, line) if old else line
    return Hit(spot.file, unit, True, line if same is None else same)


def following(hits: list[Hit], at: Hit, by: int) -> tuple[int, bool]:
    """The number of the next hit (or the one before, for -1) of at least one, and whether that is round an end."""
    number = bisect_right(hits, at) if by > 0 else bisect_left(hits, at) - 1
    return number % len(hits), not 0 <= number < len(hits)
