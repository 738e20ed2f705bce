"""A diff to read: unified, drawn from a window of the document however long that is."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lattice_console.merge.diff import Line
from lattice_console.widgets.diff_document import Body, DiffDocument
from lattice_console.widgets.diff_rows import DiffRows, text_of
from lattice_console.widgets.highlight import Run, highlight_changes, lexer_name
from lattice_console.widgets.signs import Look

__all__ = ["Chunk", "DiffView"]

_CHUNK = 64
"""Lines that are made, and coloured, together."""

_STRIPS = 2000
_STEP = 16


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some lines of one hunk of a document, from line `start` on."""

    document: DiffDocument
    body: Body
    start: int

    @property
    def key(self) -> tuple[int, int]:
        """Names the chunk within its document."""
        return self.body.number, self.start

    def lines(self) -> Sequence[Line]:
        """The lines themselves."""
        return self.body.hunk.lines[self.start : self.start + _CHUNK]

    def colour(self) -> list[list[Run]]:
        """The coloured runs of its lines; slow enough to belong off the event loop."""
        name = lexer_name(self.body.file.result_path)
        if name is None:
            return []
        return highlight_changes([(line.origin, text_of(line)) for line in self.lines()], name)


class DiffView(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of a `DiffDocument` with a cursor; asks for the colours of what is in sight."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Next line", id="diff.next"),
        Binding("k,up", "move(-1)", "Previous line", id="diff.previous"),
        Binding("pagedown", "page(1)", "Page down", id="diff.page_down"),
        Binding("pageup", "page(-1)", "Page up", id="diff.page_up"),
        Binding("g,home", "top", "Top", id="diff.top"),
        Binding("G,end", "bottom", "End", id="diff.end"),
        Binding("right_square_bracket", "hunk(1)", "Next hunk", key_display="]", id="diff.next_hunk"),
        Binding("left_square_bracket", "hunk(-1)", "Previous hunk", key_display="[", id="diff.previous_hunk"),
        Binding("right_curly_bracket", "file(1)", "Next file", key_display="}", id="diff.next_file"),
        Binding("left_curly_bracket", "file(-1)", "Previous file", key_display="{", id="diff.previous_file"),
        Binding("l,right", "sideways(1)", "Scroll right", id="diff.right"),
        Binding("h,left", "sideways(-1)", "Scroll left", id="diff.left"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "diff-view--accent",
        "diff-view--added",
        "diff-view--added-sign",
        "diff-view--bad",
        "diff-view--bar",
        "diff-view--file",
        "diff-view--good",
        "diff-view--muted",
        "diff-view--numbers",
        "diff-view--numbers-cursor",
        "diff-view--plain",
        "diff-view--plain-sign",
        "diff-view--removed",
        "diff-view--removed-sign",
        "diff-view--strong",
        "diff-view--syntax-comment",
        "diff-view--syntax-key",
        "diff-view--syntax-keyword",
        "diff-view--syntax-number",
        "diff-view--syntax-plain",
        "diff-view--syntax-string",
        "diff-view--warning",
    }

    DEFAULT_CSS = """
    DiffView {
        height: 1fr;
        scrollbar-size-vertical: 0;
        overflow-x: hidden;
        & > .diff-view--accent { color: $accent; }
        & > .diff-view--added { background: $added; color: $added-text; }
        & > .diff-view--added-sign { color: $added-sign; text-style: bold; }
        & > .diff-view--bad { color: $bad; }
        & > .diff-view--bar { color: $accent; text-style: bold; }
        & > .diff-view--file { background: $surface; color: $surface-text; }
        & > .diff-view--good { color: $good; }
        & > .diff-view--muted { color: $muted; text-style: $muted-style; }
        & > .diff-view--numbers { color: $muted; text-style: $muted-style; }
        & > .diff-view--numbers-cursor { background: $cursor; color: $cursor-text; text-style: $cursor-style; }
        & > .diff-view--removed { background: $removed; color: $removed-text; }
        & > .diff-view--removed-sign { color: $removed-sign; text-style: bold; }
        & > .diff-view--strong { text-style: bold; }
        & > .diff-view--syntax-comment { color: $syntax-comment; text-style: italic; }
        & > .diff-view--syntax-key { color: $syntax-key; }
        & > .diff-view--syntax-keyword { color: $syntax-keyword; }
        & > .diff-view--syntax-number { color: $syntax-number; }
        & > .diff-view--syntax-string { color: $syntax-string; }
        & > .diff-view--warning { color: $warning; }
    }
    """

    cursor: reactive[int] = reactive(0, repaint=False)
    """The row that the cursor is on."""

    shift: reactive[int] = reactive(0)
    """Cells by which the lines are scrolled to the left."""

    @dataclass
    class Moved(Message):
        """The cursor came to another file or hunk; numbers count from 1, 0 above the first."""

        file: int
        hunk: int

    @dataclass
    class Wanted(Message):
        """Chunks in sight that have no colours yet."""

        view: "DiffView"
        chunks: tuple[Chunk, ...]

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look
        self._document = DiffDocument()
        self._rows: DiffRows | None = None
        self._lines: OrderedDict[tuple[int, int], Sequence[Line]] = OrderedDict()
        self._colours: dict[tuple[int, int], list[list[Run]]] = {}
        self._strips: OrderedDict[tuple[int, bool], Strip] = OrderedDict()
        self._place = (0, 0)

    @property
    def document(self) -> DiffDocument:
        """What is shown."""
        return self._document

    def show(self, document: DiffDocument) -> None:
        """Show a document from its top."""
        self._document = document
        self._lines.clear()
        self._colours.clear()
        self._place = (-1, -1)
        self.set_reactive(DiffView.cursor, 0)
        self.set_reactive(DiffView.shift, 0)
        self._resize_content()
        self.scroll_to(y=0, animate=False, immediate=True)
        self._redraw()
        self._tell()

    def colour(self, chunk: Chunk, runs: list[list[Run]]) -> None:
        """Draw a chunk in its colours, if it is of the document that is shown."""
        if chunk.document is not self._document:
            return
        self._colours[chunk.key] = runs
        for row in list(self._strips):
            part, place = self._document.part(row[0])
            if part is chunk.body and chunk.start <= place < chunk.start + _CHUNK:
                del self._strips[row]
                self._refresh_row(row[0])

    # -- moving

    def action_move(self, by: int) -> None:
        self._move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        height = max(1, self.size.height - 1)
        self.scroll_to(y=self.scroll_offset.y + by * height, animate=False, immediate=True)
        self._move_to(self.cursor + by * height)

    def action_top(self) -> None:
        self._move_to(0)

    def action_bottom(self) -> None:
        self._move_to(self._document.total - 1)

    def action_hunk(self, by: int) -> None:
        document = self._document
        self._jump(document.next_hunk(self.cursor) if by > 0 else document.previous_hunk(self.cursor), above=4)

    def action_file(self, by: int) -> None:
        document = self._document
        self._jump(document.next_file(self.cursor) if by > 0 else document.previous_file(self.cursor), above=0)

    def action_sideways(self, by: int) -> None:
        self.shift = max(0, min(self.shift + by * _STEP, 4000))

    def watch_shift(self) -> None:
        self._redraw()

    def on_click(self, event: events.Click) -> None:
        self._move_to(event.y + self.scroll_offset.y)

    def _jump(self, row: int | None, above: int) -> None:
        """Put the cursor on a row, with so many rows above it in sight."""
        if row is not None:
            self.scroll_to(y=max(0, row - above), animate=False, immediate=True)
            self._move_to(row)

    def _move_to(self, row: int) -> None:
        row = max(0, min(row, self._document.total - 1))
        before = self.cursor
        if row == before:
            return
        self.cursor = row
        self._refresh_gutter(before)
        self._refresh_gutter(row)
        self._reveal()
        self._tell()

    def _tell(self) -> None:
        file, hunk = self._document.file_at(self.cursor), self._document.hunk_at(self.cursor)
        place = (0 if file is None else file + 1, 0 if hunk is None else hunk + 1)
        if place != self._place:
            self._place = place
            self.post_message(self.Moved(*place))

    def _reveal(self) -> None:
        """Bring the cursor into sight; where it leaves it, half a screen moves, so that few moves redraw it all."""
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if not top <= self.cursor < top + height:
            self.scroll_to(y=max(0, self.cursor - height // 2), animate=False, immediate=True)

    # -- drawing

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._ask_for_colours()

    def on_resize(self) -> None:
        self._resize_content()
        self._redraw()
        self._reveal()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._redraw()

    def _resize_content(self) -> None:
        self.virtual_size = Size(self.size.width, self._document.total)

    def _redraw(self) -> None:
        self._strips.clear()
        self._rows = None
        self.refresh()
        self._ask_for_colours()

    def _refresh_row(self, row: int, width: int | None = None) -> None:
        line = row - self.scroll_offset.y
        if 0 <= line < self.size.height:
            self.refresh(Region(0, line, self.size.width if width is None else width, 1))

    def _refresh_gutter(self, row: int) -> None:
        """Only what the cursor changes: the bar and the numbers."""
        if self._rows is not None:
            self._refresh_row(row, self._rows.gutter)

    def _style(self, role: str) -> Style:
        return self.get_component_rich_style(f"diff-view--{role}", partial=True)

    def render_line(self, y: int) -> Strip:
        row = y + self.scroll_offset.y
        if row >= self._document.total:
            return Strip.blank(self.size.width)
        selected = row == self.cursor and self._document.total > 0
        strip = self._strips.get((row, selected))
        if strip is None:
            strip = self._draw(row, selected)
            self._strips[row, selected] = strip
            if len(self._strips) > _STRIPS:
                self._strips.popitem(last=False)
        return strip

    def _draw(self, row: int, selected: bool) -> Strip:
        if self._rows is None:
            self._rows = DiffRows(self._document, self._look, self._style, self.size.width)
        part, place = self._document.part(row)
        if not isinstance(part, Body):
            return self._rows.draw(part, place, None, None, 0, selected)
        start = place - place % _CHUNK
        line = self._chunk_lines(Chunk(self._document, part, start))[place - start]
        colours = self._colours.get((part.number, start))
        runs = colours[place - start] if colours else None
        return self._rows.draw(part, place, line, runs, self.shift, selected)

    def _chunk_lines(self, chunk: Chunk) -> Sequence[Line]:
        lines = self._lines.get(chunk.key)
        if lines is None:
            lines = self._lines[chunk.key] = chunk.lines()
            if len(self._lines) > 64:
                self._lines.popitem(last=False)
        return lines

    def _ask_for_colours(self) -> None:
        """Ask for what is in sight and half a screen beyond, where it is not coloured yet."""
        top, height = self.scroll_offset.y, self.size.height
        wanted: dict[tuple[int, int], Chunk] = {}
        row, end = max(0, top - height // 2), min(self._document.total, top + height + height // 2)
        while row < end:
            part, place = self._document.part(row)
            if not isinstance(part, Body):
                row += 1
                continue
            chunk = Chunk(self._document, part, place - place % _CHUNK)
            if chunk.key not in self._colours and lexer_name(part.file.result_path):
                wanted[chunk.key] = chunk
            row += min(_CHUNK - place % _CHUNK, len(part.hunk.lines) - place)
        if wanted:
            self.post_message(self.Wanted(self, tuple(wanted.values())))
