"""The way to the screen where conflicts are settled, if there are any."""

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import MutationSummary
from lattice_console.screens.place import Place
from lattice_console.screens.resolve import ResolveScreen
from lattice_console.screens.resolve_loading import HeadClashes

__all__ = ["open_resolve"]

_OVER = ("completed", "rolled_back", "rollback_failed", "rejected", "expired", "cancelled", "in_progress")
"""Where a mutation is no longer, or not now, anybody's to change."""


async def open_resolve(place: Place, seen: MutationSummary) -> None:
    """Open the conflicts of a mutation; where there is nothing to resolve, say why."""
    session, desk, name = place.session, place.desk, f"M-{seen.number}"
    loader = HeadClashes(session)
    try:
        with desk.working(f"looking for conflicts of {name}"):
            mutation = await session.backend.mutations.get(seen.id)
            if mutation.status in _OVER:
                desk.say(f"Nothing to resolve: {name} is {mutation.status.replace('_', ' ')}.")
                return
            clashes = await loader.load(mutation)
    except LatticeError as error:
        desk.say(error.message, "error")
        return
    if clashes.files:
        await place.app.push_screen(ResolveScreen(session, clashes, loader))
    else:
        desk.say(f"Nothing to resolve: every change of {name} fits what stands there now.")
