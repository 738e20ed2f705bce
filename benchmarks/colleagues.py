"""Colleagues at work in a process of their own: they comment, vote, label and propose, so many events a second.

`python -m benchmarks.colleagues PROJECT --rate 200 --seconds 30` works through the Backend, each colleague with one of
their own, and prints a JSON line of what came of it.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.dataset import ACTOR, COLLEAGUES
from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.contract import filters
from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import ChangeInput, MutationSummary

_NEWEST = 500
"""They work on so many of the newest mutations, half of the time on the first of them, which a console shows."""

_IN_SIGHT = 50


class Colleague:
    """One person's acts, each of which makes an event or two."""

    def __init__(self, name: str, backend: Backend, rows: Sequence[MutationSummary]) -> None:
        self._name = name
        self._backend = backend
        self._own = [row for row in rows if row.author.handle == name]
        self._others = [row for row in rows if row.author.handle != name]
        self._voted: set[str] = set()
        self._chance = random.Random(name)
        self._acts = 0

    async def act(self) -> None:
        """Do the next thing: mostly comment or vote."""
        chance, backend = self._chance, self._backend
        self._acts += 1
        what = chance.random()
        if what < 0.1:
            await backend.mutations.update(self._one(self._own), labels=[f"round-{self._acts}"])
        elif what < 0.12:
            path = f"new/{self._name}-{self._acts}.md"
            change = ChangeInput(operation_type="create", file_path=path, content=b"# New\n")
            await backend.mutations.create(title=f"Add page {self._acts} by {self._name}", changes=[change])
        elif what < 0.6:
            text = f"Remark {self._acts}: does the refresh token follow?"
            await backend.reviews.comment(self._one(self._others), text=text)
        else:
            await self._vote(self._one(self._others))

    async def _vote(self, id: str) -> None:
        if id in self._voted:
            self._voted.discard(id)
            await self._backend.reviews.withdraw(id)
        else:
            self._voted.add(id)
            await self._backend.reviews.vote(id, vote="approve")

    def _one(self, rows: Sequence[MutationSummary]) -> str:
        return self._chance.choice(rows[:_IN_SIGHT] if self._chance.random() < 0.5 else rows).id


async def work(place: Path, rate: float, seconds: float) -> dict[str, object]:
    """Make `rate` events a second for `seconds`, and say how many there were."""
    backends = [await connect(config.load(place, actor=name)) for name in (ACTOR, *COLLEAGUES)]
    watcher, *others = backends
    rows = (
        await watcher.mutations.list(filter=filters.parse("status:pending or status:approved"), limit=_NEWEST)
    ).items
    colleagues = [Colleague(name, backend, rows) for name, backend in zip(COLLEAGUES, others, strict=True)]
    first = seen = await watcher.events.last()
    acts = 0
    start = time.perf_counter()
    while (passed := time.perf_counter() - start) < seconds:
        if seen - first >= passed * rate:
            await asyncio.sleep(0.002)
            continue
        await colleagues[acts % len(colleagues)].act()
        acts += 1
        seen = await watcher.events.last()
    passed = time.perf_counter() - start
    for backend in backends:
        await backend.close()
    return {"events": seen - first, "per_second": round((seen - first) / passed, 1)}


def main() -> int:
    """Work as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.colleagues")
    parser.add_argument("place", type=Path)
    parser.add_argument("--rate", type=float, default=200.0, help="events a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    print(json.dumps(asyncio.run(work(options.place, options.rate, options.seconds))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
