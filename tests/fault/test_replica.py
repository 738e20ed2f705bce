"""A streaming replica stands still or is gone: reads go on, and one's own writes are seen."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from lattice_console.contract.errors import SystemFailure
from lattice_console.contract.models.query import MutationFilter
from tests.fault.site import Site
from tests.services.postgres import Postgres
from tests.support.changes import modify

FILES = {f"docs/{number}.yaml": f"number: {number}\n".encode() for number in range(4)}

Replicating = Callable[[Postgres], Postgres]


async def pause_replay(replica: Postgres) -> None:
    """Let the replica answer with what was, until it is told otherwise."""
    connection = await asyncpg.connect(replica.url)
    await connection.execute("SELECT pg_wal_replay_pause()")
    for _ in range(500):
        if await connection.fetchval("SELECT pg_get_wal_replay_pause_state()") == "paused":
            break
        await asyncio.sleep(0.02)
    else:
        raise AssertionError("it goes on replaying")
    await connection.close()


async def reads_of(replica: Postgres) -> int:
    """How many connections of ours have read on the replica."""
    connection = await asyncpg.connect(replica.url)
    try:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'lattice%' AND query <> ''"
        return int(await connection.fetchval(asked))
    finally:
        await connection.close()


async def catch_up(replica: Postgres, primary: Postgres) -> None:
    """Wait until the replica has all that the primary has written so far."""
    there, here = await asyncpg.connect(primary.url), await asyncpg.connect(replica.url)
    position = await there.fetchval("SELECT pg_current_wal_lsn()::text")
    for _ in range(500):
        if await here.fetchval("SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn", position):
            break
        await asyncio.sleep(0.02)
    else:
        raise AssertionError("it does not catch up")
    await there.close()
    await here.close()


async def test_it_answers_what_may_lag_also_where_the_truth_is_gone(
    own_postgres: Postgres, replica_of: Replicating
) -> None:
    site = await Site.make(FILES, DATABASE_URL=own_postgres.url)
    replica = replica_of(own_postgres)
    async with site.but(DATABASE_REPLICA_URL=replica.url).backend() as backend:
        assert await reads_of(replica) == 0
        await backend.mutations.create(title="First", changes=[modify("docs/0.yaml", b"number: new\n")])
        await catch_up(replica, own_postgres)
        assert [one.title for one in (await backend.mutations.list()).items] == ["First"]
        assert await reads_of(replica) > 0
        await asyncio.to_thread(own_postgres.kill)
        assert [one.title for one in (await backend.mutations.list()).items] == ["First"]
        with pytest.raises(SystemFailure):
            await backend.mutations.create(title="Second", changes=[modify("docs/1.yaml", b"number: new\n")])
        await asyncio.to_thread(own_postgres.start)


@pytest.mark.parametrize("trouble", ["behind", "stopped", "standing still"])
async def test_ones_own_writes_are_seen_and_reads_go_on(
    own_postgres: Postgres, replica_of: Replicating, trouble: str
) -> None:
    site = await Site.make(FILES, DATABASE_URL=own_postgres.url)
    replica = replica_of(own_postgres)
    site = site.but(DATABASE_REPLICA_URL=replica.url)
    async with site.backend() as backend:
        first = await backend.mutations.create(title="First", changes=[modify("docs/0.yaml", b"number: new\n")])
        assert [one.title for one in (await backend.mutations.list()).items] == ["First"]
        if trouble == "behind":
            await pause_replay(replica)
        elif trouble == "stopped":
            await asyncio.to_thread(replica.kill)
        else:
            replica.pause()
        for number in range(1, 4):
            changes = [modify(f"docs/{number}.yaml", b"number: new\n")]
            await asyncio.wait_for(backend.mutations.create(title=f"Later {number}", changes=changes), 5.0)
            listed = await asyncio.wait_for(backend.mutations.list(), 10.0)
            assert {one.title for one in listed.items} == {"First", *(f"Later {n}" for n in range(1, number + 1))}
        await backend.reviews.vote(first.id, vote="approve")
        assert [
            one.title for one in (await backend.mutations.list(filter=MutationFilter(status=("approved",)))).items
        ] == ["First"]
        assert (await backend.events.list()).items[0].seq == await backend.events.last()
        if trouble == "standing still":
            replica.resume()
        elif trouble == "stopped":
            await asyncio.to_thread(replica.start)
        listed = await asyncio.wait_for(backend.mutations.list(), 10.0)
        assert len(listed.items) == 4
