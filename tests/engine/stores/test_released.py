"""Databases that earlier programs wrote, each with its own tables: nothing is lost on the way to this program's.

`released/` has a dump for each revision, as the program of that time left it: a mutation that was executed, one that
was rolled back, one that is approved, one in conflict with that, one that was rejected, a draft, votes and a comment, a
spec that depends on another, and a reference between files. Who changes the tables adds a dump (`iterdump`) of the
program before.
"""

import asyncio
import gzip
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from lattice_console.backends import local
from lattice_console.contract.backend import Backend
from lattice_console.engine.engine import Engine
from lattice_console.engine.stores import seals
from lattice_console.engine.stores.sqlite import SqliteStore
from lattice_console.ops import db

DUMPS = sorted((Path(__file__).parent / "released").glob("*.sql.gz"))

Rows = dict[str, list[dict[str, Any]]]


def load(dump: Path, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        seals.register(connection)
        connection.executescript(gzip.decompress(dump.read_bytes()).decode())
        connection.execute("PRAGMA journal_mode = WAL")


def rows(file: Path) -> Rows:
    """All rows of all tables, in some order; without the revision, and what is derived anew by the next who reads."""
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        found = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in names.fetchall()}
    return {
        name: sorted(({key: row[key] for key in row.keys() if key != "indexed"} for row in table), key=repr)
        for name, table in found.items()
        if name not in ("alembic_version", "edges")
    }


def within(after: Rows, before: Rows) -> Rows:
    """What of `after` has its place in `before`, by table and column."""
    return {
        name: sorted(({column: row.get(column) for column in table[0]} for row in after[name]), key=repr)
        if table
        else []
        for name, table in before.items()
    }


async def use(backend: Backend) -> None:
    """Look at all of it, and go on with it."""
    listed = await backend.mutations.list(limit=50)
    assert {one.number: one.status for one in listed.items} == {
        1: "completed",
        2: "rolled_back",
        3: "approved",
        4: "pending",
        5: "rejected",
        6: "draft",
        7: "pending",
    }
    report = await backend.conflicts.of("4")
    assert [one.type for one in report.conflicts] == ["concurrent_modification"]
    graph = await backend.specs.graph()
    leads = {(edge.source, edge.target) for edge in graph.edges}
    assert {("user-auth", "customers"), ("docs/api.yaml", "docs/parts.yaml")} <= leads
    assert [one.text for one in await backend.reviews.comments("3")] == ["A remark"]
    assert (await backend.executions.execute("3")).status == "completed"
    assert (await backend.audit.verify()).ok


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: str(dump.name.partition(".")[0]))
async def test_a_database_of_an_earlier_program_is_brought_here_with_all_that_it_holds(
    dump: Path, tmp_path: Path
) -> None:
    file = tmp_path / "lattice.db"
    await asyncio.to_thread(load, dump, file)
    before = rows(file)
    upgraded = await db.upgrade(file)
    assert upgraded.backup is not None
    assert rows(Path(upgraded.backup)) == before
    assert within(rows(file), before) == before
    checked = await db.check(file)
    assert (checked.problems, checked.projects) == ((), 1)
    [project] = before["projects"]
    engine = Engine(SqliteStore(file))
    try:
        await use(local.bind(engine, actor="kim", project=project["id"], closes=False))
    finally:
        await engine.close()
