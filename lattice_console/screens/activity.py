"""Activity: the event log, live, from what happened to what it happened to."""

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

from lattice_console.contract.errors import LatticeError, NotFound
from lattice_console.contract.event_filter import EventFilter, parse_event_filter
from lattice_console.contract.events import Event
from lattice_console.contract.models.page import Page
from lattice_console.screens.filtering import close_filter, open_filter, say_unreachable
from lattice_console.screens.objects import screen_of
from lattice_console.screens.place import FOLLOW, Place
from lattice_console.screens.session import Session
from lattice_console.screens.titles import load_titles, numbers_of
from lattice_console.text import inert
from lattice_console.widgets.event_detail import EventDetail
from lattice_console.widgets.event_list import EventList
from lattice_console.widgets.event_window import EventWindow
from lattice_console.widgets.narrow_bar import NarrowBar

__all__ = ["ActivityScreen"]

_PAGE = 200
_AGES = 30.0
_COALESCE = 0.3
"""Seconds for which news are collected before titles, or what matches a filter, are asked for."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A filter as typed, and as the Backend takes it."""

    text: str = ""
    names: tuple[str, ...] = ()
    actor: str | None = None
    subject: str | None = None


class ActivityScreen(Place):
    """Newest first. At the top, what happens is followed; elsewhere it is counted and nothing moves."""

    CSS_PATH = "activity.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (140, "-wide")]  # noqa: RUF012 - declared so by Screen

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="activity.filter"),
        Binding("escape", "clear", "Drop the filter", id="activity.clear"),
        Binding("R", "reload", "Refresh", id="place.refresh"),
    ]

    @dataclass
    class Loaded(Message):
        """The newest page of what a filter means."""

        narrowed: Narrowed
        page: Page[Event]
        keep: bool

    @dataclass
    class Caught(Message):
        """What came in and matches the filter."""

        narrowed: Narrowed
        page: Page[Event]

    @dataclass
    class Grown(Message):
        """An older page, and the cursor that led to it."""

        cursor: str
        page: Page[Event]

    @dataclass
    class Named(Message):
        """The titles of mutations that were asked for, by number."""

        asked: set[int]
        titles: dict[int, str]

    @dataclass
    class Refused(Message):
        """A filter that cannot be."""

        problem: str

    @dataclass
    class Failed(Message):
        """The log could not be read."""

        error: LatticeError

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._narrowed = Narrowed()
        self._titles: dict[int, str] = {}
        self._untitled: set[int] = set()
        self._catching: Timer | None = None
        self._naming: Timer | None = None
        self._follow: Timer | None = None

    def compose_place(self) -> ComposeResult:
        look = self.session.look
        yield NarrowBar("name:mutation.* actor:kim M-12", _HINT)
        yield Static(id="narrowed", markup=False)
        with Horizontal(id="panes"):
            yield EventList(look)
            yield EventDetail(look)

    def on_mount(self) -> None:
        self._list.focus()
        self._say_filter()
        self.action_reload()
        self.set_interval(_AGES, self._list.refresh)

    @property
    def _list(self) -> EventList:
        return self.query_one(EventList)

    # -- chrome

    def crumbs(self) -> tuple[str, ...]:
        return ("Activity",)

    def hints(self) -> Sequence[tuple[str, str]]:
        if self.query_one(NarrowBar).has_class("-open"):
            return ()
        first = (("list.open", "open"),) if self._list.event else ()
        dropped = (("activity.clear", "drop the filter"),) if self._narrowed.text else ()
        return (*first, ("activity.filter", "filter"), *dropped, ("list.top", "newest"), ("go.queue", "queue"))

    def on_descendant_focus(self) -> None:
        self.refresh_chrome()

    def _say_filter(self) -> None:
        text = self._narrowed.text
        shown = Content.assemble((f" /{inert(text)}", "bold $accent") if text else (" Everything", "bold"))
        self.query_one("#narrowed", Static).update(shown)

    # -- news

    def connected(self) -> None:
        self.action_reload()

    def happened(self, events: Sequence[Event]) -> None:
        window = self._list.window
        if window is None:
            return
        if self._narrowed.text:
            # Whether an event matches is the Backend's to say; it is asked once for all that come in a while.
            if self._catching is None:
                self._catching = self.set_timer(_COALESCE, self._catch)
        else:
            self._list.arrived(window.arrived(events))
            self._name_soon(events)

    # -- reading

    def action_reload(self) -> None:
        """Read the log anew; the cursor stays on its event."""
        if self.session.connected:
            self.start("log", self._load, self._narrowed, True)
        self.desk.connect()

    async def _load(self, narrowed: Narrowed, keep: bool) -> None:
        try:
            self.post_message(self.Loaded(narrowed, await self._read(narrowed), keep))
        except LatticeError as error:
            self.post_message(self.Failed(error))

    async def _read(self, narrowed: Narrowed, cursor: str | None = None) -> Page[Event]:
        return await self.session.backend.events.list(
            names=narrowed.names, actor=narrowed.actor, subject=narrowed.subject, cursor=cursor, limit=_PAGE
        )

    @on(Loaded)
    def _loaded(self, message: Loaded) -> None:
        self._narrowed = message.narrowed
        self._say_filter()
        self._list.say_instead(_NO_MATCH if message.narrowed.text else _NOTHING)
        self._list.show(EventWindow(message.page), keep=message.keep)
        self._name_soon(message.page.items)
        self.refresh_chrome()

    def _catch(self) -> None:
        self._catching = None
        self.start("catch", self._load_news, self._narrowed)

    async def _load_news(self, narrowed: Narrowed) -> None:
        try:
            self.post_message(self.Caught(narrowed, await self._read(narrowed)))
        except LatticeError as error:
            self.post_message(self.Failed(error))

    @on(Caught)
    def _caught(self, message: Caught) -> None:
        window = self._list.window
        if window is None or message.narrowed != self._narrowed:
            return
        if message.page.has_more and all(event.seq > window.newest for event in message.page.items):
            # More came in than a page holds: there would be a gap.
            self._list.show(EventWindow(message.page), keep=True)
        else:
            self._list.arrived(window.arrived(message.page.items))
        self._name_soon(message.page.items)

    @on(EventList.NearEnd)
    def _near_end(self) -> None:
        if not any(worker.group == "grow" and not worker.is_finished for worker in self.workers):
            self.start("grow", self._grow, self._narrowed)

    async def _grow(self, narrowed: Narrowed) -> None:
        cursor = self._list.window.next_cursor if self._list.window is not None else None
        if cursor is None:
            return
        try:
            self.post_message(self.Grown(cursor, await self._read(narrowed, cursor)))
        except LatticeError as error:
            self.post_message(self.Failed(error))

    @on(Grown)
    def _grown(self, message: Grown) -> None:
        window = self._list.window
        # It may have been replaced while the page was on its way.
        if window is not None and window.next_cursor == message.cursor:
            window.append(message.page)
            self._list.grown()
            self._name_soon(message.page.items)

    # -- titles

    def _name_soon(self, events: Sequence[Event]) -> None:
        """Ask for the titles that are missing: once for all that come in a while."""
        renamed = [event for event in events if event.name == "mutation.updated"]
        self._untitled |= numbers_of(renamed) | (numbers_of(events) - self._titles.keys())
        if self._untitled and self._naming is None:
            self._naming = self.set_timer(_COALESCE if self._titles else 0.01, self._ask_titles)

    def _ask_titles(self) -> None:
        self._naming = None
        if self.session.connected:
            self.start("titles", self._load_titles, self._untitled.copy())

    async def _load_titles(self, numbers: set[int]) -> None:
        try:
            self.post_message(self.Named(numbers, await load_titles(self.session, numbers)))
        except LatticeError as error:
            self.post_message(self.Failed(error))

    @on(Named)
    def _named(self, message: Named) -> None:
        self._untitled -= message.asked
        self._titles |= message.titles
        self._list.titles = self._titles
        self._show_detail()

    # -- the cursor

    @on(EventList.Highlighted)
    def _highlighted(self) -> None:
        if self._follow is not None:
            self._follow.stop()
        self._follow = self.set_timer(FOLLOW, self._show_detail)

    def _show_detail(self) -> None:
        self.query_one(EventDetail).show(self._list.event, self._titles)

    @on(EventList.Opened)
    def _opened(self) -> None:
        event = self._list.event
        if event is not None and self.session.connected:
            self.desk.expect(self.start("open", self._open, event))

    async def _open(self, event: Event) -> None:
        try:
            self.app.push_screen(await screen_of(self.session, event))
        except LatticeError as error:
            self.desk.say(error.message, "warning")

    # -- the filter

    def action_filter(self) -> None:
        """Type a filter."""
        open_filter(self, self.query_one(NarrowBar), self._narrowed.text)

    def action_clear(self) -> None:
        """Show everything again."""
        if self._narrowed.text and self.session.connected:
            self.desk.hold(self.start("log", self._load, Narrowed(), True))

    @on(NarrowBar.Entered)
    def _entered(self, message: NarrowBar.Entered) -> None:
        try:
            filter = parse_event_filter(message.text)
        except LatticeError as error:
            self.query_one(NarrowBar).tell(error.message)
            return
        if self.session.connected:
            self.desk.hold(self.start("log", self._apply, message.text, filter))

    async def _apply(self, text: str, filter: EventFilter) -> None:
        try:
            narrowed = await self._meant(text, filter)
            page = await self._read(narrowed)
        except LatticeError as error:
            self.post_message(self.Refused(error.message))
            return
        self.post_message(self.Loaded(narrowed, page, False))
        self.post_message(NarrowBar.Left())

    async def _meant(self, text: str, filter: EventFilter) -> Narrowed:
        """The filter as the Backend takes it; a word that names no object may be a person's handle."""
        try:
            subject = await self._find(filter.object) if filter.object else None
        except NotFound as error:
            if error.code != "NF_SUBJECT" or filter.actor or not await self._is_member(filter.object):
                raise
            return Narrowed(text, filter.names, filter.object, None)
        return Narrowed(text, filter.names, filter.actor, subject)

    async def _is_member(self, handle: str | None) -> bool:
        return any(member.user.handle == handle for member in await self.session.backend.team.list())

    async def _find(self, named: str) -> str:
        """The id of what a filter names: a mutation, a document, a spec."""
        backend = self.session.backend
        number = named.upper().removeprefix("M-")
        if number.isascii() and number.isdigit():
            return (await backend.mutations.get(named)).id
        try:
            return (await backend.documents.get(named)).id
        except NotFound:
            try:
                return (await backend.specs.get(named)).id
            except NotFound:
                told = (
                    f"There is no mutation, document, spec or person {named[:200]}: name one as M-12, docs/a.md, "
                    "a-spec or actor:kim."
                )
                raise NotFound("NF_SUBJECT", told) from None

    @on(Refused)
    def _refused(self, message: Refused) -> None:
        self.desk.forget_typed()
        self.query_one(NarrowBar).tell(message.problem)

    @on(NarrowBar.Left)
    def _close_filter(self) -> None:
        close_filter(self, self.query_one(NarrowBar), self._list)

    # -- trouble

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        self.unreachable(message.error)

    def unreachable(self, error: LatticeError) -> None:
        """Say why nothing can be read; what was read stays."""
        say_unreachable(self, self._list, error, shown=bool(self._list.total))


_HINT = "name:mutation.executed,mutation.failed   actor:kim   M-12 or docs/a.md   Enter applies   Esc leaves"
_NO_MATCH = ("No event matches.", "", "/ changes the filter, Esc drops it.")
_NOTHING = ("Nothing has happened yet.", "", "What people and agents do in this project appears here by itself.")
