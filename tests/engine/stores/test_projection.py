"""The engine asks Neo4j what is large, and takes no answer that is older than what it knows."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lattice_console.backends import local
from lattice_console.contract.backend import Backend
from lattice_console.engine.assemble import engine_on
from lattice_console.engine.features.context import Limits, Surroundings
from lattice_console.engine.records import GraphQuestion, MarkRecord, NodeRecord, ProjectedRecord
from lattice_console.engine.stores import projecting
from lattice_console.engine.stores.graph_neo4j import Neo4jGraph
from lattice_console.engine.stores.sqlite import SqliteStore
from lattice_console.servers import Servers
from tests.support.changes import create, delete
from tests.support.house import OWNER, carry_out, track

Answers = list[ProjectedRecord | None]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """What Neo4j has said to whoever asked."""
    # On a busy machine it may be slow to answer, which is not what is asked here.
    monkeypatch.setattr(projecting, "PATIENCE", 20.0)
    told: Answers = []
    ask = Neo4jGraph.ask

    async def listen(graph: Neo4jGraph, project_id: str, question: GraphQuestion) -> ProjectedRecord | None:
        told.append(await ask(graph, project_id, question))
        return told[-1]

    monkeypatch.setattr(Neo4jGraph, "ask", listen)
    return told


@asynccontextmanager
async def opened(
    file: Path, neo4j: str | None, project: str | None = None, *, large: int = 1
) -> AsyncIterator[Backend]:
    """The project, or a new one, where questions count as large that come by so many specs."""
    engine = engine_on(SqliteStore(file), Servers(neo4j=neo4j), Surroundings(Limits(graph=large)))
    try:
        if project is None:
            maker = local.bind(engine, actor=OWNER, project=None, closes=False)
            project = (await maker.projects.create(name="graphs")).id
        yield local.bind(engine, actor=OWNER, project=project, closes=False)
    finally:
        await engine.close()


def path_of(name: str) -> str:
    return f".lattice/specs/{name}.yaml"


def spec(name: str, *depends_on: str) -> bytes:
    return f"name: {name}\nversion: 1.0.0\ntype: api\ndepends_on: [{', '.join(depends_on)}]\n".encode()


async def caught_up(backend: Backend) -> None:
    """Return once Neo4j has every event."""
    deadline = time.monotonic() + 60
    while (found := (await backend.health.check()).components["neo4j"]).lag != 0:
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.05)


FILES = {path_of("a"): spec("a"), path_of("b"): spec("b", "a"), path_of("c"): spec("c", "b", "gone")}


async def test_what_is_large_is_answered_by_neo4j_as_the_database_would(
    tmp_path: Path, neo4j_url: str, answers: Answers
) -> None:
    async with opened(tmp_path / "db", neo4j_url) as backend:
        await track(backend, FILES)
        referring = create("x.json", b'{"$ref": "%s"}' % path_of("a").encode())
        await carry_out(backend, create(path_of("d"), spec("d", "c", "a")), referring)
        await caught_up(backend)
        impact, chain = await backend.specs.impact(["a"]), await backend.specs.chain("d", "gone")
        project = (await backend.projects.get()).id
    assert len(answers) == 2
    assert None not in answers
    async with opened(tmp_path / "db", None, project) as truth:
        assert (impact, chain) == (await truth.specs.impact(["a"]), await truth.specs.chain("d", "gone"))
    assert [reached.node.name for reached in impact.specs] == ["b", "d", "x.json", "c"]
    assert [node.name for node in chain] == ["d", "c", "gone"]


async def test_what_is_small_is_answered_by_the_database_alone(
    tmp_path: Path, neo4j_url: str, answers: Answers
) -> None:
    async with opened(tmp_path / "db", neo4j_url, large=100) as backend:
        await track(backend, FILES)
        assert (await backend.specs.impact(["a"])).total == 2
    assert answers == []


async def test_an_answer_from_before_the_newest_change_of_the_graph_is_not_taken(
    tmp_path: Path, neo4j_url: str, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path / "db", neo4j_url) as backend:
        await track(backend, FILES)
        await caught_up(backend)

        async def stand_still(*_: object) -> bool:
            return False

        monkeypatch.setattr(Neo4jGraph, "advance", stand_still)
        await carry_out(backend, delete(path_of("c")))
        assert (await backend.specs.impact(["a"])).total == 1
        stale = answers[-1]
        assert stale is not None
        assert stale.mark.seq < await backend.events.last()


async def test_an_answer_stays_good_while_things_happen_that_change_no_graph(
    tmp_path: Path, neo4j_url: str, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path / "db", neo4j_url) as backend:
        await track(backend, FILES)
        await caught_up(backend)
        monkeypatch.setattr(Neo4jGraph, "advance", None)
        await backend.mutations.create(title="a file beside", changes=[create("x.txt")])
        monkeypatch.setattr("lattice_console.engine.features.spec_graph._reach", None)
        assert (await backend.specs.impact(["a"])).total == 2


async def test_a_graph_of_another_history_is_written_anew(tmp_path: Path, neo4j_url: str, answers: Answers) -> None:
    async with opened(tmp_path / "db", neo4j_url) as backend:
        await track(backend, FILES)
        project = (await backend.projects.get()).id
        await caught_up(backend)
    graph = Neo4jGraph(neo4j_url, patience=10)
    await graph.replace(project, MarkRecord(1, "of another"), [NodeRecord("a", "api", None, False, ())], "somebody")
    await graph.close()
    async with opened(tmp_path / "db", neo4j_url, project) as backend:
        assert (await backend.specs.impact(["a"])).total == 2
        await carry_out(backend, create(path_of("d"), spec("d", "c")))
        await caught_up(backend)
        assert (await backend.specs.impact(["a"])).total == 3
    assert answers[-1] is not None


async def test_what_a_command_changes_is_in_neo4j_when_the_command_has_ended(
    tmp_path: Path, neo4j_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine Neo4j may need longer than a command would wait for it.
    monkeypatch.setattr(projecting, "FINISH", 30.0)
    monkeypatch.setattr(projecting, "PATIENCE", 30.0)
    async with opened(tmp_path / "db", neo4j_url) as backend:
        project = (await backend.projects.get()).id
        await track(backend, FILES)
    graph = Neo4jGraph(neo4j_url, patience=10)
    there = await graph.whole(project)
    await graph.close()
    assert there is not None
    assert [node.name for node in there[1]] == ["a", "b", "c", "gone"]


async def test_a_neo4j_that_is_not_there_hinders_nobody(tmp_path: Path) -> None:
    async with opened(tmp_path / "db", "bolt://127.0.0.1:9") as backend:
        await track(backend, FILES)
        assert (await backend.specs.impact(["a"])).total == 2
        health = await backend.health.check()
        assert health.status == "degraded"
        assert health.components["neo4j"].status == "unhealthy"
