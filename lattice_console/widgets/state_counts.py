"""How many mutations there are in each state: on one line, or as bars where there are several."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive

from lattice_console.cells import cells
from lattice_console.contract.models.mutation import Status
from lattice_console.text import count
from lattice_console.widgets.pieces import MUTED, ROLE_STYLES, status_words
from lattice_console.widgets.signs import Look, status_role
from lattice_console.widgets.sparing import Sparing

__all__ = ["StateCounts"]

_ORDER: tuple[Status, ...] = (
    "pending",
    "approved",
    "needs_manual_resolution",
    "failed",
    "rollback_failed",
    "in_progress",
    "draft",
    "completed",
    "rejected",
    "rolled_back",
    "cancelled",
    "expired",
)
"""What waits for people first."""

_NAME = 15
_GAP = 3

_CURSOR = "$cursor-text on $cursor $cursor-style"


class StateCounts(Sparing, can_focus=True):
    """As high as its style says; from two lines on, a line for each state that occurs.

    With the focus, one of them is under the cursor: left and right move it on the line, up and down among bars.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "step(1)", "Next", id="list.next"),
        Binding("k,up", "step(-1)", "Previous", id="list.previous"),
        Binding("l,right", "move(1)", "State to the right", id="counts.right"),
        Binding("h,left", "move(-1)", "State to the left", id="counts.left"),
        Binding("enter", "open", "Open", id="list.open"),
    ]

    DEFAULT_CSS = """
    StateCounts { height: 1; }
    """

    counts: reactive[Mapping[Status, int] | None] = reactive(None, layout=True)
    """How many mutations there are, by status; None while that is not known."""

    cursor: reactive[int] = reactive(0)
    """Which of the states that are shown is meant, from 0."""

    @dataclass
    class Chosen(Message):
        """The mutations in one state are wanted."""

        status: Status

    @dataclass
    class Passed(Message):
        """The cursor was to move beyond the last line (`by` is 1), or before the first (-1)."""

        by: int

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 1 + sum(1 for number in (self.counts or {}).values() if number)

    @property
    def _is_line(self) -> bool:
        return self.size.height == 1

    # -- moving

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def action_step(self, by: int) -> None:
        """Go to the next bar; from the last, and from the line, on to what comes after."""
        if self._is_line or not 0 <= self._at + by < len(self._shown()):
            self.post_message(self.Passed(by))
        else:
            self.cursor = self._at + by

    def action_move(self, by: int) -> None:
        """Go to a state beside this one."""
        self.cursor = max(0, min(self._at + by, len(self._shown()) - 1))

    def action_open(self) -> None:
        """Ask for the mutations in this state."""
        shown = self._shown()
        if shown:
            self.post_message(self.Chosen(shown[self._at][0]))

    def on_click(self, event: events.Click) -> None:
        for at, (status, start, text) in enumerate(self._shown()):
            if start <= event.x < start + cells(text) if self._is_line else event.y == at + 1:
                self.cursor = at
                self.post_message(self.Chosen(status))

    # -- drawing

    @property
    def _at(self) -> int:
        """The cursor, within what is shown now."""
        return max(0, min(self.cursor, len(self._shown()) - 1))

    @property
    def _total(self) -> str:
        return f" {count(sum((self.counts or {}).values()), 'mutation')}"

    def _shown(self) -> list[tuple[Status, int, str]]:
        """The states that occur; on a line those that fit, with the cell where each begins and what it says."""
        occurring = [(status, number) for status in _ORDER if (number := (self.counts or {}).get(status, 0))]
        if not self._is_line:
            return [(status, 0, "") for status, _ in occurring]
        found: list[tuple[Status, int, str]] = []
        at = cells(self._total)
        for status, number in occurring:
            text = f"{self._look.signs.status[status]} {number:,} {status_words(status)}"
            if at + _GAP + cells(text) < self.size.width:
                found.append((status, at + _GAP, text))
                at += _GAP + cells(text)
        return found

    def draw(self) -> list[Content]:
        if self.counts is None:
            return []
        return [self._line()] if self._is_line else self._bars(self.counts)

    def _line(self) -> Content:
        parts: list[str | tuple[str, str]] = [(self._total, "bold")]
        for at, (status, _, text) in enumerate(self._shown()):
            gap = " " * _GAP
            if self.has_focus and at == self._at:
                parts += [gap, (text, _CURSOR)]
            else:
                parts += [(gap + text[:1], ROLE_STYLES[status_role(status)]), (text[1:], MUTED)]
        return Content.assemble(*parts)

    def _bars(self, counts: Mapping[Status, int]) -> list[Content]:
        signs = self._look.signs
        lines = [Content.assemble((self._total, "bold"))]
        most = max([*counts.values(), 1])
        digits = len(f"{most:,}")
        room = max(1, self.size.width - _NAME - digits - 8)
        for at, (status, _, _) in enumerate(self._shown()):
            number, style = counts[status], ROLE_STYLES[status_role(status)]
            bar = ("=" if self._look.ascii else "━") * max(1, round(room * number / most))
            name = status_words(status).ljust(_NAME)
            if self.has_focus and at == self._at:
                chosen = Content.assemble((f"{signs.status[status]} {name}{number:>{digits},} ", _CURSOR))
                lines.append(Content.assemble((signs.bar, "bold $accent"), chosen, " ", (bar, style)))
            else:
                head = (f" {signs.status[status]} ", style)
                lines.append(Content.assemble(head, (name, MUTED), f"{number:>{digits},}  ", (bar, style)))
        return lines
