"""The pane beside the event log: one event in full."""

from collections.abc import Mapping

from textual.content import Content

from lattice_console.cells import wrap
from lattice_console.contract.events import Event
from lattice_console.telling import tell
from lattice_console.text import inert
from lattice_console.widgets.event_list import event_sign
from lattice_console.widgets.pieces import MUTED, ROLE_STYLES, paragraph
from lattice_console.widgets.signs import Look, moment
from lattice_console.widgets.sparing import Sparing

__all__ = ["EventDetail"]


class EventDetail(Sparing):
    """Who did what, when; the whole reason or remark; and the event's own name and number."""

    DEFAULT_CSS = """
    EventDetail { height: 1fr; padding: 0 0 0 1; }
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look
        self._event: Event | None = None
        self._titles: Mapping[int, str] = {}

    def show(self, event: Event | None, titles: Mapping[int, str]) -> None:
        """Show an event, or nothing; `titles` are those of mutations by number."""
        self._event, self._titles = event, titles
        self.refresh()

    def draw(self) -> list[Content]:
        event = self._event
        if event is None:
            return []
        told, width = tell(event), max(8, self.size.width - 2)
        title = inert(self._titles.get(told.number or 0, ""))
        sign, role = event_sign(event, told, self._look)
        who = inert(event.actor.handle)
        first, *more = wrap(f"{who} {told.sentence(title)}" if told.before else f"{told.sentence(title)}", width - 3)
        lines = [Content.assemble((f" {sign} ", ROLE_STYLES.get(role, "")), (first, "bold"))]
        lines += [Content.assemble("   ", (line, "bold")) for line in more]
        name = inert(event.actor.name)
        by = who if name in ("", who) else f"{name} ({who})"
        lines += [Content(""), _fact("when", f"{moment(event.at)}, {self._look.age(event.at)}"), _fact("by", by)]
        lines += [_fact("event", f"{inert(event.name)}, number {event.seq:,}")]
        if told.detail:
            lines += [Content(""), *paragraph(told.detail, width, 3)]
        return lines


def _fact(name: str, text: str) -> Content:
    return Content.assemble((f"   {name:<7}", MUTED), text)
