"""SQLAlchemy's statements on sqlite3's connection.

SQLAlchemy says what a statement is in SQL, and how values go in and come out. Run through its own connection, each
execution costs several times what SQLite needs for these small statements; so what is fixed is worked out once, and
the driver does the rest.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Delete, Insert, Select, Update
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import CompoundSelect

Statement: TypeAlias = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | Insert | Update | Delete
Values: TypeAlias = Mapping[str, Any]
Row: TypeAlias = tuple[Any, ...]
Convert: TypeAlias = Callable[[Any], Any]

_DIALECT = pysqlite.dialect(dbapi=sqlite3)


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as compiled for certain parameters.

    `arguments` are the parameters in the order of the SQL, each with its conversion; `given` has the values of those
    that the statement itself brings along; `lists` names those that are lists, whose lengths the SQL depends on.
    `results` are the positions in a row of what must be converted.
    """

    compiled: SQLCompiler
    arguments: Sequence[tuple[str, Convert | None]]
    given: Values
    lists: tuple[str, ...]
    results: Sequence[tuple[int, Convert]]
    sql_by_lengths: dict[tuple[int, ...], str]

    def padded(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values with lists of few different lengths: a list says the same when its last item is repeated."""
        for name in self.lists:
            items = list(values[name] if name in values else self.given[name])
            size = 1 << (len(items) - 1).bit_length() if items else 0
            values[name] = items + items[-1:] * (size - len(items))
        return values

    def sql(self, values: Values) -> str:
        """The SQL for lists as long as those of the values."""
        lengths = tuple([len(values[name]) for name in self.lists])
        sql = self.sql_by_lengths.get(lengths)
        if sql is None:
            sql = self.compiled.construct_expanded_state(dict(values)).statement
            self.sql_by_lengths[lengths] = sql
        return sql

    def bind(self, values: Values) -> list[Any]:
        """The values in the order of the SQL, as SQLite takes them."""
        bound: list[Any] = []
        for name, convert in self.arguments:
            value = values[name] if name in values else self.given[name]
            if name in self.lists:
                bound.extend(value if convert is None else map(convert, value))
            else:
                bound.append(value if convert is None else convert(value))
        return bound

    def read(self, rows: list[Row]) -> list[Row]:
        """The rows, with their values as the columns' types have them."""
        if not self.results:
            return rows
        converted: list[Row] = []
        for row in rows:
            values = list(row)
            for position, convert in self.results:
                values[position] = convert(values[position])
            converted.append(tuple(values))
        return converted


class Prepared:
    """A statement that is compiled once for each set of parameters that it is run with."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self._forms: dict[tuple[str, ...], _Form] = {}

    def form(self, values: Values) -> _Form:
        """How to run it with parameters of those names; raises TypeError where these do not fit."""
        names = tuple(values)
        form = self._forms.get(names)
        if form is None:
            form = self._forms[names] = self._compile(names)
        return form

    def _compile(self, names: tuple[str, ...]) -> _Form:
        compiled = self.statement.compile(dialect=_DIALECT, column_keys=list(names))
        assert isinstance(compiled, SQLCompiler)
        order = compiled.positiontup or []
        binds = {name: compiled.binds[name] for name in order}
        # An UPDATE would pass over a misspelt column in silence.
        wrong = set(names) ^ {name for name, bind in binds.items() if bind.required or name in names}
        if wrong:
            raise TypeError(f"the statement has no place for, or lacks: {', '.join(sorted(wrong))}")
        converts = {name: bind.type.dialect_impl(_DIALECT).bind_processor(_DIALECT) for name, bind in binds.items()}
        return _Form(
            compiled,
            [(name, converts[name]) for name in order],
            {name: compiled.params[name] for name, bind in binds.items() if not bind.required},
            tuple(name for name, bind in binds.items() if bind.expanding),
            _results(self.statement),
            {},
        )


def _results(statement: Statement) -> list[tuple[int, Convert]]:
    types = (column.type.dialect_impl(_DIALECT) for column in statement.exported_columns)
    converts = enumerate(kind.result_processor(_DIALECT, None) for kind in types)
    return [(position, convert) for position, convert in converts if convert is not None]


class Database:
    """Runs statements on one connection, in whatever transaction is open on it. Raises the driver's errors."""

    def __init__(self, driver: sqlite3.Connection, connection: Connection) -> None:
        self._driver = driver
        self._connection = connection

    def rows(self, prepared: Prepared, **values: Any) -> list[Row]:
        """All rows that the statement gives."""
        form = prepared.form(values)
        return form.read(self._execute(form, values).fetchall())

    def row(self, prepared: Prepared, **values: Any) -> Row | None:
        """The first row, if there is one."""
        rows = self.rows(prepared, **values)
        return rows[0] if rows else None

    def column(self, prepared: Prepared, **values: Any) -> list[Any]:
        """The first value of each row."""
        return [row[0] for row in self.rows(prepared, **values)]

    def value(self, prepared: Prepared, **values: Any) -> Any:
        """The first value of the one row; raises LookupError where there is none."""
        row = self.row(prepared, **values)
        if row is None:
            raise LookupError("there is no such row")
        return row[0]

    def run(self, prepared: Prepared, **values: Any) -> int:
        """Run a statement that gives no rows; returns how many it touched."""
        return self._execute(prepared.form(values), values).rowcount

    def run_each(self, prepared: Prepared, rows: Sequence[Values]) -> None:
        """Run a statement once for each set of parameters; all have the same names, and none is a list."""
        if rows:
            form = prepared.form(rows[0])
            self._driver.executemany(form.sql(rows[0]), map(form.bind, rows))

    def compose(self, statement: Select[*tuple[Any, ...]], values: Values | None = None) -> list[Row]:
        """All rows of a statement that was put together for this call."""
        return [tuple(row) for row in self._connection.execute(statement, values)]

    def _execute(self, form: _Form, values: dict[str, Any]) -> sqlite3.Cursor:
        if form.lists:
            values = form.padded(values)
        return self._driver.execute(form.sql(values), form.bind(values))
