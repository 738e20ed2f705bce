"""What an engine tells on its bus: what is committed, all of it, once, in order."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from lattice_console.backends import local
from lattice_console.contract.backend import Backend
from lattice_console.contract.events import Event
from lattice_console.engine.engine import Engine
from lattice_console.engine.ports import Between, Result, Tables
from lattice_console.engine.stores.sqlite import SqliteStore
from tests.support.changes import create
from tests.support.house import propose, track
from tests.support.recording import Recorder
from tests.support.refusals import refusal


class Breaking(SqliteStore):
    """A store that tells, in its own thread, when a transaction has begun; the second one of a pair can break."""

    broken = False
    begun: Callable[[], object] = staticmethod(lambda: None)

    async def write(self, work: Callable[[Tables], Result], *, project: str | None = None) -> Result:
        def told(tables: Tables) -> Result:
            self.begun()
            return work(tables)

        return await super().write(told, project=project)

    async def write_both(
        self,
        first: Callable[[Tables], Between],
        then: Callable[[Tables, Between], Result],
        *,
        project: str | None = None,
    ) -> Result:
        def second(tables: Tables, between: Between) -> Result:
            result = then(tables, between)
            if self.broken:
                raise RuntimeError("the process ends before this is committed")
            return result

        return await super().write_both(first, second, project=project)


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Breaking]:
    store = Breaking(tmp_path / "lattice.db")
    yield store
    await store.close()


@pytest.fixture
def bus() -> Recorder:
    return Recorder()


@pytest_asyncio.fixture
async def ann(store: Breaking, bus: Recorder) -> AsyncIterator[Backend]:
    engine = Engine(store, bus=bus)
    project = await local.bind(engine, actor="ann", project=None, closes=False).projects.create(name="house")
    yield local.bind(engine, actor="ann", project=project.id, closes=False)
    await engine.close()


async def test_what_is_told_is_what_the_outbox_holds(ann: Backend, bus: Recorder) -> None:
    await track(ann, {"a.txt": b"one\n"})
    mutation = await propose(ann, create("b.txt"))
    await ann.reviews.vote(mutation.id, vote="approve")
    await ann.executions.execute(mutation.id)
    projects = {project for project, _ in bus.told}
    assert projects == {(await ann.projects.get()).id}
    assert bus.taken() == list(await ann.events.since(0))


async def test_it_is_told_once_it_can_be_read(ann: Backend, bus: Recorder, store: Breaking) -> None:
    project = (await ann.projects.get()).id
    seen: list[int] = []
    publish = bus.publish

    async def look(last: int) -> None:
        seen.append(last - await store.read(lambda tables: tables.events.last(project)))

    looking: list[asyncio.Task[None]] = []

    def publish_and_look(project_id: str, events: Sequence[Event]) -> None:
        looking.append(asyncio.create_task(look(events[-1].seq)))
        publish(project_id, events)

    bus.publish = publish_and_look  # type: ignore[method-assign]  # to look at the very moment
    for number in range(5):
        await propose(ann, create(f"{number}.txt"))
    await asyncio.gather(*looking)
    # More may have been written meanwhile; never is less there than was told.
    assert len(seen) == 5
    assert max(seen) <= 0


async def test_what_is_refused_or_repeated_tells_nothing(ann: Backend, bus: Recorder) -> None:
    first = await ann.mutations.create(title="once", changes=[create("a.txt")], idempotency_key="k")
    bus.taken()
    assert await ann.mutations.create(title="once", changes=[create("a.txt")], idempotency_key="k") == first
    with refusal("BR_BLOCKED"):
        await ann.executions.execute(first.id)
    await ann.mutations.list()
    assert bus.told == []


async def test_a_claim_is_told_also_where_what_comes_after_it_fails(
    ann: Backend, bus: Recorder, store: Breaking
) -> None:
    mutation = await propose(ann, create("a.txt"))
    await ann.reviews.vote(mutation.id, vote="approve")
    bus.taken()
    store.broken = True
    with pytest.raises(RuntimeError):
        await ann.executions.execute(mutation.id)
    [claimed] = bus.taken()
    assert (claimed.name, claimed.data["status"]) == ("mutation.updated", "in_progress")
    assert (await ann.events.since(0))[-1] == claimed


async def test_a_call_that_is_given_up_wakes_those_who_wait_all_the_same(
    ann: Backend, bus: Recorder, store: Breaking
) -> None:
    project = (await ann.projects.get()).id
    loop = asyncio.get_running_loop()
    for number in range(20):
        waiting = asyncio.create_task(bus.wait(project, bus.mark(project), 60))
        writing = asyncio.create_task(propose(ann, create(f"{number}.txt")))
        # Once it has begun it is done whole, whoever still wants to know.
        store.begun = partial(loop.call_soon_threadsafe, writing.cancel)
        with suppress(asyncio.CancelledError):
            await writing
        await asyncio.wait_for(waiting, 10)
        assert len((await ann.mutations.list()).items) == number + 1
