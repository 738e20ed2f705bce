"""One connection to a SQLite database, and transactions on it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from lattice_console.engine.stores import seals
from lattice_console.engine.stores.sqlite_database import SqliteDatabase
from lattice_console.engine.stores.transaction import Tables

Begin = Literal["BEGIN", "BEGIN IMMEDIATE"]

_CACHE_KIB = 16 * 1024
_STATEMENTS = 512


@dataclass(frozen=True, slots=True)
class Lane:
    """A connection twice: as the driver's, and as SQLAlchemy's, for statements composed for a call and migrations.

    The driver is left in autocommit mode and every BEGIN, COMMIT and ROLLBACK is ours: neither it nor SQLAlchemy
    would begin a transaction where we do, or with IMMEDIATE.
    """

    driver: sqlite3.Connection
    connection: Connection
    tables: Tables

    @contextmanager
    def transaction(self, begin: Begin) -> Iterator[None]:
        """Commit at the end, or undo everything on any exception.

        BEGIN sees the database as it is at its first statement, and raises RuntimeError where something was written;
        BEGIN IMMEDIATE is for writing, and waits for its turn at once.
        """
        before = self.driver.total_changes
        self.driver.execute(begin)
        try:
            yield
            # Not by `PRAGMA query_only`: each time it is set, SQLite compiles all statements anew.
            if begin == "BEGIN" and self.driver.total_changes != before:
                raise RuntimeError("a read has written")
            self.driver.execute("COMMIT")
        finally:
            # SQLite itself has rolled back after some errors, and has not after a COMMIT that failed.
            if self.driver.in_transaction:
                self.driver.execute("ROLLBACK")

    def close(self) -> None:
        self.connection.close()


def open_lane(file: Path | None, *, busy: float) -> Lane:
    """Connect to the file, or to a new database in memory; `busy` is in seconds. Raises the driver's errors."""
    driver = sqlite3.connect(
        ":memory:" if file is None else file,
        timeout=busy,
        isolation_level=None,
        # Each connection is used by one thread, but closed by another once that has ended.
        check_same_thread=False,
        cached_statements=_STATEMENTS,
    )
    try:
        seals.register(driver)
        driver.create_function("casefold", 1, _casefold, deterministic=True)
        for pragma in (
            # A commit is on the disk before it returns.
            "synchronous = FULL",
            "fullfsync = ON",
            "foreign_keys = ON",
            f"cache_size = -{_CACHE_KIB}",
            "temp_store = MEMORY",
        ):
            driver.execute(f"PRAGMA {pragma}")
        engine = create_engine(
            "sqlite+pysqlite://",
            creator=lambda: driver,
            poolclass=NullPool,
            pool_reset_on_return=None,
            hide_parameters=True,
        )
        connection = engine.connect()
    except BaseException:
        driver.close()
        raise
    return Lane(driver, connection, Tables(SqliteDatabase(driver, connection)))


def _casefold(text: str | None) -> str | None:
    return None if text is None else text.casefold()
