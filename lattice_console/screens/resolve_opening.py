"""The way to the screen where conflicts are settled, if there are any."""

from collections.abc import Sequence

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.conflict import Conflict
from lattice_console.contract.models.mutation import Mutation, MutationSummary
from lattice_console.screens.picker import Choice, PickDialog
from lattice_console.screens.resolve import ResolveScreen
from lattice_console.screens.resolve_loading import ClashLoader, HeadClashes, OtherClashes
from lattice_console.screens.session import Session
from lattice_console.screens.taking_back import TakingBack
from lattice_console.text import inert

__all__ = ["OVER", "open_resolve"]

OVER = ("completed", "rolled_back", "rollback_failed", "rejected", "expired", "cancelled", "in_progress")
"""Where a mutation is no longer, or not now, anybody's to change."""


async def open_resolve(place: TakingBack, seen: MutationSummary, against: int | None = None, *, at: str = "") -> None:
    """Open the conflicts of a mutation: with what stands there now, else with another that is still to come.

    It begins with the document `at` that path, where that is one of them. Of several others the person chooses one,
    unless `against` is the number of one of them. Where there is nothing to resolve, says why; where the newest
    patchset has resolved it, that can be taken back.
    """
    session, desk, name = place.session, place.desk, f"M-{seen.number}"
    loader: ClashLoader = HeadClashes(session)
    try:
        with desk.working(f"looking for conflicts of {name}"):
            mutation = await session.backend.mutations.get(seen.id)
            if mutation.status in OVER:
                desk.say(f"Nothing to resolve: {name} is {mutation.status.replace('_', ' ')}.")
                return
            clashes = await loader.load(mutation)
            found = () if clashes.files else await _errors(session, mutation)
            others = await _others(session, found)
            others = tuple(one for one in others if one.number == against) or others
        if others:
            other = await _choose(place, others)
            if other is None:
                return
            loader = OtherClashes(session, other)
            clashes = await loader.load(mutation)
        if not clashes.files and await place.open_again(mutation, f"Nothing is left to resolve in {name}. "):
            return
    except LatticeError as error:
        desk.say(error.message, "error")
        return
    if clashes.files:
        await place.app.push_screen(ResolveScreen(session, clashes, loader, at))
        return
    broken = next((one for one in found if one.type == "dependency_violation"), None)
    if broken is not None:
        desk.say(
            f"No merge settles it: {inert(broken.description)} It takes a new patchset; F3 shows what can be done."
        )
    else:
        desk.say(f"Nothing to resolve: every change of {name} fits what stands there now.")


async def _errors(session: Session, mutation: Mutation) -> Sequence[Conflict]:
    """What of a mutation is for a person to decide; raises LatticeError."""
    report = await session.backend.conflicts.of(mutation.id)
    return [one for one in report.conflicts if one.severity == "error"]


async def _others(session: Session, found: Sequence[Conflict]) -> tuple[Mutation, ...]:
    """The mutations still to come with which a merge can settle something; raises LatticeError."""
    merging = [one for one in found if one.type != "dependency_violation"]
    numbers = sorted({number for one in merging for number in one.conflicting_mutations})
    return tuple([await session.backend.mutations.get(str(number)) for number in numbers])


async def _choose(place: TakingBack, others: Sequence[Mutation]) -> Mutation | None:
    """The one to settle it with; None where the person leaves."""
    if len(others) == 1:
        return others[0]
    choices = [Choice(inert(one.title), one, f"M-{one.number}") for one in others]
    return await place.app.push_screen_wait(PickDialog("With which of them?", choices))
