"""Seals: an index over each table of a SQLite file that knows a checksum of every row.

SQLite proves that pages and indexes fit each other, not that a value is what was written: a byte that a disk gets
wrong in the middle of a text goes unseen. So each table has an index over `seal(all its columns)`, which SQLite keeps
with the row, and which its integrity check computes again.
"""

import re
import sqlite3
import struct
import zlib
from collections.abc import Iterator

_PREFIX = "seal_"
_HASHED = "blobs"
"""The table whose rows have a checksum of what they hold already."""

_BROKEN = re.compile(rf"row \d+ missing from index {_PREFIX}(?P<table>\w+)")

_Value = str | int | float | bytes | None
"""What SQLite hands to a function."""


def register(driver: sqlite3.Connection) -> None:
    """Let a connection write to sealed tables, and check them."""
    driver.create_function("seal", -1, _seal, deterministic=True)
    # Some builds of SQLite let no index call a function of ours otherwise.
    driver.execute("PRAGMA trusted_schema = ON")


def take_off(driver: sqlite3.Connection) -> None:
    """Remove all seals, within the caller's transaction: so that tables can be altered."""
    for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE name LIKE 'seal^_%' ESCAPE '^'").fetchall():
        driver.execute(f'DROP INDEX "{name}"')


def put_on(driver: sqlite3.Connection) -> None:
    """Seal every table as it is now, within the caller's transaction."""
    for statement in _wanted(driver):
        driver.execute(statement)


def told(problem: str) -> str:
    """What SQLite's integrity check says, where it is of a seal: in words."""
    found = _BROKEN.search(problem)
    return f"a row of {found['table']} is not what was written ({problem})" if found else problem


def _wanted(driver: sqlite3.Connection) -> Iterator[str]:
    tables = driver.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^' ORDER BY name"
    ).fetchall()
    for (table,) in tables:
        if table != _HASHED:
            columns = ", ".join(f'"{row[1]}"' for row in driver.execute(f'PRAGMA table_info("{table}")'))
            yield f'CREATE INDEX "{_PREFIX}{table}" ON "{table}" (seal({columns}))'


def _seal(*values: _Value) -> int:
    """CRC-32 over the values, each with its type and its length."""
    checksum = 0
    for value in values:
        kind, data = _encoded(value)
        checksum = zlib.crc32(data, zlib.crc32(b"%c%d:" % (kind, len(data)), checksum))
    return checksum


def _encoded(value: _Value) -> tuple[bytes, bytes]:
    if isinstance(value, str):
        return b"t", value.encode()
    if isinstance(value, int):
        return b"i", b"%d" % value
    if isinstance(value, float):
        return b"r", struct.pack("<d", value)
    return (b"n", b"") if value is None else (b"b", value)
