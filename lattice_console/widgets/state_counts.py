"""How many mutations there are in each state: on one line, or as bars where there are several."""

from collections.abc import Mapping

from textual.content import Content
from textual.geometry import Size
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


class StateCounts(Sparing):
    """As high as its style says; from two lines on, a line for each state that occurs."""

    DEFAULT_CSS = """
    StateCounts { height: 1; }
    """

    counts: reactive[Mapping[Status, int] | None] = reactive(None, layout=True)
    """How many mutations there are, by status; None while that is not known."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 1 + sum(1 for number in (self.counts or {}).values() if number)

    def draw(self) -> list[Content]:
        if self.counts is None:
            return []
        return [self._line(self.counts)] if self.size.height == 1 else self._bars(self.counts)

    def _line(self, counts: Mapping[Status, int]) -> Content:
        total = f" {count(sum(counts.values()), 'mutation')}"
        parts: list[str | tuple[str, str]] = [(total, "bold")]
        room = self.size.width - cells(total) - 1
        for status in _ORDER:
            number = counts.get(status, 0)
            text = f"   {self._look.signs.status[status]} {number:,} {status_words(status)}"
            if number and room >= cells(text):
                parts += [(text[:4], ROLE_STYLES[status_role(status)]), (text[4:], MUTED)]
                room -= cells(text)
        return Content.assemble(*parts)

    def _bars(self, counts: Mapping[Status, int]) -> list[Content]:
        signs = self._look.signs
        lines = [Content.assemble((f" {count(sum(counts.values()), 'mutation')}", "bold"))]
        most = max([*counts.values(), 1])
        digits = len(f"{most:,}")
        room = max(1, self.size.width - _NAME - digits - 8)
        for status in _ORDER:
            number = counts.get(status, 0)
            if not number:
                continue
            style = ROLE_STYLES[status_role(status)]
            bar = ("=" if self._look.ascii else "━") * max(1, round(room * number / most))
            lines.append(
                Content.assemble(
                    (f" {signs.status[status]} ", style),
                    (status_words(status).ljust(_NAME), MUTED),
                    f"{number:>{digits},}  ",
                    (bar, style),
                )
            )
        return lines
