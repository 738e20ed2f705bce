"""The bus of an embedded engine: news within this process, and what other processes wrote to the same file."""

import asyncio
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from lattice_console.contract.events import Event
from lattice_console.contract.models.health import ComponentHealth
from lattice_console.engine.stores.waiters import Waiters

INTERVAL = 0.05
"""Seconds between two looks at what other processes did."""

RETRY = 1.0
"""Seconds until the file is tried again that could not be looked at."""


class LocalBus:
    """`ports.Bus` over one SQLite file, or over memory alone: wakes at once for what this process publishes, and
    within `INTERVAL` when another process has written to the file.

    Other processes are noticed by `PRAGMA data_version` on a connection that does nothing else; the number moves
    when another connection commits (and on some checkpoints, which wakes for nothing), and does not say for which
    project. It is only polled while somebody waits, and compared with what was seen last, so a change in between is
    not lost.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._waiters = Waiters(self._begun)
        self._starting = threading.Lock()
        self._wanted = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def mark(self, project_id: str) -> int:
        """Counts the news noticed so far: taken before a read, and handed to `wait`, none gets lost between."""
        return self._waiters.mark(project_id)

    async def wait(self, project_id: str, mark: int, seconds: float) -> None:
        """Return once there may be news of the project since `mark`; at the latest after `seconds`."""
        await self._waiters.wait(project_id, mark, seconds)

    def publish(self, project_id: str, events: Sequence[Event]) -> None:
        """Wake who waits for that project."""
        self._waiters.wake(project_id)

    async def health(self, project_id: str | None) -> Mapping[str, ComponentHealth]:
        """There is no part beside the database."""
        return {}

    async def close(self) -> None:
        """Wake all waiters for the last time, and end the thread."""
        self._closed.set()
        self._wanted.set()
        self._waiters.close()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _begun(self, project_id: str) -> None:
        """Somebody waits: look what others write."""
        with self._starting:
            if self._thread is None and self._file is not None and not self._closed.is_set():
                self._thread = threading.Thread(
                    target=self._poll, args=(self._file,), name="lattice-watch", daemon=True
                )
                self._thread.start()
        self._wanted.set()

    def _poll(self, file: Path) -> None:
        while not self._closed.is_set():
            try:
                with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as connection:
                    connection.isolation_level = None
                    self._look(connection)
            except sqlite3.Error:
                # Who waits reads next, and meets the failure where it can be told.
                self._waiters.wake(None)
                self._closed.wait(RETRY)

    def _look(self, connection: sqlite3.Connection) -> None:
        """Look until the bus is closed, save while nobody waits."""
        seen: int | None = None
        while True:
            self._wanted.wait()
            if self._closed.is_set():
                return
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            # The first look has nothing to compare with: somebody may have written.
            if version != seen:
                seen = version
                self._waiters.wake(None)
            self._closed.wait(INTERVAL)
            self._wanted.clear()
            # Looked at after that: whoever begins to wait later sets it.
            if self._waiters.projects or self._closed.is_set():
                self._wanted.set()
