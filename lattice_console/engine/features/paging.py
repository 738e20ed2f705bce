"""Cursors: where a window of a list begins, opaque to those who carry them."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any, TypeVar

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.models.base import COUNT_LIMIT
from lattice_console.contract.models.page import Direction

Key = TypeVar("Key", int, str)
Row = TypeVar("Row")


def cursor(field: str, key: int | str) -> str:
    """The cursor of the row whose `field` is `key`."""
    return base64.urlsafe_b64encode(json.dumps({"f": field, "v": key}).encode()).decode()


def key(cursor: str | None, field: str, kind: type[Key]) -> Key | None:
    """What a cursor points at; raises ValidationFailed (`VAL_CURSOR`) for one that is none of ours."""
    if cursor is None:
        return None
    try:
        data = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if data["f"] == field and type(data["v"]) is kind and _is_possible(data["v"]):
            found: Key = data["v"]
            return found
    except (binascii.Error, UnicodeError, ValueError, TypeError, KeyError):
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
