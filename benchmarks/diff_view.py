"""The diff of a long document on a real terminal, beside `tig` on the same change, and the diff alone beside `git`."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.dataset import ACTOR
from benchmarks.terminal import Terminal, figures
from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.merge.diff import diff
from lattice_console.ops.init import init

_PATH = "specs/long.json"


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Seconds until ready, milliseconds and bytes per key, lag behind a held key, memory."""
    lattice = str(Path(sys.executable).with_name("lattice"))
    with tempfile.TemporaryDirectory() as folder:
        for lines in (1000,) if quick else (1000, 50_000):
            old, new = document(lines, changed=0), document(lines, changed=lines // 10)
            yield _alone(Path(folder), lines, old, new)
            place = Path(folder) / f"project-{lines}"
            place.mkdir()
            asyncio.run(_project(place, old, new))
            with Terminal([lattice, "-C", str(place), "--as", ACTOR, "console"]) as terminal:
                terminal.wait_for("Change the long one")
                terminal.settle()
                start = time.perf_counter()
                terminal.send("\r")
                terminal.wait_for("1 Diff 1 file")
                terminal.wait_for("value 5 changed")
                ready = time.perf_counter() - start
                yield {"name": "diff view", "lines": lines, **figures(terminal, ready, 20 if quick else 150)}
            if shutil.which("tig") is None:
                continue
            history = _history(Path(folder) / f"history-{lines}", old, new)
            with Terminal(["tig", "show", "HEAD"], folder=history) as terminal:
                ready = terminal.wait_for("diff --git")
                yield {"name": "tig show, the peer", "lines": lines, **figures(terminal, ready, 20 if quick else 150)}


def document(lines: int, *, changed: int) -> bytes:
    """A JSON document of that many lines, `changed` of them spread evenly and different."""
    every = lines // changed if changed else 0
    rows = [
        f'  "key-{number}": "value {number}{" changed" if every and number % every == 5 else ""}",'
        for number in range(lines - 3)
    ]
    return "\n".join(["{", *rows, '  "end": true', "}", ""]).encode()


async def _project(place: Path, old: bytes, new: bytes) -> None:
    await init(place, name="long", actor=ACTOR)
    backend = await connect(config.load(place, actor=ACTOR))
    await backend.documents.track([TrackedFile(path=_PATH, content=old)])
    change = ChangeInput(operation_type="modify", file_path=_PATH, content=new)
    await backend.mutations.create(title="Change the long one", changes=[change])
    await backend.close()


def _alone(folder: Path, lines: int, old: bytes, new: bytes) -> dict[str, object]:
    sides = [folder / "old.json", folder / "new.json"]
    for side, content in zip(sides, (old, new), strict=True):
        side.write_bytes(content)
    ours, peer = [], []
    for _ in range(5):
        start = time.perf_counter()
        found = diff(old, new)
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        subprocess.run(["git", "diff", "--no-index", *map(str, sides)], capture_output=True, check=False)
        peer.append(time.perf_counter() - start)
    return {
        "name": "diff alone",
        "lines": lines,
        "changed": found.added,
        "seconds": round(min(ours), 4),
        "peer": "git diff --no-index, a process",
        "peer_seconds": round(min(peer), 4),
        "ratio": round(min(ours) / min(peer), 2),
    }


def _history(place: Path, old: bytes, new: bytes) -> Path:
    place.mkdir()
    subprocess.run(["git", "init", "-q", "-b", "main", str(place)], check=True)
    for content in (old, new):
        (place / "long.json").write_bytes(content)
        subprocess.run(["git", "-C", str(place), "add", "long.json"], check=True)
        identity = ["-c", "user.name=kim", "-c", "user.email=kim@example.com"]
        subprocess.run(["git", "-C", str(place), *identity, "commit", "-q", "-m", "Change it"], check=True)
    return place
