"""One sync of a folder at a time, over all processes; and threads that finish what they began."""

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

from lattice_console.contract.errors import SystemFailure
from lattice_console.workspace.states import InTheWay

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE = 120.0
"""Seconds to wait for another process that syncs the same folder."""

_PAUSE = 0.01


class Lock:
    """The folder's lock, held; its file also tells the file system's time."""

    def __init__(self, file: int) -> None:
        self._file = file

    def now(self) -> int:
        """The time, in nanoseconds, that a file changed at this moment would bear, by the clock that stamps files."""
        os.utime(self._file)
        return os.fstat(self._file).st_mtime_ns


@asynccontextmanager
async def exclusive(state: Path) -> AsyncIterator[Lock]:
    """Hold the lock of the checkout whose state lies in `state`; the system lets go of it when the process ends.

    Raises SystemFailure (`SYS_CHECKOUT_BUSY`) when it is not free in time.
    """
    file = _open(state)
    try:
        end = time.monotonic() + PATIENCE
        while not _try(file):
            if time.monotonic() > end:
                raise SystemFailure(
                    "SYS_CHECKOUT_BUSY",
                    f"Another process has been working on this folder's files for {PATIENCE:.0f} s. "
                    f"Wait until it is done, or end it, and try again.",
                )
            # Asked again and again: a thread that waited for the lock could not be cancelled.
            await asyncio.sleep(_PAUSE)
        yield Lock(file)
    finally:
        os.close(file)


async def hop(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking work in a thread, to its end even when cancelled: what holds the lock must not outlive it.

    Raises SystemFailure (`SYS_FILES`) for what the system refuses.
    """
    work = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        if not work.cancelled() and (error := work.exception()) is not None:
            raise asyncio.CancelledError from error
        raise
    except InTheWay as error:
        raise SystemFailure("SYS_FILES", f"A file of .lattice/state {error.obstacle.reason}.") from error
    except OSError as error:
        raise failure(error) from error


def failure(error: OSError) -> SystemFailure:
    """What the system refused, as the contract's error."""
    where = f" ({os.fsdecode(error.filename)})" if isinstance(error.filename, str | bytes) else ""
    return SystemFailure("SYS_FILES", f"The folder's files cannot be worked on: {error.strerror}{where}.")


def _open(state: Path) -> int:
    try:
        # Its parent is the project's; a folder without one is no project.
        state.mkdir(exist_ok=True)
        return os.open(state / "checkout.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise failure(error) from error


def _try(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
