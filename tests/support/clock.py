"""A clock that tests move."""

from datetime import UTC, datetime, timedelta
from itertools import count


class Clock:
    """Starts at one moment and goes on by a millisecond at each look, so that no two are alike; else only when told."""

    def __init__(self, start: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)) -> None:
        self._start = start
        # Threads look at it: taking the next number is one step.
        self._looks = count(1)

    def __call__(self) -> datetime:
        return self._start + timedelta(milliseconds=next(self._looks))

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._start += timedelta(seconds=seconds)
