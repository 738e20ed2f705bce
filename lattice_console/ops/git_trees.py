"""Trees of a git repository, walked within bounds: a few objects can stand for more files than anybody has."""

from collections.abc import Iterable, Iterator

import pygit2

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.paths import PATH_LIMIT

FILES = 1_000_000
"""Files and folders that one tree may have, told apart by their paths."""

CHANGED = 20_000
"""Files and folders that may differ between two trees that are to be one mutation."""

Level = Iterator[tuple[bytes, pygit2.Object]]


def files(tree: pygit2.Tree) -> Level:
    """What a tree holds, with its path, in the order of the names; a folder only where its path is too long to go on.

    Raises ValidationFailed (`VAL_HISTORY`) for more than `FILES`.
    """
    levels = [_level(tree, b"")]
    seen = 0
    while levels:
        for raw, entry in levels[-1]:
            seen += 1
            if seen > FILES:
                raise ValidationFailed(
                    "VAL_HISTORY",
                    f"A commit of this history holds more than {FILES:,} files and folders: more than is read.",
                    field="tree",
                )
            if isinstance(entry, pygit2.Tree) and len(raw) <= PATH_LIMIT:
                levels.append(_level(entry, raw + b"/"))
                break
            yield raw, entry
        else:
            levels.pop()


def _level(tree: pygit2.Tree, prefix: bytes) -> Level:
    return ((prefix + (entry.raw_name or b""), entry) for entry in tree)


def check_difference(old: pygit2.Tree | None, new: pygit2.Tree | None) -> None:
    """Raise ValidationFailed (`VAL_HISTORY`) where more than `CHANGED` files and folders differ between two trees."""
    pairs = [(old, new)]
    seen = 0
    while pairs:
        before, after = (_entries(tree) for tree in pairs.pop())
        for name in before.keys() | after.keys():
            sides = before.get(name), after.get(name)
            if _same(*sides):
                continue
            seen += 1
            if seen > CHANGED:
                raise ValidationFailed(
                    "VAL_HISTORY",
                    f"It changes more than {CHANGED:,} files and folders, too many for one mutation.",
                    field="from_git",
                )
            if any(isinstance(side, pygit2.Tree) for side in sides):
                first, second = (side if isinstance(side, pygit2.Tree) else None for side in sides)
                pairs.append((first, second))


def _entries(tree: Iterable[pygit2.Object] | None) -> dict[bytes, pygit2.Object]:
    return {entry.raw_name or b"": entry for entry in tree or ()}


def _same(old: pygit2.Object | None, new: pygit2.Object | None) -> bool:
    return old is not None and new is not None and (old.id, old.filemode) == (new.id, new.filemode)
