"""However documents came to what they are, the graph is what they say, and everybody can follow who is told of it."""

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lattice_console.engine.features import linking
from lattice_console.engine.records import NodeRecord
from lattice_console.engine.stores import migrate
from lattice_console.engine.stores.connection import Lane, open_lane
from lattice_console.engine.stores.graph_neo4j import START
from lattice_console.engine.stores.projecting import Step, next_step, whole
from tests.engine.stores import samples
from tests.engine.stores.trees import Edit, Tree, edges, edited, edits, globs, move


@pytest.fixture(scope="module")
def lane() -> Lane:
    """A database for many projects."""
    lane = open_lane(None, busy=1)
    migrate.bring_up_to_date(lane, None)
    with lane.transaction("BEGIN IMMEDIATE"):
        samples.found(lane.tables)
    return lane


class Copy:
    """The graph as it becomes by the steps of a projection."""

    def __init__(self) -> None:
        self.mark = START
        self.nodes: dict[str, NodeRecord] = {}

    def take(self, step: Step) -> None:
        assert step.before == self.mark
        self.mark = step.after
        self.nodes |= {node.name: node for node in step.nodes}
        targets = {target for node in self.nodes.values() for target in node.depends_on}
        self.nodes |= {name: NodeRecord(name, None, None, True, ()) for name in targets - self.nodes.keys()}
        for name, node in list(self.nodes.items()):
            if (node.missing or node.type == "file") and not node.depends_on and name not in targets:
                del self.nodes[name]


@settings(max_examples=100, deadline=None)
@given(st.lists(edits, min_size=2, max_size=5))
def test_the_graph_follows_documents_that_are_made_moved_and_deleted(lane: Lane, history: list[Edit]) -> None:
    project_id, before, copy = uuid.uuid4().hex, Tree(), Copy()
    with lane.transaction("BEGIN IMMEDIATE"):
        tables = lane.tables
        tables.projects.create(samples.project(project_id))
        for edit in history:
            after = edited(before, edit)
            move(tables, project_id, before, after)
            assert set(tables.graph.edges(project_id)) == set(tables.graph.declared(project_id)) == edges(after)
            assert {(one.name, one.glob) for one in tables.globs.of(project_id)} == globs(after)
            step = next_step(tables, project_id, copy.mark)
            assert step is not None
            copy.take(step)
            assert sorted(copy.nodes.values()) == sorted(whole(tables, project_id)[1])
            before = after
        lane.driver.execute("DELETE FROM refs")
        lane.driver.execute("DELETE FROM edges")
        lane.driver.execute("DELETE FROM globs")
        linking.read_all(tables, project_id)
        assert set(tables.graph.edges(project_id)) == edges(before)
        assert {(one.name, one.glob) for one in tables.globs.of(project_id)} == globs(before)
