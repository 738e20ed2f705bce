"""The queue at 100,000 mutations while colleagues make 200 events a second: keys, a held key, bytes.

The screen is never quiet then. So keys are pressed at their times, what comes is noted with its time and looked at
afterwards: a key is painted when the cursor stands where that key puts it.
"""

import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.console import FIRST_ROW, VIEWS, console, number_at_cursor, rows_in_all
from benchmarks.dataset import copy_of_project
from benchmarks.terminal import Terminal, percentile

_RATE = 200
"""Events a second."""

_IDLE = 3.0
"""Seconds for which no key is pressed, to see what the events alone write."""

_ORDER = "SELECT number FROM mutations ORDER BY stack DESC, level, number"


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Milliseconds from key to paint, lag behind a held key, bytes a second, with what the colleagues achieved."""
    count, moves = (1000, 20) if quick else (100_000, 150)
    with tempfile.TemporaryDirectory() as folder:
        place = copy_of_project(Path(folder) / "project", count)
        with sqlite3.connect(place / ".lattice" / "state" / "lattice.db") as database:
            order = [number for (number,) in database.execute(_ORDER)]
        database.close()
        with console(place) as terminal:
            terminal.wait_for(FIRST_ROW)
            terminal.ask(VIEWS["all"][0], lambda screen: rows_in_all(screen) == count)
            walk = _Walk(terminal, order)
            yield {"name": "queue at rest", "n": count, "events_per_second": 0, **walk.figures(moves)}
            seconds = 3 + _IDLE + moves * 0.15 + moves // 3 * 0.2 + 5
            with _colleagues(place, seconds) as colleagues:
                terminal.listen(until=time.perf_counter() + 1.0)
                events = walk.figures(moves)
                said = colleagues.communicate(timeout=seconds + 30)[0]
            achieved = json.loads(said)["per_second"]
            yield {"name": "queue while others work", "n": count, "events_per_second": achieved, **events}


def _colleagues(place: Path, seconds: float) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.colleagues", str(place), "--rate", str(_RATE)]
    return subprocess.Popen([*command, "--seconds", str(seconds)], stdout=subprocess.PIPE, text=True)


class _Walk:
    """Moves the queue's cursor, and finds out when it got there; `order` is that of the mutations at the start."""

    def __init__(self, terminal: Terminal, order: Sequence[int]) -> None:
        self._terminal = terminal
        self._ranks = {number: rank for rank, number in enumerate(order)}

    def figures(self, moves: int) -> dict[str, object]:
        """No key for a while, then single ones, pages, and a held one; from the first row on."""
        terminal = self._terminal
        terminal.drive("g", 1, every=0.5)
        idle = self._bytes(_IDLE)
        down = self._press("j", moves, every=0.15)
        page = self._press("\x1b[6~", moves // 3, every=0.2)
        held = self._press("j", 150, every=1 / 30)
        return {
            "idle_bytes_per_second": idle,
            **_times("move", down),
            **_times("page", page),
            **_times("held", held),
            "held_key_lag_s": round(held[-1], 3),
            "rss_mb": round(terminal.memory / 1e6, 1),
        }

    def _bytes(self, seconds: float) -> int:
        """What is written in a second when no key is pressed."""
        before = self._terminal.heard
        self._terminal.listen(until=time.perf_counter() + seconds)
        return int((self._terminal.heard - before) / seconds)

    def _press(self, key: str, times: int, *, every: float) -> list[float]:
        """Seconds from each press until the cursor stood at least as far down as it takes it."""
        terminal = self._terminal
        before = self._look()
        terminal.drive(key, 1, every=0.5)
        at = self._look()
        step = at - before
        sent = terminal.drive(key, times, every=every, jitter=every / 3)
        terminal.listen(until=time.perf_counter() + 1.0)
        waits: list[float] = []
        for moment in terminal.replay():
            rank = self._rank()
            while rank is not None and len(waits) < times and rank >= at + step * (len(waits) + 1):
                waits.append(moment - sent[len(waits)])
        if len(waits) < times:
            raise TimeoutError(f"{times - len(waits)} of {times} keys were not answered:\n{terminal.text}")
        return waits

    def _look(self) -> int:
        """The rank at which the cursor stands now."""
        for _ in self._terminal.replay():
            pass
        rank = self._rank()
        if rank is None:
            raise RuntimeError(f"There is no cursor:\n{self._terminal.text}")
        return rank

    def _rank(self) -> int | None:
        """How far down the cursor stands: below 0 on what came in meanwhile, since that stands above the rest."""
        number = number_at_cursor(self._terminal.screen)
        return None if number is None else self._ranks.get(number, len(self._ranks) - number)


def _times(name: str, waits: Sequence[float]) -> dict[str, object]:
    milliseconds = [wait * 1000 for wait in waits]
    return {
        f"{name}_p50_ms": round(percentile(milliseconds, 0.5), 2),
        f"{name}_p95_ms": round(percentile(milliseconds, 0.95), 2),
        f"{name}_max_ms": round(max(milliseconds), 2),
    }
