"""How values lie in the columns: on SQLite as numbers and text, on Postgres as what it has for them."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)

Number = Integer().with_variant(BigInteger(), "postgresql")
"""An integer of 64 bits."""

Words = Text().with_variant(Text(collation="C"), "postgresql")
"""Text in the order of its code points, on every database."""


class UtcTime(TypeDecorator[datetime]):
    """A point in time with microseconds; on SQLite ISO 8601 text in UTC, so that text order is time order."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a time zone")
        return value if dialect.name == "postgresql" else time_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return datetime.fromisoformat(value) if isinstance(value, str) else value


def time_text(value: datetime) -> str:
    """The time as ISO 8601 text in UTC with microseconds."""
    return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


class Json(TypeDecorator[Any]):
    """A JSON value, on SQLite as compact ASCII text; None is no value."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return JSONB(none_as_null=True) if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else _ENCODER.encode(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return json.loads(value) if dialect.name != "postgresql" and value is not None else value
