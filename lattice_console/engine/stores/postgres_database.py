"""Statements on a Postgres connection."""

from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection, Select
from sqlalchemy.dialects.postgresql import asyncpg as dialects
from sqlalchemy.util import await_only

from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.statements import Prepared, Row, Values

Result = TypeVar("Result")

_DIALECT = dialects.dialect()  # type: ignore[no-untyped-call]  # so declared there


class PostgresDatabase(Database):
    """`Database` over asyncpg, within a greenlet of SQLAlchemy's, which lets synchronous code await.

    What is composed for a call goes through SQLAlchemy's view of the same connection.
    """

    def __init__(self, driver: "asyncpg.Connection[asyncpg.Record]", connection: Connection) -> None:
        self._driver = driver
        self._connection = connection

    def rows(self, prepared: Prepared, **values: Any) -> list[Row]:
        form = prepared.form(_DIALECT, values)
        sql, bound = form.render(values)
        return form.read([tuple(record) for record in _awaited(self._driver.fetch(sql, *bound))])

    def run(self, prepared: Prepared, **values: Any) -> int:
        sql, bound = prepared.form(_DIALECT, values).render(values)
        # Its answer is a command's tag: `INSERT 0 1`, `UPDATE 3`.
        tag: str = _awaited(self._driver.execute(sql, *bound))
        return int(tag.rpartition(" ")[2])

    def run_each(self, prepared: Prepared, rows: Sequence[Values]) -> None:
        if rows:
            form = prepared.form(_DIALECT, rows[0])
            rendered = [form.render(row) for row in rows]
            _awaited(self._driver.executemany(rendered[0][0], [bound for _, bound in rendered]))

    def compose(self, statement: Select[*tuple[Any, ...]], values: Values | None = None) -> list[Row]:
        return [tuple(row) for row in self._connection.execute(statement, values)]


def _awaited(work: Awaitable[Result]) -> Result:
    return await_only(work)
