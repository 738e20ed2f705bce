"""The graph as rows: kept with the specs, and what recursive queries say of it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.engine.ports import Tables
from lattice_console.engine.records import EdgeRecord, HeadMove, ReferenceRecord
from lattice_console.engine.rules import graph as rules
from lattice_console.engine.stores import migrate
from lattice_console.engine.stores.connection import Lane, open_lane
from tests.engine.stores.samples import OTHER, PROJECT, mean, mutation, propose, spec, step

NAMES = "abcdef"
graphs = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES + "z"), max_size=4))


def declare(tables: Tables, project: str = PROJECT, **depends_on: str) -> None:
    """One spec for each name, which depends on those of one letter."""
    specs = [spec(f"{project}-{name}", name, depends_on=(*on,)) for name, on in depends_on.items()]
    mean(tables, *specs, project_id=project)


def pairs(edges: list[EdgeRecord]) -> set[str]:
    return {edge.source + edge.target for edge in edges}


def test_edges_are_what_the_specs_declare_and_go_with_them(tables: Tables) -> None:
    declare(tables, a="bc", c="a")
    declare(tables, OTHER, a="z")
    mean(tables, spec("s1", "b", depends_on=("a", "a")))
    assert tables.graph.edges(PROJECT) == [("a", "b"), ("a", "c"), ("b", "a"), ("c", "a")]
    mean(tables, spec("s1", "b", depends_on=("c",)))
    assert pairs(tables.graph.edges(PROJECT)) == {"ab", "ac", "bc", "ca"}
    tables.specs.drop(PROJECT, ["d-s1"])
    tables.graph.link(PROJECT, ["d-s1"])
    assert pairs(tables.graph.edges(PROJECT)) == {"ab", "ac", "ca"}
    assert pairs(tables.graph.edges(OTHER)) == {"az"}


def test_a_file_goes_by_its_path_until_a_spec_is_there(tables: Tables) -> None:
    step(tables, 1, HeadMove("d1", "create", "a.yaml", "h"), HeadMove("d2", "create", "b.yaml", "h"))
    tables.references.replace(
        PROJECT, ["d1"], [ReferenceRecord("d1", "b.yaml", ["/B", ""]), ReferenceRecord("d1", "gone.yaml", [""])]
    )
    tables.graph.link(PROJECT, ["d1", "d2"])
    assert tables.graph.nodes(PROJECT) == [
        ("a.yaml", "file", None, False, ["b.yaml", "gone.yaml"], ()),
        ("b.yaml", "file", None, False, (), ()),
        ("gone.yaml", None, None, True, (), ()),
    ]
    tables.specs.put(PROJECT, [spec("s1", "a", document_id="d1", depends_on=("z",)), spec("s2", "b", document_id="d2")])
    tables.graph.link(PROJECT, ["d1", "d2"])
    assert tables.graph.edges(PROJECT) == tables.graph.declared(PROJECT) == [("a", "b"), ("a", "gone.yaml"), ("a", "z")]


def test_a_name_depends_on_what_any_spec_that_claims_it_declares(tables: Tables) -> None:
    mean(tables, spec("s1", "a", depends_on=("b", "c")), spec("s2", "a", depends_on=("c", "d")))
    assert pairs(tables.graph.edges(PROJECT)) == {"ab", "ac", "ad"}
    assert len(tables.graph.next(PROJECT, ["a"], reverse=False)) == 3
    assert len(tables.graph.reached(PROJECT, ["c"], reverse=True, depth=None)) == 1


@pytest.fixture(scope="module")
def shared(migrated: Path) -> Lane:
    """A database for many graphs, each of which takes the other's place."""
    lane = open_lane(None, busy=1)
    with closing(sqlite3.connect(migrated)) as source:
        source.backup(lane.driver)
    return lane


@given(graph=graphs, roots=st.sets(st.sampled_from(NAMES + "z"), min_size=1, max_size=3), reverse=st.booleans())
def test_what_is_reached_is_what_walking_edge_by_edge_reaches(
    shared: Lane, graph: dict[str, list[str]], roots: set[str], reverse: bool
) -> None:
    edges = {(name, target) for name, targets in graph.items() for target in targets}
    with shared.transaction("BEGIN IMMEDIATE"):
        tables = shared.tables
        shared.driver.execute("DELETE FROM specs")
        shared.driver.execute("DELETE FROM edges")
        declare(tables, **{name: "".join(targets) for name, targets in graph.items()})
        asked = tables.graph.reached(PROJECT, roots, reverse=reverse, depth=None)
        few = tables.graph.reached(PROJECT, roots, reverse=reverse, depth=2)
        sizes = [tables.graph.size(PROJECT, roots, reverse=reverse, most=most) for most in (1, 3, 100)]
        declared = tables.graph.declared(PROJECT)
    assert set(declared) == edges
    distances = rules.distances(edges, roots, reverse=reverse)
    assert set(asked) == {edge for edge in edges if edge[reverse] in distances}
    assert set(few) == {edge for edge in edges if distances.get(edge[reverse], 2) < 2}
    assert len(asked) == len(set(asked))
    # Roots that no edge leaves are not come by.
    reached = {name for edge in asked for name in edge}
    assert sizes == [min(most, len(reached)) for most in (1, 3, 100)]


def test_more_names_than_one_list_holds_are_walked_from(tables: Tables) -> None:
    many = [f"spec-{at}" for at in range(1200)]
    mean(tables, *(spec(name, name, depends_on=("base",)) for name in many))
    assert len(tables.graph.next(PROJECT, many, reverse=False)) == 1200
    assert len(tables.graph.reached(PROJECT, many, reverse=False, depth=None)) == 1200
    assert len(tables.graph.reached(PROJECT, ["base"], reverse=True, depth=None)) == 1200


def test_rebuilding_mends_edges_that_are_not_what_the_specs_declare(lane: Lane) -> None:
    with lane.transaction("BEGIN IMMEDIATE"):
        tables = lane.tables
        declare(tables, a="bc", b="c")
        declare(tables, OTHER, a="b")
        lane.driver.execute("DELETE FROM edges WHERE target = 'c'")
        assert tables.graph.edges(PROJECT) != tables.graph.declared(PROJECT)
        tables.graph.rebuild(PROJECT)
        assert tables.graph.edges(PROJECT) == tables.graph.declared(PROJECT) == [("a", "b"), ("a", "c"), ("b", "c")]
        assert pairs(tables.graph.edges(OTHER)) == {"ab"}


def test_what_a_mutation_touches_of_the_head_is_told_with_what_leads_there_or_away(tables: Tables) -> None:
    step(tables, 1, *(HeadMove(f"d-{path}", "create", path, "h") for path in ("a", "b", "from", "to", "other")))
    tables.specs.put(PROJECT, [spec("s1", "one", document_id="d-a"), spec("s2", "two", document_id="d-b")])
    tables.references.replace(PROJECT, ["d-from"], [ReferenceRecord("d-from", "to", [""])])
    tables.graph.link(PROJECT, ["d-from"])
    propose(tables, mutation(1), "a", "other", "from", "to", "new")
    touched = [("from", "from", True), ("a", "one", True), ("other", "other", False), ("to", "to", True)]
    assert tables.graph.touched_by(PROJECT, 1) == touched
    assert tables.graph.touched_by(PROJECT, 2) == []


def test_the_migration_makes_the_edges_of_specs_that_are_there(lane: Lane, file: Path) -> None:
    from alembic import command

    with lane.transaction("BEGIN IMMEDIATE"):
        declare(lane.tables, a="bc", b="c")
    lane.driver.execute("PRAGMA foreign_keys = OFF")
    command.downgrade(migrate.configuration(lane.connection), "0002")
    assert lane.driver.execute("SELECT count(*) FROM sqlite_master WHERE name = 'edges'").fetchone() == (0,)
    migrate.bring_up_to_date(lane, file)
    assert pairs(lane.tables.graph.edges(PROJECT)) == {"ab", "ac", "bc"}
