"""`audit verify` on a long log, beside the same rows read and hashed by hand."""

import asyncio
import hashlib
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from lattice_console.backends import local
from lattice_console.contract.backend import Backend
from lattice_console.engine.engine import Engine
from lattice_console.engine.ports import Tables
from lattice_console.engine.records import GENESIS
from lattice_console.engine.stores.sqlite import SqliteStore

_BATCH = 1000
_ROUNDS = 3


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Seconds to verify logs of ten thousand and a hundred thousand rows; the work grows with the rows, as is meant."""
    counts = (500, 1000) if quick else (10_000, 100_000)
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            yield asyncio.run(_measured(Path(folder) / f"{count}.db", count))


async def _measured(file: Path, count: int) -> dict[str, object]:
    store = SqliteStore(file)
    backend = local.bind(Engine(store), actor="kim", project=None, closes=False)
    project = (await backend.projects.create(name="bench")).id
    await _fill(store, project, count)
    backend = local.bind(Engine(store), actor="kim", project=project)
    try:
        taken = [(await _verified(backend, count), _by_hand(file, project, count)) for _ in range(_ROUNDS)]
    finally:
        await backend.close()
    ours, peer = (min(times) for times in zip(*taken, strict=True))
    return {
        "name": "audit verify",
        "n": count,
        "seconds": round(ours, 3),
        "rows_per_second": round(count / ours),
        "peer": "the same rows read and hashed by hand",
        "peer_seconds": round(peer, 3),
        "ratio": round(ours / peer, 2),
    }


async def _fill(store: SqliteStore, project: str, count: int) -> None:
    """Make the project's log that long, with rows such as those of votes."""

    def append(tables: Tables) -> None:
        before = tables.projects.get(project)
        if before is None:
            raise LookupError(project)
        entries = [
            {
                "at": "2026-03-01T12:00:00.000000Z",
                "actor": "kim",
                "action": "mutation.reviewed",
                "subject": project,
                "data": {"number": number, "vote": "approve", "patchset_hash": GENESIS, "policy_version": GENESIS},
            }
            for number in range(min(_BATCH, count - before.audit_sequence))
        ]
        newest, head = tables.audit.append(before, entries)
        tables.projects.count(before, before._replace(audit_sequence=newest, audit_head=head))

    for _ in range(0, count, _BATCH):
        await store.write(append)


async def _verified(backend: Backend, count: int) -> float:
    start = time.perf_counter()
    report = await backend.audit.verify()
    seconds = time.perf_counter() - start
    if not report.ok or report.rows != count:
        raise RuntimeError(f"{report.rows} rows: {report.problems}")
    return seconds


def _by_hand(file: Path, project: str, count: int) -> float:
    with closing(sqlite3.connect(file)) as connection:
        start = time.perf_counter()
        previous, rows = GENESIS, 0
        for text, hash in connection.execute(
            "SELECT text, hash FROM audit WHERE scope = ? ORDER BY sequence", [project]
        ):
            if hashlib.sha256((text + previous).encode()).hexdigest() != hash:
                raise RuntimeError(f"row {rows + 1} does not hold")
            previous, rows = hash, rows + 1
        seconds = time.perf_counter() - start
    if rows != count:
        raise RuntimeError(f"{rows} rows")
    return seconds
