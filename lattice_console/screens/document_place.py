"""A place with a document in it: its content, what it depends on, and its history, each on a tab."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import ContentSwitcher

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.document import Revision
from lattice_console.contract.models.spec import SpecGraph
from lattice_console.screens.colouring import Colouring
from lattice_console.screens.mutation import MutationScreen
from lattice_console.screens.place import FOLLOW
from lattice_console.screens.reading_specs import (
    History,
    Reading,
    load_dependencies,
    load_history,
    load_reading,
    load_revision,
)
from lattice_console.screens.session import Session
from lattice_console.text import count, inert, inert_lines
from lattice_console.widgets.dependency_view import DependencyView
from lattice_console.widgets.diff_document import DiffDocument
from lattice_console.widgets.diff_view import DiffView
from lattice_console.widgets.document_head import DocumentHead
from lattice_console.widgets.document_view import DocumentView
from lattice_console.widgets.file_change import FileChange
from lattice_console.widgets.revision_list import RevisionList
from lattice_console.widgets.tab_line import TabLine

__all__ = ["DocumentPlace"]

_TABS = ("content", "dependencies", "history")
_FOCUS = ("#content", "#dependencies", "#revisions")


class DocumentPlace(Colouring):
    """Subclasses put `compose_document` somewhere, and say by `open` which document is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "show_tab(0)", "Content", id="specs.content"),
        Binding("2", "show_tab(1)", "Dependencies", id="specs.dependencies"),
        Binding("3", "show_tab(2)", "History", id="specs.history"),
    ]

    @dataclass
    class Read(Message):
        """A document; `keep` says that it was there before and may have changed."""

        reading: Reading
        keep: bool

    @dataclass
    class Related(Message):
        """Which spec depends on which, for the document that is shown."""

        path: str
        graph: SpecGraph

    @dataclass
    class Remembered(Message):
        """A document's revisions."""

        history: History
        keep: bool

    @dataclass
    class Compared(Message):
        """What a revision changed."""

        revision: Revision
        file: FileChange

    @dataclass
    class Failed(Message):
        """Something could not be read; `path` is the document that it was about, `tab` the one that it was for.

        Without a tab it was the document itself, which all of them are about.
        """

        error: LatticeError
        path: str = ""
        tab: int | None = None

    def __init__(self, session: Session, path: str | None = None) -> None:
        super().__init__(session)
        self._path = path
        self._reading: Reading | None = None
        self._history: History | None = None
        self._comparing: Timer | None = None

    def compose_document(self) -> ComposeResult:
        """The document with its tabs."""
        look = self.session.look
        yield DocumentHead(look)
        yield TabLine(look)
        with ContentSwitcher(initial="content"):
            yield DocumentView(look, id="content")
            yield DependencyView(look, id="dependencies")
            with Vertical(id="history"):
                yield RevisionList(look, id="revisions")
                yield DiffView(look, id="change")

    @property
    def path(self) -> str | None:
        """The document that is shown, or on its way."""
        return self._path

    def folder_looked_at(self) -> None:
        self.query_one(DocumentHead).drifted = self._path in self.session.drifted

    # -- reading

    def open(self, path: str, *, keep: bool = False) -> None:
        """Show a document; with `keep`, what is in sight stays there."""
        if path != self._path:
            self._history = None
        self._path = path
        if self.session.connected:
            self.start("document", self._read, path, keep)

    async def _read(self, path: str, keep: bool) -> None:
        with self.desk.working(f"reading {inert(path)}"):
            try:
                reading = await load_reading(self.session, path)
            except LatticeError as error:
                self.post_message(self.Failed(error, path))
                return
            self.post_message(self.Read(reading, keep))
            # What one tab cannot have, the other still may.
            try:
                self.post_message(self.Related(path, await load_dependencies(self.session, reading)))
            except LatticeError as error:
                self.post_message(self.Failed(error, path, _TABS.index("dependencies")))
            try:
                self.post_message(self.Remembered(await load_history(self.session, reading.document.id), keep))
            except LatticeError as error:
                self.post_message(self.Failed(error, path, _TABS.index("history")))

    @on(Read)
    def _has_read(self, message: Read) -> None:
        reading, shown = message.reading, self._reading
        if reading.document.path != self._path:
            return
        same = message.keep and shown is not None and shown.document.path == reading.document.path
        self._reading = reading
        view = self.query_one(DocumentView)
        view.show(reading.text, keep=same)
        view.find(reading.spec.findings if reading.spec is not None else ())
        self.query_one(DocumentHead).show(reading.document, reading.spec)
        self.folder_looked_at()
        if not same:
            self.query_one(DependencyView).say_instead(_READING)
            self.query_one(RevisionList).say_instead(_READING)
            self.query_one(DiffView).show(DiffDocument([]))
        self._name_tabs()
        self.refresh_chrome()

    @on(Related)
    def _related(self, message: Related) -> None:
        reading = self._reading
        if message.path == self._path and reading is not None:
            self.query_one(DependencyView).show(message.graph, reading.node)

    @on(Failed)
    def _say_in_tabs(self, message: Failed) -> None:
        """Say in a tab that has nothing to show why that is; what was read of the document stays."""
        if not message.path or message.path != self._path:
            return
        reading, told = self._reading, (*inert_lines(message.error.message), "", "R tries again.")
        if message.tab is None and (reading is None or reading.document.path != message.path):
            self.forget(told)
        views: dict[int, DependencyView | RevisionList] = {
            1: self.query_one(DependencyView),
            2: self.query_one(RevisionList),
        }
        view = views.get(message.tab or 0)
        if view is not None and not view.total:
            view.say_instead(told)

    def forget(self, told: Sequence[str]) -> None:
        """Show inert words in place of a document that cannot be read."""
        self._reading = self._history = None
        self.query_one(DocumentView).say_instead(told)
        self.query_one(DependencyView).say_instead(told)
        self.query_one(RevisionList).say_instead(told)
        self.query_one(DiffView).show(DiffDocument([]))
        self.query_one(DocumentHead).show(None, None)
        self._name_tabs()

    # -- tabs

    @property
    def tab(self) -> int:
        """The tab that is shown, from 0."""
        return _TABS.index(self.query_one(ContentSwitcher).current or "content")

    def action_show_tab(self, index: int) -> None:
        """Show content, dependencies or history of the document."""
        self.query_one(ContentSwitcher).current = _TABS[index]
        self.focus_document()
        self._name_tabs()
        self.refresh_chrome()

    def focus_document(self) -> None:
        """Put the focus into the tab that is shown."""
        self.query_one(_FOCUS[self.tab]).focus()

    @on(TabLine.Chosen)
    def _tab_chosen(self, message: TabLine.Chosen) -> None:
        self.action_show_tab(message.index)

    def _name_tabs(self) -> None:
        reading, line = self._reading, self.query_one(TabLine)
        findings = len(reading.spec.findings) if reading is not None and reading.spec is not None else 0
        content = f"1 Content {count(findings, 'finding')}" if findings else "1 Content"
        revisions = f" {count(self._history.total, 'revision')}" if self._history is not None else ""
        line.names = (content, "2 Dependencies", f"3 History{revisions}")
        line.current = self.tab

    def document_hints(self) -> Sequence[tuple[str, str]]:
        """The keys that matter in the tab that is shown."""
        tab, reading = self.tab, self._reading
        wrong = reading is not None and reading.spec is not None and reading.spec.findings
        hints = [(f"specs.{name}", name) for index, name in enumerate(_TABS) if index != tab]
        if tab == 0 and wrong:
            hints.insert(0, ("specs.next_finding", "next finding"))
        elif tab == 1 and self.query_one(DependencyView).path:
            hints.insert(0, ("list.open", "open"))
        elif tab == 2:
            hints.insert(0, ("list.open", "its mutation"))
        return hints

    # -- its history

    @on(Remembered)
    def _remembered(self, message: Remembered) -> None:
        history = message.history
        if self._reading is None or history.document_id != self._reading.document.id:
            return
        self._history = history
        revisions = self.query_one(RevisionList)
        revisions.show(history.revisions, history.total, history.titles, keep=message.keep)
        self._name_tabs()

    @on(RevisionList.NearEnd)
    def _near_end(self) -> None:
        if self._history is not None and self._history.next_cursor is not None:
            self.start("history", self._grow, self._history)

    async def _grow(self, history: History) -> None:
        try:
            self.post_message(self.Remembered(await load_history(self.session, history.document_id, history), True))
        except LatticeError as error:
            self.post_message(self.Failed(error))

    @on(RevisionList.Highlighted, "#revisions")
    def _revision_highlighted(self) -> None:
        if self._comparing is not None:
            self._comparing.stop()
        self._comparing = self.set_timer(FOLLOW, self._compare)

    def _compare(self) -> None:
        revisions = self.query_one(RevisionList)
        if revisions.revision is not None and self.session.connected:
            self.start("compare", self._load_change, revisions.revision, revisions.before)

    async def _load_change(self, revision: Revision, before: Revision | None) -> None:
        try:
            self.post_message(self.Compared(revision, await load_revision(self.session, revision, before)))
        except LatticeError as error:
            self.post_message(self.Failed(error))

    @on(Compared)
    def _compared(self, message: Compared) -> None:
        view = self.query_one(DiffView)
        shown = view.document.files
        if message.revision == self.query_one(RevisionList).revision and (not shown or shown[0] is not message.file):
            view.show(DiffDocument([message.file]))

    @on(RevisionList.Opened, "#revisions")
    def _revision_opened(self) -> None:
        revision = self.query_one(RevisionList).revision
        if revision is None:
            return
        if revision.mutation is None:
            self.desk.say("No mutation made this revision: it was taken under review as it lay there.")
        else:
            self.desk.expect(self.start("open", self._open_mutation, str(revision.mutation)))

    async def _open_mutation(self, number: str) -> None:
        try:
            self.app.push_screen(MutationScreen(self.session, await self.session.backend.mutations.get(number)))
        except LatticeError as error:
            self.post_message(self.Failed(error))


_READING = ("Reading it.",)
