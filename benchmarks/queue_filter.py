"""From a typed filter to its first row, in a queue of 100,000 mutations, beside `tig --grep` on a history as long."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyte

from benchmarks.console import FIRST_ROW, VIEWS, console, rows_in_all, totals
from benchmarks.dataset import copy_of_project
from benchmarks.queue import write_history
from benchmarks.terminal import Terminal, percentile

_FILTERS = (
    "author:me",
    "is:awaiting",
    "is:changed",
    "path:doc-007",
    "path:area-01",
    "label:urgent status:pending",
    "age:<2d vote:none",
    "invoice",
    "invoice area 500",
    "-author:me has:comments or is:stacked",
    "nothing-is-called-so",
)
_ROUNDS = 3


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Milliseconds from Enter until the first row that matches stands, the worst of three; and of each typed key."""
    count = 1000 if quick else 100_000
    with tempfile.TemporaryDirectory() as folder:
        place = copy_of_project(Path(folder) / "project", count)
        matches = totals(place, list(_FILTERS))
        with console(place) as terminal:
            terminal.wait_for(FIRST_ROW)
            terminal.ask(VIEWS["all"][0], lambda screen: rows_in_all(screen) == count)
            for text in _FILTERS:
                yield {
                    "name": "filter to first row",
                    "n": count,
                    "filter": text,
                    "matches": matches[text],
                    **_asked(terminal, text, matches[text], count),
                }
        if shutil.which("tig") is not None:
            yield from _peer(Path(folder) / "history", count)


def _asked(terminal: Terminal, text: str, matches: int, count: int) -> dict[str, object]:
    def stands(screen: pyte.Screen) -> bool:
        return (rows_in_all(screen) or 0) == matches

    answers, dropped, typed = [], [], []
    for _ in range(_ROUNDS):
        terminal.press("/")
        typed += [terminal.press(key).painted * 1000 for key in text]
        answers.append(terminal.ask("\r", stands))
        dropped.append(terminal.ask("\x7f", lambda screen: rows_in_all(screen) == count))
    return {
        "ms": round(max(answer.seconds for answer in answers) * 1000, 1),
        "bytes": answers[-1].size,
        "dropped_ms": round(max(answer.seconds for answer in dropped) * 1000, 1),
        "typed_key_p95_ms": round(percentile(typed, 0.95), 2),
    }


def _peer(place: Path, count: int) -> Iterator[dict[str, object]]:
    """A process each, started and searching: that is how `tig` and `git` filter a history."""
    history = write_history(place, count)
    for number in (count - 1, 0):
        sought = f"Commit number {number} "
        with Terminal(["tig", f"--grep={sought}"], folder=history) as terminal:
            seconds = terminal.wait_for(sought)
        yield {"name": "tig --grep, the peer", "n": count, "filter": sought, "ms": round(seconds * 1000, 1)}
