"""Looking at a SQLite file from outside: is it whole?"""

import sqlite3
from pathlib import Path

PROBLEMS = 20
"""How many problems are reported at most."""


def inspect(file: Path) -> list[str]:
    """What SQLite finds wrong with the file: damaged pages and indexes, rows that refer to nothing. Changes nothing."""
    try:
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
    except sqlite3.Error as error:
        return [str(error)]
    try:
        damage = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({PROBLEMS})")]
        orphans = connection.execute("PRAGMA foreign_key_check").fetchmany(PROBLEMS)
    except sqlite3.Error as error:
        return [str(error)]
    finally:
        connection.close()
    found = [] if damage == ["ok"] else damage
    return found + [f"a row of {table} refers to {target}, which is not there" for table, _, target, _ in orphans]
