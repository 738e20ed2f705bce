"""What the actor has in hand, as screens use it: drafts, typed texts and viewed marks, kept on disk off the event loop.

What is asked is read where it stands: the files are small, and looked at anew only where they changed. What is kept is
written in threads, one after the other, so that the last text stays.
"""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from lattice_console.contract.errors import LatticeError
from lattice_console.merge.choices import History
from lattice_console.merge.diff import Whitespace
from lattice_console.profile.drafts import Draft, Drafts
from lattice_console.profile.left_off import Bookmark, Layout
from lattice_console.profile.resolving import Meeting, Resolving
from lattice_console.profile.store import Tell
from lattice_console.profile.viewed import FileState, Viewed

__all__ = ["Keeping"]

_SENDING = "sending"
"""The name under which the ids of drafts stand that are on their way."""

T = TypeVar("T")


class Keeping:
    """Drafts and marks in `folder`. `tell` may be called in any thread."""

    def __init__(self, folder: Path, tell: Tell) -> None:
        self._drafts = Drafts(folder, tell)
        self._viewed = Viewed(folder, tell)
        self._bookmark = Bookmark(folder, tell)
        self._resolving = Resolving(folder, tell)
        self._tell = tell
        self._taste: tuple[Layout, Layout, Whitespace, bool] | None = None
        self._writing = asyncio.Lock()
        self._typed: dict[object, Callable[[], None]] = {}
        self._typing: set[asyncio.Task[None]] = set()
        self.under_way: set[str] = set()
        """The ids of mutations whose drafts are being sent from here, now."""

    async def _do(self, work: Callable[[], T]) -> T:
        async with self._writing:
            return await asyncio.to_thread(work)

    # -- drafts

    def drafts(self, mutation_id: str) -> tuple[Draft, ...]:
        """The drafts of a mutation, the oldest first."""
        return self._drafts.of(mutation_id)

    def drafted(self) -> dict[str, int]:
        """How many drafts each mutation has, of those that have any."""
        return self._drafts.count()

    async def save(self, draft: Draft) -> None:
        """Keep a draft, in the place of the one with its id; raises LatticeError."""
        await self._do(lambda: self._drafts.save(draft))

    async def remove(self, *ids: str) -> None:
        """Forget drafts; raises LatticeError."""
        await self._do(lambda: self._drafts.remove(*ids))

    def typed(self, draft: Draft) -> None:
        """Keep a draft while it is typed: soon, and without waiting for it; one without words is forgotten."""
        empty = not draft.text.strip() and draft.suggestion is None
        self._soon(draft.id, (lambda: self._drafts.remove(draft.id)) if empty else lambda: self._drafts.save(draft))

    # -- drafts on their way

    def sending(self, mutation_id: str) -> frozenset[str]:
        """The ids of drafts that were being sent when the answer was lost, so that they may have arrived."""
        return frozenset(self._drafts.unsent(mutation_id, _SENDING).split())

    async def send(self, mutation_id: str, ids: Iterable[str]) -> None:
        """Take note of what is being sent; of nothing, once the answer is there."""
        text = " ".join(ids)
        await self._do(lambda: self._drafts.keep_unsent(mutation_id, _SENDING, text))

    # -- texts of dialogs

    def unsent(self, mutation_id: str, action: str) -> str:
        """What was typed in the dialog of an action on a mutation; empty where nothing was."""
        return self._drafts.unsent(mutation_id, action)

    def keep_unsent(self, mutation_id: str, action: str, text: str) -> None:
        """Keep what was typed in a dialog: soon, and without waiting for it; an empty text forgets it."""
        self._soon((mutation_id, action), lambda: self._drafts.keep_unsent(mutation_id, action, text))

    def unsaid(self, mutation_id: str, action: str, text: str) -> None:
        """Keep a text that was sent and taken back, unless another one is typed by now."""
        if text and not self.unsent(mutation_id, action):
            self.keep_unsent(mutation_id, action, text)

    def said(self, mutation_id: str, action: str, text: str) -> None:
        """Forget a text, as it was sent, unless another one is typed by now."""
        if text and self.unsent(mutation_id, action) == text:
            self.keep_unsent(mutation_id, action, "")

    def _soon(self, what: object, work: Callable[[], None]) -> None:
        """Do `work`, in place of what is still to be done for the same."""
        idle = what not in self._typed
        self._typed[what] = work
        if idle:
            task = asyncio.create_task(self._write(what))
            self._typing.add(task)
            task.add_done_callback(self._typing.discard)

    async def _write(self, what: object) -> None:
        async with self._writing:
            work = self._typed.pop(what)
            try:
                await asyncio.to_thread(work)
            except LatticeError as error:
                self._tell(error.message)

    async def settled(self) -> None:
        """Wait until everything typed is on the disk."""
        while self._typing:
            await asyncio.wait(self._typing)

    # -- viewed marks

    def viewed(self, mutation_id: str, files: Iterable[FileState]) -> frozenset[int]:
        """The numbers, from 0, of those files that are marked."""
        return frozenset(at for at, file in enumerate(files) if self._viewed.is_viewed(mutation_id, *file))

    async def toggle_viewed(self, mutation_id: str, file: FileState) -> bool:
        """Turn the mark of a file; returns whether it is viewed now. Raises LatticeError."""
        return await self._do(lambda: self._viewed.toggle(mutation_id, *file))

    # -- how diffs are looked at

    def taste(self) -> tuple[Layout, Layout, Whitespace, bool]:
        """How diffs were shown last here: their layouts, which whitespace counts, and whether long lines are wrapped.

        What other consoles choose meanwhile is for those that are opened later.
        """
        if self._taste is None:
            left = self._bookmark.read()
            self._taste = left.layout, left.narrow, left.whitespace, left.wrap
        return self._taste

    def keep_taste(self, layout: Layout, narrow: Layout, whitespace: Whitespace, wrap: bool) -> None:
        """Keep how diffs are shown: soon, and without waiting for it."""
        self._taste = layout, narrow, whitespace, wrap
        self._soon("taste", lambda: self._bookmark.keep(layout=layout, narrow=narrow, whitespace=whitespace, wrap=wrap))

    # -- conflicts in hand

    def chosen(self, meeting: Meeting) -> History | None:
        """What was chosen for the conflicts of a document; None where nothing was, or other texts met then."""
        return self._resolving.of(meeting)

    def keep_chosen(self, meeting: Meeting, history: History) -> None:
        """Keep what is chosen: soon, and without waiting for it."""
        self._soon(meeting, lambda: self._resolving.save(meeting, history))

    async def forget_chosen(self, mutation_id: str) -> None:
        """Forget what was chosen for a mutation; raises LatticeError."""
        await self.settled()
        await self._do(lambda: self._resolving.forget(mutation_id))
