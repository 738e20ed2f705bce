"""Whoever gives a call up leaves all of it or nothing, and the truth of it is told."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lattice_console.backends import local
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import SystemFailure
from lattice_console.contract.models.mutation import Execution, Mutation
from lattice_console.engine.engine import Engine
from lattice_console.engine.features.context import Surroundings
from lattice_console.engine.ports import Between, Result, Store, Tables
from lattice_console.engine.stores.sqlite import SqliteStore
from tests.support.changes import create
from tests.support.hooks import HOOK, hooks_at, write_hook
from tests.support.house import MortalStore, hashed, head_of, propose
from tests.support.legs import LEGS, Truth
from tests.support.recording import Recorder

PATIENCE = 60.0
CONTENT = b"one\n"

CLAIM, APPLY = 0, 1
"""The transactions of an execution."""


class Gated(MortalStore):
    """A store of which one transaction waits, once it has begun, until the gate is opened."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.reached, self.open = threading.Event(), threading.Event()
        self._before: int | None = None

    def shut(self, before: int) -> None:
        """Shut the gate behind so many transactions that are yet to come."""
        self._before = before

    async def write(self, work: Callable[[Tables], Result], *, project: str | None = None) -> Result:
        return await self._store.write(lambda tables: self._pass(tables, work), project=project)

    async def write_both(
        self,
        first: Callable[[Tables], Between],
        then: Callable[[Tables, Between], Result],
        *,
        project: str | None = None,
    ) -> Result:
        return await self._store.write_both(
            lambda tables: self._pass(tables, first),
            lambda tables, between: self._pass(tables, lambda tables: then(tables, between)),
            project=project,
        )

    def _pass(self, tables: Tables, work: Callable[[Tables], Result]) -> Result:
        try:
            return work(tables)
        finally:
            if self._before is not None:
                self._before -= 1
                if self._before < 0:
                    self._before = None
                    self.reached.set()
                    assert self.open.wait(PATIENCE)


class Site:
    """A project on an engine whose transactions can be held up, and whose bus remembers what it was told."""

    def __init__(self, truth: Truth, folder: Path) -> None:
        self._truth = truth
        self._folder = folder
        self.store = Gated(truth.open())
        self.bus = Recorder()
        self.engine = Engine(self.store, bus=self.bus)

    async def begin(self, hook: str = "") -> Mutation:
        """An approved mutation; where there is a hook, it is trusted."""
        made = await local.bind(self.engine, actor="ann", project=None, closes=False).projects.create(name="house")
        if hook:
            write_hook(self._folder, HOOK, hook)
            hooks, trusted = hooks_at(self._folder, made.id)
            trusted.trust()
            self.engine = Engine(self.store, Surroundings(hooks=hooks), bus=self.bus)
        self.ann = local.bind(self.engine, actor="ann", project=made.id, closes=False)
        proposed = await propose(self.ann, create("a.txt", CONTENT))
        return await self.ann.reviews.vote(proposed.id, vote="approve")

    def damage(self) -> None:
        """What is approved cannot be applied any more."""
        self._truth.sql("UPDATE blobs SET content = ? WHERE hash = ?", b"damaged", hashed(CONTENT))

    async def give_up(self, mutation: Mutation, during: int) -> Execution:
        """Give an execution up during its transaction of that index; what it has come to once the engine is closed.

        All that was written since is told.
        """
        before = await self.ann.events.last()
        self.bus.taken()
        self.store.shut(during)
        executing = asyncio.create_task(self.ann.executions.execute(mutation.id))
        assert await asyncio.to_thread(self.store.reached.wait, PATIENCE)
        executing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await executing
        self.store.open.set()
        await self.engine.close()
        async with self.again(mutation) as ann:
            assert self.bus.taken() == list(await ann.events.since(before))
            [execution] = await ann.executions.list(mutation.id)
            assert (await ann.mutations.get(mutation.id)).status == execution.status
            assert await head_of(ann) == ({"a.txt": CONTENT} if execution.status == "completed" else {})
            return execution

    @asynccontextmanager
    async def again(self, mutation: Mutation) -> AsyncIterator[Backend]:
        """The project on an engine that is opened anew."""
        ann = local.bind(Engine(self._truth.open()), actor="ann", project=mutation.project_id)
        try:
            yield ann
        finally:
            await ann.close()


@pytest.fixture(params=["local", "postgres"])
async def site(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    with LEGS[request.param].truth(tmp_path) as truth:
        site = Site(truth, tmp_path)
        yield site
        site.store.open.set()
        await site.engine.close()


@pytest.mark.parametrize("during", [CLAIM, APPLY])
@pytest.mark.parametrize("hook", ["", "cat > /dev/null"])
async def test_what_is_applied_is_completed_whoever_gave_it_up(site: Site, during: int, hook: str) -> None:
    approved = await site.begin(hook)
    execution = await site.give_up(approved, during)
    if hook and during == CLAIM:
        # Nobody is left to be asked for.
        assert (execution.status, "interrupted" in execution.errors[0].error) == ("failed", True)
    else:
        assert execution.status == "completed"


@pytest.mark.parametrize(("during", "hook"), [(CLAIM, ""), (APPLY, ""), (APPLY, "cat > /dev/null")])
async def test_what_cannot_be_applied_has_failed_for_that_reason_whoever_gave_it_up(
    site: Site, during: int, hook: str
) -> None:
    approved = await site.begin(hook)
    site.damage()
    execution = await site.give_up(approved, during)
    assert (execution.status, "lost or damaged" in execution.errors[0].error) == ("failed", True)


class Deaf(MortalStore):
    """A store that commits, and whose answer to that is lost."""

    async def write_both(
        self,
        first: Callable[[Tables], Between],
        then: Callable[[Tables, Between], Result],
        *,
        project: str | None = None,
    ) -> Result:
        await self._store.write_both(first, then, project=project)
        raise SystemFailure("SYS_DATABASE_UNREACHABLE", "The database does not answer.")


async def test_what_is_applied_is_completed_though_the_answer_to_its_commit_is_lost(tmp_path: Path) -> None:
    engine = Engine(Deaf(SqliteStore(tmp_path / "lattice.db")))
    made = await local.bind(engine, actor="ann", project=None, closes=False).projects.create(name="house")
    ann = local.bind(engine, actor="ann", project=made.id)
    proposed = await propose(ann, create("a.txt", CONTENT))
    await ann.reviews.vote(proposed.id, vote="approve")
    assert (await ann.executions.execute(proposed.id)).status == "completed"
    assert await head_of(ann) == {"a.txt": CONTENT}
    await ann.close()
