"""SQLAlchemy's statements, compiled once for each dialect, to be run by the database's own driver.

SQLAlchemy says what a statement is in SQL, and how values go in and come out. Run through its own connection, each
execution costs several times what the database needs for these small statements; so what is fixed is worked out once,
and the driver does the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import Delete, Insert, Select, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import CompoundSelect

Statement: TypeAlias = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | Insert | Update | Delete
Values: TypeAlias = Mapping[str, Any]
Row: TypeAlias = tuple[Any, ...]
Convert: TypeAlias = Callable[[Any], Any]

_FLOAT8 = 701
"""Postgres's number of its floats: its numbers ask for it, to know that they are none with decimals."""


@dataclass(frozen=True, slots=True)
class Form:
    """A statement as one dialect has it, for parameters of certain names.

    `arguments` are the parameters in the order of the SQL, and `converts` the conversions of some of them; `given` has
    the values of those that the statement itself brings along; `lists` names those that are lists, whose lengths the
    SQL depends on. `results` are the positions in a row of what must be converted.
    """

    compiled: SQLCompiler
    arguments: Sequence[str]
    converts: Mapping[str, Convert]
    given: Values
    lists: tuple[str, ...]
    results: Sequence[tuple[int, Convert]]
    _places: Sequence[tuple[int, Convert]]
    _by_lengths: dict[tuple[int, ...], tuple[str, Sequence[tuple[str, int | None]]]] = field(default_factory=dict)

    def render(self, values: Values) -> tuple[str, list[Any]]:
        """The SQL, and the values in its order, as the driver takes them."""
        if self.given:
            values = {**self.given, **values}
        if self.lists:
            return self._render_lists(dict(values))
        bound = [values[name] for name in self.arguments]
        for place, convert in self._places:
            bound[place] = convert(bound[place])
        return self.compiled.string, bound

    def _render_lists(self, values: dict[str, Any]) -> tuple[str, list[Any]]:
        # A list says the same when its last item is repeated; so there are few lengths, each compiled once.
        for name in self.lists:
            items = list(values[name])
            size = 1 << (len(items) - 1).bit_length() if items else 0
            values[name] = items + items[-1:] * (size - len(items))
        lengths = tuple([len(values[name]) for name in self.lists])
        expanded = self._by_lengths.get(lengths)
        if expanded is None:
            expanded = self._by_lengths[lengths] = self._expand(values)
        sql, places = expanded
        for name, convert in self.converts.items():
            values[name] = [convert(item) for item in values[name]] if name in self.lists else convert(values[name])
        return sql, [values[name] if item is None else values[name][item] for name, item in places]

    def _expand(self, values: dict[str, Any]) -> tuple[str, Sequence[tuple[str, int | None]]]:
        """The SQL for lists of those lengths, and which value, or which item of which list, stands at each place."""
        state = self.compiled.construct_expanded_state(values)
        items = {
            expanded: (name, item)
            for name in self.lists
            for item, expanded in enumerate(state.parameter_expansion.get(name, ()))
        }
        order = state.positiontup or []
        return state.statement, [items.get(name, (name, None)) for name in order]

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
    """A statement that is compiled once for each dialect and set of parameters that it is run with."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self._forms: dict[tuple[str, ...], Form] = {}

    def form(self, dialect: Dialect, values: Values) -> Form:
        """How to run it with parameters of those names; raises TypeError where these do not fit."""
        key = (dialect.name, *values)
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = self._compile(dialect, key[1:])
        return form

    def _compile(self, dialect: Dialect, names: tuple[str, ...]) -> Form:
        compiled = self.statement.compile(dialect=dialect, column_keys=list(names))
        assert isinstance(compiled, SQLCompiler)
        order = compiled.positiontup or []
        binds = {name: compiled.binds[name] for name in order}
        # An UPDATE would pass over a misspelt column in silence.
        wrong = set(names) ^ {name for name, bind in binds.items() if bind.required or name in names}
        if wrong:
            raise TypeError(f"the statement has no place for, or lacks: {', '.join(sorted(wrong))}")
        given = {name: compiled.params[name] for name in binds if name not in names}
        processors = ((name, bind.type.dialect_impl(dialect).bind_processor(dialect)) for name, bind in binds.items())
        converts = {name: convert for name, convert in processors if convert is not None}
        return Form(
            compiled,
            order,
            converts,
            given,
            tuple(name for name, bind in binds.items() if bind.expanding),
            _results(self.statement, dialect),
            [(place, converts[name]) for place, name in enumerate(order) if name in converts],
        )


def _results(statement: Statement, dialect: Dialect) -> list[tuple[int, Convert]]:
    types = (column.type.dialect_impl(dialect) for column in statement.exported_columns)
    converts = enumerate(kind.result_processor(dialect, _FLOAT8) for kind in types)
    return [(position, convert) for position, convert in converts if convert is not None]
