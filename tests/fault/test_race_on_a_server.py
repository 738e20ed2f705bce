"""Sixteen processes execute against one project on Postgres: each mutation once, and no deadlock reaches a person."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from lattice_console.contract.backend import Backend
from tests.fault.racing import PROCESSES
from tests.fault.site import Site
from tests.support.changes import modify

REPOSITORY = Path(__file__).parents[2]
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


@pytest.mark.timeout(300)
def test_sixteen_processes_execute_each_of_a_hundred_mutations_once(postgres_database: str) -> None:
    site = asyncio.run(Site.make(FILES, DATABASE_URL=postgres_database, DATABASE_POOL_SIZE="2"))
    ids = site.run(propose_all)

    async def sequence(backend: Backend) -> int:
        return (await backend.documents.head()).sequence

    before = site.run(sequence)

    done = subprocess.run(
        [sys.executable, "-m", "tests.fault.racing"],
        input=json.dumps({"environ": site.environ, "ids": ids}).encode(),
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    left = [set(marks) - {"start", "end"} for marks in json.loads(done.stdout)]
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
