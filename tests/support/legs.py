"""The legs of the contract suite: ways from a Backend to an engine, each on its own kind of store."""

import itertools
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Protocol

import asyncpg

from lattice_console.backends import local, remote, wire
from lattice_console.contract.backend import Backend
from lattice_console.engine.engine import Engine
from lattice_console.engine.features.context import Limits
from lattice_console.engine.ports import Store
from lattice_console.engine.stores.connection import open_lane
from lattice_console.engine.stores.migrate import bring_up_to_date
from lattice_console.engine.stores.postgres import PostgresStore
from lattice_console.engine.stores.sqlite import SqliteStore
from lattice_console.servers import Servers, postgres
from tests.services import template
from tests.services.databases import at_once, fresh_database, worker_number
from tests.services.fixtures import shared_url
from tests.services.redis_database import clients, flush, numbered
from tests.services.run import current
from tests.support.underneath import underneath

PATIENCE = 60.0
"""Seconds for a Postgres server that shares its processors with other tests: no call may fail for that."""

Bind = Callable[[str, str | None], Backend]
"""Gives the Backend of an actor for a project."""


class Truth(Protocol):
    """A new database."""

    unguard: ClassVar[Sequence[str]]
    """What lets the audit log be rewritten, past the engine."""

    others: Servers
    """The servers beside it."""

    limits: Limits

    def open(self) -> Store:
        """A store on it; there may be several."""
        ...

    def sql(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Do something to it, past the engine; `?` stands for a parameter."""
        ...


@dataclass(frozen=True, slots=True)
class Leg:
    """`truth` makes a database, in a folder where it takes one; `door` opens a way to an engine.

    `examples` is the part of a property test's examples that are tried on it.
    """

    truth: Callable[[Path], AbstractContextManager[Truth]]
    door: Callable[[Engine], AbstractAsyncContextManager[Bind]]
    examples: float = 1.0


@asynccontextmanager
async def _at_home(engine: Engine) -> AsyncIterator[Bind]:
    def bind(actor: str, project: str | None) -> Backend:
        return local.bind(engine, actor=actor, project=project, closes=False)

    yield bind


@asynccontextmanager
async def _through_the_wire(engine: Engine) -> AsyncIterator[Bind]:
    """The routes, codecs and envelope of the wire, as bytes, without a socket: the two sides share no object."""

    def bind(actor: str, project: str | None) -> Backend:
        def bound(project: str | None) -> wire.Answering:
            async def answer(name: str, arguments: dict[str, Any]) -> Any:
                return await engine.call(actor, project, name, arguments)

            return answer

        async def transport(request: wire.Request) -> wire.Response:
            arrived = _request(f"{request.verb} {request.target}\n".encode("ascii") + request.body)
            response = await wire.serve(arrived, bound)
            return _response(b"%d\n%b" % (response.status, response.body))

        async def close() -> None:
            """There is nothing to let go of."""

        return remote.bind(transport, project=project, close=close)

    yield bind


def _request(sent: bytes) -> wire.Request:
    line, _, body = sent.partition(b"\n")
    verb, target = line.decode("ascii").split(" ")
    return wire.Request(verb, target, body)


def _response(sent: bytes) -> wire.Response:
    status, _, body = sent.partition(b"\n")
    return wire.Response(int(status), body)


class _Sqlite:
    unguard: ClassVar[Sequence[str]] = tuple(
        f"DROP TRIGGER audit_never_{event}" for event in ("update", "delete", "insert")
    )

    others = Servers()
    limits = Limits()

    def __init__(self, file: Path) -> None:
        self._file = file

    def open(self) -> Store:
        return SqliteStore(self._file)

    def sql(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with underneath(self._file) as connection:
            return connection.execute(statement, parameters).fetchall()


class _Postgres:
    unguard: ClassVar[Sequence[str]] = tuple(
        f"DROP TRIGGER audit_never_{event} ON audit" for event in ("rewritten", "truncated")
    )

    def __init__(self, url: str, others: Servers, limits: Limits) -> None:
        self._url = url
        self.others = others
        self.limits = limits

    def open(self) -> Store:
        return PostgresStore(postgres(self._url), answer=PATIENCE, connect=PATIENCE)

    def sql(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        async def run() -> list[tuple[Any, ...]]:
            connection = await asyncpg.connect(self._url)
            try:
                numbers = itertools.count(1)
                numbered = re.sub(r"\?", lambda _: f"${next(numbers)}", statement)
                return [tuple(record) for record in await connection.fetch(numbered, *parameters)]
            finally:
                await connection.close()

        return at_once(run())


@contextmanager
def _sqlite(folder: Path) -> Iterator[Truth]:
    file = folder / "lattice.db"
    file.write_bytes(_new_database())
    yield _Sqlite(file)


@contextmanager
def _postgres(folder: Path) -> Iterator[Truth]:
    with fresh_database(current(), shared_url("postgres"), "migrated", template.fill) as url:
        yield _Postgres(url, Servers(), Limits())


@contextmanager
def _servers(folder: Path) -> Iterator[Truth]:
    """Postgres, Redis and Neo4j, which is asked whatever the size of the graph."""
    redis = numbered(shared_url("redis"), worker_number())
    others = Servers(redis=redis, neo4j=shared_url("neo4j"))
    at_once(flush(redis))
    with fresh_database(current(), shared_url("postgres"), "migrated", template.fill) as url:
        yield _Postgres(url, others, Limits(graph=1))
    at_once(flush(redis))
    assert at_once(clients(redis)) == []


@cache
def _new_database() -> bytes:
    """A database at the newest migration: migrating takes longer than most tests."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "new.db"
        with closing(open_lane(file, busy=1.0)) as lane:
            bring_up_to_date(lane, file)
        return file.read_bytes()


LEGS = {
    "local": Leg(_sqlite, _at_home),
    "loopback": Leg(_sqlite, _through_the_wire),
    "postgres": Leg(_postgres, _at_home, examples=0.2),
    "servers": Leg(_servers, _at_home, examples=0.1),
}
"""Every leg by name."""


def examples(leg: str, number: int) -> int:
    """How many of so many examples of a property are tried on a leg."""
    return max(3, round(number * LEGS[leg].examples))
