"""How a part of the outside is: what the stores measure, and what the engine asks them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.health import ComponentHealth

PATIENCE = 4.0
"""Seconds after which a part that has not answered is given up: whoever asks knows within five."""


class Monitored(Protocol):
    """What can say how its parts are."""

    async def health(self, project_id: str | None) -> Mapping[str, ComponentHealth]:
        """Each part by its name (`database`, `replica`, `redis`, `neo4j`, ...), measured now, within `PATIENCE`.

        `lag` and `last_event` are those of the project. Raises nothing because a part does not answer.
        """
        ...


class Vitals(NamedTuple):
    """What a part tells of itself, as in `ComponentHealth`."""

    connections_in_pool: int | None = None
    retries: int | None = None
    lag: int | None = None
    last_event: int | None = None


class Pulse:
    """Remembers of one part since when it has not answered. Any thread may tell it."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._since: datetime | None = None

    @property
    def since(self) -> datetime | None:
        """Since when it has not answered; None while it does."""
        return self._since

    def answered(self) -> None:
        """It does."""
        self._since = None

    def failed(self) -> None:
        """It did not."""
        self._since = self._since or self._now()

    async def measure(self, ask: Callable[[], Awaitable[Vitals]], patience: float = PATIENCE) -> ComponentHealth:
        """Ask the part, and say how it was; whatever `ask` raises, its text stays here, for it may hold an address.

        Only a LatticeError's message, which is written for users, is repeated.
        """
        start = time.perf_counter()
        error, vitals = None, Vitals()
        try:
            vitals = await asyncio.wait_for(ask(), patience)
        except TimeoutError:
            error = f"It has not answered for {patience:g} s."
        except LatticeError as failure:
            error = failure.message
        except Exception as failure:
            error = f"It cannot be reached ({type(failure).__name__})."
        latency = round((time.perf_counter() - start) * 1000, 3)
        if error is None:
            self.answered()
            return ComponentHealth(status="healthy", latency_ms=latency, **vitals._asdict())
        self.failed()
        return ComponentHealth(status="unhealthy", latency_ms=latency, error=error, since=self._since)
