"""Transactions that cannot stand beside each other are made again, and counted."""

import asyncio
import threading
from collections.abc import Callable

from lattice_console.engine.ports import Tables
from lattice_console.engine.records import UserRecord
from lattice_console.engine.stores.postgres import PostgresStore
from lattice_console.servers import postgres
from tests.engine.stores.samples import NOW


async def test_of_two_that_read_what_the_other_writes_one_is_made_again(postgres_database: str) -> None:
    both_have_read = threading.Barrier(2, timeout=20)
    runs: list[str] = []

    def join(name: str) -> Callable[[Tables], int]:
        def work(tables: Tables) -> int:
            there = len(tables.people.handles_like("u"))
            runs.append(name)
            if runs.count(name) == 1:
                both_have_read.wait()
            tables.people.create(UserRecord(name, f"u{there}", None, name), NOW)
            return there

        return work

    stores = [PostgresStore(postgres(postgres_database)) for _ in range(2)]
    try:
        found = await asyncio.gather(*(store.write(join(name)) for store, name in zip(stores, ("a", "b"), strict=True)))
        retries = [(await store.health(None))["database"].retries for store in stores]
    finally:
        for store in stores:
            await store.close()
    assert sorted(found) == [0, 1]
    assert sorted(runs) in (["a", "a", "b"], ["a", "b", "b"])
    assert sorted(retries, key=str) == [0, 1]
