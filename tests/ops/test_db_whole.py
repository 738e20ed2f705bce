"""What a project says of itself is the same wherever its copy lies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lattice_console.backends import local
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import Conflict
from lattice_console.contract.models.resolution import ResolvedFile
from lattice_console.engine.engine import Engine
from lattice_console.engine.features.context import Surroundings
from lattice_console.engine.stores.postgres import PostgresStore
from lattice_console.engine.stores.sqlite import SqliteStore
from lattice_console.ops import db
from lattice_console.servers import postgres
from tests.ops.test_db import change, copied, rows
from tests.support.changes import create, delete, modify, rename
from tests.support.clock import Clock
from tests.support.house import House, carry_out, head_of, open_house, propose, track
from tests.support.samples import HELPER, SAMPLES, Scene, call


def _file(folder: Path) -> Path:
    """The database of the house in that folder."""
    (home,) = folder.glob("*.db")
    return home


async def _everything_once(house: House) -> None:
    """Call every method that there is, and build a stack on a mutation that is executed and rolled back."""
    await house.member(HELPER, "developer")
    owner, helper = house.backend(), house.backend(HELPER)
    for name, sample in SAMPLES.items():
        await call(owner, name, await sample(Scene(house, owner)))
    for left_as_found in ("mutations.submit", "executions.retry", "executions.finish_rollback"):
        await SAMPLES[left_as_found](Scene(house, owner))
    await track(
        owner, {".lattice/specs/top.json": b'{"name": "top", "depends_on": ["billing"], "allowed_files": ["api/**"]}'}
    )
    await track(owner, {"api/top.yaml": "x: {$ref: '../größe.yaml#/ü~1🌍'}\n".encode()})
    await owner.team.add(user="max", role="viewer", idempotency_key="once")
    base = await propose(helper, create("stack/base.md", "# Grüße 🌍\n".encode()), title="the base: ﬁne")
    middle = await propose(helper, modify("stack/base.md", b"# Two\n"), parents=[base.id])
    await propose(owner, rename("stack/base.md", "stack/moved.md"), parents=[middle.id])
    await carry_out(helper, create("gone.md"), approver=owner, executor=owner)
    done = await carry_out(helper, delete("gone.md"), approver=owner, executor=owner)
    await owner.executions.rollback(done.mutation_id, reason="it was needed")
    await owner.reviews.vote(base.id, vote="approve")
    await owner.executions.execute(base.id)
    await track(owner, {"clash.md": b"One.\n"})
    ours = await propose(helper, modify("clash.md", b"Two.\n"))
    await carry_out(helper, modify("clash.md", b"Three.\n"), approver=owner, executor=owner)
    by_hand = ResolvedFile(path="clash.md", content=b"Four.\n")
    await helper.conflicts.resolve(ours.id, strategy="manual", files=[by_hand])


async def _told(backend: Backend) -> dict[str, Any]:
    """All that can be read of a project; what belongs to the installation is left out."""
    verified = await backend.audit.verify()
    listed = await backend.mutations.list(limit=500)
    assert not listed.has_more
    documents = await backend.documents.list(limit=500)
    return {
        "project": await backend.projects.get(),
        "policy": await backend.projects.policy(),
        "team": await backend.team.list(),
        "documents": documents,
        "histories": [await backend.documents.history(document.id) for document in documents.items],
        "head": await head_of(backend),
        "specs": await backend.specs.list(),
        "graph": await backend.specs.graph(),
        "mutations": listed,
        "counts": await backend.mutations.counts(),
        "each": [
            (
                await backend.mutations.get(one.id),
                await backend.mutations.timeline(one.id),
                await backend.reviews.list(one.id),
                await backend.reviews.comments(one.id),
                await backend.executions.list(one.id),
                await backend.conflicts.of(one.id),
            )
            for one in listed.items
        ],
        "events": await backend.events.since(0),
        "audit": await backend.audit.log(limit=500),
        "verified": (verified.ok, verified.rows, verified.head),
    }


@asynccontextmanager
async def _opened(database: Path | str, project: str, clock: Clock) -> AsyncIterator[Backend]:
    store = SqliteStore(database) if isinstance(database, Path) else PostgresStore(database)
    engine = Engine(store, Surroundings(now=clock))
    try:
        yield local.bind(engine, actor="ann", project=project, closes=False)
    finally:
        await engine.close()


async def _copy(source: Path | str, target: Path | str) -> db.Copied:
    return await asyncio.to_thread(copied, source, target)


async def test_whatever_a_project_can_hold_reads_the_same_on_postgres_and_back_on_sqlite(
    tmp_path: Path, empty_postgres_database: str
) -> None:
    server, back = postgres(empty_postgres_database), tmp_path / "back.db"
    async with open_house("local", tmp_path) as house:
        await _everything_once(house)
        before = await _told(house.backend())
        assert before["verified"][0]
        assert {mutation.status for mutation in before["mutations"].items} >= {
            "draft",
            "pending",
            "approved",
            "completed",
            "failed",
            "rolled_back",
            "rollback_failed",
            "cancelled",
        }
        home = _file(tmp_path)
        was = rows(home)
        assert [name for name, found in was.items() if not found] == []
        await _copy(home, server)
        await _copy(server, back)
        assert rows(home) == was
        assert rows(back) == was
        for place in (server, back):
            async with _opened(place, house.project_id, house.clock) as backend:
                there = await _told(backend)
                for what, told in before.items():
                    assert there[what] == told, what
                # The target's own chain tells where the project came from.
                assert (await backend.audit.verify()).installation_rows > 0


async def test_events_with_a_gap_are_found_and_not_copied(tmp_path: Path) -> None:
    async with open_house("local", tmp_path) as house:
        await house.backend().team.add(user="lin", role="viewer")
        await propose(house.backend(), create("one.md"))
    home = _file(tmp_path)
    assert (await db.check(home)).ok
    change(home, "DELETE FROM events WHERE seq = 2")
    found = await db.check(home)
    assert any("event 2 is missing" in problem for problem in found.problems)
    target = tmp_path / "elsewhere" / "target.db"
    with pytest.raises(Conflict, match="event 2 is missing") as refused:
        await _copy(home, target)
    assert refused.value.code == "CF_COPY"
    assert (await db.check(target)).projects == 0


async def test_an_event_about_a_person_follows_them_to_their_id_in_the_target(tmp_path: Path) -> None:
    async with open_house("local", tmp_path) as house:
        await house.backend().team.add(user="lin", role="viewer")
        home, target = _file(tmp_path), tmp_path / "elsewhere" / "target.db"
        await db.upgrade(target)
        change(
            target,
            "INSERT INTO users (id, handle, email, name, created_at)"
            " VALUES ('lin-there', 'lin', NULL, 'Lin', '2026-01-01T00:00:00.000000Z')",
        )
        await _copy(home, target)
        async with _opened(target, house.project_id, house.clock) as backend:
            told = await backend.events.list(names=["team.changed"], subject="lin-there")
            assert [event.data["user"] for event in told.items] == ["lin"]
            assert (await backend.audit.verify()).ok
