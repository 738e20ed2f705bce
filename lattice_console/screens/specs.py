"""Specs: the documents of the project, what is in them, what they depend on, and how they came to be so."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.worker import Worker

from lattice_console.contract.errors import LatticeError, NotFound
from lattice_console.contract.events import Event
from lattice_console.screens.document_place import DocumentPlace
from lattice_console.screens.falling_behind import FallingBehind
from lattice_console.screens.filtering import say_unreachable
from lattice_console.screens.place import FOLLOW
from lattice_console.screens.reading_specs import judged, load_tree, matching
from lattice_console.screens.session import Session
from lattice_console.text import inert
from lattice_console.widgets.dependency_view import DependencyView
from lattice_console.widgets.diff_view import DiffView
from lattice_console.widgets.document_paths import DocumentPaths
from lattice_console.widgets.document_tree import DocumentTree, Meaning
from lattice_console.widgets.document_view import DocumentView
from lattice_console.widgets.narrow_bar import NarrowBar
from lattice_console.widgets.revision_list import RevisionList

__all__ = ["SpecsScreen"]

_MOVES_HEAD = frozenset({"mutation.executed", "mutation.rolled_back", "document.tracked", "spec.updated"})


class SpecsScreen(FallingBehind, DocumentPlace):
    """A tree, and a document beside it, or in its place where there is no room for both.

    With a `path` it was opened for that document, and going back leaves it.
    """

    CSS_PATH = "specs.tcss"
    COALESCE = 0.5
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (180, "-broad")]  # noqa: RUF012 - declared so by Screen

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Find documents", id="specs.filter"),
        Binding("escape", "back", "Back", id="specs.back"),
        Binding("tab", "pane(1)", "Next pane", id="specs.next_pane"),
        Binding("shift+tab", "pane(-1)", "Previous pane", id="specs.previous_pane"),
        Binding("y", "copy_path", "Copy its path, and the line", id="specs.copy_path"),
        Binding("R", "reload", "Refresh", id="place.refresh"),
    ]

    @dataclass
    class Planted(Message):
        """All documents, and what the specs among them are."""

        paths: DocumentPaths
        meanings: Mapping[str, Meaning]

    @dataclass
    class Judged(Message):
        """The same with their findings."""

        meanings: Mapping[str, Meaning]

    @dataclass
    class Narrowed(Message):
        """The documents that match what is typed; None for all."""

        text: str
        paths: DocumentPaths | None

    def __init__(self, session: Session, path: str | None = None) -> None:
        super().__init__(session, path)
        self._visited = path is not None
        self._meanings: Mapping[str, Meaning] = {}
        self._found = ""
        self._follow: Timer | None = None

    def compose_place(self) -> ComposeResult:
        yield NarrowBar("words of a path, a spec's name or its type", _HINT)
        with Horizontal(id="panes"):
            yield DocumentTree(self.session.look, id="tree")
            with Vertical(id="document"):
                yield from self.compose_document()

    def on_mount(self) -> None:
        self.folder_looked_at()
        self._name_tabs()
        self._tree.say_instead(["Reading the tree."])
        if self._visited:
            self.add_class("-reading")
            self.focus_document()
        else:
            self._tree.focus()

    @property
    def _tree(self) -> DocumentTree:
        return self.query_one(DocumentTree)

    # -- chrome

    def crumbs(self) -> tuple[str, ...]:
        reading = self.has_class("-reading") or not self.has_class("-narrow")
        return ("Specs", inert(self.path)) if self.path and reading else ("Specs",)

    def hints(self) -> Sequence[tuple[str, str]]:
        if self.has_class("-filtering"):
            return ()
        if self.focused is self._tree:
            open = (("list.open", "open"),) if self._tree.total else ()
            return (
                *open,
                ("specs.filter", "find"),
                ("specs.dependencies", "dependencies"),
                ("specs.history", "history"),
            )
        return (*self.document_hints(), ("specs.back", "back"))

    def on_descendant_focus(self) -> None:
        self.refresh_chrome()

    # -- news

    def connected(self) -> None:
        self.action_reload()

    def happened(self, events: Sequence[Event]) -> None:
        if any(event.name in _MOVES_HEAD for event in events):
            self.fall_behind()

    def folder_looked_at(self) -> None:
        super().folder_looked_at()
        before, now = self._tree.drifted, frozenset(self.session.drifted)
        self._tree.drifted = now
        if self._found and before != now:
            self._find(self._found)

    # -- the tree

    def read_anew(self) -> None:
        """Read tree and document anew."""
        self.start("tree", self._plant)
        if self.path is not None:
            self.open(self.path, keep=True)

    async def _plant(self) -> None:
        try:
            with self.desk.working("reading the tree"):
                paths, meanings = await load_tree(self.session)
            self.post_message(self.Planted(paths, meanings))
            with self.desk.working("checking specs"):
                findings = await self.session.backend.specs.validate()
            self.post_message(self.Judged(judged(meanings, findings)))
        except LatticeError as error:
            self.post_message(self.Failed(error))

    @on(Planted)
    def _planted(self, message: Planted) -> None:
        # Findings that were known stay until it is known what has become of them.
        self._meanings = {path: self._meanings.get(path, meaning) for path, meaning in message.meanings.items()}
        tree = self._tree
        tree.say_instead(_NO_MATCH if len(message.paths) else _NO_DOCUMENTS)
        tree.show(message.paths, self._meanings)
        if self.path is not None and self.focused is not tree:
            tree.reveal(self.path)
        if self._found:
            self._find(self._found)

    @on(Judged)
    def _judged(self, message: Judged) -> None:
        self._meanings = message.meanings
        self._tree.mean(message.meanings)

    @on(DocumentTree.Highlighted, "#tree")
    def _highlighted(self) -> None:
        if self._follow is not None:
            self._follow.stop()
        if not self.has_class("-narrow"):
            self._follow = self.set_timer(FOLLOW, self._settled)

    def _settled(self) -> None:
        """The cursor rests on a document: it is shown beside the tree."""
        path = self._tree.path
        reading = self.focused is not None and self.query_one("#document") in self.focused.ancestors
        if path and not path.endswith("/") and path != self.path and not reading:
            self.open(path)

    @on(DocumentTree.Chosen)
    def _chosen(self, message: DocumentTree.Chosen) -> None:
        self.add_class("-reading")
        if message.path != self.path:
            self.open(message.path)
        self.focus_document()
        self.refresh_chrome()

    # -- finding documents

    def action_filter(self) -> None:
        """Type words that documents are found by."""
        self.remove_class("-reading")
        self.add_class("-filtering")
        self.query_one(NarrowBar).open(self._found)
        self.refresh_chrome()

    @on(NarrowBar.Typed)
    def _typed(self, message: NarrowBar.Typed) -> None:
        self._find(message.text)

    def _find(self, text: str) -> Worker[None]:
        self._found = text.strip()
        return self.start("find", self._look_for, self._found, self._tree.paths)

    async def _look_for(self, text: str, paths: DocumentPaths) -> None:
        drifted = frozenset(self.session.drifted)
        found = await asyncio.to_thread(matching, paths, self._meanings, drifted, text) if text else None
        self.post_message(self.Narrowed(text, found))

    @on(Narrowed)
    def _narrowed(self, message: Narrowed) -> None:
        if message.text == self._found:
            self._tree.narrow(message.paths, message.text)

    @on(NarrowBar.Entered)
    @on(NarrowBar.Left)
    def _close_filter(self, message: NarrowBar.Entered | NarrowBar.Left) -> None:
        # What is typed next is for the tree that is left.
        self.desk.hold(self._find(message.text if isinstance(message, NarrowBar.Entered) else ""))
        self.query_one(NarrowBar).close()
        self.remove_class("-filtering")
        self._tree.focus()
        self.refresh_chrome()

    # -- between tree and document

    def action_show_tab(self, index: int) -> None:
        """Show content, dependencies or history: of the document under the cursor, where that is in the tree."""
        path = self._tree.path if self.focused is self._tree else self.path
        if path is None or path.endswith("/"):
            self.desk.say("Put the cursor on a document first.")
            return
        if path != self.path:
            self.open(path)
        self.add_class("-reading")
        super().action_show_tab(index)

    @on(DependencyView.Opened, "#dependencies")
    def _dependency_opened(self) -> None:
        path = self.query_one(DependencyView).path
        if path is None:
            self.desk.say("No document has that spec.", "warning")
        else:
            self._tree.reveal(path)
            self.open(path)

    def action_pane(self, by: int) -> None:
        """Go to the next or the previous pane."""
        if by > 0:
            self.focus_next()
        else:
            self.focus_previous()

    @on(DocumentView.Back)
    def _left_document(self) -> None:
        self.action_back()

    def action_back(self) -> None:
        """Go back: from a change to the revisions, from a document to the tree, and to where it was opened from."""
        if self.focused is self.query_one(DiffView):
            self.query_one(RevisionList).focus()
        elif self.focused is self._tree and self._found:
            self._find("")
        elif self._visited:
            self.dismiss()
            return
        else:
            self.remove_class("-reading")
            self._tree.focus()
        self.refresh_chrome()

    def action_copy_path(self) -> None:
        """Put the document's path on the terminal's clipboard, with the line where the cursor is on one."""
        path = self._tree.path if self.focused is self._tree else self.path
        view = self.query_one(DocumentView)
        if path and self.focused is view and view.line is not None:
            path = f"{path}:{view.line}"
        if path:
            self.desk.copy(path, inert(path))

    # -- trouble

    @on(DocumentPlace.Failed)
    def _failed(self, message: DocumentPlace.Failed) -> None:
        if message.path and message.path == self.path and isinstance(message.error, NotFound):
            self.forget([inert(message.error.message)])
        else:
            self.unreachable(message.error)

    def unreachable(self, error: LatticeError) -> None:
        """Say why nothing can be read; what was read stays."""
        self.behind = True
        say_unreachable(self, self._tree, error, shown=bool(self._tree.total))


_HINT = "Words narrow the tree as you type   Enter stays there   Esc shows all"
_NO_DOCUMENTS = (
    "Nothing is tracked yet.",
    "",
    "Bring files under review:  lattice track 'docs/*.yaml'",
    "Or propose a new spec:     lattice spec create --name user-auth --template authentication",
)
_NO_MATCH = ("No document matches.", "", "Esc shows all.")
