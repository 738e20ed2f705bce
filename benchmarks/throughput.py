"""Propose, approve, execute on SQLite, beside the very same statements by hand through `sqlite3`."""

import asyncio
import functools
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

from lattice_console.backends import local
from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.engine.engine import Engine
from lattice_console.engine.ports import Result, Tables
from lattice_console.engine.stores.connection import Begin
from lattice_console.engine.stores.sqlite import SqliteStore

Statement = tuple[str, Any, bool]

_WARM_UP = 20
"""Mutations before the clock starts: they import libraries and compile statements, once in a process."""

_BOUNDS = ("BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")


class _RecordingStore(SqliteStore):
    """Notes where a write transaction begins."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self.transactions: list[list[Statement]] = []

    def _transact(self, begin: Begin, work: Callable[[Tables], Result]) -> Result:
        def noted(tables: Tables) -> Result:
            if begin != "BEGIN":
                self.transactions.append([])
            return work(tables)

        return super()._transact(begin, noted)


class _Recorder(sqlite3.Connection):
    """Notes what is executed within the transactions of `store`."""

    store: ClassVar[_RecordingStore | None] = None

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        self._note(sql, parameters, False)
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        rows = list(parameters)
        self._note(sql, rows, True)
        return super().executemany(sql, rows)

    def _note(self, sql: str, parameters: Any, many: bool) -> None:
        writing = threading.current_thread().name.startswith("lattice-write")
        if self.store is None or not writing or not self.store.transactions or sql in _BOUNDS:
            return
        self.store.transactions[-1].append((sql, parameters, many))


async def _prepare(file: Path, count: int) -> str:
    engine = Engine(await SqliteStore.open(file))
    backend = local.bind(engine, actor="kim", project=None)
    files = [TrackedFile(path=f"doc-{number}.json", content=b'{"value": 1}\n') for number in range(count)]
    project = await backend.projects.create(name="bench", files=files)
    await backend.close()
    return project.id


async def _work(backend: Backend, count: int) -> list[float]:
    times = []
    for number in range(count):
        start = time.perf_counter()
        change = ChangeInput(operation_type="modify", file_path=f"doc-{number}.json", content=b'{"value": 2}\n')
        mutation = await backend.mutations.create(title=f"Change {number}", changes=[change])
        await backend.reviews.vote(mutation.id, vote="approve")
        execution = await backend.executions.execute(mutation.id)
        if execution.status != "completed":
            raise RuntimeError(f"not executed: {execution.errors}")
        times.append(time.perf_counter() - start)
    return times


async def _measured(file: Path, project: str, count: int, store: SqliteStore) -> list[float]:
    backend = local.bind(Engine(store), actor="kim", project=project)
    try:
        return await _work(backend, count)
    finally:
        await backend.close()


def _recorded(file: Path, project: str, count: int) -> list[list[Statement]]:
    store = _Recorder.store = _RecordingStore(file)
    with patch.object(sqlite3, "connect", functools.partial(sqlite3.connect, factory=_Recorder)):
        asyncio.run(_measured(file, project, count, store))
    return store.transactions


def _by_hand(file: Path, transactions: list[list[Statement]], warm_up: int) -> float:
    """Seconds that the transactions take, without the first `warm_up`."""
    connection = sqlite3.connect(file, isolation_level=None, cached_statements=512)
    connection.create_function("casefold", 1, str.casefold, deterministic=True)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    start = time.perf_counter()
    for number, transaction in enumerate(transactions):
        if number == warm_up:
            start = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for statement, parameters, many in transaction:
            if many:
                connection.executemany(statement, parameters)
            else:
                connection.execute(statement, parameters).fetchall()
        connection.execute("COMMIT")
    seconds = time.perf_counter() - start
    connection.close()
    return seconds


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Mutations a second, and the ratio to the same statements by hand (the budget: at most 3)."""
    count = 20 if quick else 300
    done = count + _WARM_UP
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder) / "first.db"
        project = asyncio.run(_prepare(first, done))
        copies = [Path(folder) / f"{name}.db" for name in ("recorded", "ours", "hand")]
        for copy in copies:
            shutil.copy(first, copy)
        transactions = _recorded(copies[0], project, done)
        times = asyncio.run(_measured(copies[1], project, done, SqliteStore(copies[1])))[_WARM_UP:]
        hand = _by_hand(copies[2], transactions, len(transactions) * _WARM_UP // done)
    ordered = sorted(times)
    yield {
        "name": "propose, approve, execute",
        "n": count,
        "per_second": round(count / sum(times), 1),
        "p50_ms": round(ordered[count // 2] * 1000, 2),
        "p95_ms": round(ordered[int(count * 0.95)] * 1000, 2),
        "statements": round(sum(map(len, transactions)) / done, 1),
        "transactions": len(transactions) / done,
        "peer": "the same statements by hand through sqlite3",
        "peer_per_second": round(count / hand, 1),
        "ratio": round(sum(times) / hand, 2),
    }
