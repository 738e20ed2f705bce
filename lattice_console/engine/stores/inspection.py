"""Looking at a SQLite file from outside: is it whole?"""

import sqlite3
from contextlib import closing
from pathlib import Path

from lattice_console.engine.stores import backups

PROBLEMS = 20
"""How many problems are reported at most."""


def inspect(file: Path) -> list[str]:
    """What SQLite finds wrong with the file: damaged pages and indexes, rows that refer to nothing. Changes nothing.

    Raises sqlite3.Error where the file cannot be looked at: for another reason than what lies in it.
    """
    try:
        return _look(file)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return [str(error)]
        raise


def _look(file: Path) -> list[str]:
    with closing(backups.reading(file)) as connection:
        damage = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({PROBLEMS})")]
        orphans = connection.execute("PRAGMA foreign_key_check").fetchmany(PROBLEMS)
    found = [] if damage == ["ok"] else damage
    return found + [f"a row of {table} refers to {target}, which is not there" for table, _, target, _ in orphans]
