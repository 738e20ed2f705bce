"""Which of many globs cover which of many paths, each glob held only against what lies in its folder."""

from collections.abc import Mapping, Sequence

from lattice_console.contract.paths import folders
from lattice_console.engine.rules import globs

__all__ = ["Coverage", "around"]


def around(path: str) -> list[str]:
    """Every folder in which the files of a glob that covers the path may all lie; the project's is empty."""
    return ["", *(f"{folder}/" for folder in folders(path))]


class Coverage:
    """Some globs, each with its folder, to be asked what covers a path. They are read where that is needed."""

    def __init__(self, by_glob: Mapping[str, str]) -> None:
        self._by_folder: dict[str, list[str]] = {}
        for glob, folder in by_glob.items():
            self._by_folder.setdefault(folder, []).append(glob)

    @property
    def folders(self) -> list[str]:
        """The fewest folders in which all lies that they may cover, none of them in another one."""
        found: list[str] = []
        for folder in sorted(self._by_folder):
            if not found or not folder.startswith(found[-1]):
                found.append(folder)
        return found

    def of(self, path: str) -> Sequence[str]:
        """The globs that cover the path."""
        near = (self._by_folder.get(folder, ()) for folder in around(path))
        return [glob for some in near for glob in some if globs.read(glob).covers(path)]
