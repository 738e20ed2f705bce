"""The tree that paths make."""

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.widgets.document_paths import DocumentPaths, Node

STEP = st.sampled_from(["a", "b", "a.md", "a0", "a-", "Ä", "z z"])


def _no_file_is_a_folder(paths: set[str]) -> bool:
    return not any(other.startswith(f"{path}/") for path in paths for other in paths)


PATHS = st.sets(st.lists(STEP, min_size=1, max_size=5).map("/".join), max_size=25).filter(_no_file_is_a_folder)


class Every:
    def __contains__(self, folder: object) -> bool:
        return True


def names(nodes: list[Node]) -> list[tuple[int, str]]:
    return [(node.level, node.name) for node in nodes]


@given(PATHS)
def test_with_all_open_every_document_is_seen_once_under_the_folders_of_its_path(paths: set[str]) -> None:
    tree = DocumentPaths(paths)
    rows = tree.rows(Every())
    assert sorted(row.path for row in rows if not row.is_folder) == sorted(paths)
    above: list[Node] = []
    for row in rows:
        del above[row.level :]
        assert "".join(folder.name for folder in above) + row.name == row.path
        above.append(row)
    for row in rows:
        if row.is_folder:
            assert row.documents == sum(path.startswith(row.path) for path in paths) == len(tree.under(row.path))


@given(PATHS)
def test_a_folder_is_one_with_a_folder_that_is_all_there_is_in_it(paths: set[str]) -> None:
    tree = DocumentPaths(paths)
    for row in tree.rows(Every()):
        if row.is_folder:
            within = tree.children(row.path, 0)
            assert len(within) > 1 or not within[0].is_folder


@given(PATHS, st.data())
def test_the_folders_to_a_document_are_those_that_have_to_be_open(paths: set[str], data: st.DataObject) -> None:
    if not paths:
        return
    path = data.draw(st.sampled_from(sorted(paths)))
    tree = DocumentPaths(paths)
    folders = tree.folders_to(path)
    assert path in {row.path for row in tree.rows(folders)}
    for missing in folders:
        assert path not in {row.path for row in tree.rows([one for one in folders if one != missing])}


def test_folders_come_before_documents_each_in_order() -> None:
    tree = DocumentPaths(["b.md", "src/auth/session.py", "docs/a.md", "docs/old/b.md", "a.md"])
    assert names(tree.rows({"docs/"})) == [
        (0, "docs/"),
        (1, "old/"),
        (1, "a.md"),
        (0, "src/auth/"),
        (0, "a.md"),
        (0, "b.md"),
    ]
    assert "a.md" in tree
    assert "docs/" not in tree
    assert len(tree) == 5
