"""What other processes do to a database in the tests; run by `multiprocessing`, with the start method spawn."""

import asyncio
import os
import time
from multiprocessing.connection import Connection
from pathlib import Path

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


def write_without_permission(file: Path, answers: Connection) -> None:
    """Try to write as somebody to whom file modes mean something; answers the error's code."""

    async def run() -> str:
        # What is imported late lies where the other user may not look.
        warm = await SqliteStore.open(None)
        await warm.close()
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        store = SqliteStore(file, busy=1)
        try:
            await store.write(lambda tables: tables.projects.next_number(PROJECT))
        except LatticeError as error:
            return error.code
        finally:
            await store.close()
        return "written"

    answers.send(asyncio.run(run()))
