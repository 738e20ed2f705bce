"""Sixteen processes that execute all mutations at once: `python -m tests.fault.racing`, told what and where on stdin.

It is a process of its own that forks them, warm and without any thread, so that they start within the same moment.
"""

import json
import os
import random
import sys

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import Conflict, RuleBroken
from tests.fault import forks
from tests.fault.site import Site

PROCESSES = 16


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


async def warm(backend: Backend) -> None:
    """Import what a command imports."""
    await backend.documents.head()


def main() -> None:
    """Race, and write the marks that each process left."""
    told = json.loads(sys.stdin.read())
    site, ids = Site(told["environ"]), told["ids"]
    site.run(warm)

    def work(racer: int) -> forks.Work:
        return lambda marks: site.run(lambda backend: race(backend, ids, marks), actor=f"racer{racer}")

    endings = forks.run_all([work(racer) for racer in range(PROCESSES)])
    sys.stdout.write(json.dumps([[mark for mark, _ in ending.marks] for ending in endings]))


if __name__ == "__main__":
    main()
