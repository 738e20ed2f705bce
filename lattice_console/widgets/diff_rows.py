"""How the rows of a diff are drawn: each to one line of segments or more, in roles whose styles the view gives."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from rich.cells import get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from lattice_console.cells import cells
from lattice_console.merge.diff import Side
from lattice_console.merge.words import Span
from lattice_console.text import count, inert
from lattice_console.widgets.diff_document import (
    BlankRow,
    CoverRow,
    DiffDocument,
    FileRow,
    FoldRow,
    LineRow,
    NoteRow,
    Row,
    WordsRow,
)
from lattice_console.widgets.diff_paint import Paints
from lattice_console.widgets.diff_remarks import Remarks
from lattice_console.widgets.diff_text import SHOWN, breaks, columns, text_of
from lattice_console.widgets.file_change import FileChange, size
from lattice_console.widgets.signs import Look

__all__ = ["DiffRows", "Drawing", "Mark"]

Mark = Side | None
"""The side on which a row is the one with the cursor, or one of those selected; None where it is neither."""

_MEASURE = 100
"""Cells beyond which remarks are hard to read."""

_NO_NEWLINE = "no newline at end of file"


@dataclass(frozen=True, slots=True)
class Drawing:
    """What all rows have in common: the cells that are scrolled away, and what is searched for.

    Lines that do not fit are cut, or go on in the next row with `wrap`.
    """

    width: int
    split: bool = False
    wrap: bool = False
    shift: int = 0
    search: re.Pattern[str] | None = None
    viewed: frozenset[int] = frozenset()
    collapsed: frozenset[int] = frozenset()

    @property
    def half(self) -> int:
        """The cells of the old side, when both stand beside each other: a bar, it, a rule, the new side."""
        return (self.width - 2) // 2

    @property
    def seam(self) -> int | None:
        """The column between both sides, where they stand beside each other."""
        return self.half + 1 if self.split else None


class DiffRows:
    """Draws the rows of one document in one way."""

    def __init__(
        self, document: DiffDocument, paints: Paints, look: Look, style: Callable[[str], Style], drawing: Drawing
    ) -> None:
        self._document = document
        self._paints = paints
        self._look = look
        self._style = cache(style)
        self.drawing = drawing
        """What all rows have in common."""
        self._digits = max(3, len(str(document.widest)))
        self._half = drawing.half
        self._remarks = Remarks(document, look, style)

    def marked(self, row: Row, side: Side) -> tuple[int, int]:
        """The cells that a mark on a side changes, as first and number: the bar, and the numbers of a line."""
        lines = isinstance(row, LineRow)
        if not self._beside(row):
            return 0, 1 + (2 * self._digits + 1) * lines
        return self._half + 1 if side == "new" else 0, 1 + self._digits * lines

    def _beside(self, row: Row) -> bool:
        """Whether a row has both sides beside each other, with a bar for either; a file with one side has not."""
        match row:
            case LineRow() | FoldRow():
                file: int | None = row.file
            case NoteRow(thread) if thread.anchored:
                file = thread.file
            case _:
                file = None
        return self.drawing.split and file is not None and self._document.files[file].two_sided

    def side_at(self, x: int) -> Side | None:
        """The side that a column belongs to; None where both share it."""
        if not self.drawing.split:
            return None
        return "old" if x <= self._half else "new"

    def draw(self, row: Row, mark: Mark) -> list[Strip]:
        """The lines of one row, of which there is at least one."""
        beside, width = self._beside(row), self.drawing.width
        bar = self._bar(" ", mark is not None and not (beside and mark == "new" and not isinstance(row, FoldRow)))
        match row:
            case LineRow():
                lines = self._pair(row, mark) if beside else self._unified(row, mark)
            case NoteRow():
                lines = self._note(row, mark, beside)
            case FileRow():
                lines = [self._file(row)]
            case FoldRow():
                lines = [self._fold(row, beside)]
            case WordsRow():
                lines = [Strip([Segment(f"  {inert(row.text)}", self._style(row.role))])]
            case CoverRow():
                lines = [Strip([Segment(f" {row.text}", self._style(row.role))])]
            case BlankRow():
                lines = [Strip([])]
        shown = [Strip([bar, *line], 1 + line.cell_length) for line in lines]
        seam = None if beside else self.drawing.seam
        return [(line if seam is None else _cleared(line, seam)).adjust_cell_length(width) for line in shown]

    def _fold(self, row: FoldRow, beside: bool) -> Strip:
        words = f"{self._look.signs.fold} {count(row.lines, 'unchanged line')}"
        if not beside:
            return Strip([Segment(" " * (2 * self._digits + 5) + words, self._style("muted"))])
        strip = Strip([Segment(" " * (self._digits + 3) + words, self._style("muted"))])
        return Strip([*strip.adjust_cell_length(self._half), self._rule(False)])

    def _bar(self, otherwise: str, shown: bool, role: str = "plain") -> Segment:
        return Segment(self._look.signs.bar, self._style("bar")) if shown else Segment(otherwise, self._style(role))

    def _rule(self, bar: bool) -> Segment:
        """What stands between both sides: a rule, or the bar of the new side."""
        return self._bar(self._look.signs.divider, bar, "rule")

    def _file(self, row: FileRow) -> Strip:
        file, width = self._document.files[row.file], self.drawing.width - 1
        head, signs = self._style("file"), self._look.signs
        viewed = row.file in self.drawing.viewed
        total = len(self._document.files)
        where = " ".join([f"{row.file + 1} of {total}"] * (total > 1) + [f"{signs.check} viewed"] * viewed)
        counts = _counts(file, self._look)
        turn = signs.closed if row.file in self.drawing.collapsed else signs.opened
        room = width - cells(where) - sum(cells(text) for text, _ in counts) - 7
        name = file.label(room, self._look)
        segments = [
            Segment(f"{turn} ", head + self._style("muted")),
            Segment(f"{name}   ", head + (self._style("muted") if viewed else Style(bold=True))),
        ]
        segments += [Segment(text, head + self._style(role)) for text, role in counts]
        used = sum(cells(segment.text) for segment in segments)
        segments.append(Segment(" " * max(1, width - used - cells(where) - 1), head))
        segments.append(Segment(f"{where} ", head + self._style("muted")))
        return Strip(segments)

    def _note(self, row: NoteRow, mark: Mark, beside: bool) -> list[Strip]:
        width = self.drawing.width - 1
        if not beside:
            indent = 2 * self._digits + 5 if row.thread.anchored else 2
            lines = self._remarks.draw(row, min(width - indent, _MEASURE))
            return [Strip([Segment(" " * indent), *line]) for line in lines]
        # On its own side, with the rule going on beside it.
        half, indent = self._half, self._digits + 3
        shown = [Strip([Segment(" " * indent), *line]) for line in self._remarks.draw(row, half - indent)]
        rule = self._rule(mark == "new")
        if row.thread.side == "old":
            return [Strip([*line.adjust_cell_length(half), rule]) for line in shown]
        return [Strip([Segment(" " * half), rule, *line]) for line in shown]

    # -- lines

    def _number(self, line: int | None, strong: bool) -> Segment:
        text = "" if line is None else str(line + 1)
        return Segment(f"{text:>{self._digits}}", self._style("numbers-cursor" if strong else "numbers"))

    def _unified(self, row: LineRow, mark: Mark) -> list[Strip]:
        numbers = [self._number(row.old, bool(mark)), self._number(row.new, bool(mark))]
        between = Segment(" ", self._style("numbers-cursor" if mark else "numbers"))
        first = [numbers[0], between, numbers[1]]
        side: Side = "old" if row.new is None else "new"
        indent = 2 * self._digits + 1
        room = max(0, self.drawing.width - 1 - indent)
        lines = self._text(row, side, room)
        return [
            Strip([*(first if not at else [Segment(" " * indent)]), *line], indent + room)
            for at, line in enumerate(lines)
        ]

    def _pair(self, row: LineRow, mark: Mark) -> list[Strip]:
        half, digits = self._half, self._digits
        widths = {"old": max(half, digits), "new": max(self.drawing.width - 2 - half, digits)}
        halves: dict[Side, list[list[Segment]]] = {}
        sides: tuple[Side, Side] = ("old", "new")
        for side in sides:
            line = row.old if side == "old" else row.new
            room = widths[side] - digits
            strong = mark == side
            if line is None:
                blank = [Segment(" " * digits, self._style("numbers-cursor" if strong else "numbers"))]
                halves[side] = [[*blank, Segment(" " * room, self._style("absent"))]]
                continue
            number = self._number(line, strong)
            blank = [Segment(" " * digits)]
            texts = self._text(row, side, room)
            halves[side] = [[*([number] if not at else blank), *text] for at, text in enumerate(texts)]
        rule = self._rule(mark == "new")
        lines = []
        for at in range(max(len(half) for half in halves.values())):
            one, other = (
                halves[side][at] if at < len(halves[side]) else [Segment(" " * widths[side], self._base(row, side))]
                for side in sides
            )
            lines.append(Strip([*one, rule, *other], widths["old"] + 1 + widths["new"]))
        return lines

    def _kind(self, row: LineRow, side: Side) -> str:
        return "plain" if row.block is None else "removed" if side == "old" else "added"

    def _base(self, row: LineRow, side: Side) -> Style | None:
        present = row.old if side == "old" else row.new
        return None if present is None else self._style(self._kind(row, side))

    def _text(self, row: LineRow, side: Side, width: int) -> list[list[Segment]]:
        """The sign and the text of one side of a row, in lines of exactly `width` cells."""
        line = row.old if side == "old" else row.new
        assert line is not None
        compared = self._document.files[row.file].diff
        [content] = compared.lines(side, line, line + 1)
        kind = self._kind(row, side)
        base = self._style(kind)
        sign = {"added": "+", "removed": self._look.signs.minus, "plain": " "}[kind]
        head = Segment(f" {sign} ", base + self._style(f"{kind}-sign"))
        spans = self._words(row, side, line)
        text = text_of(content)
        segments = self._segments(row, side, line, text, columns(content, spans), base, kind)
        tail = self._tail(content, kind, spans, base, compared.incomplete(side, line))
        room = width - 3
        if self.drawing.wrap:
            pieces = _broken([*segments, *tail], room)
            return [
                Segment.adjust_line_length([head if not at else Segment("   ", base), *piece], width, base)
                for at, piece in enumerate(pieces)
            ]
        shift, room = self.drawing.shift, max(0, room - Segment.get_line_length(tail))
        dots = Segment(self._look.signs.ellipsis[:1], base + self._style("muted"))
        longer = Segment.get_line_length(segments) - shift > room
        left = shift > 0 and bool(text) and room > 1
        if shift or longer:
            segments = list(Strip(segments).crop(shift + left, shift + room - longer))
        segments = [dots] * left + segments + [dots] * longer
        return [Segment.adjust_line_length([head, *segments, *tail], width, base)]

    def _words(self, row: LineRow, side: Side, line: int) -> Sequence[Span]:
        """The bytes of a line that changed; none where all of it did: its background says that."""
        if row.block is None or (words := self._paints.words(row.file, row.block)) is None:
            return ()
        block = self._document.files[row.file].diff.blocks[row.block]
        return words.old[line - block.old] if side == "old" else words.new[line - block.new]

    def _segments(
        self, row: LineRow, side: Side, line: int, text: str, changed: Sequence[Span], base: Style, kind: str
    ) -> list[Segment]:
        runs = self._paints.colours(row.file, side, line)
        if runs is None and side == "old" and row.block is None and row.new is not None:
            runs = self._paints.colours(row.file, "new", row.new)
        if runs is None or sum(len(piece) for _, piece in runs) != len(text):
            runs = [("plain", text)]
        if len(changed) == 1 and changed[0][0] <= len(text) - len(text.lstrip()) and changed[0][1] >= len(text):
            changed = ()
        styles: list[tuple[int, int, Style]] = [(first, end, self._style(f"{kind}-word")) for first, end in changed]
        if self.drawing.search is not None:
            styles += [(*match.span(), self._style("match")) for match in self.drawing.search.finditer(text)]
        segments: list[Segment] = []
        at = begun = 0
        for role, piece in runs:
            style = base + self._style(f"syntax-{role}")
            end = at + len(piece)
            cuts = sorted({at, end, *(cut for first, last, _ in styles for cut in (first, last) if at < cut < end)})
            for start, stop in pairwise(cuts):
                over = style
                for first, last, more in styles:
                    if first <= start and stop <= last:
                        over += more
                # One change of style less to make, and to send.
                if segments and segments[-1].style == over:
                    start = begun
                    segments.pop()
                segments.append(Segment(text[start:stop], over))
                begun = start
            at = end
        return segments

    def _tail(self, content: bytes, kind: str, spans: Sequence[Span], base: Style, incomplete: bool) -> list[Segment]:
        """What a line's end has to say: a carriage return, that it is cut, that the newline is missing."""
        muted = base + self._style("muted")
        segments: list[Segment] = []
        if content.endswith(b"\r") and kind != "plain":
            changed = bool(spans) and spans[-1][1] == len(content)
            segments.append(Segment("^M", base + self._style(f"{kind}-word") if changed else muted))
        if len(content) > SHOWN:
            segments.append(Segment(f" {size(content[SHOWN:])} more", muted))
        if incomplete:
            segments.append(Segment(f" {_NO_NEWLINE}", muted))
        return segments


def _broken(segments: Sequence[Segment], width: int) -> list[list[Segment]]:
    """Segments in lines of at most so many cells."""
    lines: list[list[Segment]] = [[]]
    cuts = iter([*breaks("".join(segment.text for segment in segments), width), -1])
    cut, at = next(cuts), 0
    for text, style, _ in segments:
        while 0 <= cut <= at + len(text) and text:
            head, text = text[: cut - at], text[cut - at :]
            if head:
                lines[-1].append(Segment(head, style))
            lines.append([])
            at, cut = cut, next(cuts)
        if text:
            lines[-1].append(Segment(text, style))
            at += len(text)
    return lines


def _cleared(line: Strip, column: int) -> Strip:
    """A line without a wide character across the edges of a column: it would be cut there, and lost."""
    if line.text.isascii():
        return line
    for edge in (column, column + 1):
        at, segments = 0, list(line)
        for number, (text, style, _) in enumerate(segments):
            for place, char in enumerate(text):
                size = get_character_cell_size(char)
                if at < edge < at + size:
                    segments[number : number + 1] = [Segment(f"{text[:place]} {text[place:]}", style)]
                    line = Strip(segments)
                at += size
    return line


def _counts(file: FileChange, look: Look) -> list[tuple[str, str]]:
    counts = [(f"+{file.diff.added}", "added-sign")] if file.diff.added else []
    counts += [(f"{look.signs.minus}{file.diff.removed}", "removed-sign")] if file.diff.removed else []
    return [counts[0], (" ", "plain"), counts[1]] if len(counts) == 2 else counts
