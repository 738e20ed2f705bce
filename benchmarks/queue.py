"""The queue at 1,000, 10,000 and 100,000 mutations on a real terminal, beside `tig` on a history as long."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.dataset import ACTOR, project
from benchmarks.terminal import Paint, Terminal, percentile


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Seconds until ready, milliseconds and bytes per cursor move, lag behind a held key, memory."""
    lattice = str(Path(sys.executable).with_name("lattice"))
    with tempfile.TemporaryDirectory() as folder:
        for count in (1000,) if quick else (1000, 10_000, 100_000):
            place = project(Path(folder) / f"project-{count}", count)
            with Terminal([lattice, "-C", str(place), "--as", ACTOR, "console"]) as terminal:
                ready = terminal.wait_for("of area")
                yield {"name": "queue", "n": count, **_figures(terminal, ready, 20 if quick else 150)}
            if shutil.which("tig") is None:
                continue
            history = _history(Path(folder) / f"history-{count}", count)
            with Terminal(["tig"], folder=history) as terminal:
                ready = terminal.wait_for("Commit number")
                yield {"name": "tig, the peer", "n": count, **_figures(terminal, ready, 20 if quick else 150)}


def _figures(terminal: Terminal, ready: float, moves: int) -> dict[str, object]:
    terminal.settle()
    down = [terminal.press("j") for _ in range(moves)]
    page = [terminal.press("\x1b[6~") for _ in range(moves // 5)]
    lag = terminal.hold("j", rate=30, seconds=2)
    return {
        "ready_s": round(ready, 3),
        **_paints("move", down),
        **_paints("page", page),
        "held_key_lag_s": round(lag, 3),
        "rss_mb": round(terminal.memory / 1e6, 1),
    }


def _paints(name: str, paints: Sequence[Paint]) -> dict[str, object]:
    return {
        f"{name}_p50_ms": round(percentile([paint.last for paint in paints], 0.5) * 1000, 2),
        f"{name}_p95_ms": round(percentile([paint.last for paint in paints], 0.95) * 1000, 2),
        f"{name}_bytes": int(percentile([paint.size for paint in paints], 0.5)),
    }


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
