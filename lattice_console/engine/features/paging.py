"""Cursors: where a window of a list begins, opaque to those who carry them."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any, TypeVar

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.models.base import COUNT_LIMIT
from lattice_console.contract.models.page import Direction

Row = TypeVar("Row")


def cursor(field: str, *key: int | str) -> str:
    """The cursor of the row with that key in a list by `field`."""
    return base64.urlsafe_b64encode(json.dumps({"f": field, "v": key}).encode()).decode()


def key(cursor: str | None, field: str, *kinds: type) -> tuple[Any, ...] | None:
    """What a cursor points at: a value of each kind. Raises ValidationFailed (`VAL_CURSOR`) for one of another list."""
    if cursor is None:
        return None
    try:
        data = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        found = tuple(data["v"])
        if data["f"] == field and [type(value) for value in found] == list(kinds) and all(map(_is_possible, found)):
            return found
    except (binascii.Error, UnicodeError, ValueError, TypeError, KeyError, RecursionError):
        pass
    raise ValidationFailed("VAL_CURSOR", "This cursor does not belong to this list; start without one.", field="cursor")


def _is_possible(key: Any) -> bool:
    """Whether a row can have that key, and a database be asked for it: a cursor may have been made up."""
    if isinstance(key, str):
        return all(ord(char) >= 32 and not "\ud800" <= char <= "\udfff" for char in key)
    return isinstance(key, int) and abs(key) <= COUNT_LIMIT


def trim(rows: Sequence[Row], limit: int, direction: Direction) -> tuple[Sequence[Row], bool]:
    """The window without the one row that was asked for beyond it, and whether that row was there."""
    if len(rows) <= limit:
        return rows, False
    return (rows[:limit] if direction == "next" else rows[-limit:]), True
