"""What the app and its connection tell the places. Light: it is loaded before the first frame."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

# Loading the models takes a quarter of the time to the first frame, and only their names are needed.
if TYPE_CHECKING:
    from lattice_console.contract.errors import LatticeError
    from lattice_console.contract.events import Event
    from lattice_console.contract.models.health import ComponentHealth
    from lattice_console.contract.models.mutation import Mutation

__all__ = [
    "CompanyChanged",
    "ConflictsWanted",
    "Connected",
    "Decided",
    "Freshened",
    "Happened",
    "HealthChanged",
    "ManyMeant",
    "MutationChanged",
    "MutationWanted",
    "QueueWanted",
    "Synced",
    "Told",
    "Trouble",
    "Unreachable",
]


@dataclass
class Connected(Message):
    """The Backend is open: screens may ask it."""


@dataclass
class Unreachable(Message):
    """The Backend could not be opened, or no longer lets us in."""

    error: "LatticeError"


@dataclass
class Happened(Message):
    """Something happened, in the order of its numbers."""

    events: "tuple[Event, ...]"


@dataclass
class Synced(Message):
    """The folder was looked at and brought to the head: whether other files than before hold what the store does not.

    The session says which.
    """

    drift_changed: bool


@dataclass
class Trouble(Message):
    """Something that the console does by itself was not done: `what` begins the sentence that the error ends."""

    what: str
    error: "LatticeError"


@dataclass
class Freshened(Message):
    """The connection was lost or is back; the session says since when."""


@dataclass
class HealthChanged(Message):
    """Parts, by their names, no longer answer, or do so again."""

    lost: "dict[str, ComponentHealth]"
    back: tuple[str, ...]


@dataclass
class CompanyChanged(Message):
    """Others have begun or ceased to look at these mutations; the session says who looks at what."""

    ids: frozenset[str]


@dataclass
class MutationChanged(Message):
    """Something was done to a mutation from here; this is its state afterwards."""

    mutation: "Mutation"


@dataclass
class QueueWanted(Message):
    """All mutations that a filter lets through are to be shown in the queue."""

    filter: str


@dataclass
class ConflictsWanted(Message):
    """All conflicts that a filter lets through are to be shown in their place, with the cursor on one of them."""

    filter: str
    id: str


@dataclass
class MutationWanted(Message):
    """A mutation is to be shown, above what is shown now."""

    mutation: "Mutation"


@dataclass
class Decided(Message):
    """An act was done to one of several mutations; posted to the place where it was begun."""

    id: str


@dataclass
class Told(Message):
    """A sentence for the person, from wherever it was said, in any thread."""

    text: str


@dataclass
class ManyMeant(Message):
    """An act, by its name, is meant for several mutations at once."""

    action: str
    ids: tuple[str, ...]
