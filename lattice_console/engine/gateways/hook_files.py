"""Which hooks lie in a project's folder, and what they hold."""

import hashlib
import os
import stat
from pathlib import Path
from typing import NamedTuple, get_args

from lattice_console.contract.errors import SystemFailure
from lattice_console.contract.models.base import replace_controls
from lattice_console.engine.ports import HookKind

FOLDER = ".lattice/hooks"
"""Where they lie, from the project's folder."""

SIZE = 10_000_000
"""Bytes that a hook may have."""


class HookFile(NamedTuple):
    """A file with a hook's name; `digest` is the SHA-256 of name and content.

    `problem` says why it cannot be run whoever trusts it, as the end of a sentence about it; it has no digest then.
    """

    name: str
    kind: HookKind
    path: Path
    digest: str
    problem: str = ""


def find(root: Path) -> list[HookFile]:
    """Every executable with a hook's name, by name; raises SystemFailure where the folder cannot be read.

    A file that is not executable is no hook, as with git.
    """
    found = (_look(root / FOLDER / name, kind) for name, kind in _named(root))
    return [one for one in found if one is not None]


def idle(root: Path) -> list[str]:
    """The names of those files that would be hooks if they were executable."""
    found = (root / FOLDER / name for name, _ in _named(root))
    return [path.name for path in found if path.is_file() and _look(path, "pre-mutation") is None]


def _named(root: Path) -> list[tuple[str, HookKind]]:
    folder = root / FOLDER
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise SystemFailure(
            "SYS_HOOKS", f"{folder} cannot be read: {error.strerror}. Give yourself the right to read it."
        ) from None
    return [(name, kind) for name in sorted(names) if (kind := _kind(name)) is not None]


def _kind(name: str) -> HookKind | None:
    return next((kind for kind in get_args(HookKind) if name.startswith(kind)), None)


def _look(path: Path, kind: HookKind) -> HookFile | None:
    """The hook at that path; None for what is no executable."""

    def barred(problem: str) -> HookFile:
        return HookFile(replace_controls(path.name, lines=False), kind, path, "", problem)

    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            return barred("is a link, and only files are run; put a file in its place")
        if not stat.S_ISREG(status.st_mode) or not status.st_mode & 0o111:
            return None
        # O_NONBLOCK: a pipe that takes its place now is no reason to wait.
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(file, "rb") as stream:
            content = stream.read(SIZE + 1)
    except OSError as error:
        return barred(f"cannot be read: {error.strerror}")
    if len(content) > SIZE:
        return barred(f"has more than {SIZE:,} bytes")
    if path.name != replace_controls(path.name, lines=False):
        return barred("has a name with characters that are none; rename it")
    return HookFile(path.name, kind, path, hashlib.sha256(path.name.encode() + b"\0" + content).hexdigest())
