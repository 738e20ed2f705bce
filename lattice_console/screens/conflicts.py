"""Conflicts: what is open between mutations and the head, and between one mutation and another, by document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from lattice_console.contract.conflict_filter import parse_conflict_filter
from lattice_console.contract.errors import LatticeError
from lattice_console.contract.events import Event
from lattice_console.contract.models.conflict import ALL_CONFLICTS, Conflict, ConflictFilter
from lattice_console.contract.models.mutation import Mutation
from lattice_console.screens.conflict_acting import ConflictActing
from lattice_console.screens.falling_behind import FallingBehind
from lattice_console.screens.filtering import close_filter, open_filter, say_unreachable
from lattice_console.screens.place import FOLLOW
from lattice_console.screens.session import Session
from lattice_console.screens.titles import load_titles
from lattice_console.text import inert
from lattice_console.widgets.conflict_detail import ConflictDetail, steps
from lattice_console.widgets.conflict_list import ConflictList
from lattice_console.widgets.filter_bar import FilterBar
from lattice_console.widgets.filter_completion import CONFLICTS

__all__ = ["ConflictsScreen"]

_PAGE = 200
_DIGITS = "123456789"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A filter as typed, and as the Backend takes it."""

    text: str = ""
    filter: ConflictFilter = ALL_CONFLICTS


class ConflictsScreen(FallingBehind, ConflictActing):
    """All open conflicts, and beside or below them the one under the cursor with what can be done about it."""

    CSS_PATH = "conflicts.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - declared so by Screen

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="conflicts.filter"),
        Binding("escape", "clear", "Drop the filter", id="conflicts.clear"),
        Binding("tab,shift+tab", "turn", "List or what can be done", id="conflicts.turn"),
        *(
            Binding(digit, f"step({at})", "Do it, by its number", id="conflicts.step")
            for at, digit in enumerate(_DIGITS)
        ),
        Binding("M", "by_hand", "Merge by hand", id="act.resolve"),
        Binding("R", "reload", "Refresh", id="place.refresh"),
    ]

    @dataclass
    class Loaded(Message):
        """The first conflicts of a filter, out of so many, with the titles of their mutations.

        The cursor goes to the one with the id `at`, to the top where there is none; with None, it stays.
        """

        narrowed: Narrowed
        conflicts: tuple[Conflict, ...]
        total: int
        next_cursor: str | None
        titles: Mapping[int, str]
        at: str | None

    @dataclass
    class Refused(Message):
        """A filter that cannot be."""

        problem: str

    @dataclass
    class Failed(Message):
        """They could not be read."""

        error: LatticeError

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._narrowed = Narrowed()
        self._conflicts: tuple[Conflict, ...] = ()
        self._next: str | None = None
        self._titles: Mapping[int, str] = {}
        self._follow: Timer | None = None
        self._shown = False

    def compose_place(self) -> ComposeResult:
        look = self.session.look
        yield FilterBar(
            look,
            parse=parse_conflict_filter,
            language=CONFLICTS,
            placeholder="severity:error type:schema M-12 part of a path",
        )
        yield Static(id="narrowed", markup=False)
        with Container(id="panes"):
            yield ConflictList(look)
            yield ConflictDetail(look)

    def on_mount(self) -> None:
        super().on_mount()
        self.add_class("-none")
        self._list.focus()
        self._say_filter()
        self.action_reload()

    @property
    def _list(self) -> ConflictList:
        return self.query_one(ConflictList)

    @property
    def _detail(self) -> ConflictDetail:
        return self.query_one(ConflictDetail)

    # -- chrome

    def crumbs(self) -> tuple[str, ...]:
        return ("Conflicts",)

    def hints(self) -> Sequence[tuple[str, str]]:
        if self.query_one(FilterBar).has_class("-open"):
            return ()
        conflict = self._list.conflict
        here: tuple[tuple[str, str], ...] = ()
        if conflict is not None:
            by_hand = any(one.action == "merge_by_hand" for one in conflict.resolution_suggestions)
            acting = (("list.open", "do it"),) if self._detail.has_focus else (("list.open", f"M-{conflict.mutation}"),)
            here = (*((("act.resolve", "merge by hand"),) if by_hand else ()), *acting)
            here += (("conflicts.turn", "list" if self._detail.has_focus else "what can be done"),)
        dropped = (("conflicts.clear", "drop the filter"),) if self._narrowed.text else ()
        return (*here, *dropped, ("conflicts.filter", "filter"), ("go.queue", "queue"))

    def on_descendant_focus(self) -> None:
        self.refresh_chrome()

    def _say_filter(self) -> None:
        text = self._narrowed.text
        shown = Content.assemble((f" /{inert(text)}", "bold $accent") if text else (" All open conflicts", "bold"))
        self.query_one("#narrowed", Static).update(shown)

    # -- news

    def connected(self) -> None:
        self.action_reload()

    def happened(self, events: Sequence[Event]) -> None:
        self.fall_behind()

    def mutation_changed(self, mutation: Mutation) -> None:
        self.fall_behind()

    # -- reading

    def read_anew(self) -> None:
        """Read the conflicts anew; the cursor stays on its conflict."""
        self.start("conflicts", self._load, self._narrowed, None)

    def show_only(self, typed: str, id: str) -> None:
        """Show the conflicts that a filter lets through in place of what was shown before, and go to one of them."""
        self._narrowed = Narrowed(typed, parse_conflict_filter(typed))
        self._say_filter()
        if self.session.connected:
            self.desk.hold(self.start("conflicts", self._load, self._narrowed, id))

    async def _load(self, narrowed: Narrowed, at: str | None) -> None:
        try:
            self.post_message(await self._read(narrowed, self._list.loaded if at is None else 0, at))
        except LatticeError as error:
            self.post_message(self.Failed(error))

    async def _read(self, narrowed: Narrowed, least: int, at: str | None) -> Loaded:
        """As many pages as hold `least` conflicts, and the titles of all that meet in them."""
        found: list[Conflict] = []
        cursor: str | None = None
        while True:
            page = await self.session.backend.conflicts.list(filter=narrowed.filter, cursor=cursor, limit=_PAGE)
            found += page.items
            cursor = page.next_cursor
            if cursor is None or len(found) >= least:
                break
        titles = await load_titles(self.session, _numbers(found))
        return self.Loaded(narrowed, tuple(found), page.total, cursor, titles, at)

    @on(Loaded)
    def _loaded(self, message: Loaded) -> None:
        if message.narrowed != self._narrowed and message.at is None:
            # Another filter was entered meanwhile.
            return
        self._shown = True
        self._narrowed, self._conflicts, self._next = message.narrowed, message.conflicts, message.next_cursor
        self._titles = message.titles
        self._say_filter()
        self._list.say_instead(_NO_MATCH if self._narrowed.text else _NOTHING)
        self._list.show(self._conflicts, message.total, self._titles, message.at)
        self._show_detail()
        self.refresh_chrome()

    @on(ConflictList.NearEnd)
    def _near_end(self) -> None:
        if self._next and not any(one.group == "grow" and not one.is_finished for one in self.workers):
            self.start("grow", self._grow, self._narrowed, self._next)

    async def _grow(self, narrowed: Narrowed, cursor: str) -> None:
        try:
            page = await self.session.backend.conflicts.list(filter=narrowed.filter, cursor=cursor, limit=_PAGE)
            titles = {**self._titles, **await load_titles(self.session, _numbers(page.items) - self._titles.keys())}
        except LatticeError as error:
            self.post_message(self.Failed(error))
            return
        if self._next == cursor:
            both = (*self._conflicts, *page.items)
            self.post_message(self.Loaded(narrowed, both, page.total, page.next_cursor, titles, None))

    # -- the cursor

    @on(ConflictList.Highlighted)
    def _highlighted(self, message: ConflictList.Highlighted) -> None:
        if message.view is self._list:
            if self._follow is not None:
                self._follow.stop()
            self._follow = self.set_timer(FOLLOW, self._show_detail)

    def _show_detail(self) -> None:
        conflict = self._list.conflict
        self.set_class(conflict is None, "-none")
        self._detail.show(conflict, self._titles)
        if conflict is None and self._detail.has_focus:
            self._list.focus()
        self.refresh_chrome()

    def action_turn(self) -> None:
        """Go from the list to what can be done, or back."""
        if self._detail.has_focus or self._list.conflict is None:
            self._list.focus()
        else:
            self._show_detail()
            self._detail.focus()

    # -- what can be done

    @property
    def undone_of(self) -> str | None:
        conflict = self._list.conflict
        return f"M-{conflict.mutation}" if conflict is not None else None

    @on(ConflictList.Opened)
    def _opened(self, message: ConflictList.Opened) -> None:
        conflict = self._list.conflict
        if message.view is self._detail:
            if self._detail.step is not None:
                self.take(self._detail.step)
        elif conflict is not None:
            self.take(next(one for one in steps(conflict, self._titles) if one.act == "open"))

    def action_step(self, at: int) -> None:
        """Do what has that number, from 0."""
        conflict = self._list.conflict
        if conflict is None:
            self.desk.say("There is no conflict under the cursor to do anything about.")
            return
        found = steps(conflict, self._titles)
        if at < len(found):
            self.take(found[at])
        else:
            self.desk.say(f"There are {len(found)} things to do about it, and none has the number {at + 1}.")

    def action_by_hand(self) -> None:
        """Merge the two by hand, where that is a way."""
        conflict = self._list.conflict
        found = steps(conflict, self._titles) if conflict is not None else []
        by_hand = next((one for one in found if one.act == "merge_by_hand"), None)
        if by_hand is not None:
            self.take(by_hand)
        elif conflict is None:
            self.desk.say("There is no conflict under the cursor to merge by hand.")
        else:
            self.desk.say(f"There is nothing to merge by hand here. What can be done: {found[0].sentence}")

    # -- the filter

    def action_filter(self) -> None:
        """Type a filter."""
        bar = self.query_one(FilterBar)
        bar.known = {
            "mutation": [f"M-{number}" for number in sorted(_sides(self._conflicts), reverse=True)],
            "path": list(dict.fromkeys(one.path for one in self._conflicts)),
        }
        open_filter(self, bar, self._narrowed.text)

    def action_clear(self) -> None:
        """Leave what can be done for the list, or show all conflicts again."""
        if self._detail.has_focus:
            self._list.focus()
        elif self._narrowed.text and self.session.connected:
            self.desk.hold(self.start("conflicts", self._load, Narrowed(), ""))

    @on(FilterBar.Applied)
    def _entered(self, message: FilterBar.Applied) -> None:
        if self.session.connected:
            narrowed = Narrowed(message.text, parse_conflict_filter(message.text))
            self.desk.hold(self.start("conflicts", self._apply, narrowed))

    async def _apply(self, narrowed: Narrowed) -> None:
        try:
            loaded = await self._read(narrowed, 0, "")
        except LatticeError as error:
            self.post_message(self.Refused(error.message))
            return
        self.post_message(loaded)
        self.post_message(FilterBar.Left())

    @on(Refused)
    def _refused(self, message: Refused) -> None:
        self.desk.forget_typed()
        self.query_one(FilterBar).tell(message.problem)

    @on(FilterBar.Left)
    def _close_filter(self) -> None:
        close_filter(self, self.query_one(FilterBar), self._list)

    # -- trouble

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        self.unreachable(message.error)

    def unreachable(self, error: LatticeError) -> None:
        """Say why nothing can be read; what was read stays."""
        self.behind = True
        say_unreachable(self, self._list, error, shown=self._shown)


def _sides(conflicts: Sequence[Conflict]) -> set[int]:
    """The numbers of all mutations that meet, and are still to come."""
    return {number for one in conflicts for number in (one.mutation, *one.conflicting_mutations)}


def _numbers(conflicts: Sequence[Conflict]) -> set[int]:
    """The numbers of all mutations that are named."""
    return _sides(conflicts) | {one.revision_mutation for one in conflicts if one.revision_mutation is not None}


_NO_MATCH = ("No conflict matches.", "", "/ changes the filter, Esc drops it.")
_NOTHING = (
    "Nothing is in conflict.",
    "",
    "Here would stand, document by document, where a mutation meets what",
    "was executed since it was made, or another mutation: who meets whom,",
    "where, and what can be done about it. It appears by itself.",
)
