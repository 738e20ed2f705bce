"""The queue: every mutation of a view that matches the filter, with a preview beside where there is room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import Worker

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.events import Event
from lattice_console.contract.models.mutation import Mutation, MutationSummary
from lattice_console.screens.loading import load_changes
from lattice_console.screens.place import FOLLOW
from lattice_console.screens.queue_choice import AWAITING, EVERYTHING
from lattice_console.screens.queue_choosing import ChoosingPlace
from lattice_console.screens.queue_empty import instead_of_rows
from lattice_console.screens.queue_feed import Counted, Failed, Grown, Loaded, QueueFeed
from lattice_console.screens.queue_marking import MarkingPlace
from lattice_console.screens.session import Session
from lattice_console.text import count, inert
from lattice_console.widgets.file_change import FileChange
from lattice_console.widgets.filter_bar import FilterBar
from lattice_console.widgets.preview import Preview
from lattice_console.widgets.queue_list import QueueList
from lattice_console.widgets.queue_views import QueueViews

__all__ = ["QueueScreen"]

_CONCERN_ALL = {"mutation.executed", "mutation.rolled_back", "document.tracked", "policy.changed", "team.changed"}
"""What can change how any mutation stands."""

_AGES = 30.0
"""Seconds after which the ages on the screen are counted anew."""


class QueueScreen(MarkingPlace, ChoosingPlace):
    """Where the console starts."""

    CSS_PATH = "queue.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - declared so by Screen

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("R", "reload", "Refresh", id="place.refresh"),
    ]

    @dataclass
    class Opened(Message):
        """What was chosen before has been read."""

    @dataclass
    class Previewed(Message):
        """A mutation for the preview, with its files."""

        mutation: Mutation
        files: tuple[FileChange, ...]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._follow: Timer | None = None
        self._in_preview: MutationSummary | None = None
        self._drafts: Mapping[str, int] = {}
        self._opened = False
        self._outdated = False
        self._first = False
        self._only = ""
        self._acted_on: set[str] = set()

    def compose_place(self) -> ComposeResult:
        look = self.session.look
        yield QueueViews(look)
        yield FilterBar(look)
        with Horizontal(id="panes"):
            yield QueueList(look)
            yield Static(id="empty", markup=False)
            yield Preview(look)

    def on_mount(self) -> None:
        super().on_mount()
        self.feed = QueueFeed(self, self.listed)
        self.listed.focus()
        self._say_instead(f"Opening {inert(self.session.settings.title)}{self.session.look.signs.ellipsis}")
        self.set_interval(_AGES, self.listed.refresh)
        if self.session.connected:
            self.connected()

    async def on_unmount(self) -> None:
        try:
            self.choice.keep_now()
        except LatticeError as error:
            self.desk.say(error.message, "error")

    # -- chrome

    def crumbs(self) -> tuple[str, ...]:
        return ("Queue",)

    def hints(self) -> Sequence[tuple[str, str]]:
        if self.has_class("-filtering"):
            return ()
        if marked := self.marking_hints():
            return marked
        row = self.listed.row
        acts = self.acts(row) if row else ()
        drafts = self._drafts.get(row.id, 0) if row else 0
        send = (("act.send", f"send {count(drafts, 'draft')}"),) if drafts else ()
        opening = (("list.open", "open"),) if row else ()
        # Where nothing but a comment is left to do, reading comes first.
        here = (*acts, *opening) if len(acts) > 1 else (*opening, *acts)
        return (*send, *here, ("queue.filter", "filter"), ("queue.next_view", "next view"))

    def subject(self) -> MutationSummary | None:
        return self.listed.meant

    def in_sight(self, id: str) -> bool:
        # What a verdict took out of this list was seen to leave it.
        return id in self._acted_on or self.listed.window.find(id) is not None

    def neighbour(self, id: str, by: int) -> MutationSummary | None:
        listed = self.listed
        index = listed.window.find(id)
        # What was decided may have left the list: what followed it stands in its place, under the cursor.
        target = index + by if index is not None else listed.cursor + min(by, 0)
        row = listed.window.row(target)
        if row is not None:
            listed.move_to(target)
        return row

    def on_descendant_focus(self) -> None:
        # In a field, other keys show the help, and none drops the filter.
        self.tell_narrowed()
        self.refresh_chrome()

    # -- news

    def connected(self) -> None:
        if self._opened:
            self._reload()
        else:
            self.start("opening", self._open)

    async def _open(self) -> None:
        try:
            await self.choice.load()
        except LatticeError as error:
            self.desk.say(error.message, "error")
        self.post_message(self.Opened())

    @on(Opened)
    def _begin(self) -> None:
        self._opened, self._first = True, self.choice.is_first
        self.drafts_changed()
        if self._only:
            self.show_only(self._only)
        else:
            self.ask(self.choice.query, keep=False)
        self.start("values", self.learn_values)

    def show_only(self, typed: str) -> None:
        """Show all mutations that a filter lets through, in place of what was chosen before."""
        if self._opened:
            self.ask(replace(self.choice.query.within(EVERYTHING), typed=typed))
        else:
            self._only = typed

    def happened(self, events: Sequence[Event]) -> None:
        if not self._opened:
            return
        row = self._in_preview
        if row is not None and any(event.subject == row.id or event.name in _CONCERN_ALL for event in events):
            self._in_preview = None
        self._keep_own(events)
        if self.is_seen:
            self.feed.refresh()
        else:
            self._outdated = True

    def _keep_own(self, events: Sequence[Event]) -> None:
        """Keep what is under the cursor there where the person acted on it: the news may come before the answer."""
        row, me = self.listed.row, self.session.actor.user if self.session.actor else None
        if row is not None and me is not None and self.choice.query.view != AWAITING:
            if any((event.subject, event.actor.id) == (row.id, me.id) for event in events):
                self.feed.kept = row.number

    def company_changed(self, ids: frozenset[str]) -> None:
        self.listed.show_looked_at(self.session.company.keys())
        self.query_one(Preview).show_company(self.session.company)

    def drafts_changed(self) -> None:
        if not self._opened:
            return
        try:
            self._drafts = self.session.keeping.drafted()
        except LatticeError as error:
            self.desk.say(error.message, "error")
        self.listed.show_drafted(self._drafts)
        self.refresh_chrome()

    def on_screen_resume(self) -> None:
        self.drafts_changed()
        if self._outdated and self.session.connected:
            self._reload()

    def mutation_changed(self, mutation: Mutation) -> None:
        """Show what was done from here at once; what waits for nobody here any more makes room for the next.

        Once that is taken back, it is under the cursor again. In other views what is under the cursor stays there until
        that moves, whether or not it still matches: the next key may be meant for it.
        """
        row, listed = _summary(mutation), self.listed
        if listed.window.find(row.id) is not None:
            self._acted_on.add(row.id)
        if mutation.mine or self.choice.query.view != AWAITING:
            listed.update_row(row)
            listed.restore_row(row)
            if listed.row == row:
                self.feed.kept = row.number
        else:
            listed.remove_row(mutation.id)
        self.drafts_changed()
        if self._opened:
            self.feed.refresh()

    # -- the window

    def action_reload(self) -> None:
        """Read the queue anew: what the filter lets through, and nothing that only stayed under the cursor."""
        self.feed.kept = None
        if self.session.connected and self._opened:
            self.desk.hold(self._reload())
        self.desk.connect()

    def _reload(self) -> Worker[None]:
        """Read the queue anew around the cursor, which stays on its mutation."""
        self._in_preview = None
        self._outdated = False
        self.drafts_changed()
        return self.feed.reload()

    @on(QueueList.Wanted)
    def _wanted(self, message: QueueList.Wanted) -> None:
        self.feed.jump(message.index)

    @on(QueueList.NearEdge)
    def _near_edge(self, message: QueueList.NearEdge) -> None:
        self.feed.grow(message.forward)

    @on(Grown)
    def _grown(self, message: Grown) -> None:
        if self.listed.window is message.window:
            self.listed.grow(message.page, message.cursor, forward=message.forward)

    @on(Loaded)
    def _loaded(self, message: Loaded) -> None:
        query, window = message.query, message.window
        if query != self.feed.query:
            return
        if self._first and not window.total and query.view == AWAITING:
            # The first start, and nothing waits: there is more to see in what there is.
            self.ask(query.within(EVERYTHING), keep=False)
            return
        self._first = False
        listed = self.listed
        cursor = message.cursor
        if message.before is not None:
            # While one moves through a list, its columns stay.
            window.specs = window.specs or listed.window.specs
            window.conflicts = window.conflicts or listed.window.conflicts
        if message.before not in (None, listed.cursor):
            # Who has moved on meanwhile stays where they are.
            row = listed.row
            found = window.find(row.id) if row is not None else None
            cursor = found if found is not None else listed.cursor + cursor - message.before
        if message.before is None:
            self._acted_on.clear()
        listed.sort, listed.tells_mine = query.sort, query.view != AWAITING
        listed.show(window, cursor, anew=message.before is None)
        self._say_instead("" if window.total else self._why_empty())

    def _why_empty(self) -> str:
        keys = {command.id: command.keys[0] for command in self.commands()}
        views = [view.slug for view in self.choice.views]
        return instead_of_rows(
            self.choice.query,
            self.counts.get(EVERYTHING.slug),
            views.index(EVERYTHING.slug) + 1,
            lambda id: keys.get(id, ":"),
            self.doubt(),
        )

    @on(Counted)
    def _counted(self, message: Counted) -> None:
        self.counts = message.counts
        self.show_views()
        if self._opened and not self.listed.window.total:
            self._say_instead(self._why_empty())

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        if self.listed.superseded:
            self.desk.forget_typed()
        self.unreachable(message.error)

    def unreachable(self, error: LatticeError) -> None:
        """Say why nothing can be read: in place of the queue where there is none."""
        if self.listed.window.total and not self.listed.superseded:
            self.desk.say(error.message, "error")
        else:
            self._say_instead(f"{error.message}\n\nR tries again.")

    def _say_instead(self, text: str) -> None:
        """Show words in place of the list; the list, where there are none."""
        empty = self.query_one("#empty", Static)
        empty.update(Content(inert(text, lines=True)))
        empty.display = bool(text)
        self.listed.set_class(bool(text), "-empty")
        if not text and self.focused is None:
            # What is not shown loses the focus, and gets it back once it stands there again.
            self.call_after_refresh(self.listed.focus)

    # -- the cursor

    @on(QueueList.Highlighted)
    def _highlighted(self, message: QueueList.Highlighted) -> None:
        if self.feed.kept is not None and message.row is not None and message.row.number != self.feed.kept:
            self.feed.kept = None
            self.feed.refresh()
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
        row = self.listed.row
        preview = self.query_one(Preview)
        if row is None:
            self._in_preview = None
            preview.clear()
        elif row != self._in_preview and preview.display and self.size.width >= 120 and self.session.connected:
            self._in_preview = row
            self.start("preview", self._load_preview, row)

    async def _load_preview(self, row: MutationSummary) -> None:
        try:
            mutation = await self.session.backend.mutations.get(row.id)
            self.post_message(self.Previewed(mutation, await load_changes(self.session, mutation.changes)))
        except LatticeError as error:
            self.desk.say(error.message, "error")

    @on(Previewed)
    def _previewed(self, message: Previewed) -> None:
        row = self.listed.row
        if row is not None and row.id == message.mutation.id:
            self.query_one(Preview).show(message.mutation, message.files)

    @on(QueueList.Opened)
    def _open_row(self, message: QueueList.Opened) -> None:
        # Loaded when it is gone to: it is the largest of all, and the queue does not wait for it.
        from lattice_console.screens.mutation import MutationScreen

        self.app.push_screen(MutationScreen(self.session, message.row))


def _summary(mutation: Mutation) -> MutationSummary:
    return MutationSummary.model_construct(**{name: getattr(mutation, name) for name in MutationSummary.model_fields})
