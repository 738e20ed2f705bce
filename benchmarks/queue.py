"""The queue at 1,000, 10,000 and 100,000 mutations on a real terminal, beside `tig` on a history as long."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.dataset import ACTOR, project
from benchmarks.terminal import Terminal, figures


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Seconds until ready, milliseconds and bytes per cursor move, lag behind a held key, memory."""
    lattice = str(Path(sys.executable).with_name("lattice"))
    with tempfile.TemporaryDirectory() as folder:
        for count in (1000,) if quick else (1000, 10_000, 100_000):
            place = project(Path(folder) / f"project-{count}", count)
            with Terminal([lattice, "-C", str(place), "--as", ACTOR, "console"]) as terminal:
                ready = terminal.wait_for("of area")
                yield {"name": "queue", "n": count, **figures(terminal, ready, 20 if quick else 150)}
            if shutil.which("tig") is None:
                continue
            history = _history(Path(folder) / f"history-{count}", count)
            with Terminal(["tig"], folder=history) as terminal:
                ready = terminal.wait_for("Commit number")
                yield {"name": "tig, the peer", "n": count, **figures(terminal, ready, 20 if quick else 150)}


def _history(place: Path, commits: int) -> Path:
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
