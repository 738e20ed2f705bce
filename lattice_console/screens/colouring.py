"""A place with a diff: gives its lines their colours, off the event loop."""

import asyncio
from dataclasses import dataclass

from textual import on
from textual.message import Message

from lattice_console.screens.place import Place
from lattice_console.widgets.diff_view import Chunk, DiffView
from lattice_console.widgets.highlight import Run

__all__ = ["Colouring"]

_SETTLE = 0.02
"""Seconds for which a scroll position has to last before its lines are coloured."""


class Colouring(Place):
    """Answers the diff view's wish for colours."""

    @dataclass
    class Coloured(Message):
        """A chunk's colours are there."""

        view: DiffView
        chunk: Chunk
        runs: list[list[Run]]

    @on(DiffView.Wanted)
    def _wanted(self, message: DiffView.Wanted) -> None:
        message.stop()
        self.start("colours", self._colour, message.view, message.chunks)

    async def _colour(self, view: DiffView, chunks: tuple[Chunk, ...]) -> None:
        await asyncio.sleep(_SETTLE)
        for chunk in chunks:
            self.post_message(self.Coloured(view, chunk, await asyncio.to_thread(chunk.colour)))

    @on(Coloured)
    def _coloured(self, message: Coloured) -> None:
        message.view.colour(message.chunk, message.runs)
