"""Asking somebody for their review, by a choice among those who may review and were not asked yet."""

from collections.abc import Sequence
from uuid import uuid4

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import Mutation, MutationSummary
from lattice_console.contract.models.people import Member
from lattice_console.contract.permissions import ROLES
from lattice_console.screens.news import MutationChanged
from lattice_console.screens.picker import Choice, PickDialog
from lattice_console.screens.resolve_opening import OVER
from lattice_console.screens.taking_back import TakingBack
from lattice_console.text import inert

__all__ = ["request_review"]


async def request_review(place: TakingBack, seen: MutationSummary) -> None:
    """Let the person choose whose review of a mutation is asked for; where nobody is left to ask, says so."""
    backend, desk, name = place.session.backend, place.desk, f"M-{seen.number}"
    try:
        with desk.working(f"reading who may review {name}"):
            mutation = await backend.mutations.get(seen.id)
            able = _able(await backend.team.list(), mutation)
        if mutation.status in OVER:
            desk.say(f"No review requested of {name}: it is {mutation.status.replace('_', ' ')}.", "warning")
            return
        if not able:
            asked = ", ".join(inert(person.handle) for person in mutation.reviewers)
            nobody = f"everybody who may was asked already, {asked}" if asked else "no other member may"
            desk.say(f"No review requested of {name}: {nobody}.", "warning")
            return
        choices = [Choice(f"{inert(one.user.handle)} ({one.role})", one.user.handle) for one in able]
        handle = await place.app.push_screen_wait(PickDialog(f"Who is to review {name}?", choices))
        if handle is None or not place.may_write():
            return
        with desk.working(f"asking for a review of {name}"):
            after = await backend.reviews.request(mutation.id, reviewers=[handle], idempotency_key=str(uuid4()))
    except LatticeError as error:
        desk.say(f"No review requested of {name}: {error.message}", "error")
        return
    desk.say(f"Asked {inert(handle)} to review {name}.")
    place.app.post_message(MutationChanged(after))


def _able(members: Sequence[Member], mutation: Mutation) -> list[Member]:
    """Who may review a mutation that is not their own, and was not asked yet."""
    left_out = {mutation.author.id, *(person.id for person in mutation.reviewers)}
    return [one for one in members if "mutations:review" in ROLES.get(one.role, ()) and one.user.id not in left_out]
