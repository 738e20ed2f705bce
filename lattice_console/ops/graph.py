"""`lattice graph`: proving, rebuilding, exporting and restoring the graph of a project's specs and files.

What the documents say is the truth. The edges in the database follow from it, and Neo4j, where there is one, has them
once more: both can be made anew at any time.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Literal, NamedTuple

from pydantic import ValidationError

from lattice_console.backends.connect import resolved
from lattice_console.config import Settings
from lattice_console.contract.errors import Conflict, NotFound, SystemFailure, ValidationFailed
from lattice_console.contract.models.base import Model
from lattice_console.contract.models.spec import NodeType
from lattice_console.engine.assemble import open_store
from lattice_console.engine.features import linking
from lattice_console.engine.features.context import new_id
from lattice_console.engine.ports import Store, Tables
from lattice_console.engine.records import MarkRecord, NodeRecord
from lattice_console.engine.stores.graph_neo4j import Neo4jGraph
from lattice_console.engine.stores.projecting import next_step, take_step, whole
from lattice_console.engine.stores.projecting import rebuild as write_anew

_PATIENCE = 60.0
"""Seconds that Neo4j has for one portion: nobody's screen waits."""

_FINDINGS = 20

_ATTEMPTS = 5
"""How often both are read, one after the other, until nothing has happened between."""


class GraphNode(Model):
    """A spec, a file by its path, or what others depend on and is not there; `governs` are globs."""

    name: str
    type: NodeType | None
    version: str | None
    missing: bool
    depends_on: tuple[str, ...]
    governs: tuple[str, ...] = ()


class GraphExport(Model):
    """The graph of a project right after an event, by its number and id; nodes by name."""

    format: Literal[1] = 1
    project: str
    seq: int
    event: str
    nodes: tuple[GraphNode, ...]


class GraphChecked(Model):
    """What a comparison with the documents found; `problems` are sentences. `neo4j` is False where there is none."""

    ok: bool
    specs: int
    files: int
    dependencies: int
    neo4j: bool
    problems: tuple[str, ...]


class _Open(NamedTuple):
    project: str
    store: Store
    neo4j: Neo4jGraph | None


async def check(settings: Settings) -> GraphChecked:
    """Compare the edges in the database, and Neo4j's graph once it has every event, with what specs and files say.

    Raises NotFound, and SystemFailure (`SYS_NEO4J`) where Neo4j does not answer.
    """
    async with _opened(settings) as there:
        return await _checked(there)


async def rebuild(settings: Settings) -> GraphChecked:
    """Read every document anew, make the edges of that, and Neo4j's graph; returns what a comparison finds then.

    Raises as `check`, and Conflict (`CF_GRAPH`) where somebody else writes Neo4j's graph just now.
    """
    async with _opened(settings) as there:
        await there.store.write(lambda tables: linking.read_all(tables, there.project), project=there.project)
        if there.neo4j is not None:
            with _naming_neo4j():
                written = await write_anew(there.neo4j, there.store, there.project)
            if not written:
                raise _busy()
        return await _checked(there)


async def export(settings: Settings) -> GraphExport:
    """The graph as the database has it."""
    async with _opened(settings) as there:
        mark, nodes = await there.store.read(lambda tables: whole(tables, there.project))
        return GraphExport(
            project=there.project,
            seq=mark.seq,
            event=mark.event_id,
            nodes=tuple(GraphNode(**node._asdict()) for node in _sorted(nodes)),
        )


async def restore(settings: Settings, text: str) -> GraphChecked:
    """Give Neo4j an exported graph back, and every event since; returns what a comparison finds afterwards.

    Raises ValidationFailed (`VAL_GRAPH`) for an export that is none of this project's, or where there is no Neo4j.
    """
    try:
        given = GraphExport.model_validate_json(text)
    except ValidationError:
        raise ValidationFailed(
            "VAL_GRAPH", "This is no exported graph. One is written by: lattice graph export > graph.json", field="file"
        ) from None
    async with _opened(settings) as there:
        if there.neo4j is None:
            raise ValidationFailed(
                "VAL_GRAPH",
                "There is no Neo4j to restore to: LATTICE_NEO4J_URL is not set. The database's own graph follows from "
                "the documents: lattice graph rebuild",
                field="file",
            )
        mark = MarkRecord(given.seq, given.event)
        if given.project != there.project or not await there.store.read(
            lambda tables: _is_of(tables, there.project, mark)
        ):
            raise ValidationFailed("VAL_GRAPH", "This graph is of another project or history.", field="file")
        nodes = [NodeRecord(*(getattr(node, name) for name in NodeRecord._fields)) for node in given.nodes]
        with _naming_neo4j():
            written = await there.neo4j.replace(there.project, mark, nodes, f"restore {new_id()}")
        if not written:
            raise _busy()
        return await _checked(there)


def _is_of(tables: Tables, project_id: str, mark: MarkRecord) -> bool:
    """Whether that is a place in this project's history."""
    return next_step(tables, project_id, mark) is not None


async def _checked(there: _Open) -> GraphChecked:
    nodes, problems = await there.store.read(lambda tables: _look(tables, there.project))
    if there.neo4j is not None and not problems:
        with _naming_neo4j():
            problems = await _compare(there, there.neo4j)
    return GraphChecked(
        ok=not problems,
        specs=sum(node.type not in (None, "file") for node in nodes),
        files=sum(node.type == "file" for node in nodes),
        dependencies=sum(len(node.depends_on) for node in nodes),
        neo4j=there.neo4j is not None,
        problems=tuple(problems[:_FINDINGS]),
    )


def _look(tables: Tables, project_id: str) -> tuple[list[NodeRecord], list[str]]:
    """The graph as the database has it, and how that is not what the documents say."""
    declared, kept = set(tables.graph.declared(project_id)), set(tables.graph.edges(project_id))
    problems = [f"the database lacks {one.source} -> {one.target}" for one in sorted(declared - kept)]
    problems += [
        f"the database has {one.source} -> {one.target}, as no document says" for one in sorted(kept - declared)
    ]
    return tables.graph.nodes(project_id), problems


async def _compare(there: _Open, neo4j: Neo4jGraph) -> list[str]:
    """What Neo4j has otherwise, at one and the same event."""
    for _ in range(_ATTEMPTS):
        step = await take_step(neo4j, there.store, there.project)
        while step is not None and step.after != step.before:
            step = await take_step(neo4j, there.store, there.project)
        found = await neo4j.whole(there.project)
        if step is None or found is None:
            return ["Neo4j's graph is not there, not whole, or of another history"]
        mark, nodes = await there.store.read(lambda tables: whole(tables, there.project))
        if found[0] == mark:
            return _differences(nodes, found[1])
    return ["The project changes too fast to be compared with Neo4j's graph just now"]


def _differences(nodes: Sequence[NodeRecord], others: Sequence[NodeRecord]) -> list[str]:
    expected, kept = ({node.name: node for node in _sorted(some)} for some in (nodes, others))
    problems = [f"Neo4j lacks {name}" for name in expected.keys() - kept.keys()]
    problems += [f"Neo4j has {name}, which no document names" for name in kept.keys() - expected.keys()]
    common = expected.keys() & kept.keys()
    return sorted(problems + [f"Neo4j has {name} otherwise" for name in common if expected[name] != kept[name]])


def _sorted(nodes: Sequence[NodeRecord]) -> list[NodeRecord]:
    """By name, with what each depends on by name, and its globs in order."""
    return sorted(
        (
            node._replace(depends_on=tuple(sorted(node.depends_on)), governs=tuple(sorted(node.governs)))
            for node in nodes
        ),
        key=lambda node: node.name,
    )


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[_Open]:
    project = (await resolved(settings)).project_id or ""
    servers = settings.servers
    neo4j = Neo4jGraph(servers.neo4j, patience=_PATIENCE) if servers.neo4j is not None else None
    store = await open_store(servers)
    try:
        if await store.read(lambda tables: tables.projects.get(project)) is None:
            raise NotFound("NF_PROJECT", "There is no such project in this database. See: lattice project list")
        yield _Open(project, store, neo4j)
    finally:
        await store.close()
        if neo4j is not None:
            await neo4j.close()


@contextmanager
def _naming_neo4j() -> Iterator[None]:
    try:
        yield
    except ConnectionError as error:
        raise SystemFailure(
            "SYS_NEO4J",
            "Neo4j does not answer. Look at LATTICE_NEO4J_URL and at the server: lattice health. Nothing is lost, the "
            "database has the graph.",
            reason=str(error),
        ) from None


def _busy() -> Conflict:
    return Conflict("CF_GRAPH", "Another process writes this graph to Neo4j just now. Look again in a minute.")
