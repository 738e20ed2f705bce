"""Rows to move through with a cursor, drawn line by line: only what is in sight, and on a move only two of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lattice_console.cells import cells, cut
from lattice_console.widgets.signs import Look

__all__ = ["Piece", "RowView", "crop", "spread"]

Piece = tuple[str, str]
"""A stretch of inert text with its role."""

_PLACE = 20
"""Cells at the start of the foot that may say where the cursor is."""

_ROLES = {
    "accent": "color: $accent;",
    "bad": "color: $bad;",
    "bar": "color: $accent; text-style: bold;",
    "cursor": "background: $cursor; color: $cursor-text; text-style: $cursor-style;",
    "good": "color: $good;",
    "kept": "background: $surface; color: $surface-text;",
    "muted": "color: $muted; text-style: $muted-style;",
    "plain": "",
    "strong": "text-style: bold;",
    "syntax-comment": "color: $syntax-comment; text-style: italic;",
    "syntax-key": "color: $syntax-key;",
    "syntax-keyword": "color: $syntax-keyword;",
    "syntax-number": "color: $syntax-number;",
    "syntax-plain": "",
    "syntax-string": "color: $syntax-string;",
    "title": "color: $accent; text-style: bold;",
    "warning": "color: $warning;",
}


class RowView(ScrollView, can_focus=True, inherit_bindings=False):
    """A list of rows between a head and a foot of a few lines each.

    Subclasses give `total` and `draw`, and what they like of `head`, `foot`, `instead` and `rest`. A row leaves its
    first cell to the bar of the cursor.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Next", id="list.next"),
        Binding("k,up", "move(-1)", "Previous", id="list.previous"),
        Binding("pagedown", "page(1)", "Page down", id="list.page_down"),
        Binding("pageup", "page(-1)", "Page up", id="list.page_up"),
        Binding("g,home", "top", "Top", id="list.top"),
        Binding("G,end", "bottom", "End", id="list.end"),
        Binding("enter", "open", "Open", id="list.open"),
    ]

    ALLOW_SELECT = False

    KEEPS_MARK: ClassVar[bool] = False
    """Whether the row with the cursor is told apart while the focus is elsewhere: where something beside shows it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"row-view--{role}" for role in _ROLES}

    DEFAULT_CSS = (
        "RowView { height: 1fr; scrollbar-size-vertical: 0; overflow-x: hidden; "
        + "".join(f"& > .row-view--{role} {{ {style} }}" for role, style in _ROLES.items() if style)
        + "}"
    )

    cursor: reactive[int] = reactive(0, repaint=False)
    """The row that the cursor is on, from 0."""

    @dataclass
    class Highlighted(Message):
        """The cursor came to a row."""

        view: "RowView"

        @property
        def control(self) -> "RowView":
            return self.view

    @dataclass
    class Opened(Message):
        """The row under the cursor is to be opened."""

        view: "RowView"

        @property
        def control(self) -> "RowView":
            return self.view

    @dataclass
    class Passed(Message):
        """The cursor was to move beyond the last row (`by` is 1), or before the first (-1)."""

        view: "RowView"
        by: int

        @property
        def control(self) -> "RowView":
            return self.view

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look

    # -- what subclasses give

    @property
    def total(self) -> int:
        """How many rows there are."""
        return 0

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        """A row, in at most `width` cells behind the bar's."""
        return ()

    def head(self, width: int) -> Sequence[Sequence[Piece]]:
        """The lines that stay above the rows; always as many."""
        return ()

    def foot(self, width: int) -> Sequence[Sequence[Piece]]:
        """The lines that stay at the bottom; always as many."""
        return ()

    def instead(self, width: int) -> Sequence[Sequence[Piece]]:
        """What stands where there are no rows."""
        return ()

    def rest(self, index: int) -> bool:
        """Whether the cursor can be on a row."""
        return True

    # -- showing

    def renew(self, cursor: int | None = None, top: int | None = None) -> None:
        """Draw everything anew, with the cursor on that row, and that row at the top; None leaves them."""
        self.virtual_size = Size(self.size.width, self.total + self._edges)
        self.set_reactive(RowView.cursor, self._nearest(self.cursor if cursor is None else cursor))
        if top is not None:
            self._scroll_so(top)
        self._reveal()
        self.refresh(layout=self.styles.is_auto_height)
        self._tell()

    def refresh_row(self, index: int) -> None:
        """Draw one row anew, if it is in sight."""
        line = index - self.scroll_offset.y
        if 0 <= line < self._lines:
            # The last cell is always blank; a region up to the next widget would draw a cell of that too.
            self.refresh(Region(0, line + self._above, max(1, self.size.width - 1), 1))

    def refresh_foot(self, width: int | None = None) -> None:
        """Draw the lines at the bottom anew, or their first cells."""
        most = max(1, self.size.width - 1)
        self.refresh(Region(0, self.size.height - self._below, min(width or most, most), self._below))

    # -- moving

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        index = self.cursor + by
        while 0 <= index < self.total and not self.rest(index):
            index += by
        if 0 <= index < self.total:
            self.move_to(index)
        else:
            self.post_message(self.Passed(self, by))

    def action_page(self, by: int) -> None:
        """Move by a screen."""
        rows = by * max(1, self._lines - 1)
        self._scroll_so(self.scroll_offset.y + rows)
        self.move_to(self.cursor + rows)

    def action_top(self) -> None:
        """Move to the first row."""
        self._scroll_so(0)
        self.move_to(0)

    def action_bottom(self) -> None:
        """Move to the last row."""
        self.move_to(self.total - 1)

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self.total:
            self.post_message(self.Opened(self))

    def move_to(self, index: int) -> None:
        """Put the cursor on that row, or the nearest that it can be on."""
        before, index = self.cursor, self._nearest(index)
        if index == before:
            return
        self.set_reactive(RowView.cursor, index)
        self.refresh_row(before)
        self.refresh_row(index)
        if self._below:
            self.refresh_foot(_PLACE)
        self._reveal()
        self._tell()

    def _nearest(self, index: int) -> int:
        if not self.total:
            return 0
        index = max(0, min(index, self.total - 1))
        below = next((at for at in range(index, self.total) if self.rest(at)), None)
        return below if below is not None else next((at for at in range(index, -1, -1) if self.rest(at)), 0)

    def _tell(self) -> None:
        self.post_message(self.Highlighted(self))

    def on_click(self, event: events.Click) -> None:
        index = event.y - self._above + self.scroll_offset.y
        if 0 <= event.y - self._above < self._lines and index < self.total and self.rest(index):
            self.move_to(index)
            self.clicked(index, event)

    def clicked(self, index: int, event: events.Click) -> None:
        """A row was clicked, and the cursor is on it; a double click opens it."""
        if event.chain == 2:
            self.action_open()

    def on_focus(self) -> None:
        self._mark()

    def on_blur(self) -> None:
        self._mark()

    def _mark(self) -> None:
        self.refresh_row(self.cursor)
        if self._above:
            self.refresh(Region(0, 0, max(1, self.size.width - 1), self._above))

    # -- geometry

    @property
    def _above(self) -> int:
        return len(self.head(self.size.width))

    @property
    def _below(self) -> int:
        return len(self.foot(self.size.width))

    @property
    def _edges(self) -> int:
        return self._above + self._below

    @property
    def _lines(self) -> int:
        """The lines that rows have."""
        return max(1, self.size.height - self._edges)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return (self.total or len(self.instead(width))) + len(self.head(width)) + len(self.foot(width))

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, self.total + self._edges)
        self._reveal()
        self.refresh()

    def _reveal(self) -> None:
        """Bring the cursor into sight; where it leaves it, half a screen moves, so that few moves redraw it all."""
        top = self.scroll_offset.y
        if not top <= self.cursor < top + self._lines:
            self._scroll_so(self.cursor - self._lines // 2)

    def _scroll_so(self, top: int) -> None:
        # Whether there is something to scroll, Textual finds out only once all is drawn.
        self.scroll_to(y=max(0, min(top, self.total - self._lines)), animate=False, force=True, immediate=True)

    # -- drawing

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        head, foot = self.head(width), self.foot(width)
        if y < len(head):
            return self._strip(head[y], width)
        if y >= self.size.height - len(foot):
            return self._strip(foot[y - self.size.height + len(foot)], width)
        y -= len(head)
        if not self.total:
            instead = self.instead(width)
            return self._strip(instead[y], width) if y < len(instead) else Strip.blank(width)
        index = y + self.scroll_offset.y
        if index >= self.total:
            return Strip.blank(width)
        pieces = self.draw(index, width - 2)
        if index == self.cursor and self.rest(index) and (self.has_focus or self.KEEPS_MARK):
            return self._selected(pieces, width)
        return self._strip([(" ", "plain"), *pieces], width)

    def _selected(self, pieces: Sequence[Piece], width: int) -> Strip:
        if not self.has_focus:
            kept = self._style("kept")
            row = Strip([Segment(" " + "".join(text for text, _ in pieces), kept)])
            return Strip([*row.adjust_cell_length(width - 1, kept), Segment(" ")], width)
        cursor = self._style("cursor")
        bar = Segment(self._look.signs.bar, cursor + self._style("bar"))
        row = Strip([bar, Segment("".join(text for text, _ in pieces), cursor)])
        return Strip([*row.adjust_cell_length(width - 1, cursor), Segment(" ")], width)

    def _strip(self, pieces: Sequence[Piece], width: int) -> Strip:
        return Strip([Segment(text, self._style(role)) for text, role in pieces]).adjust_cell_length(width)

    def _style(self, role: str) -> Style:
        return self.get_component_rich_style(f"row-view--{role}", partial=True)


def spread(left: Sequence[Piece], right: Sequence[Piece], width: int) -> list[Piece]:
    """Pieces at both ends of `width` cells; what is right is left out where it does not fit."""
    used = sum(cells(text) for text, _ in left)
    room = width - used - sum(cells(text) for text, _ in right)
    return [*left, (" " * room, "plain"), *right] if room >= 1 else list(left)


def crop(pieces: Sequence[Piece], width: int, ellipsis: str) -> list[Piece]:
    """As much of the pieces as `width` cells hold; what is longer ends in `ellipsis`."""
    if sum(cells(text) for text, _ in pieces) <= width:
        return list(pieces)
    shown: list[Piece] = []
    room = width - len(ellipsis)
    for text, role in pieces:
        shown.append((cut(text, room, "") if cells(text) > room else text, role))
        room -= cells(text)
        if room <= 0:
            break
    return [*shown, (ellipsis, shown[-1][1])] if width > 0 else []
