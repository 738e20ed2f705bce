"""The line above the queue: the saved views with how many mutations each holds, and the filter that is applied."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from lattice_console.cells import cells, cut
from lattice_console.text import inert
from lattice_console.widgets.pieces import MUTED
from lattice_console.widgets.signs import Look
from lattice_console.widgets.sparing import Sparing

__all__ = ["QueueViews"]

_GAP = 3


class QueueViews(Sparing):
    """One line: views to the left, the current one marked by weight and line; the typed filter to the right."""

    DEFAULT_CSS = """
    QueueViews { height: 1; }
    """

    names: reactive[Sequence[str]] = reactive(())
    """The views, as people call them."""

    current: reactive[int] = reactive(0)
    """The view that is shown, from 0."""

    counts: reactive[Mapping[int, int]] = reactive({})
    """How many mutations each view holds, by its place; without those that are not known yet."""

    filter: reactive[str] = reactive("")
    """The filter within the view, as it was typed; empty where there is none."""

    @dataclass
    class Chosen(Message):
        """A view was clicked."""

        index: int

    @dataclass
    class FilterChosen(Message):
        """The filter was clicked."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look

    def draw(self) -> list[Content]:
        parts: list[str | tuple[str, str]] = []
        used = 0
        for index, start, name, number in self._shown():
            current = index == self.current
            parts += [" " * (start - used), (name, "bold underline $accent" if current else MUTED)]
            parts += [(number, "bold $accent" if current else "")]
            used = start + cells(name) + cells(number)
        told = self._told
        parts += [" " * max(0, self.size.width - used - cells(told)), (told, "bold $accent")]
        return [Content.assemble(*parts)]

    @property
    def _told(self) -> str:
        """The filter as it is shown."""
        if not self.filter:
            return ""
        return f"/{cut(inert(self.filter), self.size.width // 2, self._look.signs.ellipsis)} "

    def _shown(self) -> Iterator[tuple[int, int, str, str]]:
        """The views that fit: place, first cell, name and number. The current one always does.

        Those before it go first where they do not all fit, so that the neighbours of the current one are seen.
        """
        texts = [
            (inert(name), f" {self.counts[at]:,}" if at in self.counts else "") for at, name in enumerate(self.names)
        ]
        sizes = [cells(name) + cells(number) + _GAP for name, number in texts]
        room = self.size.width - 1 - cells(self._told) + (_GAP - 1)
        first = 0
        while first < self.current and sum(sizes[first : self.current + 1]) > room:
            first += 1
        at = 1
        for index in range(first, len(texts)):
            if index > self.current and at - 1 + sizes[index] > room:
                return
            yield index, at, *texts[index]
            at += sizes[index]

    def on_click(self, event: events.Click) -> None:
        for index, start, name, number in self._shown():
            if start <= event.x < start + cells(name) + cells(number):
                self.post_message(self.Chosen(index))
                return
        if self.filter and event.x >= self.size.width - cells(self._told):
            self.post_message(self.FilterChosen())
