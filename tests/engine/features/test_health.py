"""What the engine says of its parts, the truth gone among them."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lattice_console.backends import local
from lattice_console.contract.errors import NotAllowed, SystemFailure
from lattice_console.contract.models.health import ComponentHealth
from lattice_console.engine.engine import Engine
from lattice_console.engine.features.context import Surroundings
from lattice_console.engine.ports import Behind, Result, Tables
from lattice_console.engine.stores.sqlite import SqliteStore
from tests.support.clock import Clock


class Failing(SqliteStore):
    """A store with a part more, that can lose its database."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self.gone = False
        self.replica: ComponentHealth | None = None

    async def read(self, work: Callable[[Tables], Result], *, behind: Behind | None = None) -> Result:
        if self.gone:
            raise SystemFailure("SYS_DATABASE_UNREACHABLE", "The database cannot be reached.")
        return await super().read(work, behind=behind)

    async def health(self, project_id: str | None) -> Mapping[str, ComponentHealth]:
        found = await super().health(project_id)
        return {"replica": self.replica, **found} if self.replica else found


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Failing]:
    opened = Failing(tmp_path / "lattice.db")
    yield opened
    await opened.close()


@pytest.fixture
async def project(store: Failing) -> str:
    return (await local.bind(Engine(store), actor="ann", project=None).projects.create(name="p")).id


async def test_all_parts_are_measured(store: Failing, project: str) -> None:
    clock = Clock()
    backend = local.bind(Engine(store, Surroundings(now=clock)), actor="ann", project=project)
    health = await backend.health.check()
    assert health.status == "healthy"
    assert health.timestamp.date() == clock().date()
    database = health.components["database"]
    assert database.latency_ms > 0
    assert database.connections_in_pool
    assert database.last_event == await backend.events.last()


async def test_another_part_that_fails_degrades_and_how_far_it_is_behind_is_told(store: Failing, project: str) -> None:
    backend = local.bind(Engine(store), actor="ann", project=project)
    await backend.team.add(user="raj", role="viewer")
    newest = await backend.events.last()
    store.replica = ComponentHealth(status="healthy", latency_ms=1.0, last_event=newest - 1)
    health = await backend.health.check()
    assert (health.status, list(health.components)) == ("healthy", ["database", "replica"])
    assert health.components["replica"].lag == 1
    since = datetime(2026, 3, 1, tzinfo=UTC)
    store.replica = ComponentHealth(status="unhealthy", latency_ms=1.0, error="It cannot be reached.", since=since)
    health = await backend.health.check()
    assert health.status == "degraded"
    assert health.components["replica"].since == since


async def test_a_truth_that_is_gone_is_told_with_since_when_and_recovers(store: Failing, project: str) -> None:
    backend = local.bind(Engine(store), actor="ann", project=project)
    store.gone = True
    first = await backend.health.check()
    again = await backend.health.check()
    assert (first.status, again.status) == ("unhealthy", "unhealthy")
    assert first.components["database"].error == "The database cannot be reached."
    assert first.components["database"].since == again.components["database"].since is not None
    store.gone = False
    health = await backend.health.check()
    assert (health.status, health.components["database"].since) == ("healthy", None)


async def test_a_stranger_learns_no_numbers_also_while_the_truth_is_gone(store: Failing, project: str) -> None:
    stranger = local.bind(Engine(store), actor="mallory", project=project)
    with pytest.raises(NotAllowed):
        await stranger.health.check()
    store.gone = True
    store.replica = ComponentHealth(status="healthy", latency_ms=1.0, last_event=1, connections_in_pool=2, retries=3)
    replica = (await stranger.health.check()).components["replica"]
    assert (replica.last_event, replica.lag, replica.connections_in_pool, replica.retries) == (None,) * 4
