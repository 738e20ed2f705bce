"""Items of several lines each, under titles, to move through with a cursor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.strip import Strip

from lattice_console.widgets.row_view import Piece, RowView
from lattice_console.widgets.signs import Look

__all__ = ["Item", "ItemList"]

_TALL = 6
"""Lines from which the cursor also rests within an item, so that it can be read to its end."""


@dataclass(frozen=True, slots=True)
class Item:
    """Lines whose first cell is blank, and what they stand for; None for what is only read.

    A `title` cannot have the cursor.
    """

    lines: tuple[Content, ...]
    value: object = None
    title: bool = False


class ItemList(RowView):
    """Items, drawn anew by `make` for every width that they get."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._make: Callable[[int], Sequence[Item]] = lambda width: ()
        self._width = -1
        self._items: Sequence[Item] = ()
        self._rows: list[tuple[int, int]] = []

    def fill(self, make: Callable[[int], Sequence[Item]]) -> None:
        """Show other items; `make` takes the width that they have. The cursor stays with what it is on."""
        value, line = self.value, self.cursor
        self._make = make
        self._measure()
        same = (row for row, (item, _) in enumerate(self._rows) if self._items[item].value == value)
        kept = next(same, None) if value is not None else None
        self.renew(line if kept is None else kept)

    @property
    def value(self) -> object:
        """What the item under the cursor stands for."""
        return self._items[self._rows[self.cursor][0]].value if self.cursor < len(self._rows) else None

    def _measure(self) -> None:
        self._width = self.size.width
        self._items = self._make(max(20, self._width))
        self._rows = [(at, line) for at, item in enumerate(self._items) for line in range(len(item.lines))]

    def on_resize(self) -> None:
        if self.size.width != self._width:
            self._measure()
        super().on_resize()

    # -- what a view of rows asks for

    @property
    def total(self) -> int:
        return len(self._rows)

    def rest(self, index: int) -> bool:
        item, line = self._rows[index]
        return not self._items[item].title and line % _TALL == 0

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        item, line = self._rows[index]
        return [(self._items[item].lines[line].plain[1:], "plain")]

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        if index >= self.total or (index == self.cursor and self.rest(index) and self.has_focus):
            return self._on_ground(super().render_line(y))
        item, line = self._rows[index]
        content = self._items[item].lines[line]
        width = self.size.width
        segments = [Segment(text, style if style else None) for text, style, _ in content.render_segments() if text]
        return self._on_ground(Strip(segments).crop(0, width).adjust_cell_length(width))

    def _on_ground(self, strip: Strip) -> Strip:
        """A strip on the colours of its place, where those are not the terminal's own."""
        styles = self.styles
        if styles.background.is_transparent:
            return strip
        return strip.apply_style(Style(color=styles.color.rich_color, bgcolor=styles.background.rich_color))
