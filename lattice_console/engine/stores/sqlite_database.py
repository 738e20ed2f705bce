"""Statements on a SQLite connection."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.dialects.sqlite import pysqlite

from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.statements import Prepared, Row, Values

_DIALECT = pysqlite.dialect(dbapi=sqlite3)


class SqliteDatabase(Database):
    """`Database` over sqlite3, and over SQLAlchemy's view of the same connection for what is composed for a call."""

    def __init__(self, driver: sqlite3.Connection, connection: Connection) -> None:
        self._driver = driver
        self._connection = connection

    def rows(self, prepared: Prepared, **values: Any) -> list[Row]:
        form = prepared.form(_DIALECT, values)
        return form.read(self._driver.execute(*form.render(values)).fetchall())

    def run(self, prepared: Prepared, **values: Any) -> int:
        return self._driver.execute(*prepared.form(_DIALECT, values).render(values)).rowcount

    def run_each(self, prepared: Prepared, rows: Sequence[Values]) -> None:
        if rows:
            form = prepared.form(_DIALECT, rows[0])
            rendered = [form.render(row) for row in rows]
            self._driver.executemany(rendered[0][0], [bound for _, bound in rendered])

    def compose(self, statement: Select[*tuple[Any, ...]], values: Values | None = None) -> list[Row]:
        return [tuple(row) for row in self._connection.execute(statement, values)]
