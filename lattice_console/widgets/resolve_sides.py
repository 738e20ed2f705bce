"""The three sides of a merge: ours, what both started from, and theirs, with what either changed word by word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from lattice_console.cells import cells, cut, fit
from lattice_console.merge.choices import Choice, Written
from lattice_console.text import inert, pointed
from lattice_console.widgets.document_text import DocumentText
from lattice_console.widgets.resolve_layout import PANES, Pane, ResolveLayout
from lattice_console.widgets.resolve_rows import WIDE, ResolveRows, changed, fitted, words_of
from lattice_console.widgets.row_view import Piece, RowView, crop, spread
from lattice_console.widgets.signs import Look

__all__ = ["ResolveSides", "SideInfo", "choice_words"]

_TITLE = 6
"""Cells of a title that say something."""

_STEP = 16
_WIDEST = 4000

_KEYS: Mapping[Pane, str] = {"ours": "1", "base": "0", "theirs": "2"}


@dataclass(frozen=True, slots=True)
class SideInfo:
    """Who made a side, and why: what it is called, its title, its author, and how old it is; `done` says more.

    `why` is its description, with lines.
    """

    name: str
    title: str = ""
    author: str = ""
    age: str = ""
    done: str = ""
    why: str = ""

    def words(self, width: int, look: Look) -> str:
        """All of it as inert text in at most `width` cells; what says more gives way first, then the title."""
        head = " ".join(part for part in (inert(self.name), inert(self.title)) if part)
        for age in (" ".join(part for part in (self.done, self.age) if part), self.age):
            tail = "".join(f" {look.signs.dot} {inert(part)}" for part in (self.author, age) if part)
            if cells(head) + cells(tail) <= width:
                return head + tail
        room = width - cells(tail)
        if room < len(self.name) + _TITLE:
            return cut(head, width, look.signs.ellipsis)
        return cut(head, room, look.signs.ellipsis) + tail


def choice_words(choice: Choice | None) -> str:
    """A choice in a few words."""
    match choice:
        case None:
            return "open"
        case Written():
            return "proposal taken" if choice.proposed else "edited"
        case "ours+theirs":
            return "both, ours first"
        case "theirs+ours":
            return "both, theirs first"
    return f"{choice} taken"


class ResolveSides(ResolveRows, inherit_bindings=False):
    """Beside each other from `WIDE` columns on, else one at a time; every conflict has a line that heads it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l,right", "sideways(1)", "Scroll right", id="resolve.right"),
        Binding("h,left", "sideways(-1)", "Scroll left", id="resolve.left"),
        # There is nothing to open in a side.
        *(one for one in RowView.BINDINGS if isinstance(one, Binding) and one.id != "list.open"),
    ]

    pane: reactive[Pane] = reactive("ours")
    """The side that is shown where there is room for one."""

    @dataclass
    class Scrolled(Message):
        """Other rows came into sight."""

        view: "ResolveSides"

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._infos: Mapping[Pane, SideInfo] = {}

    def show(self, layout: ResolveLayout, infos: Mapping[Pane, SideInfo], row: int) -> None:
        """Show the sides of a merge, with the cursor on a row."""
        self.shown, self._infos, self.shift = layout, infos, 0
        self.renew(row, 0)

    @property
    def wide(self) -> bool:
        """Whether all sides are in sight."""
        return self.size.width >= WIDE

    @property
    def conflict(self) -> int | None:
        """The conflict that the cursor is in, from 0."""
        return self.shown.conflict_at(self.cursor) if self.shown is not None else None

    # -- moving

    def go_to(self, row: int) -> None:
        """Put the cursor on the head of a conflict, with what is before and after it in sight."""
        self._frame(row)
        self.move_to(row)

    def _reveal(self) -> None:
        if self.shown is not None and self.total and self.shown.side_row(self.cursor).offset is None:
            self._frame(self.cursor)
        else:
            super()._reveal()

    def _frame(self, row: int) -> None:
        """Bring a conflict into sight by the row of its head."""
        top = int(self.scroll_offset.y)
        if self.shown is not None and self.total:
            part = self.shown.parts[self.shown.side_row(row).part]
            end = row + min(part.height + 1, self._lines - 3)
            if not (top + 1 <= row and end < top + self._lines):
                self._scroll_so(row - min(3, self._lines // 3))

    def action_sideways(self, by: int) -> None:
        """Scroll long lines of all sides sideways."""
        self.shift = max(0, min(self.shift + by * _STEP, _WIDEST))
        self.refresh()
        self.post_message(self.Scrolled(self))

    def watch_pane(self) -> None:
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Scrolled(self))

    def in_sight(self) -> Sequence[tuple[DocumentText, int, int]]:
        """The first and the last line in sight of each side."""
        layout, found = self.shown, dict[Pane, tuple[int, int]]()
        if layout is None:
            return ()
        top = int(self.scroll_offset.y)
        for index in range(top, min(top + self._lines, layout.total)):
            row = layout.side_row(index)
            for pane in PANES:
                first, count = layout.parts[row.part].lines(pane)
                if row.offset is not None and row.offset < count:
                    line = first + row.offset
                    found[pane] = (found.get(pane, (line,))[0], line)
        return [(layout.documents[pane], first, last) for pane, (first, last) in found.items()]

    # -- drawing

    @property
    def total(self) -> int:
        return self.shown.total if self.shown is not None else 0

    def _widths(self, width: int) -> list[tuple[Pane, int]]:
        if not self.wide:
            return [(self.pane, width)]
        third = (width - 2) // 3
        return [("ours", third), ("base", third), ("theirs", width - 2 - 2 * third)]

    def head(self, width: int) -> Sequence[Sequence[Piece]]:
        if not self._infos:
            return [[]]
        if self.wide:
            pieces: list[Piece] = [(" ", "plain")]
            for at, (pane, room) in enumerate(self._widths(width - 2)):
                text = self._infos[pane].words(room - 3, self._look)
                pieces += [(self._look.signs.divider, "rule")] if at else []
                pieces += [(_KEYS[pane], "chosen"), (f" {fit(text, room - 2)}"[: room - 1], "strong")]
            return [pieces]
        tabs: list[Piece] = [(" ", "plain")]
        for pane in PANES:
            tabs += [
                (f"{_KEYS[pane]} ", "chosen"),
                (pane, "turned" if pane == self.pane else "muted"),
                ("   ", "plain"),
            ]
        used = sum(cells(text) for text, _ in tabs)
        info = self._infos[self.pane].words(width - used - 2, self._look)
        return [spread(tabs, [(f"{info} ", "strong")], width)]

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        layout = self.shown
        if layout is None:
            return ()
        row = layout.side_row(index)
        part = layout.parts[row.part]
        if row.offset is None:
            return self._conflict(layout, part.conflict or 0, width)
        pieces: list[Piece] = []
        for at, (pane, room) in enumerate(self._widths(width)):
            pieces += [(self._look.signs.divider, "rule")] if at else []
            pieces += self._cell(layout, row.part, pane, row.offset, room)
        return pieces

    def _conflict(self, layout: ResolveLayout, number: int, width: int) -> list[Piece]:
        """The line that heads a conflict: which it is, where it stands, and what was chosen."""
        signs, choice = self._look.signs, layout.choices[number]
        conflict = layout.sides.merge.conflicts[number]
        where = f" {signs.dot} {pointed(conflict.pointer, signs.crumb)}" if conflict.pointer else ""
        sign = signs.status["needs_manual_resolution"] if choice is None else signs.check
        offered = layout.offered(number)
        state = offered.taken if offered is not None else choice_words(choice)
        total = len(layout.conflicts)
        left: list[Piece] = [
            (f"{sign} ", "head warning-strong" if choice is None else "head good"),
            (f"Conflict {number + 1} of {total}", "head strong"),
        ]
        left += crop([(where, "head muted")], max(0, width - 34 - cells(state)), signs.ellipsis) if where else []
        right: list[Piece] = [(f"{state} ", "head warning" if choice is None else "head good")]
        room = width - sum(cells(text) for text, _ in left) - cells(state) - 1
        return [*left, (" " * max(1, room), "head"), *right]

    def _cell(self, layout: ResolveLayout, number: int, pane: Pane, offset: int, width: int) -> list[Piece]:
        """One line of one side in exactly so many cells, with the sign of what was done to it."""
        part, document, ellipsis = layout.parts[number], layout.documents[pane], self._look.signs.ellipsis
        first, count = part.lines(pane)
        if offset >= count:
            # An empty line would look the same.
            return fitted([(self._look.signs.dot, "muted")], width, 0, ellipsis)
        if document.plain:
            return fitted([("  ", "plain"), (document.plain[offset], "muted")], width, 0, ellipsis)
        line = first + offset
        text, runs = document.text(line), document.runs(line)
        spans = None if part.same else layout.words(number, pane, offset)
        if spans is None:
            pieces = changed(text, runs, (), "plain")
            return [("  ", "plain"), *fitted(pieces, width - 2, self.shift, ellipsis)]
        kind = "removed" if pane == "base" else "added"
        sign = self._look.signs.minus if pane == "base" else "+"
        pieces = changed(text, runs, words_of(document, line, spans, text), kind)
        return [(f"{sign} ", f"{kind} {kind}-sign"), *fitted(pieces, width - 2, self.shift, ellipsis, kind)]
