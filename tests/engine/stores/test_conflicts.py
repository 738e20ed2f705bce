"""The steps to the tables with conflicts and with references, on rows that were there before, and back."""

from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, make_url

from lattice_console.contract.models.conflict import Conflict
from lattice_console.engine.stores import migrate
from lattice_console.engine.stores.connection import open_lane
from lattice_console.engine.stores.postgres_pool import Pool
from lattice_console.servers import postgres
from tests.services.fixtures import shared_url
from tests.support.changes import modify
from tests.support.house import House, carry_out, open_house, propose, track

BASE = b"".join(b"%d\n" % number for number in range(1, 21))
SPEC = b'{"name": "s", "type": "api", "depends_on": ["t"], "x": {"$ref": "a.json"}}'
EDGES = "SELECT source, target FROM edges ORDER BY source, target"
STATUSES = "SELECT number, status, turn FROM mutations ORDER BY number"


async def in_conflict(house: House) -> tuple[Conflict, ...]:
    """One mutation that is for a person, one that merges, and one that is far from it; their conflicts."""
    ann = house.backend()
    await track(ann, {"a.txt": BASE, "b.txt": BASE, "a.json": b'{"$ref": "b.json"}', "s.json": SPEC})
    for path, before, after in (("a.txt", b"3\n", b"mine\n"), ("a.txt", b"15\n", b"mine\n"), ("b.txt", b"3\n", b"x\n")):
        await propose(ann, modify(path, BASE.replace(b"\n" + before, b"\n" + after)))
    await carry_out(ann, modify("a.txt", BASE.replace(b"\n3\n", b"\ntheirs\n")))
    found = (await ann.conflicts.list()).items
    assert [(one.mutation, one.severity) for one in found] == [(1, "error"), (2, "warning")]
    assert house.sql(STATUSES)[0][1:] == ("needs_manual_resolution", "author")
    return found


async def found_again(house: House) -> tuple[Conflict, ...]:
    """What is found after the project went down and up again."""
    ann = house.backend()
    assert house.sql(STATUSES)[0][1:] == ("pending", "reviewers")
    assert house.sql(EDGES) == [("s", "t")]
    items = (await ann.conflicts.list()).items
    assert house.sql(STATUSES)[0][1:] == ("needs_manual_resolution", "author")
    assert house.sql(EDGES) == [("a.json", "b.json"), ("s", "a.json"), ("s", "t")]
    told = [event.data for event in await ann.events.since(0) if event.name == "graph.changed"]
    assert told == [{"name": "a.json"}, {}]
    return items


async def test_conflicts_are_found_anew_in_a_project_that_goes_down_and_up_again(tmp_path: Path) -> None:
    async with open_house("local", tmp_path) as house:
        before = await in_conflict(house)
        with closing(open_lane(tmp_path / "lattice.db", busy=1)) as lane:
            lane.driver.execute("PRAGMA foreign_keys = OFF")
            command.downgrade(migrate.configuration(lane.connection), "0004")
            assert lane.driver.execute("PRAGMA foreign_key_check").fetchall() == []
            assert lane.driver.execute("SELECT name FROM sqlite_master WHERE name = 'writes'").fetchall() == []
            migrate.bring_up_to_date(lane, tmp_path / "lattice.db")
        assert await found_again(house) == before


@pytest.mark.usefixtures("postgres_url")
async def test_the_same_on_postgres(tmp_path: Path) -> None:
    async with open_house("postgres", tmp_path) as house:
        before = await in_conflict(house)
        [(name,)] = house.sql("SELECT current_database()::text")
        url = make_url(shared_url("postgres")).set(database=name).render_as_string(hide_password=False)
        pool = Pool(postgres(url), 30, pool_size=1, max_overflow=0, echo=False)
        async with pool.connection() as connection:
            await connection.run_sync(_down_and_up)
        await pool.close()
        assert await found_again(house) == before


def _down_and_up(connection: Connection) -> None:
    configuration = migrate.configuration(connection)
    connection.exec_driver_sql("BEGIN")
    command.downgrade(configuration, "0004")
    command.upgrade(configuration, "head")
    connection.exec_driver_sql("COMMIT")
