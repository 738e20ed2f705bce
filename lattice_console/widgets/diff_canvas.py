"""The window through which a diff is seen: which lines of which rows stand where, and which of them have to be drawn.

A row may take several lines (a remark, a long line that is wrapped). How many is only found out for the rows in sight:
the window begins at a row and a line within it, and is walked from there. So nothing depends on the document's length.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import ClassVar, Self

from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from lattice_console.merge.diff import Side
from lattice_console.widgets.diff_document import DiffDocument, LineRow, NoteRow, Spot
from lattice_console.widgets.diff_layout import DiffLayout
from lattice_console.widgets.diff_paint import Paint, Paints
from lattice_console.widgets.diff_rows import DiffRows, Drawing, Mark
from lattice_console.widgets.diff_styles import LINE_STYLES, component_classes, component_css
from lattice_console.widgets.signs import Look

__all__ = ["DiffCanvas"]

_STRIPS = 1000
_WHEEL = 3

_STYLES = {
    **LINE_STYLES,
    "absent": "",
    "draft": "color: $warning; text-style: bold;",
    "file": "background: $surface; color: $surface-text;",
    "match": "background: $match; color: $match-text; text-style: $match-style;",
    "note": "color: $accent;",
    "numbers": "color: $muted; text-style: $muted-style;",
    "numbers-cursor": "background: $cursor; color: $cursor-text; text-style: $cursor-style;",
    "plain-sign": "",
}


class _Seam(Widget):
    """The column between both sides, as a widget of its own.

    A line is painted from the left edge of the widgets on it up to what has changed (textual 8.2); without an edge
    here, each move of the cursor on the new side would write the old side as well.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = "_Seam { width: 1; height: 100%; display: none; }"

    def __init__(self, line: Callable[[int], Strip]) -> None:
        super().__init__()
        self._line = line
        self.column = 0

    def place(self, column: int | None) -> None:
        """Be at a column of the canvas, or nowhere."""
        self.display = column is not None
        self.column = column or 0
        self.styles.offset = (self.column, 0)

    def render_line(self, y: int) -> Strip:
        return self._line(y).crop(self.column, self.column + 1)


class DiffCanvas(Widget, can_focus=True, inherit_bindings=False):
    """Draws a `DiffLayout` with a cursor in it. Subclasses say which keys move it, and what is selected."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("diff-view", _STYLES)

    DEFAULT_CSS = "DiffCanvas { height: 1fr; width: 1fr; " + component_css("diff-view", _STYLES) + "}"

    cursor: reactive[int] = reactive(0, repaint=False)
    """The row that the cursor is on."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look
        self._document = DiffDocument()
        self._rows = DiffLayout(self._document)
        self._paints = Paints(self._document)
        self._drawer: DiffRows | None = None
        self._strips: OrderedDict[tuple[int, Mark], list[Strip]] = OrderedDict()
        self._top = (0, 0)
        self._seen: list[tuple[int, int]] | None = None
        self._covered = 0
        self._top_uncovered = (0, 0)
        self._seam = _Seam(self.render_line)

    def compose(self) -> ComposeResult:
        yield self._seam

    # -- what subclasses give

    def _drawing(self) -> Drawing:
        """How rows are drawn now."""
        return Drawing(self.size.width)

    def _side(self) -> Side | None:
        """The side that the person chose to be on."""
        return None

    def _selected(self, row: int) -> bool:
        """Whether a row is one of those that are selected."""
        return False

    def _looked(self) -> None:
        """Other rows came into sight."""

    # -- the window

    def _height(self, row: int) -> int:
        """How many lines a row takes."""
        if not self._draw.drawing.wrap and not isinstance(self._rows.row(row), NoteRow):
            return 1
        return len(self._lines(row, None))

    def _window(self) -> list[tuple[int, int]]:
        """What stands on each line of the widget, from the top: a row, and a line of it."""
        if self._seen is None:
            self._seen = []
            row, line = self._top
            while row < self._rows.total and len(self._seen) < self.size.height:
                height = self._height(row)
                self._seen += [(row, at) for at in range(line, height)]
                row, line = row + 1, 0
            del self._seen[self.size.height :]
        return self._seen

    def _before(self, row: int, line: int, by: int) -> tuple[int, int]:
        """What stands `by` lines above a line of a row; the first line of all where there are fewer."""
        while by > line:
            if row == 0:
                return 0, 0
            by -= line + 1
            row -= 1
            line = self._height(row) - 1
        return row, line - by

    def _after(self, row: int, line: int, by: int) -> tuple[int, int]:
        """What stands `by` lines below a line of a row; the last line of all where there are fewer."""
        while by > 0:
            rest = self._height(row) - 1 - line
            if by <= rest:
                return row, line + by
            if row >= self._rows.total - 1:
                return row, line + rest
            by -= rest + 1
            row, line = row + 1, 0
        return row, line

    def _scroll(self, top: tuple[int, int]) -> None:
        """Begin the window at a line of a row."""
        top = self._filled(top)
        if top != self._top:
            self._top, self._seen = top, None
            self.refresh()
            # Lines come first: what colours them would take their time.
            self.call_after_refresh(self._looked)

    def _filled(self, top: tuple[int, int]) -> tuple[int, int]:
        """The beginning of a window that leaves no room empty which lines above could fill."""
        last = self._rows.total - 1
        if last < 0:
            return 0, 0
        room = max(1, self.size.height - self._covered)
        return max((0, 0), min(top, self._before(last, self._height(last) - 1, room - 1)))

    def _scroll_by(self, lines: int) -> None:
        row, line = self._top
        self._scroll(self._after(row, line, lines) if lines > 0 else self._before(row, line, -lines))

    def _in_sight(self, row: int) -> list[int]:
        """The lines of the widget on which a row stands."""
        return [y for y, (seen, _) in enumerate(self._window()) if seen == row]

    def _reveal(self, above: int | None = None) -> None:
        """Bring the cursor into sight; where it leaves it, half a screen moves, so that few moves redraw it all.

        With `above`, that many lines stand above it.
        """
        if not self._rows.total or not self.size.height:
            return
        lines = self._in_sight(self.cursor)
        whole = len(lines) >= min(self._height(self.cursor), self.size.height)
        if above is None and lines and (whole or lines[0] == 0):
            return
        self._scroll(self._before(self.cursor, 0, self.size.height // 2 if above is None else above))

    # -- changing what is shown

    def _replace(self, document: DiffDocument, rows: DiffLayout) -> None:
        """Show another document."""
        self._document, self._rows, self._paints = document, rows, Paints(document)

    def _rearrange(self, change: Callable[[], object]) -> None:
        """Change rows, and stay where the cursor is: on the same thing, at the same height."""
        spot = self._spot()
        lines = self._in_sight(self.cursor)
        change()
        self._land(spot, lines[0] if lines else self.size.height // 2)

    def _land(self, spot: Spot, above: int) -> None:
        """Put the cursor on a spot after rows have changed, so many lines below the top, and in sight."""
        row = min(self._rows.row_of(spot), max(0, self._rows.total - 1))
        self.set_reactive(DiffCanvas.cursor, row)
        self._strips.clear()
        self._drawer = None
        if self._rows.total:
            above = min(above, max(0, self.size.height - self._height(row)))
            self._top = self._filled(self._before(row, 0, above))
        else:
            self._top = (0, 0)
        self._redraw()

    def _spot(self) -> Spot:
        return self._rows.spot(self.cursor, self._side())

    # -- drawing

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        if self._seam.display:
            self._seam.refresh(*(Region(0, region.y, 1, region.height) for region in regions))
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._redraw()

    def _redraw(self) -> None:
        self._strips.clear()
        self._drawer = None
        self._seen = None
        self._seam.place(self._drawing().seam)
        self.refresh()
        self._looked()

    def _style(self, role: str) -> Style:
        return self.get_component_rich_style(f"diff-view--{role}", partial=True)

    @property
    def _draw(self) -> DiffRows:
        if self._drawer is None:
            self._drawer = DiffRows(self._document, self._paints, self._look, self._style, self._drawing())
        return self._drawer

    def _mark(self, row: int) -> Mark:
        if row != self.cursor and not self._selected(row):
            return None
        return self._rows.spot(row, self._side()).side

    def _lines(self, row: int, mark: Mark) -> list[Strip]:
        key = row, mark
        lines = self._strips.get(key)
        if lines is None:
            lines = self._strips[key] = self._draw.draw(self._rows.row(row), mark)
            if len(self._strips) > _STRIPS:
                self._strips.popitem(last=False)
        return lines

    def render_line(self, y: int) -> Strip:
        window = self._window()
        if y >= len(window):
            return Strip.blank(self.size.width)
        row, line = window[y]
        lines = self._lines(row, self._mark(row))
        return lines[line] if line < len(lines) else Strip.blank(self.size.width)

    def _refresh_marks(self, rows: set[int]) -> None:
        """Only what a cursor or a selection changes: the bar and the numbers."""
        regions: list[Region] = []
        for y, (number, _) in enumerate(self._window()):
            if number not in rows:
                continue
            side = self._rows.spot(number, self._side()).side
            x, width = self._draw.marked(self._rows.row(number), side)
            regions.append(Region(x, y, width, 1))
        if regions:
            self.refresh(*regions)

    def _missing(self) -> Paint | None:
        """What has to be painted of what is in sight, and a screen beyond, so that a page comes in its colours."""
        window = self._window()
        if not window:
            return None
        beyond = self.size.height
        first, last = max(0, window[0][0] - beyond), min(self._rows.total, window[-1][0] + 1 + beyond)
        rows = (self._rows.row(number) for number in range(first, last))
        return self._paints.missing(row for row in rows if isinstance(row, LineRow))

    def _painted(self, paint: Paint) -> None:
        """Draw rows in sight in the colours that they have got."""
        if not self._paints.take(paint):
            return
        drawn = {row for row, _ in self._strips}
        touched = {
            row
            for row in drawn | {row for row, _ in self._window()}
            if isinstance(shown := self._rows.row(row), LineRow) and paint.touches(shown)
        }
        for key in [key for key in self._strips if key[0] in touched]:
            del self._strips[key]
        regions = [Region(0, y, self.size.width, 1) for y, (row, _) in enumerate(self._window()) if row in touched]
        if regions:
            self.refresh(*regions)

    # -- the wheel

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        event.prevent_default()
        self._wheel(_WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        event.prevent_default()
        self._wheel(-_WHEEL)

    def _wheel(self, lines: int) -> None:
        self._scroll_by(lines)
