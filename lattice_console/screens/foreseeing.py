"""What an act leaves to be done, or puts in the way of others: told before it is done."""

from collections.abc import Mapping, Sequence

from lattice_console.contract.backend import Mutations
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.project import Vote
from lattice_console.contract.models.query import MutationFilter
from lattice_console.contract.models.requirement import Requirement
from lattice_console.screens.session import Session
from lattice_console.screens.undoing import my_vote
from lattice_console.screens.verbs import Verb
from lattice_console.text import count

__all__ = ["APPROVING", "foresee", "held_back", "standing_on"]

APPROVING: tuple[Vote, ...] = ("approve", "approve_with_suggestions")
"""The votes that approve."""

_OBJECTING: tuple[Vote, ...] = ("reject", "request_changes")

_ENDS = {"reject": "rejected", "cancel": "cancelled"}
"""The acts that end a mutation unexecuted, and what it is then."""

_WRITING = ("execute", "rollback")
"""The acts that write into the folder."""

_AT_ONCE = 100
"""Numbers that one filter can name."""


async def standing_on(mutations: Mutations, verb: Verb, meant: Sequence[Mutation]) -> Mapping[str, Sequence[int]]:
    """What is open and stands on each of the mutations, by its id, unless it meets the same act.

    Empty for an act that puts nothing in their way. Raises LatticeError.
    """
    if verb.action not in _ENDS:
        return {}
    wanted = sorted({child for one in meant for child in one.children} - {one.number for one in meant})
    found: set[int] = set()
    for at in range(0, len(wanted), _AT_ONCE):
        narrowed = MutationFilter(number=tuple(wanted[at : at + _AT_ONCE]), condition=("open",))
        found.update(row.number for row in (await mutations.list(filter=narrowed, limit=_AT_ONCE)).items)
    return {one.id: [child for child in one.children if child in found] for one in meant}


async def held_back(session: Session, action: str, mutation: Mutation) -> str:
    """Why this machine's folder holds that act back, and what to do; empty where it does not. Raises LatticeError."""
    if action not in _WRITING or session.checkout is None:
        return ""
    return await session.checkout.hindrance(session.backend, mutation)


def foresee(verb: Verb, mutation: Mutation, user_id: str, upon: Sequence[int] = ()) -> str:
    """What still stands in the way of a mutation after an act of that person, or what the act does to those on it.

    Empty where there is nothing to tell. `upon` is what `standing_on` found.
    """
    if upon and verb.action in _ENDS:
        names = ", ".join(f"M-{number}" for number in upon)
        stand = "stands" if len(upon) == 1 else "stand"
        return f"{names} {stand} on it, and cannot be executed while it is {_ENDS[verb.action]}."
    if verb.vote not in APPROVING:
        return ""
    vote, _ = my_vote(mutation, user_id)
    review = [said for one in mutation.requirements if (said := _open_after(verb, mutation, vote, one))]
    execution = [_stripped(one.reason or one.name) for one in mutation.blockers if one.kind == "execution"]
    sentences = [f"It stays pending: {'; '.join(review)}."] if review else []
    sentences += [f"Before it can be executed: {'; '.join(execution)}."] if execution else []
    return " ".join(sentences)


def _open_after(verb: Verb, mutation: Mutation, vote: Vote | None, requirement: Requirement) -> str:
    """What a review requirement still asks for after an approval by somebody whose vote was `vote`; perhaps nothing."""
    if requirement.kind != "review" or requirement.state in ("overridden", "not_applicable"):
        return ""
    match requirement.name:
        case "approvals" if requirement.state != "error":
            missing = mutation.approvals_required - mutation.approvals - (vote not in APPROVING)
            return f"it takes {count(missing, 'more approval')}" if missing > 0 else ""
        case "comments" if verb.action == "approve":
            return "an approval needs a comment, as one with suggestions has"
        case "comments" if not mutation.approvals:
            return ""
        case "no_objections" if vote in _OBJECTING and mutation.objections == 1:
            return ""
    return _stripped(requirement.reason or requirement.name) if requirement.blocks else ""


def _stripped(reason: str) -> str:
    return reason.rstrip(".")
