"""How the parts behind a Backend are."""

from typing import Literal

from lattice_console.contract.models.base import Model, Moment


class ComponentHealth(Model):
    """One part, with its measured latency in milliseconds."""

    status: Literal["healthy", "unhealthy"]
    latency_ms: float
    error: str | None = None


class Health(Model):
    """All parts; `unhealthy` where the truth does not answer."""

    status: Literal["healthy", "degraded", "unhealthy"]
    timestamp: Moment
    components: dict[str, ComponentHealth]
