"""What hooks add to a mutation from its proposal to its execution, beside the bare start of the same scripts."""

import asyncio
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median

from benchmarks.mutating import carry_through, documents
from lattice_console.backends import local
from lattice_console.contract.backend import Backend
from lattice_console.engine.assemble import engine_on
from lattice_console.engine.features.context import Surroundings
from lattice_console.engine.gateways.hook_files import FOLDER
from lattice_console.engine.gateways.hooks import FolderHooks
from lattice_console.engine.ports import Hooks
from lattice_console.engine.stores.sqlite import SqliteStore
from lattice_console.servers import Servers

_WARM_UP = 10
_ASKED = 2
"""How often a hook is asked about each mutation: before it is proposed, and before it is executed."""

_SCRIPT = '#!/bin/sh\ncat > /dev/null\necho "{}"\n'
_NAME = "pre-mutation-0"
_INPUT = b"{}" * 200
_SIDES = (None, 0, 1, 3)
"""Hooks in the folder; None for an engine that works in no folder."""


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Milliseconds of a mutation by the number of hooks that are asked, and of one hook beside its bare process.

    All take turns, mutation by mutation: what else the machine does slows all of them.
    """
    count = 10 if quick else 200
    with tempfile.TemporaryDirectory() as folder:
        times, started, bare = asyncio.run(_measured(Path(folder), count))
    yield {
        "name": "one hook, started and heard",
        "n": count,
        "p50_ms": _ms(median(started)),
        "p95_ms": _ms(sorted(started)[int(count * 0.95)]),
        "peer": "subprocess.run of the same script",
        "peer_ms": _ms(median(bare)),
        "ratio": round(median(started) / median(bare), 2),
    }
    for hooks in (0, 1, 3):
        added = median(times[hooks]) - median(times[None])
        row: dict[str, object] = {
            "name": f"hooks asked before: {hooks}",
            "n": count,
            "p50_ms": _ms(median(times[hooks])),
            "p95_ms": _ms(sorted(times[hooks])[int(count * 0.95)]),
            "without_folder_p50_ms": _ms(median(times[None])),
            "added_ms": _ms(added),
        }
        if hooks:
            each = added / (hooks * _ASKED)
            row |= {
                "each_ms": _ms(each),
                "peer": "subprocess.run of the same script",
                "peer_ms": _ms(median(bare)),
                "ratio": round(each / median(bare), 2),
            }
        yield row


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


async def _measured(folder: Path, count: int) -> tuple[dict[int | None, list[float]], list[float], list[float]]:
    """Seconds of each mutation on each side, of each run of a hook, and of each bare run of the same script."""
    times: dict[int | None, list[float]] = {hooks: [] for hooks in _SIDES}
    started, bare = [], []
    alone = FolderHooks(folder / "1", "bench", lambda *_: "trusted", seconds=30.0)
    async with AsyncExitStack() as open_sides:
        sides = {
            hooks: await open_sides.enter_async_context(_side(folder / str(hooks), hooks, count + _WARM_UP))
            for hooks in _SIDES
        }
        for number in range(count + _WARM_UP):
            # Each comes after each other as often: what one leaves to the disk, the next one waits for.
            first = number % len(_SIDES)
            for hooks in (*_SIDES[first:], *_SIDES[:first]):
                times[hooks].append(await carry_through(sides[hooks], number))
            start = time.perf_counter()
            await alone.run(_NAME, _INPUT, 30.0)
            started.append(time.perf_counter() - start)
            bare.append(await asyncio.to_thread(_bare, folder / "1" / FOLDER / _NAME))
    return {hooks: found[_WARM_UP:] for hooks, found in times.items()}, started[_WARM_UP:], bare[_WARM_UP:]


@asynccontextmanager
async def _side(folder: Path, hooks: int | None, count: int) -> AsyncIterator[Backend]:
    """A project of so many documents whose engine works in a folder with so many hooks."""
    _lay(folder, hooks or 0)
    database = folder / "bench.db"
    maker = local.bind(
        engine_on(await SqliteStore.open(database), Servers(), Surroundings()), actor="kim", project=None
    )
    project = (await maker.projects.create(name="bench", files=documents(count))).id
    await maker.close()
    there: Hooks | None = (
        FolderHooks(folder, project, lambda *_: "trusted", seconds=30.0) if hooks is not None else None
    )
    engine = engine_on(await SqliteStore.open(database), Servers(), Surroundings(hooks=there))
    backend = local.bind(engine, actor="kim", project=project)
    try:
        yield backend
    finally:
        await backend.close()


def _bare(script: Path) -> float:
    """Seconds of one run of the script, by nothing but its process."""
    start = time.perf_counter()
    subprocess.run([script], input=_INPUT, capture_output=True, check=True)
    return time.perf_counter() - start


def _lay(folder: Path, hooks: int) -> None:
    (folder / FOLDER).mkdir(parents=True)
    for number in range(hooks):
        path = folder / FOLDER / f"pre-mutation-{number}"
        path.write_text(_SCRIPT, encoding="utf-8")
        path.chmod(0o755)
