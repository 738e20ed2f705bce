"""The store on a Postgres server."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NoReturn, Self

from lattice_console.contract.errors import SystemFailure
from lattice_console.contract.models.health import TRUTH, ComponentHealth
from lattice_console.engine.ports import Between, Result, Tables
from lattice_console.engine.pulse import Pulse, Vitals
from lattice_console.engine.stores.bus_carried import CarriedBus, newest_in
from lattice_console.engine.stores.bus_postgres import PostgresCarrier
from lattice_console.engine.stores.loop_thread import LoopThread

# SQLAlchemy and asyncpg are imported when a store is opened: they take longer than the console's first frame may.
if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""One consistent view, which waits for nobody and keeps nobody waiting."""

WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED"
"""In a project, whose row is locked first: from then on nobody else writes there, and a statement sees the newest."""

FOUND = "BEGIN ISOLATION LEVEL SERIALIZABLE"
"""Beside any project: what is read is as if nobody else wrote, or the transaction is made again."""

LOCK = "SELECT 1 FROM projects WHERE id = $1 FOR NO KEY UPDATE"

CONNECT = 3.0
"""Seconds to wait for a connection, and for a free one of the pool."""

ANSWER = 4.0
"""Seconds to wait for one statement: whoever looks at a screen knows within five."""

ATTEMPTS = 20
"""How often a transaction is made that loses against others."""


class PostgresStore:
    """`ports.Store` over one Postgres database, reached through a pool of connections.

    Its work runs on an event loop in a thread of its own, so that nobody's screen waits for it. A store opens itself on
    its first call; `open` does it at once.
    """

    def __init__(self, url: str, *, pool_size: int = 5, max_overflow: int = 10, echo: bool = False) -> None:
        self._url = url
        self._pool = {"pool_size": pool_size, "max_overflow": max_overflow}
        self._echo = echo
        self._thread = LoopThread("lattice-postgres")
        self._pulse = Pulse()
        self._engine: AsyncEngine | None = None
        self._opening: asyncio.Lock | None = None
        self._migrated = False
        self.retries = 0
        """How often a transaction was made again because it had lost against others."""

    @classmethod
    async def open(cls, url: str, *, pool_size: int = 5, max_overflow: int = 10, echo: bool = False) -> Self:
        """The store on that database, which is migrated; raises SystemFailure."""
        store = cls(url, pool_size=pool_size, max_overflow=max_overflow, echo=echo)
        try:
            await store.read(lambda tables: None)
        except BaseException:
            await store.close()
            raise
        return store

    async def read(self, work: Callable[[Tables], Result]) -> Result:
        """Run `work` on one consistent view; raises SystemFailure where the database fails."""
        return await self._run(lambda: self._transact(READ, work, None))

    async def write(self, work: Callable[[Tables], Result], *, project: str | None = None) -> Result:
        """Run `work` as one durable transaction: all of it, or on any exception nothing.

        It may be run again where others were first. Who writes in the project waits for those who do.
        """
        return await self._run(lambda: self._transact(FOUND if project is None else WRITE, work, project))

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

        return await self._run(run)

    def bus(self) -> CarriedBus:
        """News by the database's own notifications."""
        # On a thread of its own: it closes that in the end, and news still go out once the store is closed.
        return CarriedBus(PostgresCarrier(self._url), newest_in(self), LoopThread("lattice-news"))

    async def health(self, project_id: str | None) -> Mapping[str, ComponentHealth]:
        """The server, as `database`, by asking it for the project's newest event."""

        async def ask() -> Vitals:
            last = await self.read(lambda tables: tables.events.last(project_id) if project_id else None)
            return Vitals(connections_in_pool=self._open_connections(), retries=self.retries, last_event=last)

        return {TRUTH: await self._pulse.measure(ask)}

    def _open_connections(self) -> int:
        from sqlalchemy import QueuePool

        pool = self._engine.pool if self._engine else None
        return pool.checkedin() + pool.checkedout() if isinstance(pool, QueuePool) else 0

    async def close(self) -> None:
        """Finish the calls under way, and let go of the connections; later calls raise SystemFailure."""
        if self._engine is not None:
            engine, self._engine = self._engine, None
            try:
                await self._thread.run(engine.dispose())
            except ConnectionError:
                return
        await self._thread.close()

    async def _run(self, work: Callable[[], Awaitable[Result]]) -> Result:
        from lattice_console.engine.stores.failures import failure, server_errors

        async def told() -> Result:
            try:
                return await work()
            except server_errors() as error:
                raise failure(error) from error

        try:
            # What has begun is brought to its end, also where nobody waits any more.
            return await asyncio.shield(asyncio.ensure_future(self._thread.run(told())))
        except ConnectionError:
            _refuse()

    async def _transact(self, begin: str, work: Callable[[Tables], Result], project: str | None) -> Result:
        from lattice_console.engine.stores.failures import lost_race

        for attempt in range(ATTEMPTS):
            try:
                return await self._attempt(begin, work, project)
            except Exception as error:
                if attempt == ATTEMPTS - 1 or not lost_race(error):
                    raise
            self.retries += 1
            await asyncio.sleep(random.uniform(0, 0.002 * 2 ** min(attempt, 7)))
        raise AssertionError("unreachable")

    async def _attempt(self, begin: str, work: Callable[[Tables], Result], project: str | None) -> Result:
        from lattice_console.engine.stores.postgres_database import PostgresDatabase
        from lattice_console.engine.stores.transaction import Tables as AllTables

        async with self._connection() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            try:
                await driver.execute(begin)
                if project is not None:
                    await driver.execute(LOCK, project)
                result = await connection.run_sync(lambda bare: work(AllTables(PostgresDatabase(driver, bare))))
                await driver.execute("COMMIT")
                return result
            except BaseException:
                if not driver.is_closed():
                    try:
                        await driver.execute("ROLLBACK")
                    except Exception:
                        driver.terminate()
                raise

    @asynccontextmanager
    async def _connection(self) -> "AsyncIterator[AsyncConnection]":
        engine = await self._opened()
        async with engine.connect() as connection:
            yield connection

    async def _opened(self) -> "AsyncEngine":
        """The pool; the first one makes sure of the tables."""
        self._opening = self._opening or asyncio.Lock()
        async with self._opening:
            if self._engine is None:
                self._engine = _pool(self._url, self._echo, **self._pool)
            if not self._migrated:
                from lattice_console.engine.stores.migrate_postgres import bring_up_to_date

                async with self._engine.connect() as connection:
                    await bring_up_to_date(connection)
                self._migrated = True
            return self._engine


def _pool(url: str, echo: bool, **sizes: int) -> "AsyncEngine":
    from sqlalchemy.ext.asyncio import create_async_engine

    return create_async_engine(
        url,
        # Every BEGIN, COMMIT and ROLLBACK is ours.
        isolation_level="AUTOCOMMIT",
        pool_pre_ping=True,
        pool_timeout=CONNECT,
        hide_parameters=True,
        echo=echo,
        connect_args={
            "timeout": CONNECT,
            "command_timeout": ANSWER,
            "server_settings": {
                "application_name": "lattice-console",
                "timezone": "UTC",
                "lock_timeout": "3500",
                "idle_in_transaction_session_timeout": "60000",
            },
        },
        **sizes,
    )


def _refuse() -> NoReturn:
    raise SystemFailure("SYS_DATABASE_CLOSED", "The project's database has been closed: open the project again.")
