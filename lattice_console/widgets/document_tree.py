"""The documents of a project as a tree: specs are marked with type and findings, and what drifts in the folder."""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from lattice_console.cells import cells, cut
from lattice_console.contract.models.spec import Spec
from lattice_console.text import count, inert
from lattice_console.widgets.document_paths import DocumentPaths, Node
from lattice_console.widgets.row_view import Piece, RowView, spread
from lattice_console.widgets.signs import Look

__all__ = ["DocumentTree", "Meaning"]

_FEW = 200
"""Documents up to which all folders stand open at first."""

_MANY = 3000
"""Documents found beyond which folders stay as they are, instead of being opened all at once."""


class _Every(Container[str]):
    """All folders."""

    def __contains__(self, folder: object) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a path is as a spec, and how many errors and warnings it has; None for what is not known yet."""

    spec: Spec
    errors: int | None = None
    warnings: int | None = None

    @property
    def words(self) -> str:
        """What it can be found by, besides its path."""
        findings = f"{self.errors or 0} errors {self.warnings or 0} warnings findings" if self.found else ""
        return f"spec {self.spec.type} {self.spec.name} {findings}".casefold()

    @property
    def found(self) -> int:
        """How many findings it has."""
        return (self.errors or 0) + (self.warnings or 0)


class DocumentTree(RowView):
    """Folders open and close in place; a document is chosen with Enter, or by going right."""

    KEEPS_MARK = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l,right", "into", "Open the folder or document", id="specs.into"),
        Binding("h,left", "out", "Close the folder", id="specs.out"),
        Binding("plus", "open_all", "Open all folders", key_display="+", id="specs.open_all"),
        Binding("minus", "close_all", "Close all folders", key_display="-", id="specs.close_all"),
        *RowView.BINDINGS,
    ]

    drifted: reactive[Collection[str]] = reactive(frozenset())
    """The documents for which the folder holds what the store does not have."""

    @dataclass
    class Chosen(Message):
        """A document is to be read."""

        path: str

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._all = DocumentPaths()
        self._paths = self._all
        self._meanings: Mapping[str, Meaning] = {}
        self._opened: set[str] = set()
        self._rows: list[Node] = []
        self._sums: dict[str, tuple[int, int]] = {}
        self._specs = 0
        self._loaded = False
        self._narrowed = ""
        self._instead: Sequence[str] = ()

    @property
    def path(self) -> str | None:
        """The document or folder (ends in `/`) under the cursor."""
        return self._rows[self.cursor].path if self.cursor < len(self._rows) else None

    @property
    def paths(self) -> DocumentPaths:
        """All documents."""
        return self._all

    def show(self, paths: DocumentPaths, meanings: Mapping[str, Meaning]) -> None:
        """Show these documents; what is open stays open, and the cursor on its document."""
        first = not self._loaded and bool(len(paths))
        if first:
            self._loaded = True
            few = len(paths) <= _FEW
            self._opened = {
                folder for path in (paths.under("") if few else meanings) for folder in paths.folders_to(path)
            }
        if self._paths is self._all:
            self._paths = paths
        self._all = paths
        self.mean(meanings)
        self._arrange()
        if first:
            specs = (at for at, node in enumerate(self._rows) if node.path in meanings)
            self.move_to(next(specs, self._first_document()))

    def mean(self, meanings: Mapping[str, Meaning]) -> None:
        """Show what is newly known of the same documents."""
        self._meanings = meanings
        self._sums.clear()
        self._specs = sum(1 for path in meanings if path in self._all)
        self.refresh()

    def narrow(self, paths: DocumentPaths | None, text: str = "") -> None:
        """Show only these documents, those that match `text`; None shows all again."""
        self._paths, self._narrowed = (self._all, "") if paths is None else (paths, text)
        self._arrange()
        if self._narrowed and (self.path or "/").endswith("/"):
            # What was looked for are documents, not the folders around them.
            self.move_to(self._first_document())

    def _first_document(self) -> int:
        return next((at for at, node in enumerate(self._rows) if not node.is_folder), 0)

    def say_instead(self, lines: Sequence[str]) -> None:
        """What to show where there are no documents: inert lines."""
        self._instead = lines
        self.refresh()

    def reveal(self, path: str) -> None:
        """Put the cursor on a document, and open the folders that lead to it."""
        if path in self._paths:
            self._opened.update(self._paths.folders_to(path))
            self._arrange(path)

    # -- opening and closing

    def action_into(self) -> None:
        """Open the folder under the cursor, or choose the document."""
        node = self._node
        if node is None:
            return
        if not node.is_folder:
            self.post_message(self.Chosen(node.path))
        elif node.path in self._opened:
            self.action_move(1)
        else:
            self._toggle(node)

    def action_out(self) -> None:
        """Close the folder under the cursor, or go to the one around it."""
        node = self._node
        if node is None:
            return
        if node.is_folder and node.path in self._opened:
            self._toggle(node)
            return
        around = next((at for at in range(self.cursor, -1, -1) if self._rows[at].level < node.level), None)
        if around is not None:
            self.move_to(around)

    def action_open(self) -> None:
        """Choose the document under the cursor; open or close the folder."""
        node = self._node
        if node is not None and node.is_folder:
            self._toggle(node)
        elif node is not None:
            self.post_message(self.Chosen(node.path))

    def action_open_all(self) -> None:
        """Open all folders."""
        self._opened.update(node.path for node in self._paths.rows(_Every()) if node.is_folder)
        self._arrange()

    def action_close_all(self) -> None:
        """Close all folders."""
        node = self._node
        self._opened.clear()
        self._arrange(node.path if node else None)

    def clicked(self, index: int, event: events.Click) -> None:
        """One click opens: nothing here is changed by it."""
        self.action_open()

    @property
    def _node(self) -> Node | None:
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def _toggle(self, node: Node) -> None:
        """Open or close one folder; the rows around it stay as they are."""
        at = self.cursor
        if node.path in self._opened:
            self._opened.discard(node.path)
            end = next((end for end in range(at + 1, len(self._rows)) if self._rows[end].level <= node.level), None)
            del self._rows[at + 1 : end]
        else:
            self._opened.add(node.path)
            self._rows[at + 1 : at + 1] = self._paths.rows(self._opened, node.path, node.level + 1)
        self.renew(at)

    @property
    def _seen(self) -> Container[str]:
        """The folders that stand open: while something is looked for, all that it was found in."""
        return _Every() if self._narrowed and len(self._paths) <= _MANY else self._opened

    def _arrange(self, path: str | None = None) -> None:
        path = path or self.path
        self._rows = self._paths.rows(self._seen)
        if path is None:
            at = 0
        else:
            # Its folder may be closed now: then that stands for it.
            at = next((at for at in range(len(self._rows) - 1, -1, -1) if path.startswith(self._rows[at].path)), 0)
        self.renew(at)

    # -- drawing

    @property
    def total(self) -> int:
        return len(self._rows)

    def head(self, width: int) -> Sequence[Sequence[Piece]]:
        if not len(self._all):
            return [[]]
        shown = count(len(self._all), "document")
        if self._narrowed:
            shown = f"{len(self._paths):,} of {shown}"
        return [spread([(f" {shown}", "strong")], [(count(self._specs, "spec"), "muted"), (" ", "plain")], width)]

    def instead(self, width: int) -> Sequence[Sequence[Piece]]:
        return [[(f"   {line}", "muted")] for line in self._instead]

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        node, signs = self._rows[index], self._look.signs
        lead = "  " * min(node.level, 12)
        if node.is_folder:
            opened = node.path in self._seen
            lead += f"{signs.opened if opened else signs.closed} "
            tail = [] if opened else self._inside(node)
        else:
            lead += "  "
            tail = [("drifted", "warning")] if node.path in self.drifted else []
            tail += self._about(self._meanings.get(node.path))
        room = width - cells(lead) - sum(cells(text) + 1 for text, _ in tail) - 1
        name = cut(inert(node.name), max(8, room), signs.ellipsis)
        role = "muted" if node.is_folder else "strong" if node.path in self._meanings else "plain"
        ends = [piece for one in tail for piece in (one, (" ", "plain"))]
        return spread([(lead, "muted"), (name, role)], ends, width)

    def _about(self, meaning: Meaning | None) -> list[Piece]:
        """What a document is as a spec."""
        if meaning is None:
            return []
        return [*self._findings(meaning.errors or 0, meaning.warnings or 0), (meaning.spec.type, "muted")]

    def _inside(self, node: Node) -> list[Piece]:
        """What a closed folder holds."""
        if node.path not in self._sums:
            inner = [meaning for path, meaning in self._meanings.items() if path.startswith(node.path)]
            self._sums[node.path] = (
                sum(meaning.errors or 0 for meaning in inner),
                sum(meaning.warnings or 0 for meaning in inner),
            )
        drifted = sum(path.startswith(node.path) for path in self.drifted)
        drift: list[Piece] = [(f"{drifted:,} drifted", "warning")] if drifted else []
        return [*drift, *self._findings(*self._sums[node.path]), (f"{node.documents:,}", "muted")]

    def _findings(self, errors: int, warnings: int) -> list[Piece]:
        signs = self._look.signs
        found: list[Piece] = []
        if errors:
            found.append((f"{signs.requirement['unsatisfied']}{errors}", "bad"))
        if warnings:
            found.append((f"!{warnings}", "warning"))
        return found
