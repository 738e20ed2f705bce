"""The queue at 1,000, 10,000 and 100,000 mutations on a real terminal, beside `tig` on a history as long."""

import re
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyte

from benchmarks.console import FIRST_ROW, VIEWS, console, rows_in_all, totals
from benchmarks.dataset import copy_of_project
from benchmarks.terminal import Terminal, figures, strokes

_ORDERS = {"Number": "M", "Title": "TITLE", "Author": "AUTHOR"}
"""Of each order the heading of its column."""


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Seconds until ready, milliseconds and bytes per cursor move, lag behind a held key, memory; views and orders."""
    with tempfile.TemporaryDirectory() as folder:
        for count in (1000,) if quick else (1000, 10_000, 100_000):
            moves = 20 if quick else 100 if count == 100_000 else 40
            place = copy_of_project(Path(folder) / f"project-{count}", count)
            sizes = totals(place, [filter for _, filter in VIEWS.values()])
            with console(place) as terminal:
                ready = terminal.wait_for(FIRST_ROW)
                yield {"name": "queue, what awaits me", "n": count, "ready_s": round(ready, 3)}
                if quick or count == 100_000:
                    yield from _views(terminal, count, sizes)
                    yield from _orders(terminal, count, moves // 5)
                    terminal.press("O")
                    terminal.press("Stacks")
                    terminal.press("\r")
                terminal.press(VIEWS["all"][0])
            # From now on it opens on what was chosen last: everything.
            opened = []
            for _ in range(2):
                with console(place) as terminal:
                    opened.append(terminal.wait_for(FIRST_ROW))
            with console(place) as terminal:
                opened.append(terminal.wait_for(FIRST_ROW))
                yield {"name": "queue, everything", "n": count, **figures(terminal, statistics.median(opened), moves)}
            if shutil.which("tig") is None:
                continue
            history = write_history(Path(folder) / f"history-{count}", count)
            with Terminal(["tig"], folder=history) as terminal:
                ready = terminal.wait_for("Commit number")
                yield {"name": "tig, the peer", "n": count, **figures(terminal, ready, moves)}


def _views(terminal: Terminal, count: int, sizes: dict[str, int]) -> Iterator[dict[str, object]]:
    """From each view to the next: until its rows stand there."""
    for slug in ("all", "awaiting", "changed", "mine", "ready", "all"):
        key, filter = VIEWS[slug]

        def stands(screen: pyte.Screen, size: int = sizes[filter]) -> bool:
            return rows_in_all(screen) == size

        answer = terminal.ask(key, stands)
        yield {
            "name": f"view switch to {slug}",
            "n": count,
            "rows": sizes[filter],
            "ms": round(answer.seconds * 1000, 1),
            "bytes": answer.size,
        }


def _orders(terminal: Terminal, count: int, moves: int) -> Iterator[dict[str, object]]:
    """Ordered by a column, and the other way round: until the rows stand there; then moves within."""
    for order, column in _ORDERS.items():
        terminal.press("O")
        terminal.press(order)
        chosen, turned = [
            terminal.ask(key, partial(_turned, column=column, before=_sign(terminal.screen, column)))
            for key in ("\r", ",")
        ]
        yield {
            "name": f"ordered by {order.lower()}",
            "n": count,
            "ms": round(chosen.seconds * 1000, 1),
            "reversed_ms": round(turned.seconds * 1000, 1),
            **strokes(terminal, "move", "j", moves),
            **strokes(terminal, "page", "\x1b[6~", moves),
        }


def _turned(screen: pyte.Screen, *, column: str, before: str) -> bool:
    return _sign(screen, column) not in ("", before)


def _sign(screen: pyte.Screen, column: str) -> str:
    """The sign of order in the column's heading; empty where the list is not ordered by it."""
    found = (re.search(rf" (?:{column}([↑↓])|([↑↓]){column}) ", line) for line in screen.display)
    return next((one[1] or one[2] for one in found if one), "")


def write_history(place: Path, commits: int) -> Path:
    """A git history of that many commits, all on one file."""
    place.mkdir()
    subprocess.run(["git", "init", "-q", "-b", "main", str(place)], check=True)
    lines = []
    for number in range(commits):
        title, content = f"Commit number {number} changes the value\n", f"value {number}\n"
        lines.append(
            f"commit refs/heads/main\ncommitter kim <kim@example.com> {1_700_000_000 + number} +0000\n"
            f"data {len(title)}\n{title}M 100644 inline file\ndata {len(content)}\n{content}\n"
        )
    subprocess.run(["git", "-C", str(place), "fast-import", "--quiet"], input="".join(lines).encode(), check=True)
    return place
