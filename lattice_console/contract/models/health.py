"""How the parts behind a Backend are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Self

from lattice_console.contract.models.base import Count, Model, Moment

TRUTH = "database"
"""The component without which nothing is right: reads may come from elsewhere, writes cannot."""


class ComponentHealth(Model):
    """One part, as measured for this answer; what says nothing about it is None.

    `latency_ms` is how long it took to answer, or to be given up, in milliseconds. `connections_in_pool` counts those
    open to it from here, and `retries` how often a transaction of this process was made again, because it had lost
    against others. `error` says in words why it is unhealthy, without any URL, and `since` since when. `lag` is how
    many events it is behind the truth (of the workspace: executions), and `last_event` the number of the newest one
    that it has.
    """

    status: Literal["healthy", "unhealthy"]
    latency_ms: float
    connections_in_pool: Count | None = None
    retries: Count | None = None
    error: str | None = None
    since: Moment | None = None
    lag: Count | None = None
    last_event: Count | None = None


class Health(Model):
    """All parts by name, the truth (`database`) first.

    `unhealthy` where the truth does not answer: nothing can be written. `degraded` where another part does not: all
    goes on, slower or later.
    """

    status: Literal["healthy", "degraded", "unhealthy"]
    timestamp: Moment
    components: dict[str, ComponentHealth]

    @classmethod
    def of(cls, timestamp: datetime, components: Mapping[str, ComponentHealth]) -> Self:
        """What follows from the parts."""
        truth = components.get(TRUTH)
        status: Literal["healthy", "degraded", "unhealthy"] = "healthy"
        if truth is not None and truth.status != "healthy":
            status = "unhealthy"
        elif any(part.status != "healthy" for part in components.values()):
            status = "degraded"
        return cls(status=status, timestamp=timestamp, components=dict(components))

    def beside(self, name: str, part: ComponentHealth) -> Self:
        """With one part more, as the client measured it."""
        return self.of(self.timestamp, {**self.components, name: part})
