"""Work that is asked for often and done now and then: the first ask at once, the last one never lost."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine

__all__ = ["Paced"]


class Paced:
    """Runs `work` when asked, never twice at once, and not before `interval` seconds after it last began.

    Work that took long waits `share` times as long, so that it never takes up all of what it runs on. `start` begins a
    coroutine beside whoever asks.
    """

    def __init__(
        self,
        work: Callable[[], Awaitable[None]],
        interval: float,
        start: Callable[[Callable[[], Coroutine[None, None, None]]], object],
        *,
        share: float = 0.0,
    ) -> None:
        self._work = work
        self._interval = interval
        self._start = start
        self._share = share
        self._next = 0.0
        self._asked = False
        self._running = False

    def ask(self) -> None:
        """Have it run: now, or as soon as it may."""
        self._asked = True
        if not self._running:
            self._running = True
            self._start(self._run)

    async def _run(self) -> None:
        try:
            while self._asked:
                await asyncio.sleep(max(0.0, self._next - time.monotonic()))
                self._asked = False
                began = time.monotonic()
                try:
                    await self._work()
                finally:
                    took = time.monotonic() - began
                    self._next = began + max(self._interval, took * (1 + self._share))
        finally:
            self._running = False
