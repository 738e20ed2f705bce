"""The queue: every mutation that matches the filter, newest first, with a preview beside where there is room."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.events import Event
from lattice_console.contract.models.mutation import Mutation, MutationSummary, Status
from lattice_console.contract.models.query import EVERYTHING, MutationFilter
from lattice_console.screens.acting import ActingPlace
from lattice_console.screens.loading import load_changes
from lattice_console.screens.mutation import MutationScreen
from lattice_console.screens.paging import around, from_end
from lattice_console.screens.place import FOLLOW
from lattice_console.screens.session import Session
from lattice_console.text import inert
from lattice_console.widgets.file_change import FileChange
from lattice_console.widgets.filter_bar import FilterBar
from lattice_console.widgets.preview import Preview
from lattice_console.widgets.queue_list import QueueList
from lattice_console.widgets.queue_summary import QueueSummary
from lattice_console.widgets.queue_window import PAGE, QueueWindow

__all__ = ["QueueScreen"]

_AGES = 30.0
"""Seconds after which the ages on the screen are counted anew."""


class QueueScreen(ActingPlace):
    """Where the console starts."""

    CSS_PATH = "queue.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - declared so by Screen

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="queue.filter"),
        Binding("R", "reload", "Refresh", id="place.refresh"),
    ]

    @dataclass
    class Loaded(Message):
        """A window of the queue, and the row for the cursor."""

        window: QueueWindow
        cursor: int

    @dataclass
    class Counted(Message):
        """How many mutations match, by status."""

        counts: dict[Status, int]

    @dataclass
    class Previewed(Message):
        """A mutation for the preview, with its files."""

        mutation: Mutation
        files: tuple[FileChange, ...]

    @dataclass
    class Grown(Message):
        """The window has a page more."""

        window: QueueWindow

    @dataclass
    class Failed(Message):
        """The queue could not be read."""

        error: LatticeError

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._filter: MutationFilter = EVERYTHING
        self._follow: Timer | None = None

    def compose_place(self) -> ComposeResult:
        look = self.session.look
        yield QueueSummary(look)
        yield FilterBar()
        with Horizontal(id="panes"):
            yield QueueList(look)
            yield Static(id="empty", markup=False)
            yield Preview(look)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(QueueList).focus()
        self._say_instead(f"Opening {self.session.settings.root.name}{self.session.look.signs.ellipsis}")
        self.set_interval(_AGES, self.query_one(QueueList).refresh_ages)

    # -- chrome

    def crumbs(self) -> tuple[str, ...]:
        return ("Queue",)

    def hints(self) -> Sequence[tuple[str, str]]:
        if self.has_class("-filtering"):
            return ()
        row = self.subject()
        acts = self.acts(row.status) if row else ()
        first = (("list.open", "open"),) if row else ()
        return (*acts[:3], *first, ("queue.filter", "filter"))

    def subject(self) -> MutationSummary | None:
        return self.query_one(QueueList).row

    # -- news

    def connected(self) -> None:
        self.action_reload()

    def happened(self, events: Sequence[Event]) -> None:
        self.action_reload()

    def mutation_changed(self, mutation: Mutation) -> None:
        self.query_one(QueueList).update_row(_summary(mutation))

    # -- the window

    def action_reload(self) -> None:
        """Read the queue anew around the cursor, which stays on its mutation."""
        if self.session.connected:
            self.start("window", self._reload)
        self.desk.connect()

    async def _reload(self) -> None:
        listed = self.query_one(QueueList)
        mutations = self.session.backend.mutations
        try:
            before, anchor = listed.cursor, listed.pivot
            window, index = await around(mutations, self._filter, listed.window, anchor)
            self.post_message(self.Loaded(window, before + index - anchor))
            self.post_message(self.Counted(await mutations.counts(filter=self._filter)))
        except LatticeError as error:
            self.post_message(self.Failed(error))

    @on(QueueList.Wanted)
    def _wanted(self, message: QueueList.Wanted) -> None:
        self.start("window", self._jump, message.index)

    async def _jump(self, index: int) -> None:
        listed = self.query_one(QueueList)
        mutations = self.session.backend.mutations
        try:
            if index >= listed.window.total - PAGE:
                window = await from_end(mutations, self._filter)
            else:
                first = max(0, index - PAGE // 2)
                window = QueueWindow(await mutations.list(filter=self._filter, offset=first, limit=PAGE), first)
            self.post_message(self.Loaded(window, listed.cursor))
        except LatticeError as error:
            self.post_message(self.Failed(error))

    @on(QueueList.NearEdge)
    def _near_edge(self, message: QueueList.NearEdge) -> None:
        group = "grow after" if message.forward else "grow before"
        if not any(worker.group == group and not worker.is_finished for worker in self.workers):
            self.start(group, self._grow, message.forward)

    async def _grow(self, forward: bool) -> None:
        window = self.query_one(QueueList).window
        cursor = window.next_cursor if forward else window.prev_cursor
        try:
            page = await self.session.backend.mutations.list(
                filter=self._filter, cursor=cursor, direction="next" if forward else "prev", limit=PAGE
            )
        except LatticeError as error:
            self.post_message(self.Failed(error))
            return
        # It may have been replaced, or have grown at this end, while the page was on its way.
        if cursor is not None and cursor == (window.next_cursor if forward else window.prev_cursor):
            (window.append if forward else window.prepend)(page)
            self.post_message(self.Grown(window))

    @on(Grown)
    def _grown(self, message: Grown) -> None:
        listed = self.query_one(QueueList)
        if listed.window is message.window:
            listed.grown()

    @on(Loaded)
    def _loaded(self, message: Loaded) -> None:
        self.query_one(QueueList).show(message.window, message.cursor)
        if message.window.total:
            self._say_instead("")
        elif self.session.filter:
            self._say_instead(f"No mutation matches {self.session.filter}\n\n/ changes the filter.")
        else:
            self._say_instead(_FIRST_STEPS)

    @on(Counted)
    def _counted(self, message: Counted) -> None:
        self.query_one(QueueSummary).counts = message.counts

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        self.unreachable(message.error)

    def unreachable(self, error: LatticeError) -> None:
        """Say why nothing can be read: in place of the queue where there is none."""
        if self.query_one(QueueList).window.total:
            self.desk.say(error.message, "error")
        else:
            self._say_instead(f"{error.message}\n\nR tries again.")

    def _say_instead(self, text: str) -> None:
        """Show words in place of the list; the list, where there are none."""
        empty = self.query_one("#empty", Static)
        empty.update(Content(inert(text, lines=True)))
        empty.display = bool(text)
        self.query_one(QueueList).set_class(bool(text), "-empty")

    # -- the cursor

    @on(QueueList.Highlighted)
    def _highlighted(self, message: QueueList.Highlighted) -> None:
        if self._follow is not None:
            self._follow.stop()
        self._follow = self.set_timer(FOLLOW, self._settled)

    def _settled(self) -> None:
        """The cursor rests: footer and preview catch up with it."""
        self.refresh_chrome()
        self._preview()

    def on_resize(self) -> None:
        # Whether there is a preview is known once the new size has been laid out.
        self.call_after_refresh(self._preview)

    def _preview(self) -> None:
        row = self.subject()
        preview = self.query_one(Preview)
        if row is None:
            preview.clear()
        elif preview.display and self.size.width >= 120 and self.session.connected:
            self.start("preview", self._load_preview, row.id)

    async def _load_preview(self, id: str) -> None:
        try:
            mutation = await self.session.backend.mutations.get(id)
            self.post_message(self.Previewed(mutation, await load_changes(self.session, mutation.changes)))
        except LatticeError as error:
            self.desk.say(error.message, "error")

    @on(Previewed)
    def _previewed(self, message: Previewed) -> None:
        row = self.subject()
        if row is not None and row.id == message.mutation.id:
            self.query_one(Preview).show(message.mutation, message.files)

    @on(QueueList.Opened)
    def _opened(self, message: QueueList.Opened) -> None:
        self.app.push_screen(MutationScreen(self.session, message.row))

    # -- the filter

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).open(self.session.filter)
        self.add_class("-filtering")
        self.refresh_chrome()

    @on(FilterBar.Applied)
    def _applied(self, message: FilterBar.Applied) -> None:
        self.session.filter, self._filter = message.text, message.filter
        self.query_one(QueueSummary).filter = message.text
        self._close_filter()
        self.action_reload()

    @on(FilterBar.Left)
    def _close_filter(self) -> None:
        self.query_one(FilterBar).close()
        self.remove_class("-filtering")
        self.query_one(QueueList).focus()
        self.refresh_chrome()


_FIRST_STEPS = """Nothing has been proposed yet.

Bring files under review:    lattice track 'docs/*.yaml'
Propose what you changed:    lattice mutation create --title "…" --files docs/api.yaml
Or propose a new spec:       lattice spec create --name user-auth --template authentication

What is proposed appears here by itself."""


def _summary(mutation: Mutation) -> MutationSummary:
    return MutationSummary.model_construct(**{name: getattr(mutation, name) for name in MutationSummary.model_fields})
