"""The legs of the contract suite: ways from a Backend to an engine, each on its own kind of store."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lattice_console.backends import local, remote, wire
from lattice_console.contract.backend import Backend
from lattice_console.engine.engine import Engine
from lattice_console.engine.ports import Store
from lattice_console.engine.stores.connection import open_lane
from lattice_console.engine.stores.migrate import bring_up_to_date
from lattice_console.engine.stores.sqlite import SqliteStore

Bind = Callable[[str, str | None], Backend]
"""Gives the Backend of an actor for a project."""


@dataclass(frozen=True, slots=True)
class Leg:
    """`store` makes the truth in a folder and `reopen` takes it as it is; `door` opens a way to an engine."""

    store: Callable[[Path], Store]
    reopen: Callable[[Path], Store]
    door: Callable[[Engine], AbstractAsyncContextManager[Bind]]


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


def _new_sqlite(folder: Path) -> Store:
    (folder / "lattice.db").write_bytes(_new_database())
    return _sqlite(folder)


def _sqlite(folder: Path) -> Store:
    return SqliteStore(folder / "lattice.db")


@cache
def _new_database() -> bytes:
    """A database at the newest migration: migrating takes longer than most tests."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "new.db"
        with closing(open_lane(file, busy=1.0)) as lane:
            bring_up_to_date(lane, file)
        return file.read_bytes()


LEGS = {"local": Leg(_new_sqlite, _sqlite, _at_home), "loopback": Leg(_new_sqlite, _sqlite, _through_the_wire)}
"""Every leg by name."""
