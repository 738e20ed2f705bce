"""A bus that remembers what it was told."""

from collections.abc import Mapping, Sequence

from lattice_console.contract.events import Event
from lattice_console.contract.models.health import ComponentHealth
from lattice_console.engine.stores.bus import LocalBus


class Recorder(LocalBus):
    """A bus within this process alone, which remembers what it was told."""

    def __init__(self) -> None:
        super().__init__(None)
        self.told: list[tuple[str, Sequence[Event]]] = []

    def publish(self, project_id: str, events: Sequence[Event]) -> None:
        self.told.append((project_id, events))
        super().publish(project_id, events)

    async def health(self, project_id: str | None) -> Mapping[str, ComponentHealth]:
        return {}

    def taken(self) -> list[Event]:
        """Everything that was told since it was last asked."""
        events = [event for _, told in self.told for event in told]
        self.told.clear()
        return events
