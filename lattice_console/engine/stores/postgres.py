"""The store on a Postgres server."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import NoReturn, Self
from weakref import WeakValueDictionary

from lattice_console.contract.errors import SystemFailure
from lattice_console.contract.models.health import TRUTH, ComponentHealth
from lattice_console.engine.ports import Behind, Between, Result, Tables
from lattice_console.engine.pulse import Pulse, Vitals
from lattice_console.engine.stores.bus_carried import CarriedBus, newest_in
from lattice_console.engine.stores.bus_postgres import PostgresCarrier
from lattice_console.engine.stores.loop_thread import LoopThread
from lattice_console.engine.stores.postgres_pool import ANSWER, CONNECT, READ, Pool
from lattice_console.engine.stores.replica import NotThere, Replica

WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED"
"""In a project, whose row is locked first: from then on nobody else writes there, and a statement sees the newest."""

FOUND = "BEGIN ISOLATION LEVEL SERIALIZABLE"
"""Beside any project: what is read is as if nobody else wrote, or the transaction is made again."""

ATTEMPTS = 20
"""How often a transaction is made that loses against others."""


class PostgresStore:
    """`ports.Store` over one Postgres database, reached through a pool of connections, and over a replica of it.

    Its work runs on an event loop in a thread of its own, so that nobody's screen waits for it. A store opens itself on
    its first call; `open` does it at once.
    """

    def __init__(
        self,
        url: str,
        *,
        replica: str | None = None,
        pool_size: int = 5,
        max_overflow: int = 10,
        echo: bool = False,
        answer: float = ANSWER,
        connect: float = CONNECT,
    ) -> None:
        self._url = url
        self._thread = LoopThread("lattice-postgres")
        self._truth = Pool(url, answer, pool_size=pool_size, max_overflow=max_overflow, echo=echo, connect=connect)
        self._replica = Replica(replica, pool_size=pool_size, max_overflow=max_overflow, echo=echo) if replica else None
        self._pulse = Pulse()
        self._closed = False
        self._opening: asyncio.Lock | None = None
        self._migrated = False
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._under_way: set[asyncio.Task[object]] = set()
        self.retries = 0
        """How often a transaction was made again because it had lost against others."""

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        replica: str | None = None,
        pool_size: int = 5,
        max_overflow: int = 10,
        echo: bool = False,
    ) -> Self:
        """The store on that database, which is migrated; raises SystemFailure."""
        store = cls(url, replica=replica, pool_size=pool_size, max_overflow=max_overflow, echo=echo)
        try:
            await store.read(lambda tables: None)
        except BaseException:
            await store.close()
            raise
        return store

    async def read(self, work: Callable[[Tables], Result], *, behind: Behind | None = None) -> Result:
        """Run `work` on one consistent view; raises SystemFailure where the database fails.

        With `behind`, on the replica's where that knows of so much.
        """

        async def run() -> Result:
            if behind is not None and self._replica is not None:
                try:
                    return await self._replica.read(work, behind)
                except NotThere:
                    """The truth has it."""
            return await self._transact(READ, work, None)

        return await self._run(run, writing=False)

    async def write(self, work: Callable[[Tables], Result], *, project: str | None = None) -> Result:
        """Run `work` as one durable transaction: all of it, or on any exception nothing.

        It may be run again where others were first. Who writes in the project waits for those who do.
        """
        return await self._run(lambda: self._transact(FOUND if project is None else WRITE, work, project), writing=True)

    async def write_both(
        self,
        first: Callable[[Tables], Between],
        then: Callable[[Tables, Between], Result],
        *,
        project: str | None = None,
    ) -> Result:
        """Run two durable transactions, one right after the other: `first`, and `then` with what that returned."""

        async def run() -> Result:
            begin = FOUND if project is None else WRITE
            between = await self._transact(begin, first, project)
            return await self._transact(begin, lambda tables: then(tables, between), project)

        return await self._run(run, writing=True)

    def bus(self) -> CarriedBus:
        """News by the database's own notifications."""
        # On a thread of its own: it closes that in the end, and news still go out once the store is closed.
        return CarriedBus(PostgresCarrier(self._url), newest_in(self), LoopThread("lattice-news"))

    async def health(self, project_id: str | None) -> Mapping[str, ComponentHealth]:
        """The server, as `database`, by asking it for the project's newest event, and the replica."""

        async def ask() -> Vitals:
            last = await self.read(lambda tables: tables.events.last(project_id) if project_id else None)
            return Vitals(connections_in_pool=self._truth.connections, retries=self.retries, last_event=last)

        found = {TRUTH: await self._pulse.measure(ask)}
        if self._replica is not None and not self._closed:
            newest = found[TRUTH].last_event
            found["replica"] = await self._thread.run(self._replica.health(project_id, newest))
        return found

    async def close(self) -> None:
        """Finish the calls under way, and let go of the connections; later calls raise SystemFailure."""
        if self._closed:
            return
        self._closed = True
        if self._thread.started:
            await self._thread.run(self._dispose())
        await self._thread.close()

    async def _dispose(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way)
        await self._truth.close()
        if self._replica is not None:
            await self._replica.close()

    async def _run(self, work: Callable[[], Awaitable[Result]], *, writing: bool) -> Result:
        from lattice_console.engine.stores.failures import failure, server_errors

        async def told() -> Result:
            task = asyncio.current_task()
            assert task is not None
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            try:
                await self._make_sure()
                return await work()
            except server_errors() as error:
                raise failure(error, writing=writing) from error

        if self._closed:
            _refuse()
        # What has begun is brought to its end, also where nobody waits any more.
        return await asyncio.shield(asyncio.ensure_future(self._thread.run(told())))

    async def _transact(self, begin: str, work: Callable[[Tables], Result], project: str | None) -> Result:
        if project is None:
            return await self._attempts(begin, work)
        # In one process they queue here, where nobody holds a connection meanwhile.
        async with self._turns.setdefault(project, asyncio.Lock()):
            return await self._attempts(begin, work, project)

    async def _attempts(self, begin: str, work: Callable[[Tables], Result], project: str | None = None) -> Result:
        from lattice_console.engine.stores.failures import lost_race

        for attempt in range(ATTEMPTS):
            try:
                return await self._truth.attempt(begin, work, project)
            except Exception as error:
                if attempt == ATTEMPTS - 1 or not lost_race(error):
                    raise
            self.retries += 1
            await asyncio.sleep(random.uniform(0, 0.002 * 2 ** min(attempt, 7)))
        raise AssertionError("unreachable")

    async def _make_sure(self) -> None:
        """Bring the tables to this program's, once."""
        if self._migrated:
            return
        self._opening = self._opening or asyncio.Lock()
        async with self._opening:
            if not self._migrated:
                from lattice_console.engine.stores.migrate_postgres import bring_up_to_date

                async with self._truth.connection() as connection:
                    await bring_up_to_date(connection)
                self._migrated = True


def _refuse() -> NoReturn:
    raise SystemFailure("SYS_DATABASE_CLOSED", "The project's database has been closed: open the project again.")
