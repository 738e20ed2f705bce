"""Watches for how long one callback keeps the event loop, and what it was doing."""

import asyncio
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any
from unittest.mock import patch

LIMIT = 0.05
"""Seconds of computing after which a key is felt to be late."""

LIMIT_FOR_ALL = 0.1
"""Seconds for what draws the whole screen anew and follows from no key, such as another size of the terminal."""

ASLEEP = 0.15
"""Seconds of doing nothing at all: more, since on a busy machine others may have had the processor meanwhile."""

_LOOK = 0.005
_INNERMOST = 12


@dataclass(frozen=True, slots=True)
class Block:
    """A callback that kept the loop: while what, for how many seconds of computing and of sleeping, and where."""

    during: str
    computed: float
    slept: float
    callback: str
    stack: str

    def __str__(self) -> str:
        times = f"computed {self.computed * 1000:.0f} ms, slept {self.slept * 1000:.0f} ms"
        return f"{self.during}: {times} in {self.callback}\n{self.stack}"


@dataclass
class Watchdog:
    """What was found. `during` says what goes on, for the report; `longest` is the most that any callback computed.

    More than `limit` seconds of computing are too many.
    """

    during: str = "start"
    limit: float = LIMIT
    blocks: list[Block] = field(default_factory=list)
    longest: float = 0.0
    callbacks: int = 0
    _since: float | None = None
    _seen: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def watching(self) -> Iterator["Watchdog"]:
        """Watch the callbacks of the running loop's thread, save the steps of the task that asks: that is the test.

        The processor time of this thread is measured, so that other processes do not count, nor do other threads.
        """
        run = asyncio.Handle._run
        watched = threading.get_ident()
        test = asyncio.current_task()
        over = threading.Event()

        def timed(handle: asyncio.Handle) -> None:
            if threading.get_ident() != watched or getattr(_callback(handle), "__self__", None) is test:
                run(handle)
                return
            self._seen.clear()
            wall, everybody, mine = time.perf_counter(), time.process_time(), time.thread_time()
            self._since = wall
            try:
                run(handle)
            finally:
                self._since = None
                computed = time.thread_time() - mine
                slept = time.perf_counter() - wall - (time.process_time() - everybody)
                self.callbacks += 1
                self.longest = max(self.longest, computed)
                if computed > self.limit or slept > ASLEEP:
                    self.blocks.append(Block(self.during, computed, slept, repr(_callback(handle)), self._where()))

        def look() -> None:
            while not over.wait(_LOOK):
                since = self._since
                if since is not None and time.perf_counter() - since > LIMIT / 4:
                    frame = sys._current_frames().get(watched)
                    if frame is not None and self._since == since:
                        self._seen[_printed(frame)] += 1

        looking = threading.Thread(target=look, name="watchdog", daemon=True)
        looking.start()
        try:
            with patch.object(asyncio.Handle, "_run", timed):
                yield self
        finally:
            over.set()
            looking.join()

    def _where(self) -> str:
        """Where the callback was most of the times that it was looked at."""
        seen = self._seen.most_common(1)
        return seen[0][0] if seen else "  (it let nobody look: one call of C held the interpreter)"


def _callback(handle: asyncio.Handle) -> Any:
    return getattr(handle, "_callback", None)


def _printed(frame: FrameType | None) -> str:
    """The innermost frames, and of those around them the ones of this project, up to the loop's own."""
    lines: list[str] = []
    while frame is not None and frame.f_code.co_filename != __file__:
        name = frame.f_code.co_filename
        if len(lines) < _INNERMOST or "lattice_console" in name:
            lines.append(f"  {name}:{frame.f_lineno} {frame.f_code.co_qualname}")
        frame = frame.f_back
    return "\n".join(lines)
