"""Which files of a folder people keep there, and which only their tools do."""

from collections.abc import Callable
from pathlib import Path

from watchfiles import Change, DefaultFilter

from lattice_console.ops.git_around import around


def worthwhile(root: Path) -> Callable[[str], bool]:
    """Whether a path below the folder is worth looking at: git does not ignore it, and no tool keeps it for itself.

    Raises NotFound (`NF_REPOSITORY`) where git would have to be asked and its repository cannot be read.
    """
    usual = DefaultFilter()
    if (found := around(root)) is None:
        return lambda path: usual(Change.added, path)
    repository, below = found
    return lambda path: usual(Change.added, path) and not repository.path_is_ignored(f"{below}/{path}".lstrip("/"))
