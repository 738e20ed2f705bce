"""What other processes do to a database in the tests; run by `multiprocessing`, with the start method spawn."""

import asyncio
import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from lattice_console.contract.errors import LatticeError
from lattice_console.engine.ports import Tables
from lattice_console.engine.stores.sqlite import SqliteStore
from tests.engine.stores.samples import PROJECT, announce, audit, event, mutation


def propose(tables: Tables) -> int:
    """Take a number, and write with it what a proposal writes."""
    number = tables.projects.next_number(PROJECT)
    tables.mutations.create(PROJECT, mutation(number))
    announce(tables, PROJECT, [event(f"first-{number}"), event(f"second-{number}")])
    audit(tables, PROJECT, [{"number": number}])
    return number


def propose_many(file: Path, times: int, answers: Connection) -> None:
    """Propose in as many transactions; answers the numbers taken."""

    async def run() -> list[int]:
        store = await SqliteStore.open(file)
        try:
            return [await store.write(propose) for _ in range(times)]
        finally:
            await store.close()

    answers.send(asyncio.run(run()))


def propose_when_told(file: Path, orders: Connection) -> None:
    """Propose once for each order, and answer when that was committed, by the system's monotonic clock."""

    async def run() -> None:
        store = await SqliteStore.open(file)
        orders.send("ready")
        while orders.recv():
            await store.write(propose)
            orders.send(time.monotonic())
        await store.close()

    asyncio.run(run())


def use_without_permission(folder: Path, answers: Connection) -> None:
    """Read and write a database to which file modes mean something, in three ways; answers what came of each."""

    async def attempt(file: Path, work: Callable[[Tables], Any]) -> tuple[str, str]:
        store = SqliteStore(file, busy=1)
        try:
            await store.read(lambda tables: tables.projects.get(PROJECT))
            await store.write(work)
        except LatticeError as error:
            return error.code, error.message
        finally:
            await store.close()
        return "written", ""

    async def run() -> list[tuple[str, str]]:
        # What is imported late lies where the other user may not look.
        warm = await SqliteStore.open(None)
        await warm.close()
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        names = ("folder", "file", "unreadable")
        return [
            await attempt(folder / name / "lattice.db", lambda tables: tables.projects.next_number(PROJECT))
            for name in names
        ]

    answers.send(asyncio.run(run()))
