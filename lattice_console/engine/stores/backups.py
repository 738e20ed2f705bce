"""Copies of a SQLite database while others work on it, and one put in its place."""

import errno
import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

Progress = Callable[[int, int], None]
"""Told how many pages are done, and of how many."""

FOLDER = "backups"
"""Where copies lie, beside the database."""

REPLACED = "-before-"
"""What the names of copies have that were made because something else was about to take the database's place."""

_PAGES = 1000
"""Pages that are copied between two reports."""

_SCRATCH = ".making-"

_BESIDE = ("", "-wal", "-shm", "-journal")
"""What the names of the files end in that are one database."""

_LOCKS = (0x40000000, 512)
"""First byte and number of those by which SQLite locks a file: https://www.sqlite.org/fileformat2.html#the_lock_byte_page"""


def free_name(database: Path, revision: str | None, what: str = "") -> Path:
    """A name in the database's folder of backups for a copy that is made now; nothing lies there."""
    folder = database.parent / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{database.stem}-{revision or 'unread'}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}{what}"
    for more in range(1, 10_000):
        name = folder / f"{stem}{f'-{more}' if more > 1 else ''}.db"
        if not any(os.path.lexists(f"{name}{end}") for end in _BESIDE):
            return name
    raise FileExistsError(f"{folder} is full of copies of this second")


def newest(database: Path, *, replaced: bool = False) -> Path | None:
    """The newest backup in the database's folder of them, or of what was `replaced`, if any; none that was cut off."""
    found = [
        path
        for path in (database.parent / FOLDER).glob("*.db")
        if (REPLACED in path.name) is replaced and path.stat().st_size and not os.path.lexists(f"{path}-journal")
    ]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def copy(source: Path, target: Path, progress: Progress | None = None) -> None:
    """Copy the database as it is at one moment to `target`, one file without a log beside it, all of it or nothing.

    Nobody waits for it. Raises FileExistsError where something lies at `target`, and else the errors of the system and
    the driver; then nothing is left of the copy.
    """
    # What is cut off lies under a name that nobody takes for a backup.
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    remove(unfinished)
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, source.stat().st_mode & 0o777))
    try:
        with closing(reading(source)) as there, closing(sqlite3.connect(unfinished, isolation_level=None)) as here:
            # One view for all of it: what others write meanwhile would make it begin again.
            there.execute("BEGIN")
            there.execute("SELECT count(*) FROM sqlite_master").fetchone()
            there.backup(here, pages=_PAGES, progress=_telling(progress))
            here.execute("PRAGMA journal_mode = DELETE")
        _name(unfinished, target)
    finally:
        remove(unfinished)


def _name(unfinished: Path, target: Path) -> None:
    """Give a finished copy its name; raises FileExistsError."""
    try:
        os.link(unfinished, target)
    except FileExistsError:
        raise
    except OSError as error:
        # A file system without links.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from error
        os.rename(unfinished, target)
    sync_folder(target.parent)


def _telling(progress: Progress | None) -> Callable[[int, int, int], object] | None:
    return progress and (lambda _, left, total: progress(total - left, total))


def reading(file: Path) -> sqlite3.Connection:
    """Connect to a database to read it; one in a folder that cannot be written needs no files beside it then."""
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=30)
    try:
        connection.execute("PRAGMA schema_version")
    except sqlite3.Error as error:
        connection.close()
        alone = not any(os.path.lexists(f"{file}{end}") for end in _BESIDE[1:])
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CANTOPEN and alone and not os.access(file.parent, os.W_OK):
            return sqlite3.connect(f"{file.resolve().as_uri()}?immutable=1", uri=True, isolation_level=None)
        raise
    return connection


def put_in_place(fresh: Path, database: Path, keep: Path, *, busy: float) -> None:
    """Make `database` hold what `fresh` does, or be it, in one step; what it held is at `keep` afterwards.

    Who has the database open goes on, and sees it as it is now from the next transaction on. A database that SQLite
    cannot read is moved to `keep` with what lies beside it. Waits `busy` seconds for others. Raises
    `sqlite3.OperationalError` as the driver does where they do not let go, and the errors of the system; then nothing
    has changed.
    """
    if database.exists() and database.stat().st_size == 0:
        _exchange(fresh, database, keep)
        return
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=rw", uri=True, timeout=0.1)) as there:
            there.execute("PRAGMA synchronous = FULL")
            there.execute("SELECT count(*) FROM sqlite_master").fetchone()
            # With a log, what is there can be read, and kept, while it is written over.
            there.execute("PRAGMA journal_mode = WAL")
            _overwrite(fresh, there, lambda: copy(database, keep), busy)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _UNREADABLE:
            raise
        _exchange(fresh, database, keep)


_UNREADABLE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN)


def _overwrite(fresh: Path, there: sqlite3.Connection, keep: Callable[[], None], busy: float) -> None:
    """Write all pages in one transaction; `keep` runs while it lasts, when nobody else can write."""
    until = time.monotonic() + busy
    kept = False

    def each(status: int, _left: int, _total: int) -> None:
        nonlocal kept
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            # The driver's own would try for ever.
            if time.monotonic() > until:
                raise _locked()
        elif not kept:
            keep()
            kept = True

    with closing(reading(fresh)) as source:
        # After the first page the transaction has begun, and its last is not written: no database has a single page.
        source.backup(there, pages=1, progress=each, sleep=0.05)


def _locked() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_BUSY, "SQLITE_BUSY"
    return error


def _exchange(fresh: Path, database: Path, keep: Path) -> None:
    """Move the files of the database away, and `fresh` to where they were."""
    with _nobody_else(database):
        for end in _BESIDE:
            if os.path.lexists(f"{database}{end}"):
                os.rename(f"{database}{end}", f"{keep}{end}")
        os.replace(fresh, database)
        sync_folder(database.parent)


@contextmanager
def _nobody_else(database: Path) -> Iterator[None]:
    """Hold every lock that SQLite would take: who has the file open would go on writing to what was moved away."""
    if not database.is_file():
        yield
        return
    with database.open("r+b") as file:
        start, length = _LOCKS
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
        except OSError:
            raise _locked() from None
        yield


def remove(database: Path) -> None:
    """Remove a database, and what lies beside it."""
    for end in _BESIDE:
        Path(f"{database}{end}").unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def scratch(database: Path) -> Iterator[Path]:
    """A name beside the database for one that is made ready to take its place; all of it is gone afterwards."""
    clear(database)
    folder = database.parent / f"{_SCRATCH}{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(parents=True)
    try:
        yield folder / database.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def left_over(database: Path) -> list[Path]:
    """What processes that have ended left of a `scratch` beside the database."""
    found = database.parent.glob(f"{_SCRATCH}*")
    return [path for path in found if not _lives(path.name.removeprefix(_SCRATCH).partition("-")[0])]


def clear(database: Path) -> int:
    """Remove what is left over; returns how much that was."""
    found = left_over(database)
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
    return len(found)


def _lives(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
