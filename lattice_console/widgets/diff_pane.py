"""A diff with what belongs beside it: the tree of its files, and the line in which a search is typed."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import ClassVar, Self, TypeVarTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from lattice_console.widgets.diff_document import Spot
from lattice_console.widgets.diff_view import DiffView
from lattice_console.widgets.file_tree import FileTree
from lattice_console.widgets.search_bar import SearchBar
from lattice_console.widgets.signs import Look

__all__ = ["BESIDE_FROM", "DiffPane"]

Arguments = TypeVarTuple("Arguments")

BESIDE_FROM = 140
"""Cells from which the tree stands beside the diff; it takes its place where there are fewer."""


class DiffPane(Horizontal):
    """Holds a `DiffView`, whose messages pass through; the focus that it gets goes to that view."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "tree", "Tree of files", id="diff.tree"),
        Binding("slash", "find", "Search in the diff", id="diff.find"),
    ]

    DEFAULT_CSS = """
    DiffPane {
        height: 1fr;
        & FileTree { display: none; width: 1fr; }
        &.-tree FileTree { display: block; }
        &.-tree Vertical { display: none; }
        &.-tree.-wide FileTree { width: 40; border-right: solid $rule; }
        &.-tree.-wide Vertical { display: block; }
    }
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = DiffView(look)
        self._tree = FileTree(look)
        self._bar = SearchBar()
        self._text = ""
        self._start = Spot("cover")

    def compose(self) -> ComposeResult:
        yield self._tree
        with Vertical():
            yield self.view
            yield self._bar

    def focus(self, scroll_visible: bool = True) -> Self:
        self.view.focus(scroll_visible)
        return self

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= BESIDE_FROM, "-wide")

    def _have(self, act: Callable[[*Arguments], None], *arguments: *Arguments) -> None:
        """Have the view do something by itself: messages that it sent from our handlers would not pass us."""
        self.view.call_later(act, *arguments)

    def keep_clear(self, lines: int) -> None:
        """Have what the cursor is on stand above as many lines at the bottom of the screen, which something covers."""
        self.view.keep_clear(max(0, lines - (self.screen.size.height - self.view.region.bottom)))

    # -- the tree

    @property
    def file(self) -> int | None:
        """The file under the cursor that the person moves: of the tree, or of the diff."""
        return self._tree.file if self._tree.has_focus else self.view.at.file

    def go_to_file(self, index: int) -> None:
        """Put the cursor of the diff on a file's name, and that of the tree on the file."""
        self.view.go_to_file(index)
        self._tree.point_at(index)

    def action_tree(self) -> None:
        """Show the tree of files, or hide it."""
        if self.has_class("-tree"):
            self._close_tree()
            return
        self.add_class("-tree")
        self._point()
        self._tree.focus()

    def _close_tree(self) -> None:
        self.remove_class("-tree")
        self.view.focus()

    def _point(self) -> None:
        if self.view.at.file is not None and not self._tree.has_focus:
            self._tree.point_at(self.view.at.file)

    @on(DiffView.Shown)
    def _shown(self) -> None:
        self._tree.show(self.view.document.files)
        self._start = self.view.at
        self._marked()

    @on(DiffView.Marked)
    def _marked(self) -> None:
        self._tree.viewed = self.view.viewed
        counts = Counter[int]()
        for thread in self.view.threads:
            if thread.file is not None and not thread.resolved:
                counts[thread.file] += len(thread.notes)
        self._tree.notes = counts

    @on(FileTree.Chosen)
    def _chosen(self, message: FileTree.Chosen) -> None:
        message.stop()
        self._have(self.view.go_to_file, message.index)
        if self.has_class("-wide"):
            self.view.focus()
        else:
            self._close_tree()

    @on(FileTree.Left)
    def _left(self, message: FileTree.Left) -> None:
        message.stop()
        self._close_tree()

    # -- the search

    def action_find(self) -> None:
        """Type a text to look for."""
        if self.has_class("-tree") and not self.has_class("-wide"):
            self._close_tree()
        self._start = self.view.at
        self._bar.tell("")
        self._bar.open(self._text)

    @on(SearchBar.Typed)
    def _typed(self, message: SearchBar.Typed) -> None:
        message.stop()
        self._have(partial(self.view.find, message.text, self._start, typing=True))

    @on(SearchBar.Kept)
    def _kept(self, message: SearchBar.Kept) -> None:
        message.stop()
        self._text = message.text
        if message.text == self.view.searched:
            self._have(self.view.keep_search)
        else:
            self._have(self.view.find, message.text, self._start)
        self._bar.close()
        self.view.focus()

    @on(SearchBar.Left)
    def _end(self, message: SearchBar.Left) -> None:
        message.stop()
        self._have(self.view.find, "", self._start)
        self._bar.close()
        self.view.focus()

    @on(DiffView.Moved)
    def _moved(self) -> None:
        self._bar.tell(self.view.found)
        self._point()
