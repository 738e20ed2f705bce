"""Connections to a Postgres server, and transactions on them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from lattice_console.engine.ports import Result, Tables

# Imported with the first connection: they take longer than the console's first frame may.
if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""One consistent view, which waits for nobody and keeps nobody waiting."""

LOCK = "SELECT 1 FROM projects WHERE id = $1 FOR NO KEY UPDATE"

CONNECT = 2.5
"""Seconds to wait for a connection that answers."""

ANSWER = 4.0
"""Seconds to wait for one statement: whoever looks at a screen knows within five."""


class Pool:
    """Up to `pool_size` connections that stay, and `max_overflow` beside them while there is much to do.

    It lives on one event loop. A connection that takes longer than `connect` seconds, and a statement that takes longer
    than `answer` seconds, raise TimeoutError.
    """

    def __init__(
        self, url: str, answer: float, *, pool_size: int, max_overflow: int, echo: bool, connect: float = CONNECT
    ) -> None:
        self._url = url
        self._answer = answer
        self._connect = connect
        self._sizes = {"pool_size": pool_size, "max_overflow": max_overflow}
        self._echo = echo
        self._engine: AsyncEngine | None = None

    @property
    def connections(self) -> int:
        """How many are open."""
        from sqlalchemy import QueuePool

        pool = self._engine.pool if self._engine else None
        return pool.checkedin() + pool.checkedout() if isinstance(pool, QueuePool) else 0

    async def attempt(self, begin: str, work: Callable[[Tables], Result], project: str | None = None) -> Result:
        """Run `work` in one transaction that begins so, and holds the project's row where one is given.

        Raises what `work` raises, and the driver's errors.
        """
        from lattice_console.engine.stores.postgres_database import PostgresDatabase
        from lattice_console.engine.stores.transaction import Tables as AllTables

        async with self.connection() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            try:
                await driver.execute(begin)
                if project is not None:
                    await driver.execute(LOCK, project)
                result = await connection.run_sync(lambda bare: work(AllTables(PostgresDatabase(driver, bare))))
                await driver.execute("COMMIT")
            except BaseException as error:
                await _undo(driver, error)
                raise
            return result

    @asynccontextmanager
    async def connection(self) -> "AsyncIterator[AsyncConnection]":
        """One that has just answered; without a transaction."""
        if self._engine is None:
            self._engine = _engine(self._url, self._answer, self._connect, self._echo, **self._sizes)
        async with asyncio.timeout(self._connect):
            connection = await self._engine.connect()
        try:
            yield connection
        finally:
            await connection.close()

    async def close(self) -> None:
        """Let go of all connections."""
        if self._engine is not None:
            await self._engine.dispose()


async def _undo(driver: Any, error: BaseException) -> None:
    """Roll back, where the connection may still be of use; the server does where it is not."""
    if isinstance(error, TimeoutError | OSError | asyncio.CancelledError):
        driver.terminate()
    elif not driver.is_closed():
        with suppress(Exception):
            await driver.execute("ROLLBACK")
            return
        driver.terminate()


def _engine(url: str, answer: float, connect: float, echo: bool, **sizes: int) -> "AsyncEngine":
    from sqlalchemy.ext.asyncio import create_async_engine

    return create_async_engine(
        url,
        # Every BEGIN, COMMIT and ROLLBACK is ours.
        isolation_level="AUTOCOMMIT",
        pool_pre_ping=True,
        hide_parameters=True,
        echo=echo,
        connect_args={
            "timeout": connect,
            "command_timeout": answer,
            "server_settings": {
                "application_name": "lattice-console",
                "timezone": "UTC",
                "lock_timeout": "3500",
                "idle_in_transaction_session_timeout": "60000",
            },
        },
        **sizes,
    )
