"""A cursor in a diff: moves by rows, hunks, files and threads, on either side, with a range of lines and the mouse."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from lattice_console.merge.diff import Side
from lattice_console.widgets.diff_canvas import DiffCanvas
from lattice_console.widgets.diff_document import FoldRow, NoteRow, Selection, Spot
from lattice_console.widgets.signs import Look

__all__ = ["DiffCursor"]


class DiffCursor(DiffCanvas):
    """Where a person is in a diff, and which lines they mean."""

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
        Binding("greater_than_sign", "thread(1)", "Next thread", key_display=">", id="diff.next_thread"),
        Binding("less_than_sign", "thread(-1)", "Previous thread", key_display="<", id="diff.previous_thread"),
        Binding("H", "side('old')", "To the old side", id="diff.old_side"),
        Binding("L", "side('new')", "To the new side", id="diff.new_side"),
        Binding("v", "range", "Select a range of lines", id="diff.range"),
    ]

    @dataclass
    class Moved(Message):
        """What `where` says has changed: the cursor came to another file or hunk, or what is found has.

        Numbers count from 1, 0 above the first.
        """

        file: int
        hunk: int

    @dataclass
    class Refused(Message):
        """A key could do nothing here; why, in a sentence."""

        reason: str

    @dataclass
    class Opened(Message):
        """Enter was pressed, or a row was double-clicked, where the view itself has nothing to open."""

        spot: Spot

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._wanted: Side | None = None
        self._range: int | None = None
        self._place: tuple[int, int, str] = (-1, -1, "")
        self.elsewhere = ""
        """Where there are remarks that do not stand in the diff, in a sentence."""

    # -- what subclasses give

    @property
    def found(self) -> str:
        """What a search found, in words."""
        return ""

    def action_open(self) -> None:
        """Open or close what is under the cursor."""
        self.post_message(self.Opened(self.at))

    # -- where the cursor is

    @property
    def at(self) -> Spot:
        """Where the cursor is."""
        return self._spot()

    @property
    def selection(self) -> Selection | None:
        """The lines of the range, or the line under the cursor; None where that is no line."""
        first = self.cursor if self._range is None else self._range
        side = self._rows.spot(first, self._wanted).side
        if self._range is None and self.at.kind != "line":
            return None
        return self._rows.selected(first, self.cursor, side)

    @property
    def has_range(self) -> bool:
        """Whether a range was begun."""
        return self._range is not None

    def selected_text(self) -> str:
        """What is under the cursor or in the range, as text: lines, a note, or the path of a file."""
        spot, selection = self.at, self.selection
        if selection is not None:
            compared = self._document.files[selection.file].diff
            lines = compared.lines(selection.side, selection.first - 1, selection.last)
            return "\n".join(line.removesuffix(b"\r").decode("utf-8", "replace") for line in lines)
        if self._rows.total and isinstance(row := self._rows.row(self.cursor), NoteRow):
            note = row.thread.notes[row.index]
            return note.text or note.suggestion or ""
        return self._document.files[spot.file].result_path if spot.kind == "file" and spot.file is not None else ""

    # -- keys

    def action_move(self, by: int) -> None:
        lines = self._in_sight(self.cursor)
        last = lines and self._window()[lines[-1]][1] == self._height(self.cursor) - 1
        first = lines and self._window()[lines[0]][1] == 0
        # A row that is higher than the screen is read before it is left.
        if lines and not (last if by > 0 else first):
            self._scroll_by(by * max(1, self.size.height // 2))
        else:
            self._move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        height = max(1, self.size.height - 1)
        lines = self._in_sight(self.cursor)
        row, line = self.cursor, self._window()[lines[0]][1] if lines else 0
        row, _ = self._after(row, line, height) if by > 0 else self._before(row, line, height)
        self._scroll_by(by * height)
        self._move_to(row)

    def action_top(self) -> None:
        self._move_to(0)

    def action_bottom(self) -> None:
        self._move_to(self._rows.total - 1)

    def action_hunk(self, by: int) -> None:
        rows = self._rows
        row = rows.next_hunk(self.cursor) if by > 0 else rows.previous_hunk(self.cursor)
        # The hunk is seen from its first line, also where one comes to a later one.
        above = 4 if row is None else min(4 + rows.into_hunk(row), max(4, self.size.height // 2))
        self._jump(row, above=above, missing="hunk", by=by)

    def action_file(self, by: int) -> None:
        rows = self._rows
        row = rows.next_file(self.cursor) if by > 0 else rows.previous_file(self.cursor)
        self._jump(row, above=0, missing="file", by=by)

    def action_thread(self, by: int) -> None:
        rows = self._rows
        row = rows.next_thread(self.cursor) if by > 0 else rows.previous_thread(self.cursor)
        self._jump(row, above=4, missing="thread", by=by, more=self.elsewhere)

    def action_side(self, side: Side) -> None:
        self._to_side(side)

    def action_range(self) -> None:
        if self._range is not None:
            self.end_range()
        elif self.at.line is not None and self.at.kind in ("line", "note"):
            self._begin_range(self.at)
        else:
            self._refuse("A range begins on a line of a file; move to one first.")

    def _begin_range(self, spot: Spot) -> None:
        """Begin a range at a line, or at the one that a note stands under."""
        self._to_side(spot.side)
        self._move_to(self._rows.row_of(Spot("line", spot.file, spot.side, spot.line)))
        self._range = self.cursor
        self._tell()

    def end_range(self) -> None:
        """Let the cursor be alone again."""
        if self._range is not None:
            rows = set(range(min(self._range, self.cursor), max(self._range, self.cursor) + 1))
            self._range = None
            self._refresh_marks(rows)
            self._tell()

    # -- moving

    def keep_clear(self, lines: int) -> None:
        """Have the cursor's row, or the range, stand above the lowest lines, which something covers; 0 ends that."""
        if not self.size.height or not self._rows.total:
            return
        if not self._covered:
            self._top_uncovered = self._top
        self._covered = min(lines, self.size.height - 1)
        begun = self.cursor if self._range is None else self._range
        first, last = min(begun, self.cursor), max(begun, self.cursor)
        lowest = self._before(last, self._height(last) - 1, self.size.height - self._covered - 1)
        self._scroll(min((first, 0), max(self._top_uncovered, lowest)))

    def _rearrange(self, change: Callable[[], object]) -> None:
        begun = None if self._range is None else self._rows.spot(self._range, self._wanted)
        super()._rearrange(change)
        if begun is not None:
            self._range = self._rows.row_of(begun)

    def _jump(self, row: int | None, above: int | None, missing: str = "", by: int = 1, more: str = "") -> None:
        """Put the cursor on a row, with so many lines above it in sight; without a row, say what is missing."""
        if row is not None:
            self._move_to(row, above)
        elif missing:
            self._refuse(f"There is no {missing} {'below' if by > 0 else 'above'}. {more}".rstrip())

    def _refuse(self, reason: str) -> None:
        self.post_message(self.Refused(reason))

    def _move_to(self, row: int, above: int | None = None) -> None:
        row = max(0, min(row, self._rows.total - 1))
        if self._range is not None and (file := self._rows.file_at(self._range)) is not None:
            row = max(self._rows.file_row(file), min(row, self._rows.file_end(file)))
        before = self.cursor
        if row == before:
            return
        touched = {before, row}
        if self._range is not None:
            touched |= set(range(min(before, row), max(before, row) + 1))
        self.cursor = row
        self._refresh_marks(touched)
        self._reveal(above)
        self._tell()

    def _to_side(self, side: Side) -> None:
        """Be on a side, where a row has both."""
        rows = {self.cursor}
        self._refresh_marks(rows)
        self._wanted = side
        self._refresh_marks(rows)
        self._tell()

    def _tell(self) -> None:
        file, hunk = self._rows.file_at(self.cursor), self._rows.hunk_at(self.cursor)
        place = (0 if file is None else file + 1, 0 if hunk is None else hunk + 1, self.found)
        if place != self._place:
            self._place = place
            self.post_message(self.Moved(*place[:2]))

    def _side(self) -> Side | None:
        return self._wanted

    def _selected(self, row: int) -> bool:
        return self._range is not None and min(self._range, self.cursor) <= row <= max(self._range, self.cursor)

    # -- the mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        window = self._window()
        if event.y >= len(window) or event.button != 1:
            return
        if self._range is not None:
            self.end_range()
        side = self._draw.side_at(event.x)
        if side is not None:
            self._to_side(side)
        self._move_to(window[event.y][0])
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        window = self._window()
        if self.app.mouse_captured is not self or not 0 <= event.y < len(window):
            return
        row = window[event.y][0]
        if row != self.cursor:
            if self._range is None:
                self.action_range()
            self._move_to(row)

    def on_mouse_up(self) -> None:
        self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        window = self._window()
        if event.y >= len(window) or self._range is not None:
            return
        folded = isinstance(self._rows.row(self.cursor), FoldRow)
        # One click opens a fold; what else can be opened takes two, so that a click only moves.
        if folded if event.chain == 1 else event.chain == 2:
            self.action_open()

    def _wheel(self, lines: int) -> None:
        super()._wheel(lines)
        window = self._window()
        if window and self._range is None and not self._in_sight(self.cursor):
            self._move_to(window[0][0] if lines > 0 else window[-1][0])
