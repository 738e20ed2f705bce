"""Noticing that the database has changed, whoever changed it."""

import asyncio
import sqlite3
import threading
from contextlib import closing, suppress
from pathlib import Path

INTERVAL = 0.05
"""Seconds between two looks at what other processes did."""

RETRY = 1.0
"""Seconds until the file is tried again that could not be looked at."""


class Watch:
    """Wakes waiters: at once on `notify`, within `INTERVAL` when another process has written to the file.

    Other processes are noticed by `PRAGMA data_version` on a connection that does nothing else; the number moves
    when another connection commits (and on some checkpoints, which wakes for nothing). It is only polled while
    somebody waits, and compared with what was seen last, so a change in between is not lost.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._mark = 0
        self._waiters: set[asyncio.Future[None]] = set()
        self._wanted = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def mark(self) -> int:
        """Counts the changes noticed so far."""
        return self._mark

    def notify(self) -> None:
        """Wake all waiters; from any thread."""
        with self._lock:
            self._mark += 1
            waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            # A loop that is closed has nobody left who waits.
            with suppress(RuntimeError):
                waiter.get_loop().call_soon_threadsafe(_settle, waiter)

    async def wait(self, seconds: float, mark: int | None) -> None:
        """Return once something has changed since `mark` (None: since now), or after `seconds`."""
        waiter = asyncio.get_running_loop().create_future()
        with self._lock:
            if self._closed.is_set() or (mark is not None and mark != self._mark):
                return
            self._waiters.add(waiter)
            if self._thread is None and self._file is not None:
                self._thread = threading.Thread(
                    target=self._poll, args=(self._file,), name="lattice-watch", daemon=True
                )
                self._thread.start()
            self._wanted.set()
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            pass
        finally:
            with self._lock:
                self._waiters.discard(waiter)

    def close(self) -> None:
        """Wake all waiters for the last time, and end the thread."""
        self._closed.set()
        self._wanted.set()
        self.notify()
        if self._thread is not None:
            self._thread.join()

    def _poll(self, file: Path) -> None:
        while not self._closed.is_set():
            try:
                with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as connection:
                    connection.isolation_level = None
                    self._look(connection)
            except sqlite3.Error:
                # Who waits reads next, and meets the failure where it can be told.
                self.notify()
                self._closed.wait(RETRY)

    def _look(self, connection: sqlite3.Connection) -> None:
        """Look until the watch is closed, save while nobody waits."""
        seen: int | None = None
        while True:
            self._wanted.wait()
            if self._closed.is_set():
                return
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            # The first look has nothing to compare with: somebody may have written.
            if version != seen:
                seen = version
                self.notify()
            self._closed.wait(INTERVAL)
            with self._lock:
                if not self._waiters and not self._closed.is_set():
                    self._wanted.clear()


def _settle(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
