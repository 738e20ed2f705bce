"""One JSON file that several consoles of one person may change at once.

It is read, changed and replaced under a lock. The replacement is written beside it, flushed to the disk and moved over
it, so that whoever looks, or a crash, finds the old content or the new one, whole.
"""

import contextlib
import errno
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from lattice_console.contract.errors import SystemFailure, ValidationFailed
from lattice_console.json_file import Content, Unusable, decoded, read

__all__ = ["LIMIT", "PATIENCE", "JsonFile", "Tell", "locked"]

T = TypeVar("T")

Tell = Callable[[str], None]
"""Takes a sentence for the person: what could not be used, why, and where it is now."""

LIMIT = 16_000_000
"""Bytes that one file may have."""

PATIENCE = 5.0
"""Seconds to wait for another process that changes the same folder."""

SCHEMA = 1
_PAUSE = 0.005
_SETTLED = 1_000_000_000
"""Nanoseconds after which a file that changes bears another stamp than before, on any file system."""

_LOCKS_UNKNOWN = {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS}

Stamp = tuple[int, int, int, int]


class JsonFile:
    """The file at `path`: an object whose `sections` are objects, where they are there at all.

    What is no such file is renamed to `<name>.broken-<time>`, and `tell` learns why. A `hand_written` file is the
    person's own: it stays where it is, nothing of it is used, and nothing is written before it is mended. Every method
    raises SystemFailure (`SYS_PROFILE`) for what the system refuses, and `SYS_PROFILE_BUSY` for a lock that nobody
    lets go of.
    """

    def __init__(self, path: Path, sections: Sequence[str], tell: Tell, *, hand_written: bool = False) -> None:
        self.path = path
        self._sections = sections
        self._tell = tell
        self._hand_written = hand_written
        self._kept: tuple[Stamp, Content] | None = None
        self._told = ""

    def load(self) -> Mapping[str, Any]:
        """What the file holds, not to be changed; empty where there is no file, or none that can be used."""
        with _failing(self.path):
            try:
                kept = self._kept
                if kept is not None and kept[0] == _stamp(os.stat(self.path)):
                    return kept[1]
                return self._read()
            except FileNotFoundError:
                return {}
            except Unusable as problem:
                return self._do_without(str(problem))

    def section(self, name: str) -> Mapping[str, Any]:
        """One section of `load`."""
        found: Mapping[str, Any] = self.load().get(name, {})
        return found

    def update(self, change: Callable[[Content], T]) -> T:
        """Let `change` work on what the file holds now, and keep the result; it is on the disk when this returns.

        Raises ValidationFailed: `VAL_SETTING` where a hand-written file cannot be read, `VAL_PROFILE` where the result
        would be larger than LIMIT. Nothing has changed then.
        """
        with _failing(self.path), locked(self.path.parent):
            content = self._content_to_change()
            before = self._encoded(content)
            result = change(content)
            after = self._encoded(content)
            if after != before:
                if len(after) > LIMIT:
                    raise ValidationFailed(
                        "VAL_PROFILE",
                        f"{self.path} would hold more than {LIMIT:,} bytes, so nothing was changed. Send or remove "
                        "something that it keeps.",
                    )
                _replace(self.path, after)
        return result

    def _content_to_change(self) -> Content:
        new: Content = {} if self._hand_written else {"schema_version": SCHEMA}
        try:
            content = self._read()
            # It is about to be changed.
            self._kept = None
            return content
        except FileNotFoundError:
            return new
        except Unusable as problem:
            if self._hand_written:
                raise ValidationFailed(
                    "VAL_SETTING",
                    f"{self.path} {problem}. Nothing was changed; mend or remove it.",
                    source=str(self.path),
                ) from None
            self._set_aside(str(problem))
            return new

    def _do_without(self, reason: str) -> Content:
        if self._hand_written:
            message = f"{self.path} {reason}. Nothing in it is used until you mend or remove it."
            if message != self._told:
                self._told = message
                self._tell(message)
            return {}
        with locked(self.path.parent):
            # Another console may have set it aside by now, and begun a new one.
            try:
                return self._read()
            except FileNotFoundError:
                return {}
            except Unusable as problem:
                self._set_aside(str(problem))
                return {}

    def _set_aside(self, reason: str) -> None:
        """Rename the file; the lock is held."""
        name = f"{self.path.name}.broken-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        aside = self.path.with_name(name)
        number = 1
        while os.path.lexists(aside):
            number += 1
            aside = self.path.with_name(f"{name}-{number}")
        os.rename(self.path, aside)
        self._tell(f"{self.path} {reason}. It was set aside as {aside.name}; what is in it is not shown, and not lost.")

    def _read(self) -> Content:
        """What the file holds; raises FileNotFoundError and Unusable."""
        data, status = read(self.path, LIMIT)
        content = self._decoded(data)
        if time.time_ns() - status.st_mtime_ns > _SETTLED:
            self._kept = (_stamp(status), content)
        return content

    def _decoded(self, data: bytes) -> Content:
        content = decoded(data)
        if not self._hand_written and content.get("schema_version") != SCHEMA:
            raise Unusable("was written by another version of Lattice")
        for name in self._sections:
            if not isinstance(content.get(name, {}), dict):
                raise Unusable(f"has {name} that are no JSON object")
        return content

    def _encoded(self, content: Content) -> bytes:
        text = json.dumps(content, ensure_ascii=False, indent=2 if self._hand_written else None)
        # The only characters without UTF-8 are lone surrogates, and Python escapes them as JSON does.
        return text.encode("utf-8", "backslashreplace") + b"\n"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of `folder`, which is made where it is missing; the system lets go of it when the process ends.

    Where the file system knows no locks, nothing is held. Raises SystemFailure.
    """
    with _failing(folder):
        _make(folder)
        file = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with _failing(folder):
            _wait_for(file, folder)
        yield
    finally:
        os.close(file)


def _wait_for(file: int, folder: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > end:
                raise SystemFailure(
                    "SYS_PROFILE_BUSY",
                    f"Another process has been changing {folder} for {PATIENCE:.0f} s, so nothing was changed. "
                    "Try again, or end it.",
                ) from None
        except OSError as error:
            if error.errno in _LOCKS_UNKNOWN:
                return
            raise
        time.sleep(_PAUSE)


def _make(folder: Path) -> None:
    """Make the folder and those above it that are missing, for this person alone."""
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def _replace(path: Path, data: bytes) -> None:
    """Put `data` in the file's place, durably and in one step; the lock is held."""
    # A link that the person made, say into a folder of settings under version control, stays one.
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name}.tmp")
    temporary.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with open(os.open(temporary, flags, 0o600), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _stamp(status: os.stat_result) -> Stamp:
    return (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@contextlib.contextmanager
def _failing(path: Path) -> Iterator[None]:
    """Raise what the system refuses as the contract's error."""
    try:
        yield
    except OSError as error:
        raise SystemFailure(
            "SYS_PROFILE",
            f"{error.filename or path} cannot be read or written: {error.strerror}. What you keep on this machine lies "
            "there; make room, or give yourself the right to write.",
        ) from error
