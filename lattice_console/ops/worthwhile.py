"""Which files of a folder people keep there, and which only their tools do."""

from collections.abc import Callable
from pathlib import Path

import pygit2
from watchfiles import Change, DefaultFilter


def worthwhile(root: Path) -> Callable[[str], bool]:
    """Whether a path below the folder is worth looking at: git does not ignore it, and no tool keeps it for itself."""
    usual = DefaultFilter()
    found = pygit2.discover_repository(str(root))
    repository = pygit2.Repository(found) if found else None
    if repository is None or repository.workdir is None:
        return lambda path: usual(Change.added, path)
    below = root.resolve().relative_to(Path(repository.workdir).resolve())
    return lambda path: usual(Change.added, path) and not repository.path_is_ignored((below / path).as_posix())
