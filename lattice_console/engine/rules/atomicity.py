"""Whether a mutation is one change: advice where it takes several apart that have nothing to do with each other."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

__all__ = ["advise"]

_SPECS: Final = 2
"""From how many specs on, that have nothing to do with each other, it is advised to propose them apart."""

_FOLDERS: Final = 3
"""The same of folders."""

_COMPANIONS: Final = frozenset({"changelog", "doc", "docs", "readme", "spec", "test", "tests", ".lattice"})
"""Names, without an extension, of what goes along with any change."""


def advise(paths: Collection[str], specs: Mapping[str, str], related: Iterable[tuple[str, str]]) -> str | None:
    """A sentence of advice; None where the change is one.

    `specs` are the names of those of the paths that are specs, `related` are paths that have to do with each other.
    Files have to do with each other also where the folder of one is in that of the other.
    """
    leading = {path: path for path in paths}

    def leader(path: str) -> str:
        while leading[path] != path:
            leading[path] = leading[leading[path]]
            path = leading[path]
        return path

    for one, other in related:
        if one in leading and other in leading:
            leading[leader(one)] = leader(other)
    files = [path for path in sorted(paths) if path not in specs and not _goes_along(path)]
    folders: dict[str, str] = {}
    for path in files:
        folder = path.rpartition("/")[0]
        near = next((one for one in folders if _holds(one, folder) or _holds(folder, one)), None)
        if near is None:
            folders[folder] = path
        else:
            leading[leader(path)] = leader(folders[near])
    apart = {leader(path): specs[path] for path in sorted(specs, reverse=True)}
    if len(apart) >= _SPECS:
        return _sentence(f"{len(apart):,} specs", apart.values())
    apart = {leader(path): folder for folder, path in folders.items()}
    return _sentence(f"files in {len(apart):,} folders", apart.values()) if len(apart) >= _FOLDERS else None


def _sentence(what: str, names: Iterable[str]) -> str:
    ordered = sorted(names)
    listed = ", ".join(name[:60] for name in ordered[:5])
    more = f" and {len(ordered) - 5:,} more" if len(ordered) > 5 else ""
    return (
        f"It changes {what} that have nothing to do with each other ({listed}{more}). "
        "Proposed one by one, each can be approved, executed and rolled back by itself."
    )


def _goes_along(path: str) -> bool:
    first, slash, _ = path.partition("/")
    return first.lower().partition(".")[0] in _COMPANIONS or first.lower() in _COMPANIONS or not slash


def _holds(folder: str, other: str) -> bool:
    return other == folder or other.startswith(f"{folder}/")
