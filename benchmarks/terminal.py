"""A program on a real pseudo-terminal: how long until it paints, and how much it writes to do so."""

import fcntl
import os
import pty
import random
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyte

PAUSE = 0.008
"""Seconds without a byte after which a program is taken to have painted what a key asked for."""

QUIET = 0.15
"""Seconds without a byte after which it is taken to be done with what it adds later, such as colours."""


_DECIDING = ("LATTICE_", "DATABASE_URL", "NO_COLOR", "COLORFGBG", "GIT_", "TIG")
"""How the names of variables begin that would decide what is measured."""

_REMEMBERED = 1000
"""Bytes before a portion with which what is sought may begin."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Seconds from a key until the screen was as asked for, and the bytes that came until nothing more did."""

    seconds: float
    size: int


@dataclass(frozen=True, slots=True)
class Paint:
    """What followed a key: seconds and bytes until it was painted, and until nothing more came."""

    painted: float
    settled: float
    size: int
    total: int


class Terminal:
    """A program with a terminal of its own, in a new process group, ended on leaving the `with`."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 160,
        rows: int = 50,
        environ: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._command = list(command)
        self._size = (rows, columns)
        plain = {name: value for name, value in os.environ.items() if not name.startswith(_DECIDING)}
        self._environ = {**plain, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environ or {})}
        self._folder = folder
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._heard: list[tuple[float, bytes]] = []
        self.heard = 0
        """Bytes that were read so far."""
        self._newest = b""

    def __enter__(self) -> "Terminal":
        self.started = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                if self._folder:
                    os.chdir(self._folder)
                os.execvpe(self._command[0], self._command, self._environ)
            finally:
                os._exit(127)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", *self._size, 0, 0))
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)

    @property
    def text(self) -> str:
        """What stands on the screen. Only this and `replay` parse what was read, so that it costs no measured time."""
        for _ in self.replay():
            pass
        return "\n".join(self.screen.display)

    def replay(self) -> Iterator[float]:
        """Bring `screen` up to what was read, portion by portion, each with the time at which it came."""
        heard, self._heard = self._heard, []
        for at, data in heard:
            self._stream.feed(data)
            yield at

    @property
    def memory(self) -> int:
        """Resident memory of the program now, in bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    @property
    def computed(self) -> float:
        """Seconds of processor time that the program took so far, all its threads together."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wait_for(self, sought: str, *, seconds: float = 60.0) -> float:
        """Read until `sought` stands on the screen; returns the seconds since the start. Raises TimeoutError."""
        deadline = time.perf_counter() + seconds
        wanted = sought.encode()
        while time.perf_counter() < deadline:
            # Mostly it is written in one piece; where it is not, a pause is the time to look at the screen.
            paused = not self._read(0.05)
            now = time.perf_counter()
            if wanted in self._newest or (paused and sought in self.text):
                return now - self.started - (0.05 if paused else 0.0)
        raise TimeoutError(f"{sought!r} did not appear:\n{self.text}")

    def wait_for_paint(self, *, seconds: float = 60.0) -> float:
        """Read until anything stands on the screen; returns the seconds since the start. Raises TimeoutError."""
        deadline = time.perf_counter() + seconds
        while not self.text.strip():
            left = deadline - time.perf_counter()
            if left <= 0 or not self._read(left):
                raise TimeoutError("nothing appeared")
        return time.perf_counter() - self.started

    def settle(self, *, quiet: float = 0.3, seconds: float = 20.0) -> None:
        """Read until nothing more comes for `quiet` seconds."""
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline and self._read(quiet):
            pass

    def send(self, keys: str) -> None:
        """Send keys, and read nothing."""
        self._newest = b""
        os.write(self._fd, keys.encode())

    def ask(self, keys: str, holds: Callable[[pyte.Screen], bool], *, seconds: float = 60.0) -> Answer:
        """Send keys; read until the screen is as asked for, and nothing more comes.

        Raises TimeoutError. What comes is looked at afterwards, portion by portion.
        """
        self.settle(quiet=QUIET)
        size = 0
        for _ in self.replay():
            pass
        start = time.perf_counter()
        self.send(keys)
        while time.perf_counter() - start < seconds:
            if self._read(QUIET):
                continue
            found = None
            sizes = [len(data) for _, data in self._heard]
            for at, portion in zip(self.replay(), sizes, strict=True):
                size += portion
                if found is None and holds(self.screen):
                    found = at - start
            if found is not None:
                return Answer(found, size)
        raise TimeoutError(f"{keys!r} was not answered:\n{self.text}")

    def drive(self, key: str, times: int, *, every: float, jitter: float = 0.0) -> list[float]:
        """Press a key so often, `every` so many seconds give or take `jitter`, whatever it does; returns when."""
        sent = []
        due = time.perf_counter()
        for _ in range(times):
            self.send(key)
            sent.append(time.perf_counter())
            due += every
            self.listen(until=due + random.uniform(-jitter, jitter))
        return sent

    def listen(self, *, until: float) -> None:
        """Read until that time."""
        while (left := until - time.perf_counter()) > 0:
            self._read(left)

    def press(self, keys: str) -> Paint:
        """Send keys; read until the program is done with them."""
        start = time.perf_counter()
        self.send(keys)
        painted = settled = 0.0
        size = total = 0
        while data := self._read(1.0 if total == 0 else QUIET):
            now = time.perf_counter() - start
            total += len(data)
            if painted == settled and (not settled or now - settled < PAUSE):
                painted, size = now, total
            settled = now
        return Paint(painted, settled, size, total)

    def hold(self, key: str, *, rate: float, seconds: float) -> Paint:
        """Send a key `rate` times a second; returns how far the paint of the last one lagged behind it."""
        self.drive(key, int(rate * seconds), every=1 / rate)
        return self.press(key)

    def _read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self._fd], [], [], seconds)
        if not ready:
            return b""
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:
            return b""
        self._heard.append((time.perf_counter(), data))
        self.heard += len(data)
        self._newest = self._newest[-_REMEMBERED:] + data
        return data


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def figures(terminal: Terminal, ready: float, moves: int) -> dict[str, object]:
    """Presses `j` and page down, then holds `j` at 30 a second: times, bytes, lag and memory, as a row's fields."""
    move, page = strokes(terminal, "move", "j", moves), strokes(terminal, "page", "\x1b[6~", moves // 4)
    held = terminal.hold("j", rate=30, seconds=2)
    return {
        "ready_s": round(ready, 3),
        **move,
        **page,
        "held_key_lag_s": round(held.painted, 3),
        "held_key_settled_s": round(held.settled, 3),
        "rss_mb": round(terminal.memory / 1e6, 1),
    }


def strokes(terminal: Terminal, name: str, key: str, times: int) -> dict[str, object]:
    """Presses a key so often, each time until the program is done with it: times and bytes, as a row's fields."""
    terminal.settle()
    before = terminal.computed
    paints = [terminal.press(key) for _ in range(times)]
    computed = (terminal.computed - before) * 1000 / times
    painted = [paint.painted * 1000 for paint in paints]
    return {
        f"{name}_p50_ms": round(percentile(painted, 0.5), 2),
        f"{name}_p95_ms": round(percentile(painted, 0.95), 2),
        f"{name}_cpu_ms": round(computed, 2),
        f"{name}_settled_p95_ms": round(percentile([paint.settled * 1000 for paint in paints], 0.95), 2),
        f"{name}_bytes": int(percentile([paint.size for paint in paints], 0.5)),
        f"{name}_settled_bytes": int(percentile([paint.total for paint in paints], 0.5)),
    }


def shows(words: str) -> Callable[[pyte.Screen], bool]:
    """Whether these words stand on a line of the screen."""
    return lambda screen: any(words in line for line in screen.display)
