"""`lattice graph`: what is wrong with the graph is found, and made anew, or given back from an export."""

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from lattice_console.engine.records import MarkRecord, NodeRecord
from lattice_console.engine.stores.graph_neo4j import Neo4jGraph
from lattice_console.ops.demo import build
from tests.headless.driver import Lattice
from tests.support.underneath import underneath

OK, FINDINGS, REFUSED = 0, 10, 2


@pytest.fixture(scope="module")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asyncio.run(build(tmp_path_factory.mktemp("demo") / "billing")).root


@pytest.fixture
def lattice(_built: Path, tmp_path: Path) -> Lattice:
    """A project with specs that depend on one another, on SQLite alone."""
    return Lattice(shutil.copytree(_built, tmp_path / "billing", symlinks=True))


@pytest.fixture
def with_neo4j(lattice: Lattice, neo4j_url: str, monkeypatch: pytest.MonkeyPatch) -> Lattice:
    """The same project with its graph in Neo4j as well."""
    monkeypatch.setenv("LATTICE_NEO4J_URL", neo4j_url)
    return lattice


def change(lattice: Lattice, statement: str) -> None:
    """Change the database past the engine."""
    with underneath(lattice.root / ".lattice/state/lattice.db") as connection:
        connection.execute(statement)


def in_neo4j(url: str, work: Callable[[Neo4jGraph], Awaitable[object]]) -> None:
    async def run() -> None:
        graph = Neo4jGraph(url, patience=20)
        try:
            await work(graph)
        finally:
            await graph.close()

    asyncio.run(run())


def test_a_graph_that_is_what_the_specs_say_is_told_with_its_size(lattice: Lattice) -> None:
    told = lattice.ok("graph", "check")
    assert told.text.startswith("ok: ")
    assert "in the database; there is no Neo4j" in told.text


def test_edges_that_no_spec_says_are_found_and_gone_after_a_rebuild(lattice: Lattice) -> None:
    change(lattice, "UPDATE edges SET target = 'nobody' WHERE source = (SELECT min(source) FROM edges)")
    found = lattice("graph", "check", "--output", "json")
    assert found.code == FINDINGS
    assert [problem for problem in found.json["problems"] if "-> nobody, as no document says" in problem]
    assert [problem for problem in found.json["problems"] if problem.startswith("the database lacks ")]
    assert "lattice graph rebuild" in found.err
    assert lattice.ok("graph", "rebuild").text.startswith("ok: ")
    lattice.ok("graph", "check")


def test_a_neo4j_without_the_graph_is_found_and_has_it_after_a_rebuild(with_neo4j: Lattice, neo4j_url: str) -> None:
    project = with_neo4j.ok("graph", "export").json["project"]
    in_neo4j(neo4j_url, lambda graph: graph.replace(project, MarkRecord(1, "of another history"), [], "somebody"))
    found = with_neo4j("graph", "check")
    assert found.code == FINDINGS
    assert "Neo4j's graph is not there" in found.text
    assert "in the database and in Neo4j" in with_neo4j.ok("graph", "rebuild").text
    with_neo4j.ok("graph", "check")


def test_a_neo4j_that_has_something_else_is_found(with_neo4j: Lattice, neo4j_url: str) -> None:
    with_neo4j.ok("graph", "rebuild")
    export = with_neo4j.ok("graph", "export").json
    mark = MarkRecord(export["seq"], export["event"])
    nodes = [NodeRecord("billing-nothing", "api", "1.0.0", False, ("elsewhere",))]
    in_neo4j(neo4j_url, lambda graph: graph.replace(export["project"], mark, nodes, "somebody"))
    found = with_neo4j("graph", "check", "--output", "json")
    assert found.code == FINDINGS
    assert "Neo4j has billing-nothing, which no document names" in found.json["problems"]


def test_an_export_brings_the_graph_back_with_what_has_happened_since(with_neo4j: Lattice) -> None:
    exported = with_neo4j.ok("graph", "export")
    (with_neo4j.root / "graph.json").write_bytes(exported.out)
    assert {node["name"] for node in exported.json["nodes"]} >= {"customers"}
    with_neo4j.ok("mutation", "list")
    assert with_neo4j.ok("graph", "restore", "graph.json").text.startswith("ok: ")
    assert with_neo4j.ok("graph", "restore", "-", stdin=exported.out).text.startswith("ok: ")


def test_an_export_of_another_project_or_of_nothing_is_refused(with_neo4j: Lattice) -> None:
    exported = with_neo4j.ok("graph", "export").json
    for stranger in ({**exported, "event": "another"}, {**exported, "project": "another"}):
        refused = with_neo4j("graph", "restore", "-", stdin=json.dumps(stranger).encode())
        assert refused.code == REFUSED
        assert "of another project or history" in " ".join(refused.err.split())
    refused = with_neo4j("graph", "restore", "-", stdin=b"{}")
    assert "This is no exported graph" in refused.err


def test_without_a_neo4j_there_is_nothing_to_restore_to(lattice: Lattice) -> None:
    refused = lattice("graph", "restore", "-", stdin=lattice.ok("graph", "export").out)
    assert "LATTICE_NEO4J_URL is not set" in refused.err


def test_a_neo4j_that_does_not_answer_is_named(lattice: Lattice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATTICE_NEO4J_URL", "bolt://kim:secret@127.0.0.1:9")
    down = lattice("graph", "check")
    assert "Neo4j does not answer" in down.err
    assert "secret" not in down.err
    assert down.code not in (OK, FINDINGS)
