"""The line above the queue: how many mutations there are in each state, and the filter that is applied."""

from collections.abc import Mapping

from textual.content import Content
from textual.reactive import reactive

from lattice_console.cells import cells, cut
from lattice_console.contract.models.mutation import Status
from lattice_console.text import count, inert
from lattice_console.widgets.pieces import MUTED, ROLE_STYLES, status_words
from lattice_console.widgets.signs import Look, status_role
from lattice_console.widgets.sparing import Sparing

__all__ = ["QueueSummary"]

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


class QueueSummary(Sparing):
    """One line: counts to the left, the filter to the right."""

    DEFAULT_CSS = """
    QueueSummary { height: 1; }
    """

    counts: reactive[Mapping[Status, int] | None] = reactive(None)
    """How many mutations match, by status; None while that is not known."""

    filter: reactive[str] = reactive("")
    """The filter as it was typed; empty where none is applied."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look

    def draw(self) -> list[Content]:
        width, signs = self.size.width, self._look.signs
        shown = f"/{cut(inert(self.filter), width // 2, signs.ellipsis)} " if self.filter else ""
        parts: list[str | tuple[str, str]] = []
        room = width - cells(shown) - 1
        if self.counts is not None:
            total = f" {count(sum(self.counts.values()), 'mutation')}"
            parts.append((total, "bold"))
            room -= cells(total)
            for status in _ORDER:
                number = self.counts.get(status, 0)
                text = f"   {signs.status[status]} {number:,} {status_words(status)}"
                if number and room >= cells(text):
                    parts += [(text[:4], ROLE_STYLES[status_role(status)]), (text[4:], MUTED)]
                    room -= cells(text)
        parts.append(" " * max(0, room))
        parts.append((shown, "bold $accent"))
        return [Content.assemble(*parts)]
