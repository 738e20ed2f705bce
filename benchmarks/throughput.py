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

from benchmarks.mutating import carry_through, documents
from lattice_console.backends import local
from lattice_console.engine.engine import Engine
from lattice_console.engine.ports import Result, Tables
from lattice_console.engine.stores import seals
from lattice_console.engine.stores.connection import Begin
from lattice_console.engine.stores.sqlite import SqliteStore

Statement = tuple[str, Any, bool]

_WARM_UP = 20
"""Mutations before the clock starts: they import libraries and compile statements, once in a process."""

_ROUND = 10
"""Mutations that one side does before it is the other's turn."""

_STEPS = 4
"""Transactions of one mutation: propose, approve, claim, apply."""

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
    project = await backend.projects.create(name="bench", files=documents(count))
    await backend.close()
    return project.id


async def _rounds(
    store: SqliteStore, project: str, count: int, between: Callable[[range], None] = lambda done: None
) -> list[float]:
    """Work through `count` mutations; `between` is called with those that were done since it was called last."""
    times = []
    backend = local.bind(Engine(store), actor="kim", project=project)
    try:
        for first in range(0, count, _ROUND):
            done = range(first, min(first + _ROUND, count))
            times += [await carry_through(backend, number) for number in done]
            between(done)
    finally:
        await backend.close()
    return times


def _recorded(file: Path, project: str, count: int) -> list[list[Statement]]:
    store = _Recorder.store = _RecordingStore(file)
    with patch.object(sqlite3, "connect", functools.partial(sqlite3.connect, factory=_Recorder)):
        asyncio.run(_rounds(store, project, count))
    return store.transactions


class _ByHand:
    """The recorded transactions, run by sqlite3 alone."""

    def __init__(self, file: Path, transactions: list[list[Statement]]) -> None:
        self._transactions = transactions
        self.times: list[float] = []
        self._connection = sqlite3.connect(file, isolation_level=None, cached_statements=512)
        self._connection.create_function("casefold", 1, str.casefold, deterministic=True)
        # Nobody who does it by hand would seal rows.
        seals.take_off(self._connection)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self._connection.execute(f"PRAGMA {pragma}")

    def run(self, numbers: range) -> None:
        """Run the transactions of those mutations."""
        for number in numbers:
            start = time.perf_counter()
            for transaction in self._transactions[number * _STEPS : (number + 1) * _STEPS]:
                self._transact(transaction)
            self.times.append(time.perf_counter() - start)

    def _transact(self, transaction: list[Statement]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for statement, parameters, many in transaction:
            if many:
                self._connection.executemany(statement, parameters)
            else:
                self._connection.execute(statement, parameters).fetchall()
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Mutations a second, and the ratio to the same statements by hand (the budget: at most 3).

    Both take turns, round by round: what the disk does to one of them it does to the other.
    """
    count = 20 if quick else 600
    done = count + _WARM_UP
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder) / "first.db"
        project = asyncio.run(_prepare(first, done))
        copies = [Path(folder) / f"{name}.db" for name in ("recorded", "ours", "hand")]
        for copy in copies:
            shutil.copy(first, copy)
        transactions = _recorded(copies[0], project, done)
        if len(transactions) != done * _STEPS:
            raise RuntimeError(f"{len(transactions)} transactions for {done} mutations")
        hand = _ByHand(copies[2], transactions)
        times = asyncio.run(_rounds(SqliteStore(copies[1]), project, done, hand.run))[_WARM_UP:]
        hand.close()
    ordered, peer = sorted(times), sum(hand.times[_WARM_UP:])
    yield {
        "name": "propose, approve, execute",
        "n": count,
        "per_second": round(count / sum(times), 1),
        "p50_ms": round(ordered[count // 2] * 1000, 2),
        "p95_ms": round(ordered[int(count * 0.95)] * 1000, 2),
        "statements": round(sum(map(len, transactions)) / done, 1),
        "transactions": _STEPS,
        "peer": "the same statements by hand through sqlite3",
        "peer_per_second": round(count / peer, 1),
        "ratio": round(sum(times) / peer, 2),
    }
