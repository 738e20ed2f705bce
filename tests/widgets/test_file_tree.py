"""The files of a diff as a tree."""

from hypothesis import given
from hypothesis import strategies as st
from textual import on
from textual.app import App, ComposeResult

from lattice_console.widgets.file_change import FileChange
from lattice_console.widgets.file_tree import Branch, FileTree, Leaf, branches
from lattice_console.widgets.signs import ASCII, Look
from lattice_console.widgets.themes import DARK

PATHS = st.lists(
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4).map("/".join), unique=True, max_size=12
).map(lambda paths: [f"{path}.txt" for path in paths])


def drawn(paths: list[str], closed: frozenset[str] = frozenset()) -> list[str]:
    return [f"{'  ' * row.depth}{row.name}" + "/" * isinstance(row, Branch) for row in branches(paths, closed)]


def test_folders_that_hold_nothing_but_a_folder_are_one_row() -> None:
    paths = ["src/auth/session.py", "README.md", "src/auth/deep/er/x.py", "docs/a.md"]
    assert drawn(paths) == [
        "docs/",
        "  a.md",
        "src/auth/",
        "  deep/er/",
        "    x.py",
        "  session.py",
        "README.md",
    ]
    assert drawn(paths, frozenset(["src/auth"])) == ["docs/", "  a.md", "src/auth/", "README.md"]


@given(PATHS)
def test_every_file_stands_once_below_its_folders(paths: list[str]) -> None:
    above: dict[int, Branch] = {}
    found: dict[int, str] = {}
    for row in branches(paths):
        if isinstance(row, Branch):
            above[row.depth] = row
        else:
            assert isinstance(row, Leaf)
            found[row.index] = f"{above[row.depth - 1].path}/{row.name}" if row.depth else row.name
    assert found == dict(enumerate(paths))


class Shelf(App[None]):
    def __init__(self) -> None:
        super().__init__(ansi_color=True)
        self.register_theme(DARK)
        self.theme = DARK.name
        self.tree_ = FileTree(Look(ASCII))
        self.chosen: list[int] = []

    def compose(self) -> ComposeResult:
        yield self.tree_

    def on_mount(self) -> None:
        operations = [("src/a.py", b"a\n", b"b\n"), ("src/b.py", None, b"b\n"), ("old.md", b"x\n", None)]
        self.tree_.show(
            [
                FileChange.between(
                    "create" if old is None else "delete" if new is None else "modify", path, None, old, new
                )
                for path, old, new in operations
            ]
        )

    @on(FileTree.Chosen)
    def _chosen(self, message: FileTree.Chosen) -> None:
        self.chosen.append(message.index)


def shown(tree: FileTree) -> list[str]:
    return [tree.render_line(y).text.rstrip() for y in range(tree.total)]


async def test_each_file_has_its_sign_its_counts_its_remarks_and_its_mark() -> None:
    app = Shelf()
    async with app.run_test(size=(40, 10)) as pilot:
        app.tree_.viewed = frozenset([0])
        app.tree_.notes = {1: 3}
        await pilot.pause()
        assert shown(app.tree_) == [
            " v src/",
            "|  M a.py                      +1  -1 v",
            "   A b.py                      #3  +1",
            " D old.md                          -1",
        ]


async def test_enter_chooses_a_file_and_closes_a_folder() -> None:
    app = Shelf()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("enter", "k", "enter")
        assert app.chosen == [0]
        assert shown(app.tree_)[0] == "|> src/"
        app.tree_.point_at(1)
        assert app.tree_.cursor == 0
        app.tree_.point_at(2)
        assert app.tree_.cursor == 1
