"""Every operation of the engine at 1,000, 10,000 and 100,000 mutations: what grows with a project, and what not."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import count as from_one
from pathlib import Path

from benchmarks.dataset import ACTOR
from benchmarks.pending import DOCUMENTS, LAST, content, copy_of_project, path_of
from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.contract import filters
from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import ChangeInput

Operation = Callable[[int], Awaitable[object]]

_WHOLE = {"count by status", "search of all titles", "list from the middle", "check of the log"}
"""What looks at all there is, and so is meant to grow with it; a page found by its cursor is not."""


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Milliseconds (median) of each operation by size, and how often 1,000's time the largest takes."""
    sizes = (1000,) if quick else (1000, 10_000, 100_000)
    rounds = 3 if quick else 15
    found: dict[str, dict[int, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            place = copy_of_project(Path(folder) / f"project-{size}", size)
            for name, milliseconds in asyncio.run(_measured(place, size, rounds)).items():
                found.setdefault(name, {})[size] = milliseconds
    for name, by_size in found.items():
        yield {
            "name": name,
            "p50_ms": {str(size): round(milliseconds, 2) for size, milliseconds in by_size.items()},
            "ratio": round(by_size[sizes[-1]] / by_size[sizes[0]], 2),
            "meant_to_grow": name in _WHOLE,
        }


async def _measured(place: Path, size: int, rounds: int) -> dict[str, float]:
    backend = await connect(config.load(place, actor=ACTOR, environ={}))
    try:
        await backend.executions.recover()
        return {
            name: await _median(operation, rounds)
            for operations in (_reads(backend, size), _writes(backend))
            for name, operation in operations.items()
        }
    finally:
        await backend.close()


async def _median(operation: Operation, rounds: int) -> float:
    times: list[float] = []
    for turn in range(rounds + 1):
        start = time.perf_counter()
        await operation(turn)
        times.append(time.perf_counter() - start)
    # The first one reads what is kept for the others.
    return statistics.median(times[1:]) * 1000


def _reads(backend: Backend, size: int) -> dict[str, Operation]:
    open_ones, words = filters.parse("is:open"), filters.parse("quiet")

    async def list_first(_: int) -> None:
        await backend.mutations.list(filter=open_ones)

    async def list_middle(_: int) -> None:
        await backend.mutations.list(filter=open_ones, offset=size // 2)

    async def search(_: int) -> None:
        await backend.mutations.list(filter=words)

    async def counts(_: int) -> None:
        await backend.mutations.counts()

    async def get(turn: int) -> None:
        await backend.mutations.get(str(size // 2 + turn))

    async def conflicts(turn: int) -> None:
        await backend.conflicts.of(str(size // 2 + turn))

    async def all_conflicts(_: int) -> None:
        await backend.conflicts.list(limit=100)

    async def history(turn: int) -> None:
        await backend.documents.history(path_of(turn))

    async def events(_: int) -> None:
        await backend.events.since(max(await backend.events.last() - 100, 0))

    async def graph(_: int) -> None:
        await backend.specs.graph(name="doc-0000")

    async def log(_: int) -> None:
        await backend.audit.log(limit=100)

    async def verify(_: int) -> None:
        await backend.audit.verify()

    return {
        "list the first hundred": list_first,
        "list from the middle": list_middle,
        "search of all titles": search,
        "count by status": counts,
        "get one": get,
        "conflicts of one": conflicts,
        "first hundred conflicts": all_conflicts,
        "history of a document": history,
        "a hundred events": events,
        "what a spec depends on": graph,
        "a page of the log": log,
        "check of the log": verify,
    }


def _writes(backend: Backend) -> dict[str, Operation]:
    """Each acts on a mutation of its own, from proposal to rollback, on a line that nobody else changes."""
    made: list[str] = []
    values = from_one(1)

    async def propose(turn: int) -> None:
        path = path_of(DOCUMENTS - 1 - turn)
        change = ChangeInput(
            operation_type="modify", file_path=path, content=content(Path(path).stem, LAST, 10_000 + next(values))
        )
        made.append((await backend.mutations.create(title="Raise the last limit", changes=[change])).id)

    async def comment(turn: int) -> None:
        await backend.reviews.comment(made[turn], text="Why the last one?")

    async def approve(turn: int) -> None:
        await backend.reviews.vote(made[turn], vote="approve")

    async def execute(turn: int) -> None:
        await backend.executions.execute(made[turn])

    async def roll_back(turn: int) -> None:
        await backend.executions.rollback(made[turn], reason="Measured.")

    return {
        "propose": propose,
        "comment": comment,
        "approve": approve,
        "execute": execute,
        "roll back": roll_back,
    }
