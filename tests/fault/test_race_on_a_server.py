"""Sixteen processes execute against one project on Postgres: each mutation once, and no deadlock reaches a person."""

import asyncio
import os
import random
from collections import Counter

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import Conflict, RuleBroken
from tests.fault import forks
from tests.fault.site import Site
from tests.support.changes import modify

PROCESSES = 16
MUTATIONS = 100
FILES = {f"docs/{number}.yaml": f"number: {number}\n".encode() for number in range(MUTATIONS)}


def changed(number: int) -> bytes:
    return f"number: {number}\nchanged: once\n".encode()


async def propose_all(backend: Backend) -> list[str]:
    """A mutation for each file, by the owner; returns their ids."""
    for racer in range(PROCESSES):
        await backend.team.add(user=f"racer{racer}", role="admin")
    return [
        (await backend.mutations.create(title=f"Change {number}", changes=[modify(path, changed(number))])).id
        for number, path in enumerate(FILES)
    ]


async def race(backend: Backend, ids: list[str], marks: forks.Marks) -> None:
    """Approve and execute every mutation in some order, and note those that this process executed."""
    for id in random.Random(os.getpid()).sample(ids, len(ids)):
        try:
            await backend.reviews.vote(id, vote="approve")
            execution = await backend.executions.execute(id)
        except (RuleBroken, Conflict):
            # Another process was quicker, at either; a deadlock or a serialisation failure is neither.
            continue
        marks.leave(f"{execution.status} {id}")
    retries = (await backend.health.check()).components["database"].retries
    marks.leave(f"retries {retries}")


# The parent is warm, so that the processes start within the same moment; it has no thread at work when it forks.
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.timeout(300)
def test_sixteen_processes_execute_each_of_a_hundred_mutations_once(postgres_database: str) -> None:
    site = asyncio.run(Site.make(FILES, DATABASE_URL=postgres_database, DATABASE_POOL_SIZE="2"))
    ids = site.run(propose_all)

    async def sequence(backend: Backend) -> int:
        return (await backend.documents.head()).sequence

    before = site.run(sequence)

    def work(racer: int) -> forks.Work:
        return lambda marks: site.run(lambda backend: race(backend, ids, marks), actor=f"racer{racer}")

    endings = forks.run_all([work(racer) for racer in range(PROCESSES)])
    left = [{mark for mark, _ in ending.marks} - {"start", "end"} for ending in endings]
    counted = [mark for marks in left for mark in marks if mark.startswith("retries ")]
    assert len(counted) == PROCESSES
    assert all(mark.removeprefix("retries ").isdigit() for mark in counted)
    won = [marks - {*counted} for marks in left]
    assert Counter(mark for marks in won for mark in marks) == Counter(f"completed {id}" for id in ids)
    assert sum(bool(marks) for marks in won) > 1, "it was no race"

    async def look(backend: Backend) -> None:
        for id in ids:
            assert [one.status for one in await backend.executions.list(id)] == ["completed"]
        assert (await backend.documents.head()).sequence == before + MUTATIONS
        assert (await backend.audit.verify()).ok

    site.run(look)
