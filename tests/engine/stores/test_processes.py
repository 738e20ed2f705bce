"""Several processes on one file."""

import asyncio
import hashlib
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from lattice_console.engine.stores.connection import Lane
from lattice_console.engine.stores.sqlite import SqliteStore
from tests.engine.stores import workers
from tests.engine.stores.samples import PROJECT

SPAWN = multiprocessing.get_context("spawn")
Start = Callable[..., Connection]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a worker on its arguments and a pipe, whose other end is returned; all have ended after the test."""
    running: list[tuple[BaseProcess, Connection]] = []

    def run(worker: Callable[..., None], *arguments: Any) -> Connection:
        mine, theirs = SPAWN.Pipe()
        process = SPAWN.Process(target=worker, args=(*arguments, theirs))
        process.start()
        theirs.close()
        running.append((process, mine))
        return mine

    yield run
    for process, pipe in running:
        pipe.close()
        process.join(20)
        if process.exitcode is None:
            process.kill()
            process.join()
        process.close()


def test_processes_that_write_at_once_lose_no_update(file: Path, lane: Lane, start: Start) -> None:
    pipes = [start(workers.propose_many, file, 25) for _ in range(3)]
    taken = [number for pipe in pipes for number in pipe.recv()]
    assert sorted(taken) == list(range(1, 76))
    assert [record.seq for record in lane.tables.events.since(PROJECT, 0, 1000)] == list(range(1, 151))
    previous = "0" * 64
    for sequence, row in enumerate(lane.tables.audit.chain(PROJECT), 1):
        assert (row.sequence, row.previous) == (sequence, previous)
        previous = hashlib.sha256((row.text + row.previous).encode()).hexdigest()
    assert lane.tables.audit.head(PROJECT) == (75, previous)


def test_processes_that_start_at_once_on_no_file_make_one_database(tmp_path: Path, start: Start) -> None:
    file = tmp_path / "state" / "lattice.db"
    pipes = [start(workers.propose_when_told, file) for _ in range(4)]
    assert [pipe.recv() for pipe in pipes] == ["ready"] * 4
    for pipe in pipes:
        pipe.send(False)
    assert not (tmp_path / "state" / "backups").exists()


async def test_a_commit_of_another_process_wakes_a_waiter_soon(store: SqliteStore, file: Path, start: Start) -> None:
    other = start(workers.propose_when_told, file)
    assert other.recv() == "ready"
    bus = store.bus()
    delays = []
    for _ in range(5):
        mark = bus.mark(PROJECT)
        last = await store.read(lambda tables: tables.events.last(PROJECT))
        other.send(True)
        while await store.read(lambda tables: tables.events.last(PROJECT)) == last:
            await asyncio.wait_for(bus.wait(PROJECT, mark, 60), 20)
            mark = bus.mark(PROJECT)
        delays.append(time.monotonic() - other.recv())
    other.send(False)
    await bus.close()
    # Once may be late on a busy machine; not every time.
    assert min(delays) < 0.3


def test_what_this_user_may_not_do_with_a_database_is_said_with_whose_it_is(migrated: Path, start: Start) -> None:
    # Not below pytest's own folder, which only its owner may enter.
    folder = Path(tempfile.mkdtemp(prefix="lattice-test-"))
    try:
        folder.chmod(0o755)
        for name, modes in {"folder": (0o555, 0o444), "file": (0o777, 0o444), "unreadable": (0o777, 0o000)}.items():
            (folder / name).mkdir()
            Path(shutil.copy(migrated, folder / name / "lattice.db")).chmod(modes[1])
            (folder / name).chmod(modes[0])
        before = (folder / "file" / "lattice.db").read_bytes()
        told = start(workers.use_without_permission, folder).recv()
        assert (folder / "file" / "lattice.db").read_bytes() == before
    finally:
        (folder / "folder").chmod(0o755)
        shutil.rmtree(folder)
    assert [code for code, _ in told] == [
        "SYS_DATABASE_READONLY",
        "SYS_DATABASE_READONLY",
        "SYS_DATABASE_UNREACHABLE",
    ]
    for (_, message), words in zip(told, ("may not write in", "may read the database", "may not read"), strict=True):
        assert words in message
        assert "belongs to" in message
