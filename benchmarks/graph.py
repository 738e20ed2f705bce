"""What a change may concern, the shortest chain, and all of it, among 10,000 and 100,000 specs: in SQL and in Neo4j."""

import asyncio
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from neo4j import AsyncGraphDatabase

from benchmarks.dataset import ACTOR
from benchmarks.servers import database, started
from benchmarks.terminal import percentile
from lattice_console.backends import local
from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import TrackedFile
from lattice_console.engine.assemble import engine_on, open_store
from lattice_console.engine.features.context import Limits, Surroundings, new_id, utc_now
from lattice_console.engine.ports import Tables
from lattice_console.engine.records import GlobRecord, HeadMove, SpecRecord
from lattice_console.engine.rules.hashes import digest
from lattice_console.servers import Servers, postgres
from tests.services.__main__ import LastingNeo4j, LastingPostgres
from tests.services.databases import at_once
from tests.services.server import Unavailable

_PORTION = 5000
_NEVER, _ALWAYS = 10**9, 1
"""From how many specs on Neo4j is asked."""

_CLOSURE = """
    WITH RECURSIVE reached(name) AS (
        SELECT 'spec-0' UNION SELECT e.source FROM edges e JOIN reached r ON e.project_id = ? AND e.target = r.name
    ) SELECT count(*) FROM reached
"""
_CYPHER = """
    MATCH path = (:LatticeSpec {project: $project, name: 'spec-0'})<-[:DEPENDS_ON*1..]-(s)
    WITH s, min(length(path)) AS steps RETURN steps, count(*)
"""


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Milliseconds of each question by store, beside the same question by hand."""
    rounds = 3 if quick else 15
    with TemporaryDirectory(prefix="lattice-benchmarks-") as folder, ExitStack() as servers:
        # The server may run as another user.
        Path(folder).chmod(0o755)
        urls: dict[str, str] = {}
        for name, kind in (("postgres", LastingPostgres), ("neo4j", LastingNeo4j)):
            try:
                server = servers.enter_context(started(kind, Path(folder) / name))
            except Unavailable as missing:
                yield {"name": f"graph on {name}", "skipped": str(missing)}
                continue
            urls[name] = server.url if name == "neo4j" else ""
            if name == "postgres":
                urls[name] = database(server, "graph")
        for specs in (1_000,) if quick else (10_000, 100_000):
            yield from at_once(_measure(Path(folder) / f"{specs}.db", urls, specs, rounds))


async def _measure(file: Path, urls: Mapping[str, str], specs: int, rounds: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    size = {"specs": specs}
    project, _ = await _filled(Servers(database=file), specs)
    rows += [{**size, **row} for row in await _asked(Servers(database=file), project, specs, rounds, "sqlite")]
    by_hand = await _timed(rounds, lambda: asyncio.to_thread(_closure_by_hand, file, project))
    rows.append({**size, "name": "all that depend on one", "store": "sqlite3 by hand, the peer", **by_hand})
    if "neo4j" in urls:
        with_neo4j = Servers(database=file, neo4j=urls["neo4j"])
        rows += [{**size, **row} for row in await _asked(with_neo4j, project, specs, rounds, "neo4j")]
        rows.append({**size, "name": "all that depend on one", **await _cypher_by_hand(urls["neo4j"], project, rounds)})
    if "postgres" in urls:
        servers = Servers(database=postgres(urls["postgres"]))
        project, _ = await _filled(servers, specs)
        rows += [{**size, **row} for row in await _asked(servers, project, specs, rounds, "postgres")]
    return rows


async def _filled(servers: Servers, specs: int) -> tuple[str, float]:
    """A new project of specs that each depend on one to three before them, and each govern a folder with a file.

    Returns its id, and how long that took.
    """
    chance = random.Random(7)
    store = await open_store(servers)
    engine = engine_on(store, Servers(), Surroundings())
    try:
        maker = local.bind(engine, actor=ACTOR, project=None, closes=False)
        # With an event, up to which Neo4j can say that it has everything.
        files = [TrackedFile(path="a.txt", content=b"")]
        project = (await maker.projects.create(name="graph", files=files)).id
        start = time.perf_counter()
        for first in range(0, specs, _PORTION):
            records = [_spec(chance, number) for number in range(first, min(first + _PORTION, specs))]
            await store.write(partial(_put, project=project, records=records), project=project)
        return project, time.perf_counter() - start
    finally:
        await engine.close()


def _put(tables: Tables, project: str, records: Sequence[SpecRecord]) -> None:
    """Store specs, each of a document of its own, what they depend on, and what they govern."""
    of = [record._replace(document_id=record.id) for record in records]
    moves = [HeadMove(record.id, "create", f"{record.name}.json", digest(b"")) for record in records]
    files = [HeadMove(new_id(), "create", f"src/{record.name}/main.py", digest(b"")) for record in records]
    globs = [GlobRecord(record.id, f"src/{record.name}/**", f"src/{record.name}/") for record in records]
    owner = tables.people.find(ACTOR)
    assert owner is not None
    tables.documents.advance(project, [*moves, *files], sequence=1, mutation_id=None, actor_id=owner.id, at=utc_now())
    tables.specs.put(project, of)
    tables.globs.replace(project, [record.id for record in records], globs)
    tables.graph.link(project, [move.document_id for move in moves])


def _spec(chance: random.Random, number: int) -> SpecRecord:
    near = max(0, number - 2000)
    targets = {
        chance.randrange(near if chance.random() < 0.8 else 0, number)
        for _ in range(chance.choice((1, 2, 2, 3)) if number else 0)
    }
    depends_on = tuple(f"spec-{target}" for target in sorted(targets))
    return SpecRecord(new_id(), f"spec-{number}", "api", "1.0.0", "", None, False, depends_on, 0)


async def _asked(servers: Servers, project: str, specs: int, rounds: int, name: str) -> list[dict[str, object]]:
    graph = _ALWAYS if name == "neo4j" else _NEVER
    engine = engine_on(await open_store(servers), servers, Surroundings(Limits(graph=graph)))
    backend = local.bind(engine, actor=ACTOR, project=project)
    try:
        rows: list[dict[str, object]] = []
        if name == "neo4j":
            start = time.perf_counter()
            await _caught_up(backend)
            rows.append({"name": "written whole", "store": name, "seconds": round(time.perf_counter() - start, 2)})
        end = f"spec-{specs - 1}"
        questions: Sequence[tuple[str, Callable[[], Awaitable[object]]]] = (
            ("all that depend on one", lambda: backend.specs.impact(["spec-0"])),
            ("who governs a file, and all that depend on that", lambda: backend.specs.impact(["src/spec-0/main.py"])),
            ("the few that depend on one", lambda: backend.specs.impact([f"spec-{specs - 10}"])),
            ("shortest chain of all", lambda: backend.specs.chain(end, "spec-0")),
            ("all of it", backend.specs.graph),
        )
        for question, ask in questions:
            rows.append({"name": question, "store": name, **await _timed(rounds, ask)})
        return rows
    finally:
        await backend.close()


async def _caught_up(backend: Backend) -> None:
    """Return once Neo4j has the graph."""
    while True:
        found = (await backend.health.check()).components["neo4j"]
        if found.lag == 0 and found.last_event:
            return
        await asyncio.sleep(0.05)


async def _timed(rounds: int, ask: Callable[[], Awaitable[object]]) -> dict[str, object]:
    start = time.perf_counter()
    await ask()
    first = time.perf_counter() - start
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        await ask()
        times.append(time.perf_counter() - start)
    parts = {f"p{part}_ms": round(percentile(times, part / 100) * 1000, 1) for part in (50, 95)}
    return {**parts, "first_ms": round(first * 1000, 1)}


def _closure_by_hand(file: Path, project: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(_CLOSURE, [project]).fetchone()


async def _cypher_by_hand(url: str, project: str, rounds: int) -> dict[str, object]:
    async with AsyncGraphDatabase.driver(url) as driver:
        timed = await _timed(rounds, lambda: driver.execute_query(_CYPHER, project=project))
    return {"store": "neo4j by hand, the peer", **timed}
