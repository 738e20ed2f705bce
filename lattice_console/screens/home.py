"""Home: what awaits me, how many mutations are in each state, what ran lately, and what happened."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from lattice_console.contract.errors import LatticeError, NotFound
from lattice_console.contract.events import Event
from lattice_console.contract.models.mutation import Mutation, MutationSummary, Status
from lattice_console.contract.models.page import Page
from lattice_console.contract.models.query import MutationFilter
from lattice_console.screens.falling_behind import FallingBehind
from lattice_console.screens.mutation import MutationScreen
from lattice_console.screens.news import QueueWanted
from lattice_console.screens.objects import screen_of
from lattice_console.screens.session import Session
from lattice_console.screens.titles import load_titles, numbers_of
from lattice_console.text import count
from lattice_console.widgets.event_list import EventList
from lattice_console.widgets.event_window import EventWindow
from lattice_console.widgets.mutation_rows import MutationRows
from lattice_console.widgets.row_view import RowView
from lattice_console.widgets.state_counts import StateCounts

__all__ = ["HomeScreen"]

_AGES = 30.0
_SOME = 50
_EVENTS = 100
_SECTIONS = ("#awaiting", "#drafted", "#lately", "#activity")

_AWAITING = MutationFilter(condition=("awaiting",))
_RAN = MutationFilter(status=("completed", "failed", "rolled_back", "rollback_failed"))


class HomeScreen(FallingBehind):
    """Sections under each other, or beside each other where there is room; Enter opens what the cursor is on."""

    CSS_PATH = "home.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide"), (180, "-broad")]  # noqa: RUF012 - declared so by Screen

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "section(1)", "Next section", id="home.next_section"),
        Binding("shift+tab", "section(-1)", "Previous section", id="home.previous_section"),
        Binding("1", "show_section(0)", "What awaits me", id="home.awaiting"),
        Binding("2", "show_section(2)", "What ran and failed lately", id="home.lately"),
        Binding("3", "show_section(3)", "What happened", id="home.activity"),
        Binding("4", "show_section(1)", "Your drafts", id="home.drafted"),
        Binding("0", "show_counts", "How many in each state", id="home.counts"),
        Binding("slash", "filter", "Filter", id="home.filter"),
        Binding("escape", "back", "Back", id="home.back"),
        Binding("R", "reload", "Refresh", id="place.refresh"),
    ]

    @dataclass
    class Loaded(Message):
        """Everything that is shown here."""

        awaiting: Page[MutationSummary]
        drafted: Sequence[MutationSummary]
        drafts: Mapping[str, int]
        counts: Mapping[Status, int]
        ran: Page[MutationSummary]
        events: Page[Event]
        titles: Mapping[int, str]

    @dataclass
    class Failed(Message):
        """It could not be read."""

        error: LatticeError

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._shown = False
        self._drafts: Mapping[str, int] = {}

    def compose_place(self) -> ComposeResult:
        look = self.session.look
        yield StateCounts(look)
        with Vertical(id="sections"):
            with Vertical(id="mutations"):
                yield MutationRows(look, "Awaiting me", _NOTHING_WAITS, created=True, id="awaiting")
                with Vertical(id="past"):
                    yield MutationRows(look, "Your drafts", _NO_DRAFTS, created=True, id="drafted")
                    yield StateCounts(look, id="states")
                    yield MutationRows(look, "Ran and failed lately", _NOTHING_RAN, created=False, id="lately")
            yield EventList(look, "Activity", id="activity")

    def on_mount(self) -> None:
        super().on_mount()
        self._section(0).focus()
        self.set_interval(_AGES, self._count_ages)

    # -- chrome

    def crumbs(self) -> tuple[str, ...]:
        return ("Home",)

    def hints(self) -> Sequence[tuple[str, str]]:
        counted = isinstance(self.focused, StateCounts)
        first = (("list.open", "in the queue" if counted else "open"),) if counted or self._here.total else ()
        return (*first, ("home.next_section", "next section"), ("go.queue", "queue"), ("go.activity", "activity"))

    def _section(self, index: int) -> RowView:
        return self.query_one(_SECTIONS[index], RowView)

    @property
    def _counts(self) -> StateCounts:
        """The counts that are shown: the line above everything, or the bars beside."""
        return next(counts for counts in self.query(StateCounts) if counts.display)

    @property
    def _here(self) -> RowView:
        """The section with the focus."""
        return self.focused if isinstance(self.focused, RowView) else self._section(0)

    def _count_ages(self) -> None:
        for index in range(len(_SECTIONS)):
            self._section(index).refresh()

    # -- news

    def connected(self) -> None:
        self.action_reload()

    def happened(self, events: Sequence[Event]) -> None:
        self.fall_behind()

    def mutation_changed(self, mutation: Mutation) -> None:
        self.fall_behind()

    def on_screen_resume(self) -> None:
        if not self.behind and self._drafts_are_others():
            self.action_reload()

    def _drafts_are_others(self) -> bool:
        try:
            return self.session.keeping.drafted() != self._drafts
        except LatticeError:
            # Said when everything is read anew.
            return True

    # -- reading

    def read_anew(self) -> None:
        """Read everything anew; cursors stay on what they are on."""
        self.start("home", self._load)

    async def _load(self) -> None:
        backend = self.session.backend
        try:
            drafts = self.session.keeping.drafted()
            awaiting, drafted, counts, ran, events = await asyncio.gather(
                backend.mutations.list(filter=_AWAITING, sort="-age", limit=_SOME),
                self._find(list(drafts)[:_SOME]),
                backend.mutations.counts(),
                backend.mutations.list(filter=_RAN, sort="-updated", limit=_SOME),
                backend.events.list(limit=_EVENTS),
            )
            titles = {row.number: row.title for row in (*awaiting.items, *drafted, *ran.items)}
            titles |= await load_titles(self.session, numbers_of(events.items) - titles.keys())
            self.post_message(self.Loaded(awaiting, drafted, drafts, counts, ran, events, titles))
        except LatticeError as error:
            self.post_message(self.Failed(error))

    async def _find(self, ids: Sequence[str]) -> list[MutationSummary]:
        """The mutations with these ids, by number, those with none left out."""
        found: list[MutationSummary] = []
        for id in ids:
            with suppress(NotFound):
                found.append(await self.session.backend.mutations.get(id))
        return sorted(found, key=lambda row: row.number)

    @on(Loaded)
    def _loaded(self, message: Loaded) -> None:
        self._shown = True
        for counts in self.query(StateCounts):
            counts.counts = message.counts
        oldest = next(iter(message.awaiting.items), None)
        waits = f"the oldest for {self.session.look.age(oldest.created_at)}" if oldest else ""
        self.query_one("#awaiting", MutationRows).show(message.awaiting.items, message.awaiting.total, waits)
        drafted, notes = message.drafted, {id: count(number, "draft") for id, number in message.drafts.items()}
        self._drafts = message.drafts
        self.set_class(bool(drafted), "-drafted")
        self.query_one("#drafted", MutationRows).show(drafted, len(drafted), "on this machine, not sent yet", notes)
        self.query_one("#lately", MutationRows).show(message.ran.items, message.ran.total)
        activity = self.query_one("#activity", EventList)
        activity.titles = message.titles
        activity.say_instead(["Nothing has happened yet."])
        activity.show(EventWindow(message.events), keep=True)
        if not self._here.total and not isinstance(self.focused, StateCounts):
            self._step(1)
        self.refresh_chrome()

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        self.unreachable(message.error)

    def unreachable(self, error: LatticeError) -> None:
        """Say why nothing can be read; what was read stays."""
        self.behind = True
        if self._shown:
            self.desk.say(error.message, "error")
        else:
            self.query_one("#activity", EventList).say_instead([error.message, "", "R tries again."])

    # -- moving

    def action_section(self, by: int) -> None:
        """Go to the next or the previous section."""
        sections = [self._section(index) for index in range(len(_SECTIONS))]
        views: list[Widget] = [self._counts, *(section for section in sections if section.display)]
        at = next((at for at, view in enumerate(views) if view.has_focus), 1)
        views[(at + by) % len(views)].focus()

    def action_show_counts(self) -> None:
        """Go to the counts."""
        self._counts.focus()

    def action_show_section(self, index: int) -> None:
        """Go to a section."""
        section = self._section(index)
        if section.display:
            section.focus()
        else:
            self.desk.say("You have no drafts. c on a line of a mutation begins one.")

    @on(RowView.Passed)
    def _passed(self, message: RowView.Passed) -> None:
        self._step(message.by)

    @on(StateCounts.Passed)
    def _passed_counts(self, message: StateCounts.Passed) -> None:
        # The line stands above all sections, the bars above what ran lately.
        after = _SECTIONS.index("#lately") if self._counts.id == "states" else 0
        self._go_on(after if message.by > 0 else after - 1, message.by)

    @on(StateCounts.Chosen)
    def _chosen(self, message: StateCounts.Chosen) -> None:
        self.app.post_message(QueueWanted(f"status:{message.status}"))

    def _step(self, by: int) -> None:
        """Go on in the nearest section after this one (before it, with -1) that has rows."""
        self._go_on(_SECTIONS.index(f"#{self._here.id}") + by, by)

    def _go_on(self, index: int, by: int) -> None:
        """Go to the first section with rows from this one on (back, with -1); before all of them stand the counts."""
        while 0 <= index < len(_SECTIONS):
            section = self._section(index)
            if section.total:
                section.move_to(0 if by > 0 else section.total - 1)
                section.focus()
                return
            index += by
        if index < 0 and self._counts.id != "states":
            self._counts.focus()

    def on_descendant_focus(self) -> None:
        self.refresh_chrome()

    def action_filter(self) -> None:
        """Say where there is a filter."""
        self.desk.say("Home shows everything. F2 is the queue and F6 the activity: / filters them.")

    def action_back(self) -> None:
        """Say where one is."""
        self.desk.say("Nothing is open here that Esc could leave. F2 is the queue, q quits.")

    # -- opening

    @on(MutationRows.Opened, "#awaiting")
    @on(MutationRows.Opened, "#drafted")
    @on(MutationRows.Opened, "#lately")
    def _opened_mutation(self, message: MutationRows.Opened) -> None:
        rows = message.view
        if isinstance(rows, MutationRows) and rows.row is not None:
            self.app.push_screen(MutationScreen(self.session, rows.row))

    @on(EventList.Opened, "#activity")
    def _opened_event(self) -> None:
        event = self.query_one("#activity", EventList).event
        if event is not None and self.session.connected:
            self.desk.expect(self.start("open", self._open, event))

    async def _open(self, event: Event) -> None:
        try:
            self.app.push_screen(await screen_of(self.session, event))
        except LatticeError as error:
            self.desk.say(error.message, "warning")


_NOTHING_WAITS = ("Nothing awaits you. F2 shows the queue with everybody's.",)
_NO_DRAFTS = ("You have no drafts.",)
_NOTHING_RAN = ("Nothing has been executed yet. What is approved is executed from the queue (F2), with e.",)
