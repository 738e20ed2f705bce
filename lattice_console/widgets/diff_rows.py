"""How the rows of a diff are drawn: each part to segments, in roles whose styles the view gives."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from lattice_console.cells import cells
from lattice_console.merge.diff import Line
from lattice_console.text import inert, inert_bytes
from lattice_console.widgets.diff_document import Blank, Body, Cover, DiffDocument, FileHead, Fold, Note, Part
from lattice_console.widgets.file_change import FileChange, size
from lattice_console.widgets.highlight import Run
from lattice_console.widgets.signs import Look

__all__ = ["DiffRows", "text_of"]

_SHOWN = 4000
"""Bytes of a line that are shown; the rest is said as a size."""

_NO_NEWLINE = "no newline at end of file"


def text_of(line: Line) -> str:
    """What is shown of a line, inert, without the carriage return at its end."""
    content = line.content.removesuffix(b"\r")
    if len(content) <= _SHOWN:
        return inert_bytes(content)
    start = content[:_SHOWN]
    while start and start[-1] & 0xC0 == 0x80:
        start = start[:-1]
    return inert_bytes(start[:-1] if start[-1:] >= b"\xc0" else start)


class DiffRows:
    """Draws the rows of one document at one width."""

    def __init__(self, document: DiffDocument, look: Look, style: Callable[[str], Style], width: int) -> None:
        self._document = document
        self._look = look
        self._style = style
        self._width = width
        self._digits = max(3, len(str(document.widest)))

    @property
    def gutter(self) -> int:
        """Cells before a line's text: bar, both numbers, sign, and the blanks between."""
        return 1 + self._digits + 1 + self._digits + 2 + 1 + 1

    def draw(self, part: Part, place: int, line: Line | None, runs: list[Run] | None, x: int, selected: bool) -> Strip:
        """One row: `line` and its coloured `runs` are given for the lines of a hunk; `x` cells are scrolled away."""
        bar = Segment(self._look.signs.bar, self._style("bar")) if selected else Segment(" ")
        if line is not None:
            return self._line(bar, line, runs, x, selected)
        rest: Sequence[Segment]
        match part:
            case FileHead():
                rest = self._file_head(part)
            case Fold():
                fold = f"{self._look.signs.fold} {part.lines:,} unchanged line{'' if part.lines == 1 else 's'}"
                rest = [Segment(" " * (self.gutter - 1) + fold, self._style("muted"))]
            case Note():
                rest = [Segment(f"  {inert(part.text)}", self._style("muted"))]
            case Cover():
                rest = [Segment(f" {part.lines[place]}", self._style(part.role))]
            case Blank() | Body():
                rest = []
        return Strip([bar, *rest]).adjust_cell_length(self._width)

    def _file_head(self, part: FileHead) -> list[Segment]:
        file, width = part.file, self._width - 1
        head = self._style("file")
        total = len(self._document.files)
        where = f"{part.index + 1} of {total} " if total > 1 else ""
        counts = _counts(file, self._look)
        room = width - len(where) - sum(cells(text) for text, _ in counts) - 4
        name = file.label(room, self._look)
        segments = [Segment(f"{name}   ", head + Style(bold=True))]
        segments += [Segment(text, head + self._style(role)) for text, role in counts]
        used = sum(cells(segment.text) for segment in segments)
        segments.append(Segment(" " * max(1, width - used - len(where)), head))
        segments.append(Segment(where, head))
        return segments

    def _line(self, bar: Segment, line: Line, runs: list[Run] | None, x: int, selected: bool) -> Strip:
        old = "" if line.old_no is None else str(line.old_no)
        new = "" if line.new_no is None else str(line.new_no)
        numbers = self._style("numbers-cursor" if selected else "numbers")
        gutter = Segment(f"{old:>{self._digits}} {new:>{self._digits}} ", numbers)
        kind = {"+": "added", "-": "removed", " ": "plain"}[line.origin]
        base = self._style(kind)
        sign = {"+": "+", "-": self._look.signs.minus, " ": " "}[line.origin]
        head = Segment(f" {sign} ", base + self._style(f"{kind}-sign"))
        text = runs or [("plain", text_of(line))]
        body = Strip([Segment(piece, base + self._style(f"syntax-{role}")) for role, piece in text])
        room = self._width - self.gutter
        tail = self._tail(line, base)
        room_for_text = max(0, room - tail.cell_length)
        longer = body.cell_length - x > room_for_text
        body = body.crop(x, x + room_for_text - longer)
        if longer:
            body = Strip([*body, Segment(self._look.signs.ellipsis[:1], base + self._style("muted"))])
        line_strip = Strip([bar, gutter, head, *body, *tail])
        return line_strip.adjust_cell_length(self._width, base)

    def _tail(self, line: Line, base: Style) -> Strip:
        """What a line's end has to say: a carriage return, that it is cut, that the newline is missing."""
        words: list[str] = []
        if line.content.endswith(b"\r"):
            words.append("^M")
        if len(line.content) > _SHOWN:
            words.append(f" {size(line.content[_SHOWN:])} more")
        if not line.newline:
            words.append(f" {_NO_NEWLINE}")
        return Strip([Segment("".join(words), base + self._style("muted"))] if words else [])


def _counts(file: FileChange, look: Look) -> list[tuple[str, str]]:
    if file.diff.binary or not (file.diff.added or file.diff.removed):
        return []
    return [
        (f"+{file.diff.added}", "added-sign"),
        (" ", "plain"),
        (f"{look.signs.minus}{file.diff.removed}", "removed-sign"),
    ]
