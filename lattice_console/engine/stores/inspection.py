"""Looking at a SQLite file from outside: is it whole, and is every value what was written?"""

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from itertools import islice
from pathlib import Path

from lattice_console.engine.stores import backups, seals
from lattice_console.engine.stores.connection import open_lane
from lattice_console.engine.stores.migrate import HEAD, bring_up_to_date

PROBLEMS = 20
"""How many problems are reported at most."""


def inspect(file: Path) -> list[str]:
    """What is wrong with the file; changes nothing.

    Pages and indexes that are damaged, rows that are not as they were written, rows that refer to nothing, and, in a
    file of this program's revision, tables, indexes and triggers that are not as they should be. Raises sqlite3.Error
    where the file cannot be looked at: for another reason than what lies in it.
    """
    try:
        with closing(backups.reading(file)) as connection:
            seals.register(connection)
            return list(islice(_problems(connection), PROBLEMS))
    except sqlite3.Error as error:
        # The driver's own errors, of texts that are none, have no code.
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF in _IN_THE_FILE:
            return [str(error)]
        raise
    except UnicodeDecodeError:
        # The driver cannot even repeat what SQLite says of a schema that is none.
        return ["malformed database schema"]


_IN_THE_FILE = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_MISMATCH)


def _problems(connection: sqlite3.Connection) -> Iterator[str]:
    for (said,) in connection.execute(f"PRAGMA integrity_check({PROBLEMS})"):
        if said != "ok":
            yield seals.told(said)
    for table, _, target, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"a row of {table} refers to {target}, which is not there"
    shapes = _shapes(connection)
    if "alembic_version" in {name for _, name in shapes}:
        if connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]:
            yield from _differences(shapes, _expected())
        for hash, size, content in connection.execute("SELECT hash, size, content FROM blobs"):
            if type(content) is not bytes or hashlib.sha256(content).hexdigest() != hash or len(content) != size:
                yield f"the blob {hash} does not hold what its hash says"


Shapes = dict[tuple[str, str], tuple[str, list[str]]]
"""By kind and name: the table that it belongs to, and the words of its statement."""

_WORDS = re.compile(r"\w+|[^\w\s\"]")


def _shapes(connection: sqlite3.Connection) -> Shapes:
    # Statistics are whoever's who asked for them (ANALYZE), and say nothing.
    rows = connection.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite~_stat%' ESCAPE '~'"
    )
    # Which words and signs there are says all that one damaged byte can change. Order and quotes differ from file to
    # file: alembic rebuilds tables with their constraints in any order.
    return {(kind, name): (table, sorted(_WORDS.findall(sql or ""))) for kind, name, table, sql in rows}


@cache
def _expected() -> Shapes:
    """What a new file has."""
    with closing(open_lane(None, busy=1)) as lane:
        bring_up_to_date(lane, None)
        return _shapes(lane.driver)


def _differences(found: Shapes, expected: Shapes) -> Iterator[str]:
    for kind, name in sorted(expected.keys() | found.keys()):
        if (kind, name) not in found:
            yield f"the {kind} {name} is missing"
        elif (kind, name) not in expected:
            yield f"the {kind} {name} is not of this program"
        elif found[kind, name] != expected[kind, name]:
            yield f"the {kind} {name} is not as it was made"
