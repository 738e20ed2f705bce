"""Who looks at what, as one process knows it."""

import threading
import time
from collections.abc import Callable

from lattice_console.engine.records import LookerRecord

HOLD = 15.0
"""Seconds after which what a window said is forgotten; a console says it again every few seconds."""


class LocalPresence:
    """`ports.Presence` in memory, for those who share an engine."""

    def __init__(self, *, hold: float = HOLD, now: Callable[[], float] = time.monotonic) -> None:
        self._hold = hold
        self._now = now
        self._lock = threading.Lock()
        self._said: dict[tuple[str, str, str], tuple[float, LookerRecord]] = {}

    async def look(self, project_id: str, looker: LookerRecord) -> None:
        """Take note of it, in place of what that window looked at before."""
        key = (project_id, looker.user_id, looker.window)
        with self._lock:
            # What is newest stands last, so what has to be forgotten stands first.
            self._said.pop(key, None)
            self._said[key] = (self._now() + self._hold, looker)
            self._forget()

    async def leave(self, project_id: str, user_id: str, window: str) -> None:
        """That window looks at nothing any more."""
        with self._lock:
            self._said.pop((project_id, user_id, window), None)

    async def lookers(self, project_id: str) -> list[LookerRecord]:
        """All who look, by what was said last."""
        with self._lock:
            self._forget()
            return [looker for (project, _, _), (_, looker) in self._said.items() if project == project_id]

    def _forget(self) -> None:
        now = self._now()
        while self._said:
            key = next(iter(self._said))
            if self._said[key][0] > now:
                return
            del self._said[key]
