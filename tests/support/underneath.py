"""A SQLite file, past the engine."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from lattice_console.engine.stores import seals


@contextmanager
def underneath(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection to it that can write, as whoever owns it can; commits at the end."""
    with closing(sqlite3.connect(file)) as connection, connection:
        seals.register(connection)
        yield connection
