"""What the queue's screen is fed with: windows of the list, counts of the views, ids to mark; all by messages."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVarTuple

from textual.message import Message
from textual.worker import Worker

from lattice_console.contract import filters
from lattice_console.contract.backend import Mutations
from lattice_console.contract.errors import LatticeError, ValidationFailed
from lattice_console.contract.models.mutation import MutationSummary
from lattice_console.contract.models.page import Page
from lattice_console.contract.models.query import MutationFilter
from lattice_console.profile.views import View
from lattice_console.screens.pacing import Paced
from lattice_console.screens.paging import around, from_end, from_start, read
from lattice_console.screens.place import Place
from lattice_console.screens.queue_choice import Query
from lattice_console.widgets.queue_list import QueueList
from lattice_console.widgets.queue_marks import MARK_LIMIT
from lattice_console.widgets.queue_window import PAGE, QueueWindow

__all__ = ["Counted", "Failed", "Found", "Grown", "Loaded", "QueueFeed"]

Arguments = TypeVarTuple("Arguments")

_NEWS = 0.5
"""Seconds between two readings of the list because something happened."""

_COUNTS = 1.0
"""Seconds between two countings of the views, at least; longer where a counting takes long."""

_SHARE = 9.0
"""How many times as long as either took it then waits at least."""


@dataclass
class Loaded(Message):
    """A window of what was asked for, and the row for the cursor, which was on row `before` when it was read.

    `before` is None for another list than the one that was shown.
    """

    query: Query
    window: QueueWindow
    cursor: int
    before: int | None = None


@dataclass
class Grown(Message):
    """The page that a cursor of the window led to, behind it (`forward`) or before it."""

    window: QueueWindow
    page: Page[MutationSummary]
    cursor: str
    forward: bool


@dataclass
class Counted(Message):
    """How many mutations each view holds, by the view's slug."""

    counts: Mapping[str, int]


@dataclass
class Found(Message):
    """Mutations to mark, of so many that were meant; then `act` is to be done to what is marked."""

    ids: Sequence[str]
    total: int
    act: str


@dataclass
class Failed(Message):
    """The queue could not be read."""

    error: LatticeError


class QueueFeed:
    """Reads for `place`, around what `listed` shows; `query` and `views` are what is read and counted.

    `kept` is the number of a mutation that is read with the list whether or not it matches.
    """

    def __init__(self, place: Place, listed: QueueList) -> None:
        self._place = place
        self._listed = listed
        self.query = Query()
        self.kept: int | None = None
        self.views: Sequence[View] = ()
        self._news = Paced(self._reload, _NEWS, lambda run: place.start("news", run), share=_SHARE)
        self._counts = Paced(self._count, _COUNTS, lambda run: place.start("counts", run), share=_SHARE)

    def ask(self, query: Query) -> None:
        """Read another list from its start; keys wait for it."""
        self.query, self.kept = query, None
        self._listed.superseded = True
        self._read(self._start)

    def reload(self) -> Worker[None]:
        """Read the list anew around the cursor, now."""
        self._counts.ask()
        return self._read(self._reload)

    def refresh(self) -> None:
        """Read the list anew because something happened: soon, and not too often."""
        self._news.ask()
        self._counts.ask()

    def recount(self) -> None:
        """Count the views anew: soon, and not too often."""
        self._counts.ask()

    def jump(self, index: int) -> None:
        """Read the window around a row that is not held."""
        self._read(self._jump, index)

    def grow(self, forward: bool) -> None:
        """Read the page after the window (`forward`), or before it, unless that is under way."""
        group = "grow after" if forward else "grow before"
        if not any(worker.group == group and not worker.is_finished for worker in self._place.workers):
            self._place.start(group, self._grow, forward)

    def _read(self, work: Callable[[*Arguments], Coroutine[None, None, None]], *args: *Arguments) -> Worker[None]:
        """Read a window, in place of the one that is on its way; while that is of another list, keys wait for it."""
        worker = self._place.start("window", work, *args)
        if self._listed.superseded and self._place.is_current:
            self._place.desk.hold(worker)
        return worker

    def find(self, rows: range | None = None, act: str = "") -> None:
        """Find the ids of these rows of the list, or of all of it, as far as they can be marked; then to do `act`."""
        self._place.start("find", self._find, rows, act)

    # -- in workers

    async def _start(self) -> None:
        query, listed = self.query, self._listed
        try:
            with self._place.desk.working("reading the list"):
                window, cursor = await from_start(
                    self._mutations, self._filter, query.sort, listed.window, listed.cursor
                )
            self._post(Loaded(query, window, cursor))
        except LatticeError as error:
            self._post(Failed(error))

    async def _reload(self) -> None:
        query, listed = self.query, self._listed
        if listed.superseded:
            # There is nothing yet to read around.
            await self._start()
            return
        try:
            before, anchor = listed.cursor, listed.pivot
            window, index = await around(self._mutations, self._filter, query.sort, listed.window, anchor)
            self._post(Loaded(query, window, before + index - anchor, before))
        except LatticeError as error:
            self._post(Failed(error))

    async def _jump(self, index: int) -> None:
        query, listed = self.query, self._listed
        try:
            if index >= listed.window.total - PAGE:
                window = await from_end(self._mutations, self._filter, query.sort)
            else:
                window = await read(self._mutations, self._filter, query.sort, max(0, index - PAGE // 2))
            self._post(Loaded(query, window, listed.cursor, listed.cursor))
        except LatticeError as error:
            self._post(Failed(error))

    async def _grow(self, forward: bool) -> None:
        query, window = self.query, self._listed.window
        cursor = window.next_cursor if forward else window.prev_cursor
        if cursor is None:
            return
        try:
            page = await self._mutations.list(
                filter=self._filter,
                sort=query.sort,
                cursor=cursor,
                direction="next" if forward else "prev",
                limit=PAGE,
            )
        except LatticeError as error:
            self._post(Failed(error))
        else:
            self._post(Grown(window, page, cursor, forward))

    async def _find(self, rows: range | None, act: str) -> None:
        query = self.query
        start, limit = (0, MARK_LIMIT) if rows is None else (rows.start, min(len(rows), MARK_LIMIT))
        try:
            # All that match are not what is kept among them; rows are counted with it.
            narrowed = query.filter if rows is None else self._filter
            page = await self._mutations.list(filter=narrowed, sort=query.sort, offset=start, limit=limit)
        except LatticeError as error:
            self._post(Failed(error))
        else:
            self._post(Found([row.id for row in page.items], page.total if rows is None else len(rows), act))

    async def _count(self) -> None:
        counts: dict[str, int] = {}
        for view in self.views:
            try:
                found = await self._mutations.counts(filter=filters.parse(view.filter))
            except LatticeError:
                # The list tells of what is wrong; a view is as good without its count.
                return
            counts[view.slug] = sum(found.values())
        self._post(Counted(counts))

    @property
    def _filter(self) -> MutationFilter:
        """What is read: what is asked for, and what is kept."""
        wanted = self.query.filter
        if self.kept is None:
            return wanted
        try:
            return filters.either(wanted, MutationFilter(number=(self.kept,)))
        except ValidationFailed:
            # As long as a filter may be: then nothing is kept.
            return wanted

    @property
    def _mutations(self) -> Mutations:
        return self._place.session.backend.mutations

    def _post(self, message: Message) -> None:
        self._place.post_message(message)
