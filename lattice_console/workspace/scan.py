"""What a folder holds: the files that could be tracked, and those that could not, each with why."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

from lattice_console.contract.paths import is_private, is_trackable
from lattice_console.workspace.files import Folder, too_large


@dataclass(frozen=True, slots=True)
class Untrackable:
    """A file that cannot be a document: `reason` says why, to follow its name in a sentence.

    `path` is for people to read: what is no UTF-8 in it, or a control character, is written as an escape. `oversized`:
    only its size stands in the way.
    """

    path: str
    reason: str
    oversized: bool = False


@dataclass(slots=True)
class Scan:
    """What was found: the paths of files, and apart from them what cannot be tracked."""

    files: set[str] = field(default_factory=set)
    untrackable: list[Untrackable] = field(default_factory=list)


def scan(folder: Folder, limit: int, start: str = "") -> Scan:
    """Everything below the directory `start` ("" for the whole folder), without following a symlink.

    Passes over git's own files, `.lattice/state`, `.lattice/local.json` and temporary files; honours no ignore file.
    """
    found = Scan()
    pending = [start]
    while pending:
        pending.extend(_scan_one(folder, limit, pending.pop(), found))
    found.untrackable.sort(key=lambda one: one.path)
    return found


def _scan_one(folder: Folder, limit: int, directory: str, found: Scan) -> Iterator[str]:
    """Put the files of one directory into `found`; yield the directories."""
    for name, status in folder.entries(directory):
        try:
            path = f"{directory}/{name.decode()}" if directory else name.decode()
        except UnicodeDecodeError:
            shown = f"{directory}/" * bool(directory) + name.decode(errors="backslashreplace")
            found.untrackable.append(Untrackable(_printable(shown), "has a name that is no UTF-8"))
            continue
        if is_private(path):
            continue
        if stat.S_ISDIR(status.st_mode):
            yield path
        elif (reason := _why_not(path, status.st_mode)) is not None:
            found.untrackable.append(Untrackable(_printable(path), reason))
        elif status.st_size > limit:
            found.untrackable.append(Untrackable(path, too_large(status.st_size, limit).reason, oversized=True))
        else:
            found.files.add(path)


def _why_not(path: str, mode: int) -> str | None:
    if stat.S_ISLNK(mode):
        return "is a symlink"
    if not stat.S_ISREG(mode):
        return "is no regular file (a FIFO, a socket or a device)"
    if not is_trackable(path):
        return "has a name that no document may have (a control character, or too long)"
    return None


def _printable(path: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in path)
