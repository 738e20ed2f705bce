"""Which keys the footer offers for a mutation: what is the actor's to do first, and nothing that would be refused."""

from collections.abc import Mapping, Sequence

from lattice_console.contract.models.mutation import Mutation, MutationSummary, Status
from lattice_console.contract.models.people import Actor
from lattice_console.contract.models.project import Vote
from lattice_console.contract.permissions import APPROVE, OTHERS, RULES
from lattice_console.screens.undoing import my_vote

__all__ = ["offered", "own_vote"]

_USUAL: Mapping[Status, tuple[str, ...]] = {
    "draft": ("submit",),
    "pending": ("approve", "request_changes"),
    "approved": ("execute", "dry_run"),
    "needs_manual_resolution": ("resolve",),
    "in_progress": (),
    "failed": ("retry",),
    "completed": ("rollback",),
    "rolled_back": (),
    "rollback_failed": (),
    "rejected": ("reopen",),
    "expired": ("reopen",),
    "cancelled": ("reopen",),
}
"""What is usually done in each status, the usual one first; all but what runs can be commented on."""

_METHODS = {
    "submit": "mutations.submit",
    "approve": "reviews.vote",
    "request_changes": "reviews.vote",
    "comment": "reviews.comment",
    "execute": "executions.execute",
    "dry_run": "executions.dry_run",
    "retry": "executions.retry",
    "rollback": "executions.rollback",
    "reopen": "mutations.reopen",
    "resolve": "conflicts.resolve",
}

_NAMES = {
    "request_changes": "request changes",
    "dry_run": "dry run",
    "rollback": "roll back",
    "withdraw": "withdraw my vote",
}


def offered(row: MutationSummary, actor: Actor | None) -> Sequence[tuple[str, str]]:
    """Ids of the bindings that matter for a mutation as it is shown, each with a short name, the first one first.

    A whole mutation says itself what the actor may do; of a row it is told by whose turn it is, and by the role.
    """
    if actor is None or row.status == "in_progress":
        return ()
    acts = [name for name in _USUAL[row.status] if _may(row, actor, name)]
    comment = ["comment"] if _may(row, actor, "comment") else []
    if row.status != "pending" or (row.mine and row.turn == "reviewers"):
        names = [*acts, *comment]
    else:
        names = [*comment, *acts, *(["withdraw"] if own_vote(row, actor) else ())]
    if (settling := _settling(row)) and settling not in names and _may(row, actor, settling):
        names = [settling, *names]
    return [(f"act.{name}", _NAMES.get(name, name)) for name in names]


def _settling(row: MutationSummary) -> str:
    """What brings a mutation to what others changed since, as far as that is known; empty where nobody needs to."""
    if not isinstance(row, Mutation) or not any(one.name == "base_current" for one in row.blockers):
        return ""
    return "resolve" if any(one.name == "no_open_conflict" for one in row.blockers) else "rebase"


def own_vote(row: MutationSummary, actor: Actor | None) -> Vote | None:
    """The actor's vote that counts; None where there is none, or where only a row is known."""
    if actor is None or actor.user is None or not isinstance(row, Mutation):
        return None
    return my_vote(row, actor.user.id)[0]


def _may(row: MutationSummary, actor: Actor, name: str) -> bool:
    own = actor.user is not None and row.author.id == actor.user.id
    if isinstance(row, Mutation):
        vote = own_vote(row, actor)
        if name == "approve" and vote in ("approve", "approve_with_suggestions"):
            return False
        if name == "request_changes" and (vote == name or (own and not row.action("approve").allowed)):
            return False
        return row.action("update" if name == "resolve" else name).allowed
    permitted = actor.permissions
    if RULES[_METHODS[name]].permission not in permitted:
        return False
    match name:
        case "approve" | "request_changes":
            return row.mine and row.turn == "reviewers" and (name != "approve" or APPROVE in permitted)
        case "submit" | "reopen" | "resolve":
            return own or OTHERS in permitted
        case "execute":
            # What stands on others waits for them.
            return row.level == 0
        case _:
            return True
