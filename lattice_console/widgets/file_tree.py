"""The files of a diff as a tree: folders, what happens to each file, what was said about it, and what was viewed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from lattice_console.cells import cells, cut, fit
from lattice_console.text import inert
from lattice_console.widgets.file_change import FileChange
from lattice_console.widgets.signs import Look

__all__ = ["Branch", "FileTree", "Leaf", "branches"]

_SIGNS = {"create": "A", "modify": "M", "delete": "D", "rename": "R"}
_ROLES = {"create": "good", "modify": "changed", "delete": "bad", "rename": "changed"}

_STYLES = {
    "added-sign": "color: $added-sign;",
    "bad": "color: $bad; text-style: bold;",
    "bar": "color: $accent; text-style: bold;",
    "changed": "color: $changed; text-style: bold;",
    "cursor": "background: $cursor; color: $cursor-text; text-style: $cursor-style;",
    "good": "color: $good; text-style: bold;",
    "muted": "color: $muted; text-style: $muted-style;",
    "note": "color: $accent;",
    "plain": "",
    "removed-sign": "color: $removed-sign;",
}


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


class FileTree(Widget, can_focus=True, inherit_bindings=False):
    """Rows with a cursor: Enter goes to a file, and opens or closes a folder."""

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Next", id="tree.next"),
        Binding("k,up", "move(-1)", "Previous", id="tree.previous"),
        Binding("pagedown", "page(1)", "Page down", id="tree.page_down"),
        Binding("pageup", "page(-1)", "Page up", id="tree.page_up"),
        Binding("g,home", "end(0)", "Top", id="tree.top"),
        Binding("G,end", "end(1)", "End", id="tree.end"),
        Binding("enter", "open", "Go to the file, open or close the folder", id="tree.open"),
        Binding("escape", "leave", "Back to the diff", id="tree.leave"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"file-tree--{role}" for role in _STYLES}

    DEFAULT_CSS = (
        "FileTree { height: 1fr; "
        + "".join(f"& > .file-tree--{role} {{ {style} }}" for role, style in _STYLES.items() if style)
        + "}"
    )

    cursor: reactive[int] = reactive(0, repaint=False)
    """The row that the cursor is on."""

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
        super().__init__(id=id)
        self._look = look
        self._files: Sequence[FileChange] = ()
        self._folded: frozenset[str] = frozenset()
        self._rows: list[Branch | Leaf] = []
        self._top = 0

    def show(self, files: Sequence[FileChange]) -> None:
        """Show files, with every folder open."""
        self._files, self._folded, self._top = files, frozenset(), 0
        self._rows = branches([file.result_path for file in files])
        self.set_reactive(FileTree.cursor, 0)
        self.point_at(0)
        self.refresh()

    def point_at(self, index: int) -> None:
        """Put the cursor on a file, or on the folder that is closed above it."""
        for at, row in enumerate(self._rows):
            if isinstance(row, Leaf) and row.index == index:
                self._move_to(at)
                return
            if isinstance(row, Branch) and row.path in self._folded:
                if self._files[index].result_path.startswith(f"{row.path}/"):
                    self._move_to(at)
                    return

    # -- keys

    def action_move(self, by: int) -> None:
        self._move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        self._move_to(self.cursor + by * max(1, self.size.height - 1))

    def action_end(self, end: int) -> None:
        self._move_to(end * (len(self._rows) - 1))

    def action_open(self) -> None:
        """Go to the file under the cursor, or open or close its folder."""
        match self._rows[self.cursor] if self._rows else None:
            case Leaf(index):
                self.post_message(self.Chosen(index))
            case Branch(path):
                self._folded ^= {path}
                self._rows = branches([file.result_path for file in self._files], self._folded)
                self.refresh()

    def action_leave(self) -> None:
        """Go back to the diff."""
        self.post_message(self.Left())

    def on_click(self, event: events.Click) -> None:
        row = event.y + self._top
        if row < len(self._rows):
            self._move_to(row)
            self.action_open()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._scroll(self._top + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._scroll(self._top - 3)

    def _move_to(self, row: int) -> None:
        row = max(0, min(row, len(self._rows) - 1))
        before, self.cursor = self.cursor, row
        height = max(1, self.size.height)
        if not self._top <= row < self._top + height:
            self._scroll(row - height // 2)
        for changed in {before, row}:
            if 0 <= changed - self._top < self.size.height:
                self.refresh(Region(0, changed - self._top, self.size.width, 1))

    def _scroll(self, top: int) -> None:
        top = max(0, min(top, len(self._rows) - self.size.height))
        if top != self._top:
            self._top = top
            self.refresh()

    def on_resize(self) -> None:
        self._scroll(self._top)
        self._move_to(self.cursor)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    # -- drawing

    def _style(self, role: str) -> Style:
        return self.get_component_rich_style(f"file-tree--{role}", partial=True)

    def render_line(self, y: int) -> Strip:
        at, width = y + self._top, self.size.width
        if at >= len(self._rows):
            return Strip.blank(width)
        selected = at == self.cursor
        base = self._style("cursor" if selected and self.has_focus else "plain")
        row = self._rows[at]
        bar = Segment(self._look.signs.bar, self._style("bar")) if selected else Segment(" ")
        middle = self._folder(row, base) if isinstance(row, Branch) else self._file(row, base, width - 1)
        return Strip([bar, *middle]).adjust_cell_length(width, base)

    def _folder(self, row: Branch, base: Style) -> list[Segment]:
        signs = self._look.signs
        turn = signs.closed if row.path in self._folded else signs.opened
        name = f"{'  ' * row.depth}{turn} {inert(row.name)}/"
        return [Segment(cut(name, self.size.width - 1, signs.ellipsis), self._style("muted") + base)]

    def _file(self, row: Leaf, base: Style, width: int) -> list[Segment]:
        file, signs = self._files[row.index], self._look.signs
        viewed = row.index in self.viewed
        tail: list[tuple[str, str]] = []
        if count := self.notes.get(row.index):
            tail.append((f"  {signs.comment}{count}", "note"))
        if file.diff.added:
            tail.append((f"  +{file.diff.added}", "added-sign"))
        if file.diff.removed:
            tail.append((f"  {signs.minus}{file.diff.removed}", "removed-sign"))
        tail.append((f" {signs.check} " if viewed else "   ", "good"))
        head = "  " * row.depth
        room = max(8, width - cells(head) - 2 - sum(cells(text) for text, _ in tail))
        name = fit(inert(row.name), room, signs.ellipsis)
        return [
            Segment(head, base),
            Segment(f"{_SIGNS[file.operation]} ", self._style(_ROLES[file.operation]) + base),
            Segment(name, (self._style("muted") if viewed else Style()) + base),
            *(Segment(text, self._style(role) + base) for text, role in tail),
        ]
