"""Neo4j is killed for a while: every answer about the graph stays that of the truth, and nobody mends anything."""

import asyncio
import itertools
import json
import time
from dataclasses import replace

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.health import ComponentHealth
from lattice_console.engine import assemble
from lattice_console.engine.engine import Engine
from lattice_console.engine.features.context import Limits
from lattice_console.engine.ports import Hooks
from lattice_console.engine.records import GraphQuestion, ProjectedRecord
from lattice_console.engine.stores import projecting
from lattice_console.engine.stores.projecting import Neo4jProjection
from lattice_console.servers import Servers
from tests.fault.site import PATIENCE, Site
from tests.services.neo4j import Neo4j
from tests.support.changes import modify

SPECS = 40


def path_of(name: str) -> str:
    return f".lattice/specs/{name}.json"


def spec(name: str, *depends_on: str, version: int = 1) -> bytes:
    said = {"name": name, "version": f"{version}.0.0", "type": "api", "depends_on": depends_on}
    return json.dumps(said).encode()


FILES = {
    path_of(f"s{number}"): spec(f"s{number}", *([f"s{number // 2}"] if number > 1 else []))
    for number in range(1, SPECS + 1)
}
"""A tree: each spec depends on the one with half its number."""


async def answers(backend: Backend) -> tuple[object, ...]:
    """What can be asked of the graph."""
    graph = await backend.specs.graph()
    around = await backend.specs.graph(name="s2", toward="dependents")
    chains = [await backend.specs.chain(f"s{number}", "s1") for number in (SPECS, SPECS - 1, 7)]
    return graph, around, chains, await backend.specs.impact(["s1"]), await backend.specs.impact(["s3"], depth=2)


versions = itertools.count(2)


async def move(backend: Backend, number: int, onto: int) -> None:
    """Let one spec depend on another one from now on."""
    name = f"s{number}"
    change = modify(path_of(name), spec(name, f"s{onto}", version=next(versions)))
    proposed = await backend.mutations.create(title=f"{name} onto s{onto}", changes=[change])
    await backend.reviews.vote(proposed.id, vote="approve")
    await backend.executions.execute(proposed.id)


async def part(backend: Backend, status: str) -> ComponentHealth:
    """How Neo4j is, once it is so and has caught up."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = (await backend.health.check()).components["neo4j"]
        if found.status == status and not (status == "healthy" and found.lag):
            return found
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.2)


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether Neo4j had an answer, each time that it was asked; it is, whatever the size of the graph."""
    make = assemble.assemble

    async def made(servers: Servers, *, limits: Limits, hooks: Hooks | None) -> Engine:
        return await make(servers, limits=replace(limits, graph=1), hooks=hooks)

    monkeypatch.setattr(assemble, "assemble", made)
    # On a busy machine it may be slow to answer, which is not what is asked here.
    monkeypatch.setattr(projecting, "PATIENCE", 20.0)
    monkeypatch.setattr(projecting, "WAIT", 5.0)
    told: list[bool] = []
    ask = Neo4jProjection.ask

    async def listen(
        projection: Neo4jProjection, project_id: str, question: GraphQuestion, seq: int
    ) -> ProjectedRecord | None:
        answer = await ask(projection, project_id, question, seq)
        told.append(answer is not None)
        return answer

    monkeypatch.setattr(Neo4jProjection, "ask", listen)
    return told


async def keep_asking(site: Site, own_neo4j: Neo4j, answered: list[bool], *, gone: float) -> None:
    """Ask both with Neo4j and without it, before it is killed, meanwhile and afterwards, while the graph changes."""
    plain = Site({name: value for name, value in site.environ.items() if name != "LATTICE_NEO4J_URL"})
    async with site.backend() as backend, plain.backend() as truth:
        await part(backend, "healthy")
        assert await answers(backend) == await answers(truth)
        assert set(answered) == {True}
        await asyncio.to_thread(own_neo4j.kill)
        began, moved = time.monotonic(), 0
        while time.monotonic() - began < gone:
            moved += 1
            await move(backend, SPECS - moved % 10, 3 + moved % 5)
            assert await answers(backend) == await answers(truth)
        assert answered[-1] is False
        lost = await part(backend, "unhealthy")
        assert lost.error
        assert lost.since is not None
        assert (await backend.health.check()).status == "degraded"
        await asyncio.to_thread(own_neo4j.start)
        for number in range(10, 15):
            await move(backend, number, 2)
            assert await answers(backend) == await answers(truth)
        back = await part(backend, "healthy")
        assert back.last_event == await backend.events.last()
        assert await answers(backend) == await answers(truth)
        assert answered[-1]


@pytest.mark.timeout(240)
async def test_answers_stay_correct_while_it_is_gone_and_when_it_is_back(
    postgres_database: str, own_neo4j: Neo4j, answered: list[bool]
) -> None:
    site = await Site.make(FILES, DATABASE_URL=postgres_database, LATTICE_NEO4J_URL=own_neo4j.url)
    await keep_asking(site, own_neo4j, answered, gone=5.0)


@pytest.mark.soak
async def test_answers_stay_correct_while_it_is_gone_for_a_minute(
    postgres_database: str, own_neo4j: Neo4j, answered: list[bool]
) -> None:
    site = await Site.make(FILES, DATABASE_URL=postgres_database, LATTICE_NEO4J_URL=own_neo4j.url)
    await keep_asking(site, own_neo4j, answered, gone=60.0)
