"""What keeps a user from a SQLite file, as it can be seen from outside when SQLite has failed."""

import errno
import os
from pathlib import Path

from lattice_console.contract.errors import SystemFailure
from lattice_console.engine.stores import backups
from lattice_console.engine.stores.failures import failure

_NEEDED = 128 * 1024
"""Bytes that SQLite needs beside a database to open it and to write a little."""

FULL = (errno.ENOSPC, errno.EDQUOT)
"""How the system says that a disk is full."""


def file_failure(error: Exception, file: Path | None, *, writing: bool) -> SystemFailure:
    """The contract's error for one of the database in `file` (None: in memory), with what is seen of the file."""
    known = failure(error, writing=writing)
    seen = _seen(known.code, file) if file is not None else None
    return SystemFailure(*seen, **known.details) if seen else known


def unreachable(error: OSError, file: Path) -> SystemFailure:
    """The contract's error where the system does not let us make the database's folder."""
    code = "SYS_DATABASE_FULL" if error.errno in FULL else "SYS_DATABASE_UNREACHABLE"
    return SystemFailure(*(_seen(code, file) or _cannot_open(file)), reason=error.strerror)


def way_back(database: Path) -> str:
    """What to do where a database is lost."""
    newest = backups.newest(database)
    if newest is None:
        replaced = backups.newest(database, replaced=True)
        but = f" but what was replaced before, {replaced.name}" if replaced else ""
        folder = database.parent / backups.FOLDER
        return f"There is no backup in {folder}{but}; from one elsewhere: lattice restore-backup FILE"
    return f"Go back to the newest backup: lattice restore-backup {newest}"


def room(folder: Path) -> int:
    """How many bytes can still be written to the file system of a folder; raises OSError."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def _seen(code: str, file: Path) -> tuple[str, str] | None:
    """Code and message for what is wrong with the file, where more is seen than `code` says."""
    if code == "SYS_DATABASE_CORRUPT":
        message = f"The database {file} is damaged, or no SQLite database. Nothing was written. {way_back(file)}"
        return code, message
    try:
        if code in ("SYS_DATABASE_FULL", "SYS_DATABASE_IO") and room(file.parent) < _NEEDED:
            return "SYS_DATABASE_FULL", (
                f"The disk that {file.parent} lies on is full. Nothing was written: free some space there, and try "
                "again."
            )
        if code in ("SYS_DATABASE_READONLY", "SYS_DATABASE_UNREACHABLE"):
            return denied(file)
    except OSError:
        """Not even that can be asked: the database's own word stands."""
    return None


def denied(file: Path) -> tuple[str, str]:
    """Code and message for what this user may not do with the file or its folder; raises OSError."""
    folder = file.parent
    if folder.is_dir() and os.statvfs(folder).f_flag & os.ST_RDONLY:
        return "SYS_DATABASE_READONLY", (
            f"{folder} lies on a file system that is mounted read-only, and the database there cannot be used. Mount "
            "it writable, or copy the project's folder to one that is."
        )
    if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
        return "SYS_DATABASE_READONLY", (
            f"This user may not write in {folder}, where SQLite keeps files beside the database that it has open. "
            f"Make the folder writable for this user: it belongs to {_owner(folder)}."
        )
    if file.is_file() and not os.access(file, os.R_OK):
        return "SYS_DATABASE_UNREACHABLE", (
            f"This user may not read the database {file}. Make it readable and writable: it belongs to {_owner(file)}."
        )
    if file.is_file() and not os.access(file, os.W_OK):
        return "SYS_DATABASE_READONLY", (
            f"Nothing was written: this user may read the database {file}, and not write it. Make it writable: it "
            f"belongs to {_owner(file)}."
        )
    return _cannot_open(file)


def _cannot_open(file: Path) -> tuple[str, str]:
    return "SYS_DATABASE_UNREACHABLE", (
        f"The database {file} cannot be opened: check that its folder exists, and that no folder has the file's name."
    )


def _owner(place: Path) -> str:
    try:
        return place.owner()
    except KeyError:
        return f"the user with the number {place.stat().st_uid}"
