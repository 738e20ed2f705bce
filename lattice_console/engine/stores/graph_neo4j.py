"""The graph in Neo4j: who holds what of it, changed step by step, and large questions about it.

Each project is a node `LatticeProject` (`id`, `seq` and `event`: the event up to which its graph is told), each name a
node `LatticeSpec` (`project`, `name`, `type`, `version`, `missing`; of type `file` where it is the path of a document
that is no spec), each dependency a relationship `DEPENDS_ON`. Each glob by which specs govern files is a node
`LatticeFiles` (`project`, `glob`), to which a relationship `GOVERNS` leads from each of those specs.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any, TypeVar, cast

from lattice_console.engine.records import (
    ChainAnswer,
    DependentsAnswer,
    GraphAnswer,
    GraphQuestion,
    MarkRecord,
    NodeRecord,
    ProjectedRecord,
)
from lattice_console.engine.records import ChainQuestion as Chain
from lattice_console.servers import split_login

# Imported with the first use: it is slow to load, and most installations have no Neo4j.
if TYPE_CHECKING:
    from neo4j import AsyncDriver, AsyncTransaction

Result = TypeVar("Result")
Item = TypeVar("Item")

CONNECT = 1.0
"""Seconds to wait for a connection."""

PORTION = 5000
"""How many nodes or edges one transaction writes when a whole graph is written."""

GIVEN_UP = 10.0
"""Seconds after which somebody who has begun to write a whole graph, and writes no more, has given up."""

START = MarkRecord(0, "")
"""Before the first event."""

_CONSTRAINTS: Sequence[str] = (
    "CREATE CONSTRAINT lattice_project IF NOT EXISTS FOR (p:LatticeProject) REQUIRE p.id IS UNIQUE",
    "CREATE CONSTRAINT lattice_spec IF NOT EXISTS FOR (s:LatticeSpec) REQUIRE (s.project, s.name) IS UNIQUE",
    "CREATE CONSTRAINT lattice_files IF NOT EXISTS FOR (f:LatticeFiles) REQUIRE (f.project, f.glob) IS UNIQUE",
)

# What is written by others is read while it is being committed, so whoever reads or writes a project's graph holds
# the lock of its node; what is read of the node with the lock is what was committed last.
_HOLD = """
    MERGE (p:LatticeProject {id: $project}) SET p.held = true REMOVE p.held
"""
_STATE = """
    MATCH (p:LatticeProject {id: $project})
    RETURN p.seq AS seq, p.event AS event, p.writer AS writer, timestamp() - p.at AS age
"""
_MARK = """
    MATCH (p:LatticeProject {id: $project}) SET p.seq = $seq, p.event = $event, p.writer = $writer, p.at = timestamp()
"""
_UNTIE = """
    UNWIND $names AS name
    MATCH (:LatticeSpec {project: $project, name: name})-[edge:DEPENDS_ON|GOVERNS]->(other)
    DELETE edge RETURN DISTINCT other.name AS name, other.glob AS glob
"""
_PUT = """
    UNWIND $nodes AS node
    MERGE (s:LatticeSpec {project: $project, name: node.name})
    SET s.type = node.type, s.version = node.version, s.missing = node.missing
"""
_TIE = """
    UNWIND $edges AS edge
    MATCH (s:LatticeSpec {project: $project, name: edge[0]})
    MERGE (t:LatticeSpec {project: $project, name: edge[1]}) ON CREATE SET t.missing = true
    CREATE (s)-[:DEPENDS_ON]->(t)
"""
_GOVERN = """
    UNWIND $edges AS edge
    MATCH (s:LatticeSpec {project: $project, name: edge[0]})
    MERGE (f:LatticeFiles {project: $project, glob: edge[1]})
    CREATE (s)-[:GOVERNS]->(f)
"""
_FORGET = """
    UNWIND $names AS name
    MATCH (s:LatticeSpec {project: $project, name: name})
    WHERE (s.missing OR s.type = 'file') AND NOT EXISTS { (s)--() }
    DELETE s
"""
_FORGET_FILES = """
    UNWIND $globs AS glob
    MATCH (f:LatticeFiles {project: $project, glob: glob}) WHERE NOT EXISTS { (f)--() }
    DELETE f
"""
_CLEAR = """
    MATCH (s:LatticeSpec) WHERE s.project = $project AND s.name IS NOT NULL
    WITH s LIMIT $portion DETACH DELETE s RETURN count(*) AS gone
"""
_CLEAR_FILES = """
    MATCH (f:LatticeFiles) WHERE f.project = $project AND f.glob IS NOT NULL
    WITH f LIMIT $portion DETACH DELETE f RETURN count(*) AS gone
"""
_NODES = """
    MATCH (s:LatticeSpec) WHERE s.project = $project AND s.name IS NOT NULL
    RETURN s.name AS name, s.type AS type, s.version AS version, s.missing AS missing,
        [(s)-[:DEPENDS_ON]->(t) | t.name] AS depends_on, [(s)-[:GOVERNS]->(f) | f.glob] AS governs
"""
_CHAIN = """
    MATCH (s:LatticeSpec {project: $project, name: $source}), (t:LatticeSpec {project: $project, name: $target})
    MATCH path = shortestPath((s)-[:DEPENDS_ON*]->(t))
    RETURN [node IN nodes(path) | node.name] AS names
"""
# A glob that covers the target stands for it: nothing leads further from there.
_CHAIN_BY_GLOB = """
    MATCH (s:LatticeSpec {project: $project, name: $source}), (f:LatticeFiles {project: $project})
    WHERE f.glob IN $globs
    MATCH path = shortestPath((s)-[:DEPENDS_ON|GOVERNS*]->(f))
    RETURN [node IN nodes(path) | coalesce(node.name, $target)] AS names ORDER BY length(path) LIMIT 1
"""


class Neo4jGraph:
    """A client, for one event loop; its methods raise ConnectionError, without any address, within `patience` seconds.

    The driver's own waiting between retries is not used: whoever calls knows better whether it is worth it.
    """

    def __init__(self, url: str, *, patience: float) -> None:
        self._url = url
        self._patience = patience
        self._driver: AsyncDriver | None = None
        self._constrained = False

    async def mark(self, project_id: str) -> MarkRecord | None:
        """Up to which event the project's graph is told; None where it is not there, or not whole."""

        async def work(transaction: "AsyncTransaction") -> MarkRecord | None:
            return _mark(await _rows(transaction, _STATE, project=project_id))

        return await self._run(work, write=False)

    async def ask(self, project_id: str, question: GraphQuestion) -> ProjectedRecord | None:
        """What the graph answers, as of when; None where it is not there, or not whole."""

        async def work(transaction: "AsyncTransaction") -> ProjectedRecord | None:
            mark = _mark(await _hold(transaction, project_id))
            return None if mark is None else ProjectedRecord(mark, await _answer(transaction, project_id, question))

        return await self._run(work, write=True, keep=False)

    async def advance(
        self, project_id: str, before: MarkRecord, after: MarkRecord, nodes: Sequence[NodeRecord]
    ) -> bool:
        """Bring those names to what they are, and the graph from one mark to the next; False where it has another."""

        async def work(transaction: "AsyncTransaction") -> bool:
            if _mark(await _hold(transaction, project_id)) != before:
                return False
            if nodes:
                names = [node.name for node in nodes]
                untied = await _rows(transaction, _UNTIE, project=project_id, names=names)
                await _put(transaction, project_id, nodes)
                await _tie(transaction, project_id, [(node.name, one) for node in nodes for one in node.depends_on])
                await _govern(transaction, project_id, [(node.name, one) for node in nodes for one in node.governs])
                names += [name for name, _ in untied if name is not None]
                await _rows(transaction, _FORGET, project=project_id, names=names)
                if globs := [glob for _, glob in untied if glob is not None]:
                    await _rows(transaction, _FORGET_FILES, project=project_id, globs=globs)
            await _set_mark(transaction, project_id, after)
            return True

        return await self._run(work, write=True)

    async def replace(self, project_id: str, mark: MarkRecord, nodes: Sequence[NodeRecord], writer: str) -> bool:
        """Write a whole graph in place of what is there, in portions; False where another writer does so.

        Until it is whole nobody is answered from it. `writer` is a name that no other writer has.
        """

        async def portion(work: Callable[["AsyncTransaction"], Awaitable[int]]) -> int | None:
            async def mine(transaction: "AsyncTransaction") -> int | None:
                ((_, _, holder, _),) = await _hold(transaction, project_id)
                if holder != writer:
                    return None
                await _set_mark(transaction, project_id, None, writer)
                return await work(transaction)

            return await self._run(mine, write=True)

        async def begin(transaction: "AsyncTransaction") -> bool:
            ((_, _, holder, age),) = await _hold(transaction, project_id)
            if holder is not None and age < 1000 * GIVEN_UP:
                return False
            await _set_mark(transaction, project_id, None, writer)
            return True

        async def clear(transaction: "AsyncTransaction") -> int:
            ((gone,),) = await _rows(transaction, _CLEAR, project=project_id, portion=PORTION)
            ((files,),) = await _rows(transaction, _CLEAR_FILES, project=project_id, portion=PORTION)
            return cast("int", gone + files)

        async def finish(transaction: "AsyncTransaction") -> int:
            await _set_mark(transaction, project_id, mark)
            return 1

        if not await self._run(begin, write=True):
            return False
        while gone := await portion(clear):
            pass
        if gone is None:
            return False
        for some in _portions(iter(nodes)):
            if await portion(partial(_put, project_id=project_id, nodes=some)) is None:
                return False
        for few in _portions((node.name, target) for node in nodes for target in node.depends_on):
            if await portion(partial(_tie, project_id=project_id, edges=few)) is None:
                return False
        for few in _portions((node.name, glob) for node in nodes for glob in node.governs):
            if await portion(partial(_govern, project_id=project_id, edges=few)) is None:
                return False
        return await portion(finish) is not None

    async def whole(self, project_id: str) -> tuple[MarkRecord, list[NodeRecord]] | None:
        """All of the project's graph, by name; None where it is not there, or not whole."""

        async def work(transaction: "AsyncTransaction") -> tuple[MarkRecord, list[NodeRecord]] | None:
            mark = _mark(await _hold(transaction, project_id))
            if mark is None:
                return None
            rows = await _rows(transaction, _NODES, project=project_id)
            nodes = (NodeRecord(*row) for row in rows)
            return mark, sorted(
                one._replace(depends_on=sorted(one.depends_on), governs=sorted(one.governs)) for one in nodes
            )

        return await self._run(work, write=True, keep=False)

    async def ping(self) -> None:
        """Ask the server whether it answers."""

        async def work(transaction: "AsyncTransaction") -> None:
            await _rows(transaction, "RETURN 1")

        await self._run(work, write=False)

    async def close(self) -> None:
        """Let go of all connections."""
        if self._driver is not None:
            with _failing_by_connection():
                await self._driver.close()
            self._driver = None

    async def _run(
        self, work: "Callable[[AsyncTransaction], Awaitable[Result]]", *, write: bool, keep: bool = True
    ) -> Result:
        """What `work` does in one transaction, which is rolled back where nothing of it is to be kept."""
        with _failing_by_connection():
            async with asyncio.timeout(self._patience):
                driver = await self._connected()
                async with driver.session(default_access_mode="WRITE" if write else "READ") as session:
                    transaction = await session.begin_transaction(timeout=self._patience)
                    async with transaction:
                        result = await work(transaction)
                        if keep:
                            await transaction.commit()
                        return result

    async def _connected(self) -> "AsyncDriver":
        if self._driver is None:
            from neo4j import AsyncGraphDatabase

            url, login = split_login(self._url)
            self._driver = AsyncGraphDatabase.driver(
                url,
                auth=login,
                connection_timeout=CONNECT,
                connection_acquisition_timeout=2 * CONNECT,
                # One that has been at rest may have been ended by a restart.
                liveness_check_timeout=0.0,
                notifications_min_severity="OFF",
                telemetry_disabled=True,
            )
        if not self._constrained:
            async with self._driver.session() as session:
                for constraint in _CONSTRAINTS:
                    await (await session.run(constraint)).consume()
            self._constrained = True
        return self._driver


async def _rows(transaction: "AsyncTransaction", statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
    result = await transaction.run(statement, parameters)
    return [tuple(record.values()) async for record in result]


async def _hold(transaction: "AsyncTransaction", project_id: str) -> list[tuple[Any, ...]]:
    """Take the lock of the project until the transaction ends; returns its state, read with the lock."""
    await _rows(transaction, _HOLD, project=project_id)
    return await _rows(transaction, _STATE, project=project_id)


def _mark(rows: Sequence[tuple[Any, ...]]) -> MarkRecord | None:
    return next((MarkRecord(seq, event) for seq, event, *_ in rows if seq is not None), None)


async def _set_mark(
    transaction: "AsyncTransaction", project_id: str, mark: MarkRecord | None, writer: str | None = None
) -> None:
    seq, event = mark or (None, None)
    await _rows(transaction, _MARK, project=project_id, seq=seq, event=event, writer=writer)


async def _put(transaction: "AsyncTransaction", project_id: str, nodes: Sequence[NodeRecord]) -> int:
    rows = [{"name": one.name, "type": one.type, "version": one.version, "missing": one.missing} for one in nodes]
    await _rows(transaction, _PUT, project=project_id, nodes=rows)
    return len(rows)


async def _tie(transaction: "AsyncTransaction", project_id: str, edges: Sequence[tuple[str, str]]) -> int:
    await _rows(transaction, _TIE, project=project_id, edges=[list(edge) for edge in edges])
    return len(edges)


async def _govern(transaction: "AsyncTransaction", project_id: str, edges: Sequence[tuple[str, str]]) -> int:
    if edges:
        await _rows(transaction, _GOVERN, project=project_id, edges=[list(edge) for edge in edges])
    return len(edges)


async def _answer(transaction: "AsyncTransaction", project_id: str, question: GraphQuestion) -> GraphAnswer:
    if isinstance(question, Chain):
        source, target, globs = question
        asked = {"project": project_id, "source": source, "target": target}
        rows = await _rows(transaction, _CHAIN, **asked)
        if globs:
            rows += await _rows(transaction, _CHAIN_BY_GLOB, **asked, globs=list(globs))
        return ChainAnswer(min((tuple(names) for (names,) in rows), key=len, default=()))
    names, limit, globs = question
    parameters = {"project": project_id, "names": list(names), "globs": list(globs)}
    counted = await _rows(
        transaction, f"{_dependents(globs)} RETURN distance, count(*) ORDER BY distance", **parameters
    )
    by_distance = [found for _, found in counted]
    # The nearest are asked for apart, no farther than they are: sorting all by name takes longer than finding them.
    depth = sum(found < limit for found in accumulate(by_distance)) + 1
    nearest = f"{_dependents(globs, depth)} RETURN s.name AS name, distance ORDER BY distance, name LIMIT $limit"
    rows = await _rows(transaction, nearest, **parameters, limit=limit) if by_distance else []
    return DependentsAnswer(by_distance, [(name, distance) for name, distance in rows])


def _dependents(globs: Sequence[str], depth: int | None = None) -> str:
    """Finds each dependent `s` and its `distance`, over at most so many steps.

    Planned as a breadth-first search that comes by each node once, because for each root the least length is asked for.
    A glob that covers a file is begun with as if it were that file: nothing that is reached leads to a glob.
    """
    root = "MATCH (root:LatticeSpec {project: $project}) WHERE root.name IN $names"
    if globs:
        files = "MATCH (root:LatticeFiles {project: $project}) WHERE root.glob IN $globs"
        root = f"CALL () {{ {root} RETURN root UNION ALL {files} RETURN root }}"
    return f"""
        {root}
        WITH collect(root) AS roots UNWIND roots AS root
        CALL (root) {{
            MATCH path = (root)<-[:DEPENDS_ON|GOVERNS*1..{depth or ""}]-(s) RETURN s, min(length(path)) AS steps
        }}
        WITH roots, s, min(steps) AS distance WHERE NOT s IN roots
    """


def _portions(items: Iterator[Item]) -> Iterator[list[Item]]:
    while some := list(islice(items, PORTION)):
        yield some


@contextmanager
def _failing_by_connection() -> Iterator[None]:
    """Raise whatever fails between here and the server as ConnectionError, whose text is without any address."""
    from neo4j.exceptions import DriverError, Neo4jError

    try:
        yield
    except (DriverError, Neo4jError, OSError, TimeoutError) as error:
        raise ConnectionError(f"Neo4j does not answer ({type(error).__name__})") from error
