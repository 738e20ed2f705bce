"""What can be mended of a SQLite file by itself, and whether it can be written to now."""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from lattice_console.engine.stores.connection import open_lane

# Not a seal's: it knows what a row was, and is made anew of a wrong one only by mistake.
_OF_AN_INDEX = re.compile(
    r"(?:row \d+ missing from index|wrong # of entries in index|non-unique entry in index) (?!seal_)(?P<index>\w+)"
)


def broken_indexes(damage: Sequence[str]) -> frozenset[str] | None:
    """The indexes that `inspect` found not to fit their tables; None where other things are wrong as well."""
    found = [_OF_AN_INDEX.fullmatch(one) for one in damage]
    return frozenset(one["index"] for one in found if one) if damage and all(found) else None


def make_anew(file: Path, indexes: frozenset[str], *, busy: float) -> None:
    """Make those indexes anew from their tables; raises sqlite3.Error."""
    with closing(open_lane(file, busy=busy)) as lane, lane.transaction("BEGIN IMMEDIATE"):
        for name in sorted(indexes):
            lane.driver.execute(f'REINDEX "{name}"')


def is_being_written(file: Path, patience: float) -> bool:
    """Whether another process is in the midst of writing, and remains so for `patience` seconds.

    Raises sqlite3.Error for what else stands in the way of writing.
    """
    try:
        with closing(sqlite3.connect(file, timeout=patience, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return True
        raise
    return False
