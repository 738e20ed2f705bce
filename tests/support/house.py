"""A project on a fresh engine, reached over one leg of the contract suite."""

import asyncio
import hashlib
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.health import ComponentHealth
from lattice_console.contract.models.mutation import ChangeInput, Execution, Mutation
from lattice_console.engine.assemble import engine_on
from lattice_console.engine.engine import Engine
from lattice_console.engine.features.context import Limits, Surroundings
from lattice_console.engine.ports import Behind, Between, Bus, Hooks, Result, Store, Tables
from tests.support.clock import Clock
from tests.support.legs import LEGS, Bind, Truth

OWNER = "ann"
"""Who makes the project, and owns it."""


class Killed(Exception):
    """The process ended here."""


class Stall:
    """A place where a call waits: `reached` is set once it is there, and `go_on` lets it go."""

    def __init__(self, writes: int) -> None:
        self.writes_left = writes
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()


class MortalStore:
    """A store that can be stopped before a write, for a while or for ever; what was written stays."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.writes_left: int | None = None
        self.stall: Stall | None = None

    async def read(self, work: Callable[[Tables], Result], *, behind: Behind | None = None) -> Result:
        return await self._store.read(work, behind=behind)

    async def write(self, work: Callable[[Tables], Result], *, project: str | None = None) -> Result:
        if self.writes_left is not None:
            if self.writes_left == 0:
                raise Killed
            self.writes_left -= 1
        if self.stall is not None and not self.stall.reached.is_set():
            if self.stall.writes_left == 0:
                self.stall.reached.set()
                await self.stall.go_on.wait()
            else:
                self.stall.writes_left -= 1
        return await self._store.write(work, project=project)

    async def write_both(
        self,
        first: Callable[[Tables], Between],
        then: Callable[[Tables, Between], Result],
        *,
        project: str | None = None,
    ) -> Result:
        between = await self.write(first, project=project)
        return await self.write(lambda tables: then(tables, between), project=project)

    def bus(self) -> Bus:
        return self._store.bus()

    async def health(self, project_id: str | None) -> Mapping[str, ComponentHealth]:
        return await self._store.health(project_id)

    async def close(self) -> None:
        await self._store.close()


class House:
    """One project; its owner is `ann`, and nobody else is a member until `member` makes them one."""

    def __init__(
        self, folder: Path, truth: Truth, clock: Clock, engine: Engine, store: MortalStore, bind: Bind
    ) -> None:
        self.folder = folder
        self._truth = truth
        self.clock = clock
        self.engine = engine
        self.project_id = ""
        self._store = store
        self._bind = bind

    def backend(self, actor: str = OWNER) -> Backend:
        """The project as that actor."""
        return self._bind(actor, self.project_id)

    def without_project(self, actor: str = OWNER) -> Backend:
        """The engine as that actor, bound to no project."""
        return self._bind(actor, None)

    def with_project(self, project_id: str, actor: str = OWNER) -> Backend:
        """Another project as that actor."""
        return self._bind(actor, project_id)

    async def member(self, handle: str, role: str) -> Backend:
        """Make somebody a member; returns the project as they have it."""
        await self.backend().team.add(user=handle, role=role)
        return self.backend(handle)

    @contextmanager
    def killed_after(self, writes: int) -> Iterator[None]:
        """The process ends in this block, once so many transactions are written."""
        self._store.writes_left = writes
        try:
            with pytest.raises(Killed):
                yield
        finally:
            self._store.writes_left = None

    @contextmanager
    def stalled_after(self, writes: int) -> Iterator[Stall]:
        """The first call that comes to write when so many transactions are written waits there to be let go."""
        self._store.stall = stall = Stall(writes)
        try:
            yield stall
        finally:
            self._store.stall = None
            stall.go_on.set()

    @asynccontextmanager
    async def neighbour(self, hooks: Hooks | None = None) -> AsyncIterator[Engine]:
        """Another engine on the same truth, as another process would have it; `hooks` are of the folder it works in."""
        around = Surroundings(self._truth.limits, self.clock, hooks=hooks)
        engine = engine_on(self._truth.open(), self._truth.others, around)
        try:
            yield engine
        finally:
            await engine.close()

    async def read(self, work: Callable[[Tables], Result]) -> Result:
        """Read the tables underneath, past the engine."""
        return await self._store.read(work)

    def sql(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Do something to the database underneath, past the engine."""
        return self._truth.sql(statement, *parameters)

    def unguarded(self) -> None:
        """Let the audit log be rewritten underneath, as whoever owns the database can."""
        for statement in self._truth.unguard:
            self.sql(statement)

    @contextmanager
    def damaged(self, *contents: bytes) -> Iterator[None]:
        """Other bytes lie in the store where these should, as long as the block runs."""
        for content in contents:
            self.sql("UPDATE blobs SET content = ? WHERE hash = ?", b"damaged", hashed(content))
        try:
            yield
        finally:
            for content in contents:
                self.sql("UPDATE blobs SET content = ? WHERE hash = ?", content, hashed(content))


@asynccontextmanager
async def open_house(leg: str, folder: Path, *, limits: Limits | None = None) -> AsyncIterator[House]:
    """A house in that folder; afterwards nothing of it may be left: no thread, no connection."""
    before = set(threading.enumerate())
    clock = Clock()
    with LEGS[leg].truth(folder) as truth:
        store = MortalStore(truth.open())
        engine = engine_on(store, truth.others, Surroundings(limits=limits or truth.limits, now=clock))
        try:
            async with LEGS[leg].door(engine) as bind:
                house = House(folder, truth, clock, engine, store, bind)
                house.project_id = (await house.without_project().projects.create(name="house")).id
                yield house
        finally:
            await engine.close()
    # The event loop's own threads end with the loop.
    left = [thread for thread in set(threading.enumerate()) - before if not thread.name.startswith("asyncio_")]
    assert left == []
    # SQLite removes its other files with the last connection.
    assert [name for name in os.listdir(folder) if name.endswith(("-wal", "-shm"))] == []


def hashed(content: bytes) -> str:
    """The hash under which a document's bytes lie."""
    return hashlib.sha256(content).hexdigest()


async def head_of(backend: Backend) -> dict[str, bytes]:
    """The whole head, path to bytes."""
    delta = await backend.documents.head()
    return {entry.path: await backend.documents.content(entry.hash) for entry in delta.entries if entry.hash}


async def track(backend: Backend, files: dict[str, bytes]) -> None:
    """Bring files in as a baseline."""
    await backend.documents.track([TrackedFile(path=path, content=content) for path, content in files.items()])


async def propose(
    backend: Backend, *changes: ChangeInput, parents: Sequence[str] = (), title: str = "a change"
) -> Mutation:
    """Propose changes."""
    return await backend.mutations.create(title=title, changes=changes, parents=parents)


async def carry_out(
    backend: Backend,
    *changes: ChangeInput,
    approver: Backend | None = None,
    executor: Backend | None = None,
    parents: Sequence[str] = (),
) -> Execution:
    """Propose changes, approve them and execute them; whoever is not named is the author too."""
    proposed = await propose(backend, *changes, parents=parents)
    await (approver or backend).reviews.vote(proposed.id, vote="approve")
    return await (executor or backend).executions.execute(proposed.id)
