"""The queue: rows of mutations, drawn from a window of the data however long the whole list is."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from lattice_console.cells import cells, fit
from lattice_console.contract.models.mutation import MutationSummary
from lattice_console.contract.models.page import Page
from lattice_console.contract.models.query import Sort
from lattice_console.text import count
from lattice_console.widgets.queue_columns import STACKED, Columns, columns, head
from lattice_console.widgets.queue_marks import Marks
from lattice_console.widgets.queue_paint import LinePainter
from lattice_console.widgets.queue_row import Standing, draw_row
from lattice_console.widgets.queue_window import QueueWindow
from lattice_console.widgets.signs import Look

__all__ = ["QueueList"]

_MARGIN = 60
"""Rows between the cursor and the edge of the window at which more are asked for."""

_WHEEL = 3
"""Rows that one turn of the wheel moves."""


class QueueList(LinePainter, can_focus=True, inherit_bindings=False):
    """Rows of mutations under a head line and above their count, with a cursor and marks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Next", id="list.next"),
        Binding("k,up", "move(-1)", "Previous", id="list.previous"),
        Binding("pagedown", "page(1)", "Page down", id="list.page_down"),
        Binding("pageup", "page(-1)", "Page up", id="list.page_up"),
        Binding("g,home", "top", "Top", id="list.top"),
        Binding("G,end", "bottom", "End", id="list.end"),
        Binding("enter", "open", "Open", id="list.open"),
        Binding("space", "mark", "Mark, or unmark", id="list.mark"),
        Binding("v", "range", "Mark a range", id="list.range"),
    ]

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "queue-list--accent",
        "queue-list--bad",
        "queue-list--bar",
        "queue-list--cursor",
        "queue-list--good",
        "queue-list--muted",
        "queue-list--plain",
        "queue-list--strong",
        "queue-list--warning",
    }

    DEFAULT_CSS = """
    QueueList {
        height: 1fr;
        & > .queue-list--accent { color: $accent; }
        & > .queue-list--bad { color: $bad; }
        & > .queue-list--bar { color: $accent; text-style: bold; }
        & > .queue-list--cursor { background: $cursor; color: $cursor-text; text-style: $cursor-style; }
        & > .queue-list--good { color: $good; }
        & > .queue-list--muted { color: $muted; text-style: $muted-style; }
        & > .queue-list--strong { text-style: bold; }
        & > .queue-list--warning { color: $warning; }
    }
    """

    cursor: reactive[int] = reactive(0, repaint=False)
    """The row that the cursor is on, counted from 0 in the whole list."""

    sort: Sort = STACKED
    """The order that the rows are in; its column's head tells it."""

    narrowed: reactive[str] = reactive("", repaint=False)
    """What makes the list another than the view is, and the keys that undo it; inert."""

    tells_mine: bool = False
    """Whether rows that wait for the actor are made out among others."""

    superseded: bool = False
    """Whether another list was asked for: until it is shown, no row is meant."""

    @dataclass
    class Highlighted(Message):
        """The cursor came to a row, or its row has changed; None where there is no row, or it is not loaded yet."""

        row: MutationSummary | None

    @dataclass
    class Opened(Message):
        """A row is to be opened."""

        row: MutationSummary

    @dataclass
    class Marked(Message):
        """Marks have changed, or a range was begun or left; `refused` found no room."""

        refused: int = 0

    @dataclass
    class RangeTaken(Message):
        """The rows of a range are to be marked, and not all of them are in the window."""

        rows: range

    @dataclass
    class ColumnChosen(Message):
        """A column's head was clicked."""

        column: str

    @dataclass
    class Wanted(Message):
        """Rows around `index` are needed and not in the window."""

        index: int

    @dataclass
    class NearEdge(Message):
        """The cursor nears the end of the window (`forward`), or its start."""

        forward: bool

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look
        self._window = QueueWindow()
        self._marks = Marks()
        self._looked_at: frozenset[str] = frozenset()
        self._drafted: frozenset[str] = frozenset()
        self._left = ""
        self._top = 0

    def watch_narrowed(self) -> None:
        self.repaint((self.size.height - 1,))

    @property
    def window(self) -> QueueWindow:
        """What is shown."""
        return self._window

    @property
    def top(self) -> int:
        """The first row in sight."""
        return self._top

    @property
    def pivot(self) -> int:
        """The row to hold on to when the list moves: the cursor's, or else the first in sight."""
        return self.cursor if self._top <= self.cursor < self._top + self._lines else self._top

    @property
    def row(self) -> MutationSummary | None:
        """The mutation that the cursor is on, if it is loaded."""
        return self._window.row(self.cursor)

    @property
    def meant(self) -> MutationSummary | None:
        """The mutation that a key acts on: the one under the cursor, unless it stands in a list that was left."""
        return None if self.superseded else self.row

    def show(self, window: QueueWindow, cursor: int, *, anew: bool = False) -> None:
        """Show another window, with the cursor on row `cursor`, which keeps its line on the screen where it can.

        A list that stands at its top stays there, so that what is new is seen. With `anew`, it is another list.
        """
        self.superseded = False
        before = self.row
        if anew:
            before, self._left = None, ""
        self._show(window, cursor, before)

    def _show(self, window: QueueWindow, cursor: int, before: MutationSummary | None) -> None:
        """Show a window in place of one that had `before` under the cursor."""
        at_top = self._top == 0
        line = self.cursor - self._top
        seen = self.pivot == self.cursor
        self._window = window
        self._marks.follow(window)
        self.set_reactive(QueueList.cursor, max(0, min(cursor, window.total - 1)))
        if before is not None and window.find(before.id) is None and (self.row is not None or not window.total):
            self._left = self._left or before.id
        self._top = self._within(0 if at_top else self.cursor - line)
        if seen:
            self._reveal()
        self.refresh()
        self._tell()

    def grow(self, page: Page[MutationSummary], cursor: str, *, forward: bool) -> None:
        """Add the page that `cursor` led to, if it still does: the window may have grown at this end meanwhile.

        What is in sight stays where it is, with the cursor.
        """
        window = self._window
        if cursor != (window.next_cursor if forward else window.prev_cursor):
            return
        if forward:
            window.append(page)
        else:
            moved = window.prepend(page)
            self.set_reactive(QueueList.cursor, max(0, min(self.cursor + moved, window.total - 1)))
            self._top = self._within(self._top + moved)
            self._marks.follow(window)
        self.refresh()

    def update_row(self, row: MutationSummary) -> None:
        """Show a newer state of a row, if it is in the window."""
        index = self._window.replace(row)
        if index is not None:
            self.repaint((self._line_of(index),))
            if index == self.cursor:
                self._tell()

    def show_looked_at(self, ids: Collection[str]) -> None:
        """Mark the rows that others look at."""
        before, self._looked_at = self._looked_at, frozenset(ids)
        self._repaint_rows(before ^ self._looked_at)

    def show_drafted(self, ids: Collection[str]) -> None:
        """Mark the rows on which the actor has drafts."""
        before, self._drafted = self._drafted, frozenset(ids)
        self._repaint_rows(before ^ self._drafted)

    def _repaint_rows(self, ids: Iterable[str]) -> None:
        changed = map(self._window.find, ids)
        if lines := tuple(self._line_of(index) for index in changed if index is not None):
            self.repaint(lines)

    def remove_row(self, id: str) -> None:
        """Take a row out of the window, if it is there. The cursor stays on its mutation, or is on the next one."""
        before = self.row
        index = self._window.remove(id)
        if index is not None:
            self._show(self._window, self.cursor - (index < self.cursor), before)

    def restore_row(self, row: MutationSummary) -> None:
        """Put a row that is in the list again under the cursor, if it left from there and the cursor has not moved."""
        if row.id != self._left:
            return
        self._left = ""
        index = self._window.find(row.id)
        if index is None:
            index = self.cursor
            self._window.insert(index, row)
        self._show(self._window, index, None)

    # -- marks

    @property
    def marks(self) -> Sequence[str]:
        """The ids that are marked, in the order in which they were."""
        return tuple(self._marks)

    @property
    def in_range(self) -> bool:
        """Whether a range was begun and not taken yet."""
        return self._marks.range(self.cursor) is not None

    def mark(self, ids: Iterable[str]) -> None:
        """Mark all of these."""
        self._marks_changed(self._marks.add(ids))

    def unmark(self, ids: Iterable[str]) -> None:
        """Take the marks off these."""
        self._marks.drop(ids)
        self._marks_changed()

    def leave_range(self) -> None:
        """Leave the range without marking it."""
        self._marks.end()
        self._marks_changed()

    def action_mark(self) -> None:
        if self.in_range:
            self.action_range()
        elif (row := self.meant) is not None:
            room = self._marks.toggle(row.id)
            self.move_to(self.cursor + 1)
            self._marks_changed(0 if room else 1)

    def action_range(self) -> None:
        if self.in_range:
            if (rows := self.take_range()) is not None:
                self.post_message(self.RangeTaken(rows))
        elif (row := self.meant) is not None:
            self._marks.begin(self.cursor, row.id)
            self._marks_changed()

    def take_range(self) -> range | None:
        """End the range and mark its rows; returns them where not all are in the window: they are to be found first."""
        rows = self._marks.range(self.cursor)
        if rows is None:
            return None
        self._marks.end()
        within = self._window.first <= rows.start and rows.stop <= self._window.end
        self.mark([row.id for row in map(self._window.row, rows) if row is not None] if within else ())
        return None if within else rows

    def _marks_changed(self, refused: int = 0) -> None:
        self.refresh()
        self.post_message(self.Marked(refused))

    # -- moving

    def action_move(self, by: int) -> None:
        self.move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        rows = by * max(1, self._lines - 1)
        self._look_from(self._top + rows)
        self.move_to(self.cursor + rows)

    def action_top(self) -> None:
        self.move_to(0)

    def action_bottom(self) -> None:
        self.move_to(self._window.total - 1)

    def action_open(self) -> None:
        if (row := self.meant) is not None:
            self.post_message(self.Opened(row))

    def on_click(self, event: events.Click) -> None:
        index = event.y - 1 + self._top
        if event.y == 0:
            self._click_head(event.x)
        elif event.y <= self._lines and index < self._window.total:
            self.move_to(index)
            if event.chain == 2:
                self.action_open()

    def _click_head(self, x: int) -> None:
        at = 0
        for text, column in head(self._columns(), self.sort, self._look.signs):
            at += cells(text)
            if x < at:
                if column:
                    self.post_message(self.ColumnChosen(column))
                return

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._look_from(self._top + _WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._look_from(self._top - _WHEEL)

    def move_to(self, index: int) -> None:
        """Put the cursor on a row, or on the nearest there is."""
        index = max(0, min(index, self._window.total - 1))
        before = self.cursor
        if index == before:
            return
        self.cursor = index
        self._left = ""
        top = self._top
        self._reveal()
        if self._top != top or self.in_range:
            self.refresh()
        else:
            self.repaint((self._line_of(before), self._line_of(index), self.size.height - 1))
        self._tell()

    def _tell(self) -> None:
        self.post_message(self.Highlighted(self.row))
        self._ask_for_more()

    def _ask_for_more(self) -> None:
        """Ask for rows that are shown and missing, or soon will be."""
        window = self._window
        if not window.total:
            return
        bottom = min(window.total, self._top + self._lines) - 1
        if bottom < window.first or self._top >= window.end:
            self.post_message(self.Wanted(self.pivot))
            return
        if window.next_cursor and max(self.cursor, bottom) + _MARGIN >= window.end:
            self.post_message(self.NearEdge(forward=True))
        if window.prev_cursor and min(self.cursor, self._top) - _MARGIN < window.first:
            self.post_message(self.NearEdge(forward=False))

    # -- geometry: line 0 is the head, the last line is the count, rows lie between them

    @property
    def _lines(self) -> int:
        return max(1, self.size.height - 2)

    def _line_of(self, index: int) -> int:
        """The line that a row stands on, perhaps outside of the screen."""
        line = index - self._top + 1
        return line if 1 <= line <= self._lines else -1

    def on_resize(self) -> None:
        self._top = self._within(self._top)
        self._reveal()
        self.refresh()
        self._ask_for_more()

    def _within(self, top: int) -> int:
        return max(0, min(top, self._window.total - self._lines))

    def _reveal(self) -> None:
        """Bring the cursor into sight; where it leaves it, half a screen moves, so that few moves redraw it all."""
        if not self._top <= self.cursor < self._top + self._lines:
            self._top = self._within(self.cursor - self._lines // 2)

    def _look_from(self, top: int) -> None:
        top = self._within(top)
        if top != self._top:
            self._top = top
            self.refresh()
            self._ask_for_more()

    # -- drawing

    def draw_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 0:
            text = "".join(text for text, _ in head(self._columns(), self.sort, self._look.signs))
            return Strip([Segment(fit(text, width), self._style("muted"))], width)
        if y == self.size.height - 1:
            return self._foot(width)
        index = y - 1 + self._top
        row = self._window.row(index)
        if row is None:
            return Strip.blank(width)
        depth, ends_level = self._window.depth(index) if self.sort == STACKED else (0, True)
        standing = Standing(
            selected=index == self.cursor,
            marked=self._marks.standing(row.id, index, self.cursor),
            depth=depth,
            ends_level=ends_level,
            told_mine=self.tells_mine,
            looked_at=row.id in self._looked_at,
            drafted=row.id in self._drafted,
        )
        return draw_row(row, self._columns(), width, self._look, self._style, standing)

    def _foot(self, width: int) -> Strip:
        total = self._window.total
        where = f" {min(self.cursor + 1, total):>{len(str(total))}} of {total}" if total else ""
        rows = self._marks.range(self.cursor)
        marked = f"   {self._look.signs.mark} {len(self._marks):,} marked" if len(self._marks) else ""
        ranged = f"   {count(len(rows), 'row')} in the range: v or Space marks them" if rows is not None else ""
        segments = [Segment(where, self._style("muted")), Segment(marked + ranged, self._style("bar"))]
        if self.narrowed:
            segments.append(Segment(f"   {self.narrowed}", self._style("accent")))
        return Strip(segments).crop(0, width).adjust_cell_length(width)

    def _columns(self) -> Columns:
        window = self._window
        digits = len(str(window.highest))
        return columns(self.size.width, digits, specs=window.specs, conflicts=window.conflicts)

    def _style(self, role: str) -> Style:
        return self.get_component_rich_style(f"queue-list--{role}", partial=True)
