"""What the benchmarks share that measure something beside a command of git."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

_ENVIRONMENT = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}


def git(folder: Path, *arguments: str, expected: int) -> bytes:
    """What git prints, run in a folder without anybody's settings; raises RuntimeError for another exit code."""
    done = subprocess.run(["git", *arguments], cwd=folder, env=_ENVIRONMENT, capture_output=True, check=False)
    if done.returncode != expected:
        raise RuntimeError(f"git {arguments[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def median(measured: Callable[[], object], rounds: int, before: Callable[[], object] = lambda: None) -> float:
    """The median of so many rounds in seconds, `before` each of which something is done that is not measured."""
    seconds = []
    for _ in range(rounds):
        before()
        began = time.perf_counter()
        measured()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def medians(ours: Callable[[], object], peer: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The medians of two in seconds, measured in turns: what else the machine does then slows both down."""
    pairs = [(median(ours, 1), median(peer, 1)) for _ in range(rounds)]
    mine, other = zip(*pairs, strict=True)
    return statistics.median(mine), statistics.median(other)


def row(name: str, count: int, seconds: float, peer: str, peer_seconds: float) -> dict[str, object]:
    """A row of a benchmark; a ratio below 1 is ours faster."""
    return {
        "name": name,
        "n": count,
        "seconds": round(seconds, 5),
        "peer": peer,
        "peer_seconds": round(peer_seconds, 5),
        "ratio": round(seconds / peer_seconds, 2),
    }
