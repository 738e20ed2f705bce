"""The engine on Postgres beside SQLite, by number of workers; and how soon another console shows what happened."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import asyncpg
import redis.asyncio

from benchmarks.console import server_console
from benchmarks.dataset import ACTOR
from benchmarks.mutating import carry_through, documents
from benchmarks.terminal import percentile
from lattice_console.backends import local
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.engine.assemble import assemble
from lattice_console.engine.engine import Engine
from lattice_console.servers import Servers, postgres
from tests.services.__main__ import LastingPostgres
from tests.services.databases import at_once, named
from tests.services.redis import Redis
from tests.services.server import Server, Unavailable

Statement = tuple[str, str, Sequence[Any]]
"""The driver's method, the SQL, and its arguments."""

_WORKERS = (1, 8, 32)
_WARM_UP = 20


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Mutations a second and milliseconds for each; milliseconds from a call to another console's screen."""
    count = 40 if quick else 400
    with TemporaryDirectory(prefix="lattice-benchmarks-") as folder, ExitStack() as servers:
        # The server may run as another user.
        Path(folder).chmod(0o755)
        try:
            truth = servers.enter_context(started(LastingPostgres, Path(folder) / "postgres"))
            news = servers.enter_context(started(Redis, Path(folder) / "redis"))
        except Unavailable as missing:
            yield {"name": "on servers", "skipped": str(missing)}
            return
        for workers in _WORKERS:
            file = Path(folder) / f"{workers}.db"
            yield {"name": "propose, approve, execute", "store": "sqlite", **at_once(_executing(file, workers, count))}
            url = database(truth, f"workers_{workers}")
            yield {"name": "propose, approve, execute", "store": "postgres", **at_once(_executing(url, workers, count))}
        yield {"name": "propose, approve, execute, beside asyncpg", **at_once(_beside_asyncpg(truth, count // 4))}
        for carrier in (None, news.url):
            url = database(truth, "news_over_redis" if carrier else "news_over_postgres")
            # No more than the screen has rows for: the cursor stays where it is, and what is new comes above.
            yield from _to_the_screen(url, carrier, 10 if quick else 40)
        yield {"name": "Redis alone, publish to receive, the peer", **at_once(_raw_redis(news.url, count))}


@contextmanager
def started(kind: type[Server], folder: Path) -> Iterator[Server]:
    """A server of its own in that folder, which is made; removed afterwards. Raises Unavailable."""
    folder.mkdir()
    server = kind(folder)
    server.prepare()
    server.start()
    try:
        yield server
    finally:
        server.remove()


def database(server: Server, name: str, template: str = "template0") -> str:
    """The URL of a new database on it."""

    async def make() -> None:
        connection = await asyncpg.connect(server.url)
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        await connection.close()

    at_once(make())
    return named(server.url, name)


@asynccontextmanager
async def _project(place: Path | str, count: int, carrier: str | None = None) -> AsyncIterator[tuple[Engine, str]]:
    """An engine on it, and a new project of so many documents."""
    truth = place if isinstance(place, Path) else postgres(place)
    engine = await assemble(Servers(database=truth, redis=carrier))
    try:
        project = await local.bind(engine, actor=ACTOR, project=None).projects.create(
            name="bench", files=documents(count)
        )
        yield engine, project.id
    finally:
        await engine.close()


async def _one(engine: Engine, project: str, number: int) -> float:
    return await carry_through(local.bind(engine, actor=ACTOR, project=project), number)


async def _executing(place: Path | str, workers: int, count: int) -> dict[str, object]:
    times: list[float] = []
    async with _project(place, count + _WARM_UP) as (engine, project):
        for number in range(_WARM_UP):
            await _one(engine, project, number)
        numbers = iter(range(_WARM_UP, _WARM_UP + count))

        async def work() -> None:
            for number in numbers:
                times.append(await _one(engine, project, number))

        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(work())
        seconds = time.perf_counter() - start
    return {"workers": workers, "n": count, "per_second": round(count / seconds, 1), **_spread(times)}


def _spread(times: Sequence[float]) -> dict[str, object]:
    return {f"p{part}_ms": round(percentile(times, part / 100) * 1000, 2) for part in (50, 95, 99)}


async def _beside_asyncpg(server: Server, count: int) -> dict[str, object]:
    """The same statements by hand through asyncpg, on a copy of the database, in turns with the engine."""
    first = f"{count}_first"
    done = count + _WARM_UP
    async with _project(await asyncio.to_thread(database, server, first), done) as (_, project):
        pass
    names = [f"{count}_{name}" for name in ("recorded", "ours", "hand")]
    urls = [await asyncio.to_thread(database, server, name, first) for name in names]
    recorded: list[list[Statement]] = []
    with _recording(recorded):
        await _rounds(urls[0], project, done)
    steps = len(recorded) // done
    hand = await asyncpg.connect(urls[2])
    await hand.set_type_codec("jsonb", encoder=str, decoder=str, schema="pg_catalog")
    peer: list[float] = []

    async def turn(number: int) -> None:
        start = time.perf_counter()
        for transaction in recorded[number * steps : (number + 1) * steps]:
            for method, sql, arguments in transaction:
                await getattr(hand, method)(sql, *arguments)
        peer.append(time.perf_counter() - start)

    times = await _rounds(urls[1], project, done, turn)
    await hand.close()
    ours, theirs = sum(times[_WARM_UP:]), sum(peer[_WARM_UP:])
    return {
        "n": count,
        "statements": round(sum(map(len, recorded)) / done, 1),
        "transactions": steps,
        "per_second": round(count / ours, 1),
        "peer": "the same statements by hand through asyncpg",
        "peer_per_second": round(count / theirs, 1),
        "ratio": round(ours / theirs, 2),
    }


async def _rounds(url: str, project: str, count: int, turn: Any = None) -> list[float]:
    engine = await assemble(Servers(database=postgres(url)))
    times = []
    try:
        for number in range(count):
            times.append(await _one(engine, project, number))
            if turn is not None:
                await turn(number)
    finally:
        await engine.close()
    return times


@contextmanager
def _recording(transactions: list[list[Statement]]) -> Iterator[None]:
    """Notes what is run in transactions that write."""
    begun: list[Statement] = []

    def noting(method: str) -> Any:
        original = getattr(asyncpg.Connection, method)

        async def noted(self: Any, sql: str, *arguments: Any, **named: Any) -> Any:
            if sql.startswith("BEGIN"):
                begun[:] = []
            begun.append((method, sql, arguments))
            if sql == "COMMIT" and "READ ONLY" not in begun[0][1]:
                transactions.append(list(begun))
            return await original(self, sql, *arguments, **named)

        return noted

    with ExitStack() as patches:
        for method in ("execute", "fetch", "executemany"):
            patches.enter_context(patch.object(asyncpg.Connection, method, noting(method)))
        yield


def _to_the_screen(url: str, carrier: str | None, count: int) -> Iterator[dict[str, object]]:
    """From the call that proposes a mutation until its title stands in a console of another process."""
    with asyncio.Runner() as runner:
        site = _project(url, 1, carrier)
        engine, project = runner.run(site.__aenter__())
        times = []
        with TemporaryDirectory() as kept, server_console(url, carrier, project, Path(kept)) as terminal:
            terminal.wait_for("Nothing has been proposed")
            terminal.settle()
            terminal.send("5")
            terminal.settle()
            for number in range(count):
                title = f"Number {number} for the screen"
                change = ChangeInput(operation_type="create", file_path=f"new-{number}.txt", content=b"new\n")
                backend = local.bind(engine, actor=ACTOR, project=project)
                start = time.perf_counter()
                runner.run(backend.mutations.create(title=title, changes=[change]))
                times.append(terminal.started + terminal.wait_for(title) - start)
                # So that each is news of its own, which no earlier one delays.
                terminal.settle(quiet=0.8)
        runner.run(site.__aexit__(None, None, None))
    yield {"name": "to another screen", "over": "redis" if carrier else "postgres", "n": count, **_spread(times)}


async def _raw_redis(url: str, count: int) -> dict[str, object]:
    client = redis.asyncio.from_url(url)
    listener = client.pubsub()
    await listener.subscribe("bench")
    await listener.get_message(timeout=1.0)
    times = []
    for _ in range(count):
        start = time.perf_counter()
        await client.publish("bench", "x" * 300)
        while await listener.get_message(ignore_subscribe_messages=True, timeout=1.0) is None:
            pass
        times.append(time.perf_counter() - start)
    await listener.aclose()  # type: ignore[no-untyped-call]  # so declared there
    await client.aclose()
    return {"n": count, **_spread(times)}
