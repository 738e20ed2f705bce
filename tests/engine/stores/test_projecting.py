"""The graph in Neo4j is the graph of the truth, however its events come there."""

import asyncio
import random
import sqlite3
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from lattice_console.contract.events import EventName
from lattice_console.engine.records import (
    ChainAnswer,
    ChainQuestion,
    DependentsAnswer,
    DependentsQuestion,
    EventRecord,
    GlobRecord,
    GraphQuestion,
    MarkRecord,
    NodeRecord,
    ProjectedRecord,
)
from lattice_console.engine.rules import graph as rules
from lattice_console.engine.stores import graph_neo4j
from lattice_console.engine.stores.connection import Lane, open_lane
from lattice_console.engine.stores.graph_neo4j import START, Neo4jGraph
from lattice_console.engine.stores.projecting import Step, next_step, whole
from tests.engine.stores.samples import KIM, NOW, announce, mean, project, spec
from tests.engine.stores.trees import Edit, Tree, edited, edits, move

NAMES = "abcdef"
Change = tuple[str, list[str] | None]
"""A spec that depends on those from now on, or is gone."""


@pytest_asyncio.fixture
async def graph(neo4j_url: str) -> AsyncIterator[Neo4jGraph]:
    graph = Neo4jGraph(neo4j_url, patience=30)
    yield graph
    await graph.close()


@pytest.fixture(scope="module")
def lane(migrated: Path) -> Lane:
    """A database for many projects."""
    lane = open_lane(None, busy=1)
    with closing(sqlite3.connect(migrated)) as source:
        source.backup(lane.driver)
    return lane


def change(lane: Lane, project_id: str, change: Change) -> None:
    """Change a spec, and tell it among other things, as the engine does."""
    name, depends_on = change
    id = f"{project_id}-{name}"
    told: EventName = "spec.updated" if depends_on is not None else "spec.removed"
    with lane.transaction("BEGIN IMMEDIATE"):
        if depends_on is not None:
            mean(lane.tables, spec(id, name, depends_on=tuple(depends_on)), project_id=project_id)
        else:
            lane.driver.execute("DELETE FROM specs WHERE id = ?", [id])
            lane.tables.graph.link(project_id, [f"d-{id}"])
        announce(lane.tables, project_id, [event("mutation.updated"), event(told, name=name)])


def event(event: EventName, **data: str) -> EventRecord:
    return EventRecord(0, uuid.uuid4().hex, event, NOW, KIM, "s", 1, data)


def truth(lane: Lane, project_id: str) -> list[NodeRecord]:
    with lane.transaction("BEGIN"):
        _, nodes = whole(lane.tables, project_id)
    return sorted(node._replace(depends_on=sorted(node.depends_on), governs=sorted(node.governs)) for node in nodes)


def taken(lane: Lane, project_id: str, after: Step | None) -> Step:
    """The next step of a fresh projection, or the one after that."""
    with lane.transaction("BEGIN"):
        step = next_step(lane.tables, project_id, after.after if after else START)
    assert step is not None
    return step


async def told(graph: Neo4jGraph, project_id: str) -> list[NodeRecord]:
    there = await graph.whole(project_id)
    assert there is not None
    return there[1]


async def begun(lane: Lane, graph: Neo4jGraph) -> str:
    """A project whose graph is there, and empty."""
    project_id = uuid.uuid4().hex
    with lane.transaction("BEGIN IMMEDIATE"):
        lane.tables.projects.create(project(project_id))
    assert await graph.replace(project_id, START, [], "first")
    return project_id


@settings(max_examples=15, deadline=None)
@given(st.lists(edits, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_steps_that_are_repeated_late_or_out_of_order_leave_the_graph_of_the_truth(
    neo4j_url: str, lane: Lane, made: list[Edit], chance: random.Random
) -> None:
    async def run(graph: Neo4jGraph) -> None:
        project_id = await begun(lane, graph)
        steps: list[Step] = []
        tree = Tree()
        for edit in made:
            before, tree = tree, edited(tree, edit)
            with lane.transaction("BEGIN IMMEDIATE"):
                move(lane.tables, project_id, before, tree)
            steps.append(taken(lane, project_id, steps[-1] if steps else None))
            if chance.random() < 0.5:
                late = chance.choice(steps[:-1] or steps)
                await graph.advance(project_id, *late)
        for again in chance.sample(steps * 2, 2 * len(steps)):
            await graph.advance(project_id, *again)
        for again in steps:
            await graph.advance(project_id, *again)
        assert await told(graph, project_id) == truth(lane, project_id)
        assert await graph.mark(project_id) == steps[-1].after

    async def with_graph() -> None:
        graph = Neo4jGraph(neo4j_url, patience=30)
        try:
            await run(graph)
        finally:
            await graph.close()

    asyncio.run(with_graph())


async def test_of_two_that_take_the_same_step_one_is_told_that_it_was_taken(lane: Lane, graph: Neo4jGraph) -> None:
    project_id = await begun(lane, graph)
    change(lane, project_id, ("a", ["b"]))
    step = taken(lane, project_id, None)
    both = await asyncio.gather(*(graph.advance(project_id, *step) for _ in range(2)))
    assert sorted(both) == [False, True]


@pytest.mark.parametrize("names", [["a"], ["b", "d"], ["z"]])
async def test_dependents_are_counted_by_distance_and_the_nearest_named(
    lane: Lane, graph: Neo4jGraph, names: list[str]
) -> None:
    project_id = await begun(lane, graph)
    for one in (("b", ["a"]), ("c", ["a", "b"]), ("d", ["c"]), ("e", ["d", "a"]), ("a", ["e"]), ("f", ["z"])):
        change(lane, project_id, (one[0], list(one[1])))
    await graph.replace(project_id, *snapshot(lane, project_id), "second")
    with lane.transaction("BEGIN"):
        edges = lane.tables.graph.edges(project_id)
    far = {name: step for name, step in rules.distances(edges, names, reverse=True).items() if step}
    answer = (await asked(graph, project_id, DependentsQuestion(tuple(names), 2))).answer
    assert isinstance(answer, DependentsAnswer)
    assert answer.by_distance == [list(far.values()).count(step) for step in sorted(set(far.values()))]
    assert answer.nearest == sorted(far.items(), key=lambda item: (item[1], item[0]))[:2]


async def test_the_shortest_chain_is_found_and_none_where_there_is_none(lane: Lane, graph: Neo4jGraph) -> None:
    project_id = await begun(lane, graph)
    for name, depends_on in (("a", ["b", "c"]), ("b", ["c"]), ("c", ["d"]), ("d", ["a"])):
        change(lane, project_id, (name, depends_on))
    change(lane, project_id, ("e", []))
    await graph.replace(project_id, *snapshot(lane, project_id), "second")
    assert (await asked(graph, project_id, ChainQuestion("a", "d"))).answer == ChainAnswer(("a", "c", "d"))
    assert (await asked(graph, project_id, ChainQuestion("a", "e"))).answer == ChainAnswer(())


async def test_who_governs_a_file_comes_first_among_its_dependents_and_last_on_a_chain_to_it(
    lane: Lane, graph: Neo4jGraph
) -> None:
    project_id = await begun(lane, graph)
    for name, depends_on in (("a", ["b"]), ("b", ["c"]), ("c", ["f"]), ("d", ["c"])):
        change(lane, project_id, (name, depends_on))
    with lane.transaction("BEGIN IMMEDIATE"):
        ids = {name: f"d-{project_id}-{name}" for name in "bd"}
        records = [GlobRecord(ids["b"], "src/*", "src/"), GlobRecord(ids["d"], "*", ""), GlobRecord(ids["d"], "x", "")]
        lane.tables.globs.replace(project_id, list(ids.values()), records)
    await graph.replace(project_id, *snapshot(lane, project_id), "second")
    assert await told(graph, project_id) == truth(lane, project_id)
    dependents = DependentsQuestion(("src/main.py",), 5, ("src/*",))
    assert (await asked(graph, project_id, dependents)).answer == DependentsAnswer([1, 1], [("b", 1), ("a", 2)])
    both = DependentsQuestion(("c",), 5, ("src/*", "*"))
    assert (await asked(graph, project_id, both)).answer == DependentsAnswer([2, 1], [("b", 1), ("d", 1), ("a", 2)])
    chain = ChainQuestion("a", "src/main.py", ("src/*", "x"))
    assert (await asked(graph, project_id, chain)).answer == ChainAnswer(("a", "b", "src/main.py"))
    assert (await asked(graph, project_id, ChainQuestion("c", "src/main.py", ("*",)))).answer == ChainAnswer(())


async def test_a_graph_that_is_being_written_answers_nothing_and_one_writer_is_enough(
    lane: Lane, graph: Neo4jGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    project_id = await begun(lane, graph)
    for name in NAMES:
        change(lane, project_id, (name, ["z"]))
    mark, nodes = snapshot(lane, project_id)
    # So small portions that both write at the same time.
    monkeypatch.setattr(graph_neo4j, "PORTION", 1)
    first = asyncio.create_task(graph.replace(project_id, mark, nodes, "one"))
    await until_begun(graph, project_id)
    assert await graph.ask(project_id, ChainQuestion("a", "z")) is None
    assert not await graph.replace(project_id, mark, nodes, "two")
    assert await first
    assert await told(graph, project_id) == truth(lane, project_id)


async def test_a_writer_that_writes_no_more_is_taken_over_from_and_stops_if_it_comes_back(
    lane: Lane, graph: Neo4jGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    project_id = await begun(lane, graph)
    for name in NAMES:
        change(lane, project_id, (name, ["z"]))
    mark, nodes = snapshot(lane, project_id)
    monkeypatch.setattr(graph_neo4j, "PORTION", 1)
    monkeypatch.setattr(graph_neo4j, "GIVEN_UP", 0.0)
    first = asyncio.create_task(graph.replace(project_id, mark, nodes, "one"))
    await until_begun(graph, project_id)
    assert await graph.replace(project_id, mark, nodes, "two")
    assert not await first
    assert await told(graph, project_id) == truth(lane, project_id)


def test_what_was_read_anew_as_a_whole_is_no_step(lane: Lane) -> None:
    project_id = uuid.uuid4().hex
    with lane.transaction("BEGIN IMMEDIATE"):
        lane.tables.projects.create(project(project_id))
    change(lane, project_id, ("a", []))
    with lane.transaction("BEGIN IMMEDIATE"):
        announce(lane.tables, project_id, [event("graph.changed")])
        assert next_step(lane.tables, project_id, START) is None
    mark, _ = snapshot(lane, project_id)
    change(lane, project_id, ("b", []))
    with lane.transaction("BEGIN"):
        assert next_step(lane.tables, project_id, mark) is not None


def test_a_mark_of_another_history_has_no_next_step(lane: Lane) -> None:
    project_id = uuid.uuid4().hex
    with lane.transaction("BEGIN IMMEDIATE"):
        lane.tables.projects.create(project(project_id))
    change(lane, project_id, ("a", []))
    mark, _ = snapshot(lane, project_id)
    with lane.transaction("BEGIN"):
        assert next_step(lane.tables, project_id, mark) is not None
        assert next_step(lane.tables, project_id, mark._replace(event_id="of another")) is None
        assert next_step(lane.tables, project_id, mark._replace(seq=99)) is None


async def test_a_server_that_is_gone_is_told_without_its_address() -> None:
    graph = Neo4jGraph("bolt://kim:secret@127.0.0.1:9", patience=1)
    with pytest.raises(ConnectionError) as failed:
        await graph.ping()
    assert "secret" not in str(failed.value)
    assert "127" not in str(failed.value)
    await graph.close()


async def until_begun(graph: Neo4jGraph, project_id: str) -> None:
    """Return once somebody writes the graph anew."""
    while await graph.mark(project_id) is not None:
        """Asking takes its time."""


def snapshot(lane: Lane, project_id: str) -> tuple[MarkRecord, Sequence[NodeRecord]]:
    with lane.transaction("BEGIN"):
        return whole(lane.tables, project_id)


async def asked(graph: Neo4jGraph, project_id: str, question: GraphQuestion) -> ProjectedRecord:
    answer = await graph.ask(project_id, question)
    assert answer is not None
    return answer
