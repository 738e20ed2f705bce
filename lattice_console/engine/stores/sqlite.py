"""The store on one SQLite file."""

import asyncio
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Self

from lattice_console.contract.errors import SystemFailure
from lattice_console.contract.models.health import TRUTH, ComponentHealth
from lattice_console.engine.ports import Behind, Between, Result, Tables
from lattice_console.engine.pulse import Pulse, Vitals
from lattice_console.engine.stores.bus import LocalBus

# SQLAlchemy is imported when a store is opened: it takes longer than the console's first frame may.
if TYPE_CHECKING:
    from lattice_console.engine.stores.connection import Begin, Lane


class SqliteStore:
    """`ports.Store` over a SQLite database in WAL mode: one thread writes, a few read, each on its own connection.

    `file` None is a database in memory, for this store alone. `busy` is how many seconds a transaction waits for
    those of other processes. A store opens itself on its first call; `open` does it at once.
    """

    def __init__(self, file: Path | None, *, readers: int = 2, busy: float = 30.0) -> None:
        self._file = file
        self._busy = busy
        self._pulse = Pulse()
        self._closed = False
        self._opening = threading.Lock()
        self._opened = False
        self._inode: tuple[int, int] | None = None
        self._mine = threading.local()
        self._lanes: list[Lane] = []
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="lattice-write")
        # A database in memory belongs to one connection.
        self._readers = ThreadPoolExecutor(readers, "lattice-read") if self._file else self._writer

    @classmethod
    async def open(cls, file: Path | None, *, readers: int = 2, busy: float = 30.0) -> Self:
        """The store on that file, which is made where there is none and migrated; raises SystemFailure."""
        store = cls(file, readers=readers, busy=busy)
        try:
            await store.read(lambda tables: None)
        except BaseException:
            await store.close()
            raise
        return store

    async def read(self, work: Callable[[Tables], Result], *, behind: Behind | None = None) -> Result:
        """Run `work` on one consistent view; raises SystemFailure where the database fails."""
        return await self._submit(self._readers, "BEGIN", work)

    async def write(self, work: Callable[[Tables], Result], *, project: str | None = None) -> Result:
        """Run `work` as one durable transaction: all of it, or on any exception nothing.

        A caller that is cancelled leaves a transaction that has not begun undone, and one that has whole.
        """
        return await self._submit(self._writer, "BEGIN IMMEDIATE", work)

    async def write_both(
        self,
        first: Callable[[Tables], Between],
        then: Callable[[Tables, Between], Result],
        *,
        project: str | None = None,
    ) -> Result:
        """Run two durable transactions, one right after the other: `first`, and `then` with what that returned.

        One way to the writing thread and back serves both. Where `then` raises, `first` stays done.
        """

        def run() -> Result:
            between = self._transact("BEGIN IMMEDIATE", first)
            return self._transact("BEGIN IMMEDIATE", lambda tables: then(tables, between))

        return await self._run(self._writer, run)

    async def health(self, project_id: str | None) -> Mapping[str, ComponentHealth]:
        """The file, as `database`, by asking it for the project's newest event."""

        async def ask() -> Vitals:
            last = await self.read(lambda tables: tables.events.last(project_id) if project_id else None)
            return Vitals(connections_in_pool=len(self._lanes), last_event=last)

        return {TRUTH: await self._pulse.measure(ask, patience=self._busy)}

    def bus(self) -> LocalBus:
        """News within this process, and what other processes wrote to the file."""
        return LocalBus(self._file)

    async def close(self) -> None:
        """Finish the calls under way, and let go of the file; later calls raise SystemFailure."""
        self._closed = True
        await asyncio.to_thread(self._close)

    async def _submit(self, pool: ThreadPoolExecutor, begin: "Begin", work: Callable[[Tables], Result]) -> Result:
        return await self._run(pool, lambda: self._transact(begin, work))

    async def _run(self, pool: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
        if self._closed:
            _refuse()
        return await asyncio.get_running_loop().run_in_executor(pool, work)

    def _transact(self, begin: "Begin", work: Callable[[Tables], Result]) -> Result:
        from lattice_console.engine.stores.failures import DATABASE_ERRORS
        from lattice_console.engine.stores.obstacles import file_failure

        self._refuse_moved()
        try:
            lane = self._lane()
            with lane.transaction(begin):
                result = work(lane.tables)
        except DATABASE_ERRORS as error:
            raise file_failure(error, self._file, writing=begin != "BEGIN") from error
        return result

    def _lane(self) -> "Lane":
        """This thread's connection; the first one makes sure of the tables."""
        lane: Lane | None = getattr(self._mine, "lane", None)
        if lane is not None:
            return lane
        with self._opening:
            lane = self._open_lane()
            self._lanes.append(lane)
        self._mine.lane = lane
        return lane

    def _open_lane(self) -> "Lane":
        from lattice_console.engine.stores.connection import open_lane
        from lattice_console.engine.stores.migrate import bring_up_to_date
        from lattice_console.engine.stores.obstacles import file_failure, unreachable

        if not self._opened and self._file is not None:
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise unreachable(error, self._file) from error
        try:
            lane = open_lane(self._file, busy=self._busy)
            try:
                if not self._opened:
                    bring_up_to_date(lane, self._file)
            except BaseException:
                lane.close()
                raise
        except UnicodeDecodeError as error:
            raise file_failure(error, self._file, writing=False) from error
        if not self._opened and self._file is not None:
            self._inode = _inode(self._file)
        self._opened = True
        return lane

    def _refuse_moved(self) -> None:
        """Raise SystemFailure where another file, or none, lies where ours did.

        What is open still leads to ours, wherever it went, and a new connection would to the other: two truths.
        """
        if self._inode is not None and self._file is not None and _inode(self._file) != self._inode:
            raise SystemFailure(
                "SYS_DATABASE_MOVED",
                f"The database {self._file} was moved, removed or replaced while it was open here, so that nothing "
                "more is read or written: close this, and open the project where it lies now.",
            )

    def _close(self) -> None:
        for pool in {self._writer, self._readers}:
            pool.shutdown()
        while self._lanes:
            self._lanes.pop().close()


def _inode(file: Path) -> tuple[int, int] | None:
    """What tells a file from others; None where there is none."""
    try:
        found = os.stat(file)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def _refuse() -> NoReturn:
    raise SystemFailure("SYS_DATABASE_CLOSED", "The project's database has been closed: open the project again.")
