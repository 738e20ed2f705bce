import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from lattice_console.contract.errors import NotFound, SystemFailure
from lattice_console.engine.ports import Tables
from lattice_console.engine.stores.connection import Lane
from lattice_console.engine.stores.sqlite import SqliteStore
from tests.engine.stores.samples import PROJECT, announce, change, event, found, mutation, patchset
from tests.engine.stores.workers import propose


def last(tables: Tables) -> int:
    return tables.events.last(PROJECT)


def append(tables: Tables) -> None:
    announce(tables, PROJECT, [event()])


@pytest_asyncio.fixture(params=["file", "memory"])
async def either(request: pytest.FixtureRequest, file: Path) -> AsyncIterator[SqliteStore]:
    """A store on a file, and one in memory: they behave alike."""
    store = await SqliteStore.open(file if request.param == "file" else None, busy=1)
    if request.param == "memory":
        await store.write(found)
    yield store
    await store.close()


async def test_what_was_written_is_there_after_the_store_is_opened_again(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "folder with %41 & ü" / "lattice.db"
    store = await SqliteStore.open(file)
    await store.write(found)
    assert await store.write(propose) == 1
    await store.close()
    again = await SqliteStore.open(file)
    assert await again.read(last) == 2
    await again.close()


async def test_every_connection_is_durable_and_holds_references(lane: Lane) -> None:
    settings = [lane.driver.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert settings == ["wal", 2]
    assert lane.driver.execute("PRAGMA foreign_keys").fetchone() == (1,)


async def test_an_error_of_the_work_passes_through_and_undoes_everything(either: SqliteStore) -> None:
    def fail(tables: Tables) -> None:
        propose(tables)
        raise NotFound("NF_MUTATION", "There is none.")

    with pytest.raises(NotFound, match="There is none"):
        await either.write(fail)
    assert await either.read(last) == 0
    assert await either.write(propose) == 1


async def test_an_error_of_the_database_becomes_one_a_user_can_read_without_sql_or_values(either: SqliteStore) -> None:
    def twice(tables: Tables) -> None:
        append(tables)
        for _ in range(2):
            tables.mutations.create(PROJECT, mutation(1, title="secret title"))

    with pytest.raises(SystemFailure) as caught:
        await either.write(twice)
    assert caught.value.code == "SYS_DATABASE_CONSTRAINT"
    told = str(caught.value.to_wire())
    assert not any(word in told for word in ("INSERT", "mutations", "secret"))
    assert "secret" not in str(caught.value.__cause__)
    assert await either.read(last) == 0


async def test_a_commit_that_fails_leaves_nothing_and_the_next_transaction_goes_on(either: SqliteStore) -> None:
    def dangle(tables: Tables) -> None:
        append(tables)
        tables.mutations.create(PROJECT, mutation(1))
        # Refers to a document that is not there by the end.
        tables.mutations.add_patchset(PROJECT, patchset("m1"), [change("c", "a", document_id="none")], [])

    with pytest.raises(SystemFailure, match="rules"):
        await either.write(dangle)
    assert await either.read(last) == 0
    await either.write(append)
    assert await either.read(last) == 1


async def test_a_read_may_not_write(either: SqliteStore) -> None:
    with pytest.raises(RuntimeError, match="a read has written"):
        await either.read(append)
    assert await either.read(last) == 0
    await either.write(append)


async def test_a_read_sees_one_state_while_others_write(store: SqliteStore) -> None:
    begun, written = threading.Event(), threading.Event()

    def look_twice(tables: Tables) -> tuple[int, int]:
        before = last(tables)
        begun.set()
        assert written.wait(10)
        return before, last(tables)

    looking = asyncio.create_task(store.read(look_twice))
    await asyncio.to_thread(begun.wait, 10)
    await store.write(append)
    written.set()
    assert await looking == (0, 0)
    assert await store.read(last) == 1


async def test_reads_do_not_wait_for_a_write(store: SqliteStore) -> None:
    begun, done = threading.Event(), threading.Event()

    def write_slowly(tables: Tables) -> None:
        append(tables)
        begun.set()
        assert done.wait(10)

    writing = asyncio.create_task(store.write(write_slowly))
    await asyncio.to_thread(begun.wait, 10)
    assert await store.read(last) == 0
    done.set()
    await writing
    assert await store.read(last) == 1


async def test_a_cancelled_write_is_whole_once_begun_and_nothing_before(either: SqliteStore) -> None:
    begun, done = threading.Event(), threading.Event()

    def write_slowly(tables: Tables) -> None:
        append(tables)
        begun.set()
        assert done.wait(10)
        append(tables)

    writing = asyncio.create_task(either.write(write_slowly))
    await asyncio.to_thread(begun.wait, 10)
    waiting = asyncio.create_task(either.write(append))
    await asyncio.sleep(0)
    for task in (writing, waiting):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    done.set()
    assert await either.read(last) in (0, 2)
    await either.write(lambda tables: None)
    assert await either.read(last) == 2


async def test_many_writes_at_once_lose_nothing(file: Path) -> None:
    stores = [await SqliteStore.open(file) for _ in range(3)]
    numbers = await asyncio.gather(*(store.write(propose) for _ in range(20) for store in stores))
    assert sorted(numbers) == list(range(1, 61))
    events = await stores[0].read(lambda tables: tables.events.since(PROJECT, 0, 1000))
    assert [record.seq for record in events] == list(range(1, 121))
    # Each transaction's two events stand together.
    assert all(
        first.name.removeprefix("first-") == second.name.removeprefix("second-")
        for first, second in zip(events[::2], events[1::2], strict=True)
    )
    for store in stores:
        await store.close()


async def test_closing_finishes_what_is_under_way_and_refuses_what_comes_later(either: SqliteStore) -> None:
    begun, done = threading.Event(), threading.Event()

    def write_slowly(tables: Tables) -> int:
        begun.set()
        assert done.wait(10)
        return propose(tables)

    writing = asyncio.create_task(either.write(write_slowly))
    queued = asyncio.create_task(either.write(propose))
    await asyncio.to_thread(begun.wait, 10)
    closing = asyncio.create_task(either.close())
    await asyncio.sleep(0.01)
    with pytest.raises(SystemFailure, match="closed"):
        await either.read(last)
    done.set()
    assert (await writing, await queued) == (1, 2)
    await closing
    await either.close()


async def test_closing_ends_all_threads_and_lets_go_of_the_file(file: Path) -> None:
    before = set(threading.enumerate())
    store = await SqliteStore.open(file)
    await store.write(append)
    await asyncio.gather(*(store.read(last) for _ in range(5)))
    await store.close()
    left = {thread.name for thread in set(threading.enumerate()) - before}
    assert not any(name.startswith("lattice") for name in left)
    # The last connection to go takes the log along.
    assert [path.name for path in file.parent.glob("lattice.db*")] == ["lattice.db"]


async def test_a_database_held_by_others_for_too_long_is_said_to_be_locked(file: Path) -> None:
    store = await SqliteStore.open(file, busy=0.05)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(SystemFailure) as caught:
        await store.write(append)
    assert caught.value.code == "SYS_DATABASE_LOCKED"
    assert await store.read(last) == 0
    holder.execute("ROLLBACK")
    holder.close()
    await store.write(append)
    assert await store.read(last) == 1
    await store.close()


async def test_a_store_that_could_not_open_tries_again_with_the_next_call(tmp_path: Path) -> None:
    file = tmp_path / "lattice.db"
    file.write_bytes(b"no database at all, but a text of some length" * 50)
    store = SqliteStore(file)
    with pytest.raises(SystemFailure):
        await store.read(last)
    file.unlink()
    await store.write(found)
    assert await store.read(last) == 0
    await store.close()
