"""Starting: the version, the first frame, and the queue ready, beside python and a trivial Textual app."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.dataset import ACTOR, project
from benchmarks.terminal import Terminal

_TRIVIAL = """
from textual.app import App
from textual.widgets import Static
class Trivial(App):
    def compose(self):
        yield Static("Hello, trivial app")
Trivial().run()
"""


def _seconds(command: Sequence[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Medians in seconds, with the ratio to the peer (budgets: 3 for the version, 2 for the first frame)."""
    rounds = 2 if quick else 9
    lattice = str(Path(sys.executable).with_name("lattice"))
    ours, peer = [], []
    for _ in range(rounds):
        peer.append(_seconds([sys.executable, "-c", "pass"]))
        ours.append(_seconds([lattice, "--version"]))
    yield _row("lattice --version", ours, "python -c pass", peer)
    with tempfile.TemporaryDirectory() as folder:
        place = project(Path(folder) / "project", 50 if quick else 1000)
        frames, ready, trivial = [], [], []
        for _ in range(rounds):
            with Terminal([sys.executable, "-c", _TRIVIAL]) as terminal:
                trivial.append(terminal.wait_for("Hello, trivial app"))
            with Terminal([lattice, "-C", str(place), "--as", ACTOR, "console"]) as terminal:
                frames.append(terminal.wait_for_paint())
                ready.append(terminal.wait_for("of area"))
        yield _row("first frame of the console", frames, "a trivial Textual app", trivial)
        yield _row("queue ready", ready, "a trivial Textual app", trivial)


def _row(name: str, ours: Sequence[float], peer_name: str, peer: Sequence[float]) -> dict[str, object]:
    mine, theirs = statistics.median(ours), statistics.median(peer)
    return {
        "name": name,
        "seconds": round(mine, 4),
        "peer": peer_name,
        "peer_seconds": round(theirs, 4),
        "ratio": round(mine / theirs, 2),
    }
