"""Between records and rows."""

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Table, and_, bindparam

Item = TypeVar("Item")

CHUNK = 500
"""How many values one IN list holds."""


def chunks(items: Iterable[Item]) -> list[list[Item]]:
    """The items without repeats, in portions for IN lists."""
    distinct = list(dict.fromkeys(items))
    return [distinct[start : start + CHUNK] for start in range(0, len(distinct), CHUNK)]


def several(name: str) -> BindParameter[Any]:
    """The parameter of an IN list."""
    return bindparam(name, expanding=True)


def columns(table: Table, record: type[NamedTuple], **others: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """What to select for a record: the table's columns by the record's names, save those given."""
    return [others[name] if name in others else table.c[name] for name in record._fields]


def values(record: NamedTuple, **others: Any) -> dict[str, Any]:
    """The record's values by its names, and others beside them."""
    return record._asdict() | others


def starts_with(column: ColumnElement[str]) -> ColumnElement[bool]:
    """That the text starts with the prefix that `prefix_range` gives as parameters; an index on it serves this."""
    return and_(column >= bindparam("prefix"), column < bindparam("prefix_end"))


def prefix_range(text: str) -> dict[str, str]:
    """The parameters of `starts_with`: the range from `text` to before the next text of its length, by code points."""
    rest = text.rstrip("\U0010ffff")
    if not rest:
        # Beyond all that is stored: no path is as long.
        return {"prefix": text, "prefix_end": "\U0010ffff" * 1025}
    following = ord(rest[-1]) + 1
    # Surrogates are no characters.
    return {"prefix": text, "prefix_end": rest[:-1] + chr(0xE000 if following == 0xD800 else following)}
