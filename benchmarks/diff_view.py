"""The diff of a long document on a real terminal, beside `tig` on the same change, and the diff alone beside `git`."""

import asyncio
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyte

from benchmarks.console import console
from benchmarks.dataset import ACTOR
from benchmarks.terminal import Terminal, figures, shows, strokes
from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.merge.diff import diff
from lattice_console.ops.init import init

_PATH = "specs/long.json"
_TAIL = " and what follows from it, at a length that no screen shows in one line" * 4
_FIRST = '"key-5": "value 5'


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Seconds until ready, milliseconds and bytes per key, lag behind a held key, memory."""
    with tempfile.TemporaryDirectory() as folder:
        for lines in (1000,) if quick else (1000, 50_000):
            moves = 20 if quick else 100 if lines == 50_000 else 40
            old, new = document(lines, changed=0), document(lines, changed=lines // 10)
            yield _alone(Path(folder), lines, old, new)
            place = Path(folder) / f"project-{lines}"
            place.mkdir()
            asyncio.run(_project(place, old, new))
            with console(place) as terminal:
                terminal.wait_for("Change the long one")
                terminal.settle()
                for row in _walk(terminal, lines, moves, thorough=quick or lines == 50_000):
                    yield {**row, "lines": lines}
            if shutil.which("tig") is None:
                continue
            history = _history(Path(folder) / f"history-{lines}", old, new)
            with Terminal(["tig", "show", "HEAD"], folder=history) as terminal:
                ready = terminal.wait_for("diff --git")
                row = {**figures(terminal, ready, moves), **strokes(terminal, "hunk", "@", moves // 2)}
                yield {"name": "tig show, the peer", "lines": lines, **row}
                yield {
                    "name": "tig show, the peer: search",
                    "lines": lines,
                    **_search(terminal, lines, moves, peer=True),
                }


def _walk(terminal: Terminal, lines: int, moves: int, *, thorough: bool) -> Iterator[dict[str, object]]:
    """Opens the diff; where it is to be `thorough`, goes through it by every key that takes one far."""
    for _ in terminal.replay():
        pass
    terminal.send("\r")
    opened = time.perf_counter()
    seen: dict[str, float] = {}
    terminal.settle(quiet=1.0)
    for moment in terminal.replay():
        for what, holds in (("text", _has_text), ("words", _has_words), ("colours", _has_colours)):
            if what not in seen and holds(terminal.screen):
                seen[what] = moment - opened
    times = {f"{what}_s": round(seconds, 3) for what, seconds in seen.items()}
    yield {"name": "diff", **times, **figures(terminal, max(seen.values()), moves)}
    if not thorough:
        return
    terminal.press("g")
    yield {"name": "diff: next hunk", **strokes(terminal, "hunk", "]", moves // 2)}
    terminal.press("g")
    yield {"name": "diff: search", **_search(terminal, lines, moves)}
    terminal.press("\x1b")
    terminal.press("g")
    yield {"name": "diff: split and unified", **_turned(terminal, "s", moves)}
    yield {"name": "diff: wrapped and not", **_turned(terminal, "z", moves)}
    yield {"name": "diff: all unchanged lines and not", **_turned(terminal, "F", moves)}


def _turned(terminal: Terminal, key: str, moves: int) -> dict[str, object]:
    """What a key takes that turns how the diff stands, there and back at its end, and what moves take there."""
    terminal.press("G")
    there, back = terminal.press(key), terminal.press(key)
    again = terminal.press(key)
    terminal.press("g")
    row = {
        "turn_ms": round(max(there.painted, again.painted) * 1000, 1),
        "turn_settled_ms": round(max(there.settled, again.settled) * 1000, 1),
        "turn_bytes": there.total,
        "back_ms": round(back.painted * 1000, 1),
        "back_settled_ms": round(back.settled * 1000, 1),
        **strokes(terminal, "move", "j", moves // 2),
        **strokes(terminal, "page", "\x1b[6~", moves // 4),
    }
    terminal.press("g")
    terminal.press(key)
    return row


def _search(terminal: Terminal, lines: int, moves: int, *, peer: bool = False) -> dict[str, object]:
    """From the typed words to one hit far away, and to the count of many; then from hit to hit."""
    # The peer looks when Enter is pressed, and counts nothing.
    enter = "\r" if peer else ""
    last, hits = f"value {lines - 15} changed", lines // 10
    terminal.press("/")
    far = terminal.ask(last + enter, shows(f'"{last}"'))
    terminal.press(enter or "\r")
    terminal.press("g")
    row = {"far_hit_ms": round(far.seconds * 1000, 1), "far_hit_bytes": far.size}
    terminal.press("/")
    if peer:
        terminal.press("changed\r")
    else:
        many = terminal.ask("changed", shows(f" 1 of {hits} "))
        terminal.press("\r")
        row["many_hits_ms"] = round(many.seconds * 1000, 1)
    return {**row, **strokes(terminal, "next", "n", moves // 2)}


def _has_text(screen: pyte.Screen) -> bool:
    """Whether the first change stands there, and not as a preview."""
    return shows("1 Diff")(screen) and shows(_FIRST)(screen)


def _has_words(screen: pyte.Screen) -> bool:
    """Whether the words that were added stand out from the rest of their line."""
    return _has_text(screen) and _differ(screen, '"value 5', " changed")


def _has_colours(screen: pyte.Screen) -> bool:
    """Whether keys and values have colours of their own."""
    return _has_text(screen) and _differ(screen, '"key-5"', '"value 5')


def _differ(screen: pyte.Screen, first: str, second: str) -> bool:
    for row, line in enumerate(screen.display):
        if _FIRST + " changed" in line:
            cells = [screen.buffer[row][line.index(words) + 1] for words in (first, second)]
            return cells[0]._replace(data="") != cells[1]._replace(data="")
    return False


def document(lines: int, *, changed: int) -> bytes:
    """A JSON document of that many lines, `changed` of them spread evenly and different, some of them long."""
    every = lines // changed if changed else 0
    rows = [
        f'  "key-{number}": "value {number}{" changed" if every and number % every == 5 else ""}'
        f'{_TAIL if number % 40 == 20 else ""}",'
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
