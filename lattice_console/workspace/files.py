"""Files below one folder: looked at, written and removed without ever following a symlink.

Each component of a path is opened relative to the one above it (`openat` with O_NOFOLLOW), so that nothing swapped in
between leads out of the folder. Names are given to the system as their exact UTF-8, whatever the locale.
"""

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from lattice_console.contract.paths import TEMPORARY_PREFIX
from lattice_console.workspace.states import ABSENT, Absent, DiskState, Held, InTheWay, Obstacle, Stamp

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_BELOW = _DIRECTORY | os.O_NOFOLLOW
# O_NONBLOCK: should a FIFO take the file's place between look and open, the open does not wait for a writer.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# The system's answers that are about one path; any other (no space, an I/O error) is about the whole undertaking.
_ABOUT_THE_PATH = {errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL, errno.ELOOP}
_CLIMBING = frozenset({"", ".", ".."})


@dataclass(frozen=True, slots=True)
class Trusted:
    """The hash that a file's bytes are known to have as long as it bears the stamp."""

    hash: str
    stamp: Stamp


CHANGED = Obstacle("refused", "changed while it was about to be replaced")


class Folder:
    """A directory and what lies below it. Paths are relative POSIX paths; OSErrors about no one path pass through."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def look(self, paths: Iterable[str], limit: int, trusted: Mapping[str, Trusted]) -> dict[str, DiskState]:
        """What lies at each path. Reads no file over `limit` bytes, and none whose stamp is `trusted`."""
        found: dict[str, DiskState] = {}
        for parent, group in groupby(sorted(paths, key=lambda path: (_parent(path), path)), key=_parent):
            with self._descended(parent) as directory:
                for path in group:
                    if isinstance(directory, int):
                        found[path] = _look(directory, path, limit, trusted.get(path))
                    else:
                        found[path] = directory
        return found

    def stamp(self, path: str) -> Stamp | None:
        """The stamp of whatever lies at `path`, None where nothing does; raises InTheWay."""
        with self._at(path) as (directory, name):
            found = _status(directory, name)
            return None if found is None else _stamp(found)

    def read(self, path: str, limit: int) -> bytes | Absent | Obstacle:
        """The bytes at `path`, at most `limit`."""
        with self._descended(_parent(path)) as directory:
            if not isinstance(directory, int):
                return directory
            return _read(directory, path, limit)

    def stage(self, path: str, content: bytes, mode: int | None) -> Stamp:
        """Write `content` durably beside `path` under its temporary name; makes the directories above it.

        `mode` is the permission bits to carry over, None for those of a new file. Raises InTheWay.
        """
        with self._at(path, make=True) as (directory, name):
            temporary = _temporary(name)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary, dir_fd=directory)
            with _about(path), open(os.open(temporary, _NEW, 0o666, dir_fd=directory), "wb", buffering=0) as file:
                view = memoryview(content)
                while view:
                    view = view[os.write(file.fileno(), view) :]
                if mode is not None:
                    os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
                return _stamp(os.fstat(file.fileno()))

    def place(self, path: str, expected: Stamp | None) -> Stamp:
        """Move what was staged to `path`, in place of the file with the stamp `expected` (None: of nothing).

        Raises InTheWay, and leaves everything, where something else lies there by now.
        """
        with self._at(path) as (directory, name):
            found = _status(directory, name)
            if found is not None and stat.S_ISDIR(found.st_mode):
                try:
                    os.rmdir(name, dir_fd=directory)
                except OSError:
                    raise InTheWay(_obstacle(found, path)) from None
            elif (None if found is None else _stamp(found)) != expected:
                raise InTheWay(CHANGED)
            with _about(path):
                os.rename(_temporary(name), name, src_dir_fd=directory, dst_dir_fd=directory)
            return _stamp(os.stat(name, dir_fd=directory, follow_symlinks=False))

    def discard(self, path: str) -> None:
        """Remove what was staged for `path`, if anything was."""
        with contextlib.suppress(InTheWay, FileNotFoundError), self._at(path) as (directory, name):
            os.unlink(_temporary(name), dir_fd=directory)

    def remove(self, path: str, expected: Stamp) -> None:
        """Remove the file with the stamp `expected`; raises InTheWay where something else lies there by now."""
        with self._at(path) as (directory, name):
            found = _status(directory, name)
            if found is None:
                return
            if _stamp(found) != expected:
                raise InTheWay(CHANGED)
            with _about(path):
                os.unlink(name, dir_fd=directory)

    def prune(self, path: str) -> None:
        """Remove the directories above `path` that are empty; never the folder itself."""
        above = _parent(path)
        while above:
            try:
                with self._at(above) as (directory, name):
                    os.rmdir(name, dir_fd=directory)
            except (InTheWay, OSError):
                # Not empty, or not there: so are the directories above it.
                return
            above = _parent(above)

    def move(self, path: str, target: "Folder", target_path: str) -> None:
        """Move whatever lies at `path` (a symlink itself, a directory whole) to a free place; raises InTheWay."""
        with (
            self._at(path) as (directory, name),
            target._at(target_path, make=True) as (target_directory, target_name),
            _about(path),
        ):
            os.rename(name, target_name, src_dir_fd=directory, dst_dir_fd=target_directory)

    def flush(self, paths: Iterable[str]) -> None:
        """Make the names at and above `paths` durable: every directory above them that exists."""
        above = {""}
        for path in paths:
            parent = _parent(path)
            while parent not in above:
                above.add(parent)
                parent = _parent(parent)
        for parent in sorted(above):
            with self._descended(parent) as directory:
                if isinstance(directory, int):
                    os.fsync(directory)

    def entries(self, path: str) -> list[tuple[bytes, os.stat_result]]:
        """The names in the directory `path` ("" for the folder itself) with what they are; empty where it is none."""
        with self._descended(path) as directory:
            if not isinstance(directory, int):
                return []
            with os.scandir(directory) as scan:
                names = [os.fsencode(entry.name) for entry in scan]
            found = [(name, _status(directory, name)) for name in names]
            return [(name, status) for name, status in found if status is not None]

    @contextlib.contextmanager
    def _at(self, path: str, *, make: bool = False) -> Iterator[tuple[int, bytes]]:
        """The open directory above `path`, and the path's last name; raises InTheWay where there is none."""
        with self._descended(_parent(path), make=make) as directory:
            if not isinstance(directory, int):
                missing = Obstacle("refused", "lies in a directory that is gone")
                raise InTheWay(directory if isinstance(directory, Obstacle) else missing)
            yield directory, _name(path)

    @contextlib.contextmanager
    def _descended(self, path: str, *, make: bool = False) -> Iterator[int | Absent | Obstacle]:
        directory = self._descend(path, make=make)
        try:
            yield directory
        finally:
            if isinstance(directory, int):
                os.close(directory)

    def _descend(self, path: str, *, make: bool) -> int | Absent | Obstacle:
        directory = os.open(self.root, _DIRECTORY)
        names = path.split("/") if path else []
        for depth, name in enumerate(names, 1):
            deeper = _enter(directory, name.encode(), "/".join(names[:depth]), make=make)
            os.close(directory)
            if not isinstance(deeper, int):
                return deeper
            directory = deeper
        return directory


def digest(content: bytes) -> str:
    """SHA-256, lower-case hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _parent(path: str) -> str:
    """The directory above a path; every path that is asked about comes through here."""
    if not _CLIMBING.isdisjoint(path.split("/")):
        raise ValueError(f"{path!r} is no path below a folder")
    return path.rpartition("/")[0]


def _name(path: str) -> bytes:
    """The last name of a path, for the system."""
    return path.rpartition("/")[2].encode()


def _temporary(name: bytes) -> bytes:
    """The temporary name for `name` in its directory: always the same, so that a left-over is found again."""
    return f"{TEMPORARY_PREFIX}{hashlib.sha256(name).hexdigest()[:20]}".encode()


def _stamp(found: os.stat_result) -> Stamp:
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def _status(directory: int, name: bytes) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _about(path: str) -> Iterator[None]:
    """Turn the system's answers about one path into InTheWay."""
    try:
        yield
    except IsADirectoryError:
        raise InTheWay(Obstacle("directory", "is a directory", path)) from None
    except OSError as error:
        if error.errno not in _ABOUT_THE_PATH:
            raise
        raise InTheWay(_refused(error)) from None


def _refused(error: OSError) -> Obstacle:
    return Obstacle("refused", f"cannot be used: {error.strerror}")


def _enter(directory: int, name: bytes, path: str, *, make: bool) -> int | Absent | Obstacle:
    """Open the directory `name`, which is the component `path`, below an open one."""
    try:
        if make:
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, dir_fd=directory)
        return os.open(name, _BELOW, dir_fd=directory)
    except FileNotFoundError:
        return ABSENT
    except OSError as error:
        found = _status(directory, name)
        if found is not None and stat.S_ISLNK(found.st_mode):
            return Obstacle("symlink", f"passes through the symlink {path}", path)
        if found is not None and not stat.S_ISDIR(found.st_mode):
            return Obstacle("inside_file", f"would lie in {path}, which is a file", path)
        if error.errno not in _ABOUT_THE_PATH:
            raise
        return _refused(error)


def _obstacle(found: os.stat_result, path: str) -> Obstacle:
    """What is no regular file, in words."""
    if stat.S_ISLNK(found.st_mode):
        return Obstacle("symlink", "is a symlink", path)
    if stat.S_ISDIR(found.st_mode):
        return Obstacle("directory", "is a directory", path)
    return Obstacle("special", "is no regular file (a FIFO, a socket or a device)", path)


def too_large(size: int, limit: int) -> Obstacle:
    """What a file over the limit is."""
    return Obstacle("size", f"has {size:,} bytes; the limit for a document is {limit:,}")


def _look(directory: int, path: str, limit: int, trusted: Trusted | None) -> DiskState:
    try:
        found = _status(directory, _name(path))
        if found is None:
            return ABSENT
        if not stat.S_ISREG(found.st_mode):
            return _obstacle(found, path)
        stamp = _stamp(found)
        if trusted is not None and trusted.stamp == stamp:
            return Held(trusted.hash, stat.S_IMODE(found.st_mode) & 0o777, stamp)
        content = _read(directory, path, limit)
    except OSError as error:
        if error.errno not in _ABOUT_THE_PATH:
            raise
        return _refused(error)
    if not isinstance(content, bytes):
        return content
    return Held(digest(content), stat.S_IMODE(found.st_mode) & 0o777, stamp)


def _read(directory: int, path: str, limit: int) -> bytes | Absent | Obstacle:
    try:
        file = os.open(_name(path), _READ, dir_fd=directory)
    except FileNotFoundError:
        return ABSENT
    except OSError as error:
        if error.errno not in _ABOUT_THE_PATH | {errno.ENXIO}:
            raise
        status = _status(directory, _name(path))
        return _refused(error) if status is None or stat.S_ISREG(status.st_mode) else _obstacle(status, path)
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            return _obstacle(found, path)
        if found.st_size > limit:
            return too_large(found.st_size, limit)
        parts: list[bytes] = []
        size = 0
        while size <= limit and (part := os.read(file, found.st_size + 1)):
            parts.append(part)
            size += len(part)
        # It may be growing.
        return b"".join(parts) if size <= limit else too_large(max(size, os.fstat(file).st_size), limit)
    finally:
        os.close(file)
