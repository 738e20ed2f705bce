"""From an event to the screen that shows what it happened to."""

from lattice_console.contract.errors import NotFound
from lattice_console.contract.events import Event
from lattice_console.screens.mutation import MutationScreen
from lattice_console.screens.place import Place
from lattice_console.screens.session import Session
from lattice_console.screens.specs import SpecsScreen
from lattice_console.telling import tell

__all__ = ["screen_of"]

_POLICY = ".lattice/config.json"


async def screen_of(session: Session, event: Event) -> Place:
    """A screen with the object of an event; raises LatticeError where there is none, or none any more."""
    told = tell(event)
    if told.kind == "mutation":
        return MutationScreen(session, await session.backend.mutations.get(event.subject))
    if told.kind == "document":
        return SpecsScreen(session, (await session.backend.documents.get(event.subject)).path)
    if told.kind == "policy":
        return SpecsScreen(session, _POLICY)
    if told.kind == "spec":
        path = (await session.backend.specs.get(told.name)).path
        if path is not None:
            return SpecsScreen(session, path)
        raise NotFound("NF_DOCUMENT", f"The spec {told.name} has no document: mutations are recorded on it by name.")
    raise NotFound("NF_SUBJECT", "This event is about the team, not about a document. See: lattice team list")
