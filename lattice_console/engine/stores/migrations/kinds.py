"""The kinds of columns that migrations make, on every database."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.types import TypeEngine

NUMBER: TypeEngine[Any] = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
WORDS: TypeEngine[Any] = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME: TypeEngine[Any] = sa.Text().with_variant(TIMESTAMP(timezone=True), "postgresql")
JSON: TypeEngine[Any] = sa.Text().with_variant(JSONB(), "postgresql")


def is_postgres(connection: sa.Connection) -> bool:
    """Whether it is Postgres that is migrated."""
    return connection.dialect.name == "postgresql"
