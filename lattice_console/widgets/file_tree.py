"""The files of a diff as a tree: folders, what happens to each file, what was said about it, and what was viewed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from lattice_console.cells import cells, cut, fit
from lattice_console.text import inert
from lattice_console.widgets.file_change import FileChange
from lattice_console.widgets.row_view import Piece, RowView
from lattice_console.widgets.signs import Look

__all__ = ["Branch", "FileTree", "Leaf", "branches"]

_SIGNS = {"create": ("A", "good"), "modify": ("M", "warning"), "delete": ("D", "bad"), "rename": ("R", "warning")}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A file, number `index` from 0, so many folders deep; `name` is its path below the last of them."""

    index: int
    name: str
    depth: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A folder with everything below it; `name` joins folders that hold nothing but the next one."""

    path: str
    name: str
    depth: int


@dataclass(slots=True)
class _Folder:
    folders: "dict[str, _Folder]" = field(default_factory=dict)
    files: list[tuple[str, int]] = field(default_factory=list)


def branches(paths: Sequence[str], closed: frozenset[str] = frozenset()) -> list[Branch | Leaf]:
    """The rows of a tree of paths: folders before files, each in order; what is below `closed` folders is left out."""
    root = _Folder()
    for index, path in enumerate(paths):
        *folders, name = path.split("/")
        folder = root
        for part in folders:
            folder = folder.folders.setdefault(part, _Folder())
        folder.files.append((name, index))
    return list(_rows(root, "", 0, closed))


def _rows(folder: _Folder, path: str, depth: int, closed: frozenset[str]) -> Iterator[Branch | Leaf]:
    for name, below in sorted(folder.folders.items()):
        while len(below.folders) == 1 and not below.files:
            [(more, below)] = below.folders.items()
            name = f"{name}/{more}"
        whole = f"{path}{name}"
        yield Branch(whole, name, depth)
        if whole not in closed:
            yield from _rows(below, f"{whole}/", depth + 1, closed)
    for name, index in sorted(folder.files):
        yield Leaf(index, name, depth)


class FileTree(RowView):
    """Rows with a cursor: Enter goes to a file, and opens or closes a folder."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back to the diff", id="tree.leave")]

    viewed: reactive[frozenset[int]] = reactive(frozenset())
    """The files that were viewed."""

    notes: reactive[Mapping[int, int]] = reactive({})
    """How many remarks there are about a file."""

    @dataclass
    class Chosen(Message):
        """A file was chosen, by its number."""

        index: int

    @dataclass
    class Left(Message):
        """The person goes back without choosing."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._files: Sequence[FileChange] = ()
        self._folded: frozenset[str] = frozenset()
        self._rows: list[Branch | Leaf] = []

    def show(self, files: Sequence[FileChange]) -> None:
        """Show files, with every folder open."""
        self._files, self._folded = files, frozenset()
        self._grow()
        self.point_at(0)

    def _grow(self) -> None:
        self._rows = branches([file.result_path for file in self._files], self._folded)
        self.renew()

    def point_at(self, index: int) -> None:
        """Put the cursor on a file, or on the folder that is closed above it."""
        for at, row in enumerate(self._rows):
            hidden = isinstance(row, Branch) and row.path in self._folded
            if isinstance(row, Leaf) and row.index == index:
                self.move_to(at)
                return
            if isinstance(row, Branch) and hidden and self._files[index].result_path.startswith(f"{row.path}/"):
                self.move_to(at)
                return

    @property
    def file(self) -> int | None:
        """The number of the file under the cursor; None on a folder."""
        row = self._rows[self.cursor] if self._rows else None
        return row.index if isinstance(row, Leaf) else None

    def action_open(self) -> None:
        """Go to the file under the cursor, or open or close its folder."""
        match self._rows[self.cursor] if self._rows else None:
            case Leaf(index):
                self.post_message(self.Chosen(index))
            case Branch(path):
                self._folded ^= {path}
                self._grow()

    def action_leave(self) -> None:
        """Go back to the diff."""
        self.post_message(self.Left())

    def clicked(self, index: int, event: events.Click) -> None:
        if event.chain == 1:
            self.action_open()

    # -- drawing

    @property
    def total(self) -> int:
        return len(self._rows)

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        row, signs = self._rows[index], self._look.signs
        indent = "  " * row.depth
        if isinstance(row, Branch):
            turn = signs.closed if row.path in self._folded else signs.opened
            return [(cut(f"{indent}{turn} {inert(row.name)}/", width, signs.ellipsis), "muted")]
        compared, viewed = self._files[row.index].diff, row.index in self.viewed
        remarks = self.notes.get(row.index, 0)
        tail: list[Piece] = [(f"  {signs.comment}{remarks}", "accent")] if remarks else []
        tail += [(f"  +{compared.added}", "good")] if compared.added else []
        tail += [(f"  {signs.minus}{compared.removed}", "bad")] if compared.removed else []
        tail.append((f" {signs.check}" if viewed else "  ", "good"))
        sign, role = _SIGNS[self._files[row.index].operation]
        room = max(8, width - cells(indent) - 2 - sum(cells(text) for text, _ in tail))
        name = fit(inert(row.name), room, signs.ellipsis)
        return [(f"{indent}{sign} ", role), (name, "muted" if viewed else "plain"), *tail]
