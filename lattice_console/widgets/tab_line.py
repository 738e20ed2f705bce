"""The line that names the parts of a place, and says where in one of them the cursor is."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from lattice_console.cells import cells, cut_front
from lattice_console.widgets.pieces import MUTED
from lattice_console.widgets.signs import Look
from lattice_console.widgets.sparing import Sparing

__all__ = ["TabLine"]

_LEAST = 8
"""Cells of a place in words that are worth to be shown."""


class TabLine(Sparing):
    """Names to the left, the current one marked by weight and line; a place in words to the right."""

    DEFAULT_CSS = """
    TabLine { height: 1; }
    """

    names: reactive[Sequence[str]] = reactive(())
    """The parts, as they are printed."""

    current: reactive[int] = reactive(0)
    """The part that is shown, from 0."""

    where: reactive[str] = reactive("")
    """Where in the part the cursor is; inert."""

    @dataclass
    class Chosen(Message):
        """A name was clicked."""

        index: int

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def draw(self) -> list[Content]:
        parts: list[str | tuple[str, str]] = [" "]
        for index, name in enumerate(self.names):
            parts += [(name, "bold underline $accent" if index == self.current else MUTED), "   "]
        used = sum(cells(part if isinstance(part, str) else part[0]) for part in parts)
        room = self.size.width - used - 1
        # So little of it that it says nothing is left out.
        where = cut_front(self.where, room, self._look.signs.ellipsis) if room >= min(_LEAST, cells(self.where)) else ""
        parts += [" " * max(0, self.size.width - used - cells(where) - 1), (where, MUTED)]
        return [Content.assemble(*parts)]

    def on_click(self, event: events.Click) -> None:
        at = 1
        for index, name in enumerate(self.names):
            if at <= event.x < at + cells(name):
                self.post_message(self.Chosen(index))
            at += cells(name) + 3
