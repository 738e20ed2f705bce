"""One mutation: what it takes, what it changes, and everything that was said about it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
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
from lattice_console.contract.models.mutation import Mutation, MutationSummary
from lattice_console.screens.acting import ActingPlace
from lattice_console.screens.colouring import Colouring
from lattice_console.screens.loading import load_changes
from lattice_console.screens.place import FOLLOW
from lattice_console.screens.session import Session
from lattice_console.text import count, inert
from lattice_console.widgets.diff_document import Cover, DiffDocument
from lattice_console.widgets.diff_pane import DiffPane
from lattice_console.widgets.diff_view import DiffView
from lattice_console.widgets.file_change import FileChange
from lattice_console.widgets.mutation_head import MutationHead
from lattice_console.widgets.overview import Overview, OverviewModel
from lattice_console.widgets.tab_line import TabLine

__all__ = ["MutationScreen"]

_MEASURE = 76
_TABS = ("diff", "overview")


class MutationScreen(ActingPlace, Colouring):
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
        """The mutation, with what belongs to it."""

        model: OverviewModel

    @dataclass
    class Compared(Message):
        """Its files, compared."""

        mutation: Mutation
        files: tuple[FileChange, ...]

    def __init__(self, session: Session, row: MutationSummary) -> None:
        super().__init__(session)
        self._row: MutationSummary = row
        self._model: OverviewModel | None = None
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
        self.query_one(MutationHead).mutation = self._row
        self._name_tabs()
        self.query_one(DiffView).focus()
        self.action_reload()

    # -- chrome

    def crumbs(self) -> tuple[str, ...]:
        return (f"M-{self._row.number} {inert(self._row.title)}",)

    def hints(self) -> Sequence[tuple[str, str]]:
        diff = (("diff.next_hunk", "next hunk"),) if self._tab == 0 else ()
        return (*self.acts(self._row.status)[:3], *diff, ("mutation.turn", _TABS[1 - self._tab]))

    def subject(self) -> MutationSummary | None:
        return self._row

    @property
    def _tab(self) -> int:
        return _TABS.index(self.query_one(ContentSwitcher).current or "diff")

    def _name_tabs(self) -> None:
        files = self._model.files if self._model else None
        diff = "1 Diff"
        if files == ():
            diff += " no files"
        elif files is not None:
            added, removed = sum(file.diff.added for file in files), sum(file.diff.removed for file in files)
            diff += f" {count(len(files), 'file')} +{added} {self.session.look.signs.minus}{removed}"
        comments = f" {count(self._row.comments, 'comment')}" if self._row.comments else ""
        self.query_one(TabLine).names = (diff, f"2 Overview{comments}")

    # -- news

    def connected(self) -> None:
        self.action_reload()

    def happened(self, events: Sequence[Event]) -> None:
        if any(event.subject == self._row.id or event.name == "policy.changed" for event in events):
            self._load(keep_patchset=True)

    def mutation_changed(self, mutation: Mutation) -> None:
        if mutation.id == self._row.id:
            self._load(keep_patchset=True)

    # -- loading

    def action_reload(self) -> None:
        """Read the mutation anew, and show its newest patchset."""
        self._load(keep_patchset=False)

    def _load(self, *, keep_patchset: bool) -> None:
        if self.session.connected:
            self.start("mutation", self._fetch, keep_patchset)

    async def _fetch(self, keep_patchset: bool) -> None:
        backend, id = self.session.backend, self._row.id
        try:
            with self.desk.working(f"reading M-{self._row.number}"):
                mutation, timeline, comments = await asyncio.gather(
                    backend.mutations.get(id), backend.mutations.timeline(id), backend.reviews.comments(id)
                )
                shown = self._model
                same = shown is not None and shown.mutation.patchset == mutation.patchset
                if shown is not None and (same or keep_patchset):
                    self.post_message(self.Loaded(OverviewModel(mutation, timeline, comments, shown.files)))
                    return
                self.post_message(self.Loaded(OverviewModel(mutation, timeline, comments)))
                self.post_message(self.Compared(mutation, await load_changes(self.session, mutation.changes)))
        except LatticeError as error:
            self.desk.say(error.message, "error")

    @on(Loaded)
    def _loaded(self, message: Loaded) -> None:
        model, shown = message.model, self._model
        head = self.query_one(MutationHead)
        if shown is not None and model.files is not None and model.mutation.patchset != shown.mutation.patchset:
            # Somebody reads the older one: it stays until they ask for the newer.
            head.newer = model.mutation.patchset
            return
        head.newer = 0
        self._model, self._row = model, model.mutation
        head.mutation = model.mutation
        self.query_one(Overview).show(model)
        self._name_tabs()
        self.refresh_chrome()

    @on(Compared)
    def _compared(self, message: Compared) -> None:
        if self._model is None:
            return
        model = self._model
        self._model = OverviewModel(model.mutation, model.timeline, model.comments, message.files)
        self.query_one(Overview).show(self._model)
        self.query_one(DiffView).show(DiffDocument(message.files, _cover(message.mutation, message.files)))
        self._name_tabs()
        if not message.files:
            self.action_show_tab(1)

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

    @on(TabLine.Chosen)
    def _chosen(self, message: TabLine.Chosen) -> None:
        self.action_show_tab(message.index)

    @on(DiffView.Moved)
    def _moved(self) -> None:
        if self._follow is not None:
            self._follow.stop()
        self._follow = self.set_timer(FOLLOW, self._say_where)

    def _say_where(self) -> None:
        self._where = self.query_one(DiffView).where
        if self._tab == 0:
            self.query_one(TabLine).where = self._where

    def action_leave(self) -> None:
        """Go back to the queue."""
        self.dismiss()


def _cover(mutation: Mutation, files: Sequence[FileChange]) -> list[Cover]:
    """What comes before the files: why the mutation was made."""
    lines = wrap(inert(mutation.description, lines=True), _MEASURE) if mutation.description else []
    if not files:
        lines += ["", "It changes no files: it is a record."] if lines else ["It changes no files: it is a record."]
    return [Cover(tuple(lines))] if lines else []
