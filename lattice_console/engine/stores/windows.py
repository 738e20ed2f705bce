"""Keyset paging: a window of a list is read from its key on, whatever lies before it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, or_

from lattice_console.engine.records import Window
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.statements import Row, Values
from lattice_console.engine.stores.types import UtcTime

Order: TypeAlias = Sequence[tuple[ColumnElement[Any], bool]]
"""The columns that a list is in the order of, the first one first, and whether each falls; no two rows are equal."""


def read_window(
    database: Database,
    statement: Select[*tuple[Any, ...]],
    order: Order,
    window: Window,
    *,
    values: Values | None = None,
) -> list[Row]:
    """The rows of the window, in the list's order.

    `next` goes on after the window's key, or from the list's start; `prev` ends before it, or at the list's end; the
    offset skips rows from there.
    """
    forward = window.direction == "next"
    steps = [(column, falls == forward) for column, falls in order]
    if window.key is not None:
        key = [_value(column, part) for (column, _), part in zip(steps, window.key, strict=True)]
        statement = statement.where(_beyond(steps, key))
    ordered = [column.desc() if falls else column for column, falls in steps]
    rows = database.compose(statement.order_by(*ordered).limit(window.limit).offset(window.offset), values)
    return rows if forward else rows[::-1]


def _value(column: ColumnElement[Any], part: Any) -> Any:
    """A part of a key as the column has it; a cursor carries times as text."""
    return datetime.fromisoformat(part) if isinstance(column.type, UtcTime) and isinstance(part, str) else part


def _beyond(steps: Order, key: Sequence[Any]) -> ColumnElement[bool]:
    """That a row comes after the key: it is beyond in one column, and equal in those before."""
    (first, falls), value = steps[0], key[0]
    beyond = [
        and_(*(column == at for (column, _), at in zip(steps[:place], key, strict=False)), _after(column, falls, at))
        for place, ((column, falls), at) in enumerate(zip(steps, key, strict=True))
    ]
    if len(beyond) == 1:
        return beyond[0]
    # Said once more of the first column alone, so that an index leads to where the window begins.
    return and_(first <= value if falls else first >= value, or_(*beyond))


def _after(column: ColumnElement[Any], falls: bool, value: Any) -> ColumnElement[bool]:
    after: ColumnElement[bool] = column < value if falls else column > value
    return after
