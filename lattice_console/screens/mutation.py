"""One mutation: what it takes, what it changes, and everything that was said about it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import ContentSwitcher

from lattice_console.cells import wrap
from lattice_console.contract.errors import LatticeError
from lattice_console.contract.events import Event
from lattice_console.contract.models.advice import Advice
from lattice_console.contract.models.mutation import Mutation, MutationSummary
from lattice_console.screens.comparing import Compared, Comparison, carry, compare, first_look
from lattice_console.screens.following import Following
from lattice_console.screens.foreseeing import held_back
from lattice_console.screens.looking import Looking
from lattice_console.screens.offered import own_vote
from lattice_console.screens.place import FOLLOW
from lattice_console.screens.review_sending import drafts_of
from lattice_console.screens.review_threads import Place
from lattice_console.screens.session import Session
from lattice_console.screens.settling import Settling
from lattice_console.screens.stack import read_stack
from lattice_console.text import count, inert
from lattice_console.widgets.diff_document import Cover, DiffDocument, Spot
from lattice_console.widgets.diff_pane import DiffPane
from lattice_console.widgets.diff_view import DiffView
from lattice_console.widgets.mutation_head import MutationHead
from lattice_console.widgets.overview import Overview, OverviewModel
from lattice_console.widgets.tab_line import TabLine

__all__ = ["MutationScreen"]

_MEASURE = 76
_TABS = ("diff", "overview")


class MutationScreen(Following, Settling, Looking):
    """Opens on the diff, headed by the description; Tab turns to the overview."""

    CSS_PATH = "mutation.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="mutation.back"),
        Binding("tab,shift+tab", "turn", "Diff or overview", id="mutation.turn"),
        Binding("1", "show_tab(0)", "Diff", id="mutation.diff"),
        Binding("2", "show_tab(1)", "Overview", id="mutation.overview"),
        Binding("R", "reload", "Refresh", id="place.refresh"),
    ]

    @dataclass
    class Loaded(Message):
        """The mutation, with what belongs to it; `compared`, shown at a line, is None where what is compared stays."""

        model: OverviewModel
        compared: Compared | None
        carried: Mapping[str, Place | None]
        at: Place | None = None

    @dataclass
    class Outdated(Message):
        """There is a newer patchset than the one that is read."""

        patchset: int

    @dataclass
    class FolderSeen(Message):
        """Why the folder holds an execution of that mutation back now; empty where it does not."""

        id: str
        held: str

    @dataclass
    class Advised(Message):
        """What is advised of a mutation."""

        id: str
        advice: Advice

    def __init__(self, session: Session, row: MutationSummary) -> None:
        super().__init__(session, row)
        # What the person asked to see and has not seen yet: news that come meanwhile do not take its place.
        self._asked: tuple[Comparison | None, Place | None] | None = None
        self._where = ""
        self._follow: Timer | None = None

    def compose_place(self) -> ComposeResult:
        look = self.session.look
        yield MutationHead(look)
        yield TabLine(look)
        with ContentSwitcher(initial="diff"):
            yield DiffPane(look, id="diff")
            yield Overview(look, id="overview")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(MutationHead).mutation = self.row
        self._show_company()
        self._name_tabs()
        self.restore_taste()
        self.view.focus()
        self.action_reload()

    # -- chrome

    def crumbs(self) -> tuple[str, ...]:
        return (f"M-{self.row.number} {inert(self.row.title)}",)

    def hints(self) -> Sequence[tuple[str, str]]:
        acts = list(self.acts(self.row))
        if self.drafts:
            acts.insert(0, ("act.send", f"send {count(len(self.drafts), 'draft')}"))
        diff = (("diff.next_hunk", "next hunk"),) if self._tab == 0 else ()
        return (*acts, *diff, ("mutation.turn", _TABS[1 - self._tab]))

    @property
    def _tab(self) -> int:
        return _TABS.index(self.query_one(ContentSwitcher).current or "diff")

    def _name_tabs(self) -> None:
        files = self.model.files if self.model else None
        diff = "1 Diff"
        if files == ():
            diff += " no files" if self.mutation and not self.mutation.changes else " nothing differs"
        elif files is not None:
            added, removed = sum(file.diff.added for file in files), sum(file.diff.removed for file in files)
            diff += f" {count(len(files), 'file')} +{added} {self.session.look.signs.minus}{removed}"
            viewed = len(self.view.viewed)
            diff += f" {self.session.look.signs.dot} {viewed} of {len(files)} viewed" if viewed else ""
        comments = f" {count(self.row.comments, 'comment')}" if self.row.comments else ""
        drafts = f" {count(len(self.drafts), 'draft')}" if self.drafts else ""
        self.query_one(TabLine).names = (diff, f"2 Overview{comments}{drafts}")

    def viewed_changed(self) -> None:
        self._name_tabs()

    # -- news

    def connected(self) -> None:
        self.action_reload()

    def happened(self, events: Sequence[Event]) -> None:
        if any(self._concerns(event.subject) or event.name == "policy.changed" for event in events):
            self._follow_news()

    def company_changed(self, ids: frozenset[str]) -> None:
        if self.row.id in ids:
            self._show_company()

    @property
    def looking_at(self) -> str | None:
        return self.row.id

    def _show_company(self) -> None:
        self.query_one(MutationHead).company = self.session.company.get(self.row.id, ())

    def mutation_changed(self, mutation: Mutation) -> None:
        if self._concerns(mutation.id):
            self._follow_news()

    def folder_looked_at(self) -> None:
        if self.model is not None:
            self.start("folder", self._look_at_folder, self.model.mutation)

    def _concerns(self, id: str) -> bool:
        """Whether what happened to that mutation shows here: its own stack stands above it, and its blockers."""
        return id == self.row.id or any(row.id == id for row in (self.model.stack if self.model else ()))

    def _follow_news(self) -> None:
        """Read the mutation anew; what is compared stays."""
        if self._asked is not None:
            self._load(*self._asked, newest=True)
        else:
            self._load(self.compared.comparison if self.compared else None, None, newest=self.compared is None)

    # -- loading

    def action_reload(self) -> None:
        """Read the mutation anew, and show its newest patchset."""
        self.show_comparison(None)

    def show_comparison(self, wanted: Comparison | None, *, at: Place | None = None) -> None:
        self._asked = (wanted, at)
        self._load(wanted, at, newest=True)

    def turn_to(self, row: MutationSummary) -> None:
        self.row, self.model, self.compared, self.carried = row, None, None, {}
        head = self.query_one(MutationHead)
        head.newer, head.compared, head.vote, head.stack, head.mutation = 0, "", None, (), row
        self._show_company()
        self.session.turned.set()
        self.view.find("")
        self.view.show(DiffDocument())
        self.action_show_tab(0)
        self._name_tabs()
        self.action_reload()

    def _load(self, wanted: Comparison | None, at: Place | None, *, newest: bool) -> None:
        if self.session.connected:
            self.start("mutation", self._fetch, wanted, at, newest)

    async def _fetch(self, wanted: Comparison | None, at: Place | None, newest: bool) -> None:
        """Read everything. Without `newest`, a newer patchset than the one that is read is only told of."""
        backend, session, row = self.session.backend, self.session, self.row
        try:
            with self.desk.working(f"reading M-{row.number}"):
                mutation = await backend.mutations.get(row.id)
                if not newest and self.mutation is not None and mutation.patchset != self.mutation.patchset:
                    if not await self._made_by_me(mutation):
                        # Somebody reads the older one: it stays until they ask for the newer.
                        self.post_message(self.Outdated(mutation.patchset))
                        return
                    wanted, newest = None, True
                comparison = wanted or first_look(mutation)
                timeline, comments, stack, met = await asyncio.gather(
                    backend.mutations.timeline(row.id),
                    backend.reviews.comments(row.id, patchset=comparison.newer),
                    read_stack(backend.mutations, mutation),
                    backend.conflicts.of(row.id),
                )
                drafts = await drafts_of(session, mutation)
                held = await self._held_back(mutation)
                shown = self.model.files if self.model else None
                compared = self.compared
                if newest or compared is None or compared.comparison != comparison:
                    first = OverviewModel(mutation, timeline, comments, shown, drafts, stack, held, met.conflicts)
                    if self.model is None:
                        self.post_message(self.Loaded(first, None, {}))
                    compared = await compare(session, mutation, comparison)
                carried = {
                    draft.id: await carry(session, mutation, compared, draft.patchset, draft.anchor)
                    for draft in drafts
                    if draft.anchor is not None
                }
        except LatticeError as error:
            self._asked = None
            self.desk.say(error.message, "error")
            return
        model = OverviewModel(mutation, timeline, comments, compared.changes, drafts, stack, held, met.conflicts)
        self.post_message(self.Loaded(model, compared if compared is not self.compared else None, carried, at))

    async def _made_by_me(self, mutation: Mutation) -> bool:
        """Whether the newest patchset is the person's own."""
        made = await self.session.backend.mutations.patchset(mutation.id, mutation.patchset)
        actor = self.session.actor
        return actor is not None and actor.user is not None and made.author.id == actor.user.id

    async def _held_back(self, mutation: Mutation) -> str:
        """Why the folder holds its execution back, as long as that is to come; empty where it does not."""
        if mutation.status not in ("pending", "approved"):
            return ""
        return await held_back(self.session, "execute", mutation)

    async def _look_at_folder(self, mutation: Mutation) -> None:
        try:
            held = await self._held_back(mutation)
        except LatticeError as error:
            self.desk.say(error.message, "error")
            return
        self.post_message(self.FolderSeen(mutation.id, held))

    async def _ask_advice(self, mutation: Mutation) -> None:
        """Read what is advised, once all else is shown: comparing large specs takes a while."""
        try:
            advice = await self.session.backend.mutations.advice(mutation.id)
        except LatticeError as error:
            self.desk.say(error.message, "error")
            return
        self.post_message(self.Advised(mutation.id, advice))

    @on(Advised)
    def _advised(self, message: Advised) -> None:
        model = self.model
        if model is not None and model.mutation.id == message.id and model.advice != message.advice:
            self.show_remarks(replace(model, advice=message.advice))

    @on(FolderSeen)
    def _folder_seen(self, message: FolderSeen) -> None:
        model = self.model
        if model is not None and model.mutation.id == message.id and model.held != message.held:
            self.show_remarks(replace(model, held=message.held))

    @on(Outdated)
    def _outdated(self, message: Outdated) -> None:
        self.query_one(MutationHead).newer = message.patchset

    @on(Loaded)
    def _loaded(self, message: Loaded) -> None:
        if message.model.mutation.id != self.row.id:
            # Somebody has gone on to another one meanwhile.
            return
        model = replace(message.model, advice=self.model.advice if self.model else None)
        self.row = model.mutation
        if message.compared is not None:
            self._asked = None
            self.compared = message.compared
            self.view.show(DiffDocument(message.compared.changes, _cover(model.mutation)))
        self.carried = message.carried
        head = self.query_one(MutationHead)
        head.newer, head.mutation, head.stack = 0, model.mutation, model.stack
        self.show_remarks(model)
        head.vote = own_vote(model.mutation, self.session.actor)
        head.compared = self._compared_words()
        if message.compared is not None:
            self.show_viewed()
            self._land(message.compared, message.at)
            if not model.mutation.changes:
                self.action_show_tab(1)
        if self.compared is not None:
            self.start("advice", self._ask_advice, model.mutation)
        self._name_tabs()
        self.refresh_chrome()

    def _land(self, compared: Compared, at: Place | None) -> None:
        """Go to the line that was asked for."""
        found = compared.find(*at) if at is not None else None
        if at is not None and found is not None:
            self.view.go_to(Spot("line", *found, at[1].line))

    def _compared_words(self) -> str:
        """What is compared, where that is not simply the whole change."""
        mutation, compared = self.mutation, self.compared
        if mutation is None or compared is None:
            return ""
        files = count(len(compared.files), "file") if compared.files else "nothing"
        comparison, since = compared.comparison, first_look(mutation)
        if comparison.older is None:
            if comparison.newer != mutation.patchset:
                return f"showing patchset {comparison.newer}"
            return "full change" if since.older is not None else ""
        if comparison == since:
            return f"since my review: {files}"
        return f"from {comparison.older} to {comparison.newer}: {files}"

    def drafts_changed(self) -> None:
        super().drafts_changed()
        self._name_tabs()
        self.refresh_chrome()

    # -- tabs

    def action_turn(self) -> None:
        """Turn from the diff to the overview, or back."""
        self.action_show_tab(1 - self._tab)

    def action_show_tab(self, index: int) -> None:
        """Show the diff (0) or the overview (1)."""
        self.query_one(ContentSwitcher).current = _TABS[index]
        self.query_one(f"#{_TABS[index]}").focus()
        line = self.query_one(TabLine)
        line.current = index
        line.where = self._where if index == 0 else ""
        self.refresh_chrome()

    def show_tab(self, index: int) -> None:
        self.action_show_tab(index)

    @on(TabLine.Chosen)
    def _chosen(self, message: TabLine.Chosen) -> None:
        self.action_show_tab(message.index)

    @on(DiffView.Moved)
    def _moved(self) -> None:
        if self._follow is not None:
            self._follow.stop()
        self._follow = self.set_timer(FOLLOW, self._say_where)

    def _say_where(self) -> None:
        self._where = self.view.where
        if self._tab == 0:
            self.query_one(TabLine).where = self._where

    def action_leave(self) -> None:
        """Go back to the queue."""
        self.dismiss()


def _cover(mutation: Mutation) -> list[Cover]:
    """What comes before the files: why the mutation was made."""
    lines = wrap(inert(mutation.description, lines=True), _MEASURE) if mutation.description else []
    if not mutation.changes:
        lines += ["", "It changes no files: it is a record."] if lines else ["It changes no files: it is a record."]
    return [Cover(tuple(lines))] if lines else []
