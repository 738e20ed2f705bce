"""The queue: rows of mutations, drawn from a window of the data however long the whole list is."""

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

from lattice_console.cells import fit
from lattice_console.contract.models.mutation import MutationSummary
from lattice_console.text import inert
from lattice_console.widgets.queue_window import QueueWindow
from lattice_console.widgets.signs import Look, status_role

__all__ = ["QueueList"]

_MARGIN = 60
"""Rows between the cursor and the edge of the window at which more are asked for."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Widths in cells; 0 where a column has no room."""

    number: int
    title: int
    spec: int
    author: int
    comments: int


def _columns(width: int, digits: int) -> _Columns:
    """What fits: the title keeps 24 cells, and comments, spec and author go, in that order, before it gives up more."""
    # Bar, sign, number and title with their blanks; then age (4) and votes (5), each behind two blanks.
    number = max(3, digits)
    rest = width - (4 + number + 2) - (2 + 4) - (2 + 5) - 1
    spec = 10 if width < 100 else 16 if width < 140 else 22
    author = 8 if width < 100 else 14
    comments = 3
    if rest - spec - author - comments - 6 < 24:
        comments = -2
    if rest - spec - author - comments - 6 < 24:
        spec = -2
    if rest - spec - author - comments - 6 < 20:
        author = -2
    title = max(1, rest - (spec + 2) - (author + 2) - (comments + 2))
    return _Columns(number, title, max(0, spec), max(0, author), max(0, comments))


class QueueList(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of mutations under a head line and above their count, with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Next", id="list.next"),
        Binding("k,up", "move(-1)", "Previous", id="list.previous"),
        Binding("pagedown", "page(1)", "Page down", id="list.page_down"),
        Binding("pageup", "page(-1)", "Page up", id="list.page_up"),
        Binding("g,home", "top", "Top", id="list.top"),
        Binding("G,end", "bottom", "End", id="list.end"),
        Binding("enter", "open", "Open", id="list.open"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "queue-list--accent",
        "queue-list--bad",
        "queue-list--bar",
        "queue-list--cursor",
        "queue-list--good",
        "queue-list--muted",
        "queue-list--plain",
        "queue-list--warning",
    }

    DEFAULT_CSS = """
    QueueList {
        height: 1fr;
        scrollbar-size-vertical: 0;
        overflow-x: hidden;
        & > .queue-list--accent { color: $accent; }
        & > .queue-list--bad { color: $bad; }
        & > .queue-list--bar { color: $accent; text-style: bold; }
        & > .queue-list--cursor { background: $cursor; color: $cursor-text; text-style: $cursor-style; }
        & > .queue-list--good { color: $good; }
        & > .queue-list--muted { color: $muted; text-style: $muted-style; }
        & > .queue-list--warning { color: $warning; }
    }
    """

    cursor: reactive[int] = reactive(0, repaint=False)
    """The row that the cursor is on, counted from 0 in the whole list."""

    @dataclass
    class Highlighted(Message):
        """The cursor came to a row, or its row has changed; None where there is no row, or it is not loaded yet."""

        row: MutationSummary | None

    @dataclass
    class Opened(Message):
        """A row is to be opened."""

        row: MutationSummary

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
        self._missing = False

    @property
    def window(self) -> QueueWindow:
        """What is shown."""
        return self._window

    @property
    def pivot(self) -> int:
        """The row to hold on to when the list moves: the cursor's, or else the first in sight."""
        top = self.scroll_offset.y
        return self.cursor if top <= self.cursor < top + self._lines else top

    @property
    def row(self) -> MutationSummary | None:
        """The mutation that the cursor is on, if it is loaded."""
        return self._window.row(self.cursor)

    def show(self, window: QueueWindow, cursor: int) -> None:
        """Show another window, with the cursor on row `cursor`, which keeps its line on the screen where it can.

        A list that stands at its top stays there, so that what is new is seen.
        """
        at_top = self.scroll_offset.y == 0
        line = self.cursor - self.scroll_offset.y
        seen = self.pivot == self.cursor
        self._window = window
        self._resize_content()
        self.set_reactive(QueueList.cursor, max(0, min(cursor, window.total - 1)))
        self._scroll_so(0 if at_top else self.cursor - line)
        if seen:
            self._reveal()
        self.refresh()
        self._tell()

    def grown(self) -> None:
        """Draw the rows that were missing until the window grew; neither cursor nor scroll position moves."""
        self._resize_content()
        if self._missing:
            self._missing = False
            self.refresh()

    def update_row(self, row: MutationSummary) -> None:
        """Show a newer state of a row, if it is in the window."""
        index = self._window.replace(row)
        if index is not None:
            self._refresh_row(index)
            if index == self.cursor:
                self._tell()

    def refresh_ages(self) -> None:
        """Draw the rows anew because time has passed."""
        self.refresh()

    # -- moving

    def action_move(self, by: int) -> None:
        self._move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        rows = by * max(1, self._lines - 1)
        self._scroll_so(self.scroll_offset.y + rows)
        self._move_to(self.cursor + rows)

    def action_top(self) -> None:
        self._move_to(0)

    def action_bottom(self) -> None:
        self._move_to(self._window.total - 1)

    def action_open(self) -> None:
        if self.row is not None:
            self.post_message(self.Opened(self.row))

    def on_click(self, event: events.Click) -> None:
        index = event.y - 1 + self.scroll_offset.y
        if 1 <= event.y <= self._lines and index < self._window.total:
            self._move_to(index)
            if event.chain == 2:
                self.action_open()

    def _move_to(self, index: int) -> None:
        index = max(0, min(index, self._window.total - 1))
        before = self.cursor
        if index == before:
            return
        self.cursor = index
        self._refresh_row(before)
        self._refresh_row(index)
        self._refresh_count()
        self._reveal()
        self._tell()

    def _tell(self) -> None:
        self.post_message(self.Highlighted(self.row))
        self._ask_for_more()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._ask_for_more()

    def _ask_for_more(self) -> None:
        """Ask for rows that are shown and missing, or soon will be."""
        window = self._window
        if not window.total:
            return
        top = self.scroll_offset.y
        bottom = min(window.total, top + self._lines) - 1
        if bottom < window.first or top >= window.end:
            self.post_message(self.Wanted(self.pivot))
            return
        if window.next_cursor and max(self.cursor, bottom) + _MARGIN >= window.end:
            self.post_message(self.NearEdge(forward=True))
        if window.prev_cursor and min(self.cursor, top) - _MARGIN < window.first:
            self.post_message(self.NearEdge(forward=False))

    # -- geometry: line 0 is the head, the last line is the count, rows lie between them

    @property
    def _lines(self) -> int:
        return max(1, self.size.height - 2)

    def _resize_content(self) -> None:
        self.virtual_size = Size(self.size.width, self._window.total + 2)

    def on_resize(self) -> None:
        self._resize_content()
        self._reveal()
        self.refresh()
        self._ask_for_more()

    def _reveal(self) -> None:
        """Bring the cursor into sight; where it leaves it, half a screen moves, so that few moves redraw it all."""
        top = self.scroll_offset.y
        if not top <= self.cursor < top + self._lines:
            self._scroll_so(self.cursor - self._lines // 2)

    def _scroll_so(self, top: int) -> None:
        self.scroll_to(y=max(0, min(top, self._window.total - self._lines)), animate=False, immediate=True)

    def _refresh_row(self, index: int) -> None:
        line = index - self.scroll_offset.y
        if 0 <= line < self._lines:
            # The last cell is always blank; a region up to the next widget would draw a cell of that too.
            self.refresh(Region(0, line + 1, self.size.width - 1, 1))

    def _refresh_count(self) -> None:
        self.refresh(Region(0, self.size.height - 1, 1 + len(str(self._window.total)), 1))

    # -- drawing

    def _count(self) -> str:
        total = self._window.total
        return f" {min(self.cursor + 1, total):>{len(str(total))}} of {total}" if total else ""

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        columns = _columns(width, len(str(self._widest())))
        if y == 0:
            return self._head(columns, width)
        if y == self.size.height - 1:
            return Strip([Segment(fit(self._count(), width), self._style("muted"))], width)
        index = y - 1 + self.scroll_offset.y
        row = self._window.row(index)
        if row is None:
            self._missing = self._missing or index < self._window.total
            return Strip.blank(width)
        return self._row(row, columns, width, selected=index == self.cursor)

    def _widest(self) -> int:
        first = self._window.row(self._window.first)
        return max(first.number if first else 0, self._window.total)

    def _style(self, role: str) -> Style:
        return self.get_component_rich_style(f"queue-list--{role}", partial=True)

    def _head(self, columns: _Columns, width: int) -> Strip:
        words = ["    " + "M".rjust(columns.number) + "  " + fit("TITLE", columns.title)]
        if columns.spec:
            words.append(fit("SPEC", columns.spec))
        if columns.author:
            words.append(fit("AUTHOR", columns.author))
        words += [" AGE", "VOTES"]
        if columns.comments:
            words.append(self._look.signs.comment.rjust(columns.comments))
        return Strip([Segment(fit("  ".join(words), width), self._style("muted"))], width)

    def _row(self, row: MutationSummary, columns: _Columns, width: int, *, selected: bool) -> Strip:
        signs = self._look.signs
        dots = signs.ellipsis
        sign, number = signs.status[row.status], str(row.number).rjust(columns.number)
        title = fit(inert(row.title), columns.title, dots)
        tail: list[str] = []
        if columns.spec:
            tail.append(fit(inert(row.spec_id or ""), columns.spec, dots))
        if columns.author:
            tail.append(fit(inert(row.author.handle), columns.author, dots))
        tail.append(self._look.age(row.created_at).rjust(4))
        votes, role = self._votes(row)
        comments = (str(row.comments) if row.comments else "").rjust(columns.comments) if columns.comments else ""
        if selected:
            cursor = self._style("cursor")
            rest = "  ".join([f"{number}  {title}", *tail, votes, *([comments] if comments else [])])
            segments = [
                Segment(signs.bar, cursor + self._style("bar")),
                Segment(f"{sign}  ", cursor + self._style(status_role(row.status))),
                Segment(fit(rest, width - 5), cursor),
                Segment(" "),
            ]
            return Strip(segments, width).simplify()
        muted = self._style("muted")
        segments = [
            Segment(f" {sign}  ", self._style(status_role(row.status))),
            Segment(f"{number}  ", muted),
            Segment(title, self._style("plain")),
            Segment("  " + "  ".join(tail) + "  ", muted),
            Segment(votes, self._style(role)),
            Segment(f"  {comments}" if comments else "", muted),
        ]
        return Strip(segments).adjust_cell_length(width)

    def _votes(self, row: MutationSummary) -> tuple[str, str]:
        """Approvals of those required, with a sign where somebody objects, in five cells, and their role."""
        if row.status in ("draft", "cancelled", "expired") or not (row.approvals_required or row.objections):
            return "     ", "plain"
        text = f"{row.approvals}/{row.approvals_required}"
        if row.objections:
            return f"{self._look.signs.vote['reject']} {text}".rjust(5), "bad"
        return text.rjust(5), "good" if row.approvals >= row.approvals_required else "plain"
