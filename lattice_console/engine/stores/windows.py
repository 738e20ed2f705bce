"""Keyset paging: a window of a list is read from its key on, whatever lies before it."""

from typing import Any

from sqlalchemy import ColumnElement, Select

from lattice_console.engine.records import Window
from lattice_console.engine.stores.database import Database, Row, Values


def read_window(
    database: Database,
    statement: Select[*tuple[Any, ...]],
    key: ColumnElement[Any],
    window: Window,
    *,
    newest_first: bool,
    values: Values | None = None,
) -> list[Row]:
    """The rows of the window, in the list's order: by falling key where `newest_first`, else by rising key.

    `next` goes on after the window's key, or from the list's start; `prev` ends before it, or at the list's end; the
    offset skips rows from there.
    """
    forward = window.direction == "next"
    falling = newest_first == forward
    if window.key is not None:
        statement = statement.where(key < window.key if falling else key > window.key)
    statement = statement.order_by(key.desc() if falling else key).limit(window.limit).offset(window.offset)
    rows = database.compose(statement, values)
    return rows if forward else rows[::-1]
