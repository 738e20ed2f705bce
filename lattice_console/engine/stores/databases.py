"""A whole database for work on all of it, beside any engine: to migrate, look through and copy."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

from lattice_console.contract.errors import NotFound, SystemFailure
from lattice_console.engine.ports import Tables
from lattice_console.engine.stores import migrate, migrate_postgres
from lattice_console.engine.stores.connection import Begin, open_lane
from lattice_console.engine.stores.failures import DATABASE_ERRORS, failure, server_errors
from lattice_console.engine.stores.inspection import inspect
from lattice_console.engine.stores.obstacles import file_failure, unreachable
from lattice_console.engine.stores.postgres_pool import Pool
from lattice_console.engine.stores.transaction import Tables as AllTables

Result = TypeVar("Result")

_STATEMENT = 3600.0
"""Seconds that one statement may take: a look through everything has time."""

_BUSY = 30.0


class Transaction(Protocol):
    """One transaction on one database."""

    async def run(self, work: Callable[[Connection, Tables], Result]) -> Result:
        """Do something in it, by SQLAlchemy's connection or by the stores."""
        ...


class WholeDatabase(Protocol):
    """A database with everything in it."""

    async def upgrade(self) -> tuple[str | None, Path | None]:
        """Bring the tables to this program's; returns the revision before, None for a new database, and a copy.

        Raises SystemFailure.
        """
        ...

    async def problems(self) -> list[str]:
        """What the database itself finds wrong with how it is stored; nothing where it does not look by itself."""
        ...

    def transaction(self, *, write: bool) -> AbstractAsyncContextManager[Transaction]:
        """One transaction, committed in the end, undone on any exception. Raises NotFound and SystemFailure.

        The tables have to be this program's (`SYS_DATABASE_OLDER`).
        """
        ...


def whole(database: Path | str) -> WholeDatabase:
    """The SQLite file, or the Postgres database at a URL as SQLAlchemy has it."""
    return _File(database) if isinstance(database, Path) else _Server(database)


class _OnLane:
    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection = connection
        self._tables = tables

    async def run(self, work: Callable[[Connection, Tables], Result]) -> Result:
        return work(self._connection, self._tables)


class _File:
    """Its connection is bound to no thread, but its work is done in the caller's: nobody's screen waits for it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def upgrade(self) -> tuple[str | None, Path | None]:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(open_lane(self._file, busy=_BUSY)) as lane:
                found = migrate.revision(lane.driver)
                return found, migrate.bring_up_to_date(lane, self._file)
        except OSError as error:
            raise unreachable(error, self._file) from error
        except DATABASE_ERRORS as error:
            raise file_failure(error, self._file, writing=True) from error

    async def problems(self) -> list[str]:
        if not self._file.exists():
            return []
        try:
            return await asyncio.to_thread(inspect, self._file)
        except DATABASE_ERRORS as error:
            raise file_failure(error, self._file, writing=False) from error

    @asynccontextmanager
    async def transaction(self, *, write: bool) -> AsyncIterator[Transaction]:
        if not self._file.exists():
            raise NotFound("NF_DATABASE", f"There is no database {self._file}.")
        try:
            begin: Begin = "BEGIN IMMEDIATE" if write else "BEGIN"
            with closing(open_lane(self._file, busy=_BUSY)) as lane, lane.transaction(begin):
                _current(migrate.revision(lane.driver))
                yield _OnLane(lane.connection, lane.tables)
        except DATABASE_ERRORS as error:
            raise file_failure(error, self._file, writing=write) from error


class _OnServer:
    def __init__(self, driver: Any, connection: Any) -> None:
        self._driver = driver
        self._connection = connection

    async def run(self, work: Callable[[Connection, Tables], Result]) -> Result:
        from lattice_console.engine.stores.postgres_database import PostgresDatabase

        def do(bare: Connection) -> Result:
            return work(bare, AllTables(PostgresDatabase(self._driver, bare)))

        result: Result = await self._connection.run_sync(do)
        return result


class _Server:
    def __init__(self, url: str) -> None:
        self._url = url

    async def upgrade(self) -> tuple[str | None, Path | None]:
        async with self._connected(write=True) as connection:
            return await migrate_postgres.bring_up_to_date(connection), None

    async def problems(self) -> list[str]:
        return []

    @asynccontextmanager
    async def transaction(self, *, write: bool) -> AsyncIterator[Transaction]:
        async with self._connected(write=write) as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            # What is written is read again before the commit: by statements that see no one else's rows.
            await driver.execute(f"BEGIN ISOLATION LEVEL REPEATABLE READ READ {'WRITE' if write else 'ONLY'}")
            try:
                await driver.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                _current(await connection.run_sync(migrate_postgres.revision))
                yield _OnServer(driver, connection)
                await driver.execute("COMMIT")
            except BaseException:
                # The server undoes what is open.
                driver.terminate()
                raise

    @asynccontextmanager
    async def _connected(self, *, write: bool) -> AsyncIterator[Any]:
        pool = Pool(self._url, _STATEMENT, pool_size=1, max_overflow=0, echo=False)
        try:
            async with pool.connection() as connection:
                yield connection
        except server_errors() as error:
            raise failure(error, writing=write) from error
        finally:
            await pool.close()


def _current(found: str | None) -> None:
    if found != migrate.HEAD:
        raise SystemFailure(
            "SYS_DATABASE_OLDER",
            f"The database has the tables of {f'revision {found}' if found else 'no project yet'}, this program works "
            f"on {migrate.HEAD}. Run first: lattice db upgrade --url URL",
            found=found,
            known=migrate.HEAD,
        )
