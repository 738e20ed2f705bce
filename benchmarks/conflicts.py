"""What it costs to know every conflict at 1,000, 10,000 and 100,000 pending mutations over 1,000 documents."""

import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pyte

from benchmarks.console import console, position
from benchmarks.dataset import ACTOR
from benchmarks.pending import (
    BEFORE,
    BUSY,
    CROWD,
    DOCUMENTS,
    LAST,
    QUIET,
    content,
    copy_of_project,
    far,
    path_of,
    seconds_to_index,
)
from benchmarks.terminal import percentile
from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import ChangeInput, Mutation
from lattice_console.engine.features import detecting
from lattice_console.engine.ports import Tables
from lattice_console.engine.stores.sqlite import SqliteStore
from lattice_console.merge.merging import three_way

_TITLE = "Raise a limit"
"""Words that stand in each row of the queue, and of the conflicts."""

_MET = "concurrent"
"""A word that stands in each row of the conflicts, and nowhere in the queue."""

_F3 = "\x1bOR"
_PAGE_DOWN = "\x1b[6~"

_EVERY_CHANGE = """
    SELECT c.path, b.content FROM mutations m
    JOIN patchsets p ON p.mutation_id = m.id AND p.number = m.patchset
    JOIN changes c ON c.patchset_id = p.id JOIN blobs b ON b.hash = c.result_hash
    WHERE m.status IN ('pending', 'approved', 'needs_manual_resolution')
"""


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Milliseconds of the index, of one more mutation, of an execution and of the screen; and their growth.

    Where the part of detection is known, its growth is told, else that of the whole.
    """
    rounds = 3 if quick else 15
    seen: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for count in (1000,) if quick else (1000, 10_000, 100_000):
            place = copy_of_project(Path(folder) / f"project-{count}", count)
            for row in _measure(place, count, rounds):
                figure = row.get("detection_cpu_p50_ms", row.get("p50_ms", row.get("seconds")))
                seen.setdefault(str(row["name"]), []).append(float(str(figure)))
                yield {"n": count, **row}
    for name, figures in seen.items():
        if len(figures) == 3:
            yield {
                "name": f"growth of: {name}",
                "from": 1000,
                "to": 100_000,
                "ratio": round(figures[2] / figures[0], 2),
            }


def _measure(place: Path, count: int, rounds: int) -> Iterator[dict[str, object]]:
    yield {"name": "all of an earlier program's, once", "seconds": round(seconds_to_index(count), 2)}
    file = place / ".lattice" / "state" / "lattice.db"
    yield asyncio.run(_index(file, count, rounds * 20))
    yield from asyncio.run(_engine(place, count, rounds))
    yield _by_hand(file)
    yield from _screen(place, rounds)


# --- The index alone


async def _index(file: Path, count: int, rounds: int) -> dict[str, object]:
    with closing(sqlite3.connect(file)) as database:
        [project] = database.execute("SELECT id FROM projects").fetchone()
    store = await SqliteStore.open(file)
    chance = random.Random(1)
    numbers = [chance.randrange(1, count) for _ in range(rounds)]

    def ask(tables: Tables) -> list[float]:
        tables.conflicts.meeting(project, [1])
        times = []
        for number in numbers:
            start = time.perf_counter()
            tables.conflicts.meeting(project, [number])
            times.append(time.perf_counter() - start)
        return times

    try:
        return {"name": "index query", **_figures(await store.read(ask))}
    finally:
        await store.close()


# --- Through the engine


class _Times(NamedTuple):
    """Seconds of a call, and of the processor for what in it was detection."""

    whole: float
    detection: float


class _Detection:
    """Seconds of the processor that detection took since they were asked for last, whatever else the machine did."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def taken(self) -> float:
        """The seconds, from none on again."""
        taken, self._seconds = self._seconds, 0.0
        return taken

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Take the time of every part of it within this block."""
        with ExitStack() as parts:
            for name in ("propose", "apply", "head_moved"):
                parts.enter_context(patch.object(detecting, name, self._timed(getattr(detecting, name))))
            yield

    def _timed(self, part: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            start = time.thread_time()
            try:
                return part(*arguments)
            finally:
                self._seconds += time.thread_time() - start

        return run


class _Project:
    """Proposes and executes edits that nobody has made yet, and takes their times."""

    def __init__(self, backend: Backend, detection: _Detection) -> None:
        self._backend = backend
        self._detection = detection
        self._values = iter(range(10**6, 10**7))

    async def propose(self, name: str, path: str, lines: Iterable[int]) -> dict[str, object]:
        """One more mutation for each of the lines, each withdrawn before the next one."""
        times = []
        for line in lines:
            taken, mutation = await self._propose(path, line, 1)
            times.append(taken)
            await self._backend.mutations.cancel(mutation.id)
        return {"name": f"propose one more {name}", **_both(times)}

    async def execute(self, name: str, places: Iterable[tuple[str, int]], size: int = 1) -> dict[str, object]:
        """One mutation after the other executed, each of so many lines of a document from that line on."""
        times = []
        for path, line in places:
            _, mutation = await self._propose(path, line, size)
            await self._backend.reviews.vote(mutation.id, vote="approve")
            times.append(await self._timed(self._backend.executions.execute(mutation.id)))
        return {"name": f"execute one {name}", **_both(times)}

    async def _propose(self, path: str, first: int, size: int) -> tuple[_Times, Mutation]:
        document = await self._backend.documents.get(path)
        text = (await self._backend.documents.content(document.hash)).splitlines(keepends=True)
        for at in range(first, first + size):
            text[at + BEFORE] = b'"k%d": %d,\n' % (at, next(self._values))
        change = ChangeInput(operation_type="modify", file_path=path, content=b"".join(text))
        made: list[Mutation] = []

        async def propose() -> None:
            made.append(await self._backend.mutations.create(title=f"{_TITLE} more", changes=[change]))

        return await self._timed(propose()), made[0]

    async def _timed(self, work: Awaitable[object]) -> _Times:
        self._detection.taken()
        start = time.perf_counter()
        await work
        return _Times(time.perf_counter() - start, self._detection.taken())


async def _engine(place: Path, count: int, rounds: int) -> list[dict[str, object]]:
    chance = random.Random(count)
    detection = _Detection()
    backend = await connect(config.load(place, actor=ACTOR))
    try:
        with detection.watched():
            project = _Project(backend, detection)
            # What a process imports and compiles once.
            await project.propose("", QUIET, [0])
            await project.execute("", [(QUIET, 0)])
            few = [path_of(chance.randrange(DOCUMENTS)) for _ in range(rounds)]
            met = [far(chance.randrange(CROWD)) for _ in range(rounds)]
            each = count // DOCUMENTS
            return [
                {"beside": 0, **await project.propose("alone on its document", QUIET, [LAST] * rounds)},
                {"beside": each, **await project.propose("on a document as most", few[0], [LAST] * rounds)},
                {"beside": CROWD, **await project.propose("on a busy document", BUSY, [LAST] * rounds)},
                {"beside": CROWD, **await project.propose("on a line that another one has", BUSY, met)},
                {"beside": 0, **await project.execute("alone on its document", [(QUIET, LAST)] * rounds)},
                {"beside": each, **await project.execute("on a document as most", [(one, LAST) for one in few])},
                {"beside": CROWD, **await project.execute("on a busy document", [(BUSY, LAST)] * rounds)},
                {
                    "beside": CROWD,
                    **await project.execute("on lines of 10 others", [(BUSY, far(at)) for at in (0, 10, 20)], 40),
                },
            ]
    finally:
        await backend.close()


def _both(times: Sequence[_Times]) -> dict[str, object]:
    parts = _figures([one.detection for one in times])
    return {**_figures([one.whole for one in times]), "detection_cpu_p50_ms": parts["p50_ms"]}


def _figures(times: Sequence[float]) -> dict[str, object]:
    return {f"p{part}_ms": round(percentile(times, part / 100) * 1000, 3) for part in (50, 95)}


# --- The peer


def _by_hand(file: Path) -> dict[str, object]:
    """One more mutation held against every one that is pending, merged where the document is the same."""
    base = content(Path(BUSY).stem)
    mine = content(Path(BUSY).stem, LAST, 10**7)
    with closing(sqlite3.connect(file)) as database:
        start = time.perf_counter()
        merged = 0
        for path, theirs in database.execute(_EVERY_CHANGE):
            if path == BUSY:
                merged += 1
                three_way(base, mine, theirs, path=path, propose=False)
        seconds = time.perf_counter() - start
    return {"name": "the peer: one more against every one", "merged": merged, "p50_ms": round(seconds * 1000, 3)}


# --- The screen


def _screen(place: Path, rounds: int) -> Iterator[dict[str, object]]:
    opened: list[float] = []
    turned: list[float] = []
    for _ in range(3):
        with console(place) as terminal:
            terminal.wait_for(_TITLE)
            opened.append(terminal.ask(_F3, _shows_conflicts).seconds)
            at, of = position(terminal.screen) or (0, 0)
            while len(turned) < rounds and at < of:
                turned.append(terminal.ask(_PAGE_DOWN, partial(_is_beyond, before=at)).seconds)
                at, of = position(terminal.screen) or (0, 0)
    yield {"name": "open the Conflicts screen", "conflicts": of, **_figures(opened)}
    yield {"name": "a page on in it", **_figures(turned)}


def _shows_conflicts(screen: pyte.Screen) -> bool:
    return any(_MET in line and _TITLE in line for line in screen.display)


def _is_beyond(screen: pyte.Screen, before: int) -> bool:
    found = position(screen)
    return found is not None and found[0] > before
