"""The tree that paths make, looked up where somebody opens it: nothing is built for what is not seen."""

from bisect import bisect_left
from collections.abc import Container, Iterable
from dataclasses import dataclass

__all__ = ["DocumentPaths", "Node"]


@dataclass(frozen=True, slots=True)
class Node:
    """A document (`path`), or a folder (`path` ends in `/`) with `documents` in it; `name` is what its row says.

    A folder in which there is but another folder is one with it: `name` may hold several steps.
    """

    path: str
    name: str
    level: int
    documents: int

    @property
    def is_folder(self) -> bool:
        """Whether there are documents below it."""
        return self.path.endswith("/")


class DocumentPaths:
    """Paths in order. All of a folder's stand together, so that its children are found by halving."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self._paths = sorted(paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, path: str) -> bool:
        at = bisect_left(self._paths, path)
        return at < len(self._paths) and self._paths[at] == path

    def under(self, folder: str) -> list[str]:
        """The documents below a folder (which ends in `/`, or is empty for all)."""
        return self._paths[slice(*self._range(folder))]

    def children(self, folder: str, level: int) -> list[Node]:
        """What is directly in a folder: other folders first, then documents."""
        folders: list[Node] = []
        documents: list[Node] = []
        at, end = self._range(folder)
        while at < end:
            path = self._paths[at]
            step, slash, _ = path[len(folder) :].partition("/")
            if slash:
                inner = self._compressed(f"{folder}{step}/")
                following = self._range(f"{folder}{step}/")[1]
                folders.append(Node(inner, inner[len(folder) :], level, following - at))
                at = following
            else:
                documents.append(Node(path, step, level, 1))
                at += 1
        return folders + documents

    def rows(self, opened: Container[str], folder: str = "", level: int = 0) -> list[Node]:
        """Everything that is seen while the `opened` folders are open, from the top."""
        rows: list[Node] = []
        for node in self.children(folder, level):
            rows.append(node)
            if node.is_folder and node.path in opened:
                rows += self.rows(opened, node.path, level + 1)
        return rows

    def folders_to(self, path: str) -> list[str]:
        """The folders to open so that a document is seen, as `children` names them."""
        found: list[str] = []
        folder = ""
        while "/" in path[len(folder) :]:
            step = path[len(folder) :].partition("/")[0]
            folder = self._compressed(f"{folder}{step}/")
            found.append(folder)
        return found

    def _range(self, folder: str) -> tuple[int, int]:
        if not folder:
            return 0, len(self._paths)
        # The sign after the slash: every path below the folder sorts before it.
        return bisect_left(self._paths, folder), bisect_left(self._paths, f"{folder[:-1]}0")

    def _compressed(self, folder: str) -> str:
        """The innermost folder that holds all that this one does."""
        while True:
            start, end = self._range(folder)
            first, last = self._paths[start][len(folder) :], self._paths[end - 1][len(folder) :]
            step, slash, _ = first.partition("/")
            if not slash or not last.startswith(f"{step}/"):
                return folder
            folder = f"{folder}{step}/"
