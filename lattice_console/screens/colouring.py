"""A place with a diff: does what takes the diff view time, off the event loop."""

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass

from textual import on
from textual.message import Message

from lattice_console.screens.place import Place
from lattice_console.widgets.diff_view import DiffView

__all__ = ["Colouring"]

_SETTLE = 0.02
"""Seconds for which a wish has to last before it is worked on: a held key makes many."""


class Colouring(Place):
    """Answers the diff view's wishes: colours, changed words, searches, comparisons."""

    @dataclass
    class Done(Message):
        """What was wished for is there."""

        work: DiffView.Work
        result: object

    @on(DiffView.Work)
    def _wished(self, message: DiffView.Work) -> None:
        message.stop()
        self.start(f"diff {message.group}", self._work, message)

    async def _work(self, work: DiffView.Work) -> None:
        await asyncio.sleep(_SETTLE)
        with self.desk.working(work.label) if work.label else nullcontext():
            result = await asyncio.to_thread(work.run)
        self.post_message(self.Done(work, result))

    @on(DiffView.Refused)
    def _refused(self, message: DiffView.Refused) -> None:
        message.stop()
        self.desk.say(message.reason)

    @on(Done)
    def _done(self, message: Done) -> None:
        message.work.take(message.result)
