"""The bus of an embedded engine."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from lattice_console.engine.ports import Tables
from lattice_console.engine.stores.bus import LocalBus
from lattice_console.engine.stores.sqlite import SqliteStore
from tests.engine.stores.samples import OTHER, PROJECT, announce, event, found


def append(tables: Tables) -> None:
    announce(tables, PROJECT, [event()])


@pytest_asyncio.fixture(params=["file", "memory"])
async def bus(request: pytest.FixtureRequest, file: Path) -> AsyncIterator[LocalBus]:
    """The bus over a file that is there, and over memory."""
    bus = LocalBus(file if request.param == "file" else None)
    await settled(bus)
    yield bus
    await bus.close()


async def settled(bus: LocalBus) -> None:
    """Let the bus see what was written so far, so that it has no reason left to wake."""
    while True:
        started = time.monotonic()
        await wait(bus, 0.3)
        if time.monotonic() - started >= 0.3:
            return


async def wait(bus: LocalBus, seconds: float = 60, project: str = PROJECT) -> None:
    await bus.wait(project, bus.mark(project), seconds)


async def test_waiting_ends_after_its_time_where_nobody_writes(bus: LocalBus) -> None:
    await asyncio.wait_for(settled(bus), 10)


async def test_every_waiter_is_woken_by_what_is_published(bus: LocalBus) -> None:
    waiters = [asyncio.create_task(wait(bus)) for _ in range(3)]
    await asyncio.sleep(0.01)
    bus.publish(PROJECT, ())
    await asyncio.wait_for(asyncio.gather(*waiters), 10)


async def test_waiters_on_several_loops_are_woken_from_any_thread(bus: LocalBus) -> None:
    threads = [threading.Thread(target=lambda: asyncio.run(wait(bus))) for _ in range(3)]
    waiting = asyncio.create_task(wait(bus))
    for thread in threads:
        thread.start()
    await asyncio.sleep(0.2)
    assert all(thread.is_alive() for thread in threads)
    await asyncio.to_thread(bus.publish, PROJECT, ())
    await asyncio.wait_for(waiting, 10)
    for thread in threads:
        await asyncio.to_thread(thread.join, 10)
    assert not any(thread.is_alive() for thread in threads)


async def test_news_of_a_project_leave_those_waiting_who_wait_for_another(bus: LocalBus) -> None:
    one, other = asyncio.create_task(wait(bus)), asyncio.create_task(wait(bus, project=OTHER))
    await asyncio.sleep(0.01)
    before = bus.mark(PROJECT)
    bus.publish(OTHER, ())
    await asyncio.wait_for(other, 10)
    await asyncio.sleep(0.01)
    assert not one.done()
    assert bus.mark(PROJECT) == before
    bus.publish(PROJECT, ())
    await asyncio.wait_for(one, 10)


async def test_news_between_a_read_and_the_wait_are_not_missed(bus: LocalBus) -> None:
    mark = bus.mark(PROJECT)
    bus.publish(PROJECT, ())
    await asyncio.wait_for(bus.wait(PROJECT, mark, 60), 10)


async def test_a_write_of_another_process_between_a_read_and_the_wait_is_not_missed(file: Path) -> None:
    bus = LocalBus(file)
    await settled(bus)
    mark = bus.mark(PROJECT)
    other = await SqliteStore.open(file)
    await other.write(append)
    await other.close()
    await asyncio.wait_for(bus.wait(PROJECT, mark, 60), 10)
    await bus.close()


async def test_a_waiter_that_is_cancelled_leaves_the_others_waiting(bus: LocalBus) -> None:
    first, second = (asyncio.create_task(wait(bus)) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert not second.done()
    bus.publish(PROJECT, ())
    await asyncio.wait_for(second, 10)


async def test_a_waiter_on_a_file_that_cannot_be_looked_at_is_sent_to_read(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "lattice.db")
    bus = store.bus()
    await asyncio.wait_for(wait(bus), 10)
    await store.write(found)
    await asyncio.wait_for(settled(bus), 20)
    other = await SqliteStore.open(tmp_path / "lattice.db")
    waiting = asyncio.create_task(wait(bus))
    await other.write(append)
    await asyncio.wait_for(waiting, 10)
    await bus.close()
    for opened in (store, other):
        await opened.close()


async def test_closing_wakes_all_waiters_ends_the_thread_and_lets_go_of_the_file(file: Path) -> None:
    before = set(threading.enumerate())
    store = await SqliteStore.open(file)
    bus = store.bus()
    await store.write(append)
    waiting = asyncio.create_task(wait(bus))
    await settled(bus)
    await store.close()
    await bus.close()
    await asyncio.wait_for(waiting, 10)
    await asyncio.wait_for(wait(bus), 10)
    await bus.close()
    left = {thread.name for thread in set(threading.enumerate()) - before}
    assert not any(name.startswith("lattice") for name in left)
    # The last connection to go takes the log along.
    assert [path.name for path in file.parent.glob("lattice.db*")] == ["lattice.db"]
