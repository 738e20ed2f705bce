"""Keyset paging: a window of a list is read from its key on, whatever lies before it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection

from lattice_console.engine.ports import Window
from lattice_console.engine.stores.rows import AnyRow, AnySelect


def read_window(
    connection: Connection,
    statement: AnySelect,
    key: ColumnElement[Any],
    window: Window,
    *,
    newest_first: bool,
    parameters: Mapping[str, Any] | None = None,
) -> Sequence[AnyRow]:
    """The rows of the window, in the list's order: by falling key where `newest_first`, else by rising key.

    `next` goes on after the window's key, or from the list's start; `prev` ends before it, or at the list's end; the
    offset skips rows from there.
    """
    forward = window.direction == "next"
    falling = newest_first == forward
    if window.key is not None:
        statement = statement.where(key < window.key if falling else key > window.key)
    statement = statement.order_by(key.desc() if falling else key).limit(window.limit).offset(window.offset)
    rows = connection.execute(statement, parameters).all()
    return rows if forward else rows[::-1]
