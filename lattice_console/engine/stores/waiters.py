"""Who waits for news of which project, on whatever event loop."""

import asyncio
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress

_Waiting = asyncio.Future[None]


class Waiters:
    """Wakes those who wait for a project's news; any thread may wake, any loop may wait.

    News are counted: who takes the `mark` before reading, and hands it to `wait` afterwards, misses none in between.
    `begun` is called with the project whenever somebody has begun to wait.
    """

    def __init__(self, begun: Callable[[str], None]) -> None:
        self._begun = begun
        self._lock = threading.Lock()
        self._closed = False
        self._everywhere = 0
        self._marks: Counter[str] = Counter()
        self._waiting: defaultdict[str, set[_Waiting]] = defaultdict(set)

    def mark(self, project_id: str) -> int:
        """Counts the news of that project noticed so far."""
        # Two reads of what only grows: news in between are news after the mark.
        return self._everywhere + self._marks.get(project_id, 0)

    @property
    def projects(self) -> frozenset[str]:
        """The projects that somebody waits for."""
        with self._lock:
            return frozenset(self._waiting)

    def wake(self, project_id: str | None) -> None:
        """Wake all who wait for that project, or, where nobody knows whose news it is, for any."""
        with self._lock:
            if project_id is None:
                self._everywhere += 1
                woken = [waiter for waiting in self._waiting.values() for waiter in waiting]
                self._waiting.clear()
            else:
                self._marks[project_id] += 1
                woken = list(self._waiting.pop(project_id, ()))
        for waiter in woken:
            # A loop that is closed has nobody left who waits.
            with suppress(RuntimeError):
                waiter.get_loop().call_soon_threadsafe(_settle, waiter)

    async def wait(self, project_id: str, mark: int, seconds: float) -> None:
        """Return once there are news since `mark`, after `seconds`, or when all is closed."""
        waiter = asyncio.get_running_loop().create_future()
        with self._lock:
            if self._closed or mark != self.mark(project_id):
                return
            self._waiting[project_id].add(waiter)
        try:
            self._begun(project_id)
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            pass
        finally:
            with self._lock:
                if project_id in self._waiting:
                    self._waiting[project_id].discard(waiter)
                    if not self._waiting[project_id]:
                        del self._waiting[project_id]

    def close(self) -> None:
        """Wake all for the last time; later waits end at once."""
        with self._lock:
            self._closed = True
        self.wake(None)


def _settle(waiter: _Waiting) -> None:
    if not waiter.done():
        waiter.set_result(None)
