"""What an actor can do to a mutation now, and why not. The use cases refuse by the same rules."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lattice_console.contract import permissions
from lattice_console.contract.models.mutation import Status
from lattice_console.contract.models.project import Vote
from lattice_console.contract.models.requirement import Action, Requirement
from lattice_console.engine.rules import life

ACTIONS = (
    "submit",
    "approve",
    "approve_with_suggestions",
    "request_changes",
    "reject",
    "withdraw",
    "comment",
    "update",
    "rebase",
    "cancel",
    "reopen",
    "execute",
    "dry_run",
    "retry",
    "rollback",
    "finish_rollback",
)
"""Every action, in the order in which they are shown."""

_PERMISSIONS = {
    "submit": "mutations:create",
    "approve": permissions.APPROVE,
    "approve_with_suggestions": permissions.APPROVE,
    "request_changes": "mutations:review",
    "reject": "mutations:review",
    "withdraw": "mutations:review",
    "comment": "specs:comment",
    "update": "mutations:create",
    "rebase": "mutations:create",
    "cancel": "mutations:create",
    "reopen": "mutations:create",
    "execute": "mutations:deploy",
    "dry_run": "mutations:view",
    "retry": "mutations:deploy",
    "rollback": "mutations:deploy",
    "finish_rollback": "mutations:deploy",
}
_HAPPENINGS: dict[str, life.Happening] = {
    "submit": "submit",
    "cancel": "cancel",
    "reopen": "reopen",
    "retry": "retry",
    "rollback": "roll_back",
    "finish_rollback": "finish_rollback",
}
_OWN = ("submit", "update", "rebase", "cancel", "reopen")


@dataclass(frozen=True, slots=True)
class Standing:
    """How the actor stands to the mutation: `vote` is the actor's own that counts now."""

    permitted: Collection[str]
    is_author: bool
    is_patchset_author: bool
    vote: Vote | None


def refuse_vote(vote: Vote, status: Status, standing: Standing, authors_may_approve: bool) -> str:
    """Why this vote cannot be cast; empty where it can."""
    needed = _PERMISSIONS[vote]
    if needed not in standing.permitted:
        return _lacking(needed)
    # What is in conflict with the head can be rejected all the same.
    if status not in life.REVIEWED and not (vote == "reject" and status in life.DERIVED):
        return f"votes are for mutations under review; this one {life.said(status)}"
    if vote in ("approve", "approve_with_suggestions") and standing.is_patchset_author and not authors_may_approve:
        return "nobody approves their own patchset; another member has to"
    return ""


def refuse_withdrawal(status: Status, standing: Standing) -> str:
    """Why the actor's vote cannot be taken back; empty where it can."""
    if standing.vote is None:
        return "you have no vote on the current patchset"
    if status not in life.DERIVED and not (status == "rejected" and standing.vote == "reject"):
        return f"votes decide nothing any more; this one {life.said(status)}"
    return ""


def refuse_on_others(standing: Standing) -> str:
    """Why the actor cannot change this mutation; empty for its author and for who may act on others'."""
    if standing.is_author or permissions.OTHERS in standing.permitted:
        return ""
    return f"only its author may, or the roles {permissions.roles_with(permissions.OTHERS)}"


def refuse_update(status: Status) -> str:
    """Why a mutation cannot be changed; empty where it can."""
    return "" if status in life.OPEN else f"it can no longer be changed; this one {life.said(status)}"


def actions(
    status: Status,
    standing: Standing,
    authors_may_approve: bool,
    requirements: Sequence[Requirement],
    built_upon: Sequence[str],
) -> tuple[Action, ...]:
    """Every action with the reason why it cannot be done, where it cannot; `built_upon` is what bars a rollback."""
    reasons = {name: _refuse(name, status, standing, authors_may_approve, requirements) for name in ACTIONS}
    if not reasons["rollback"] and built_upon:
        reasons["rollback"] = f"built upon: {'; '.join(built_upon)}. Roll back what came later first"
    return tuple(_action(name, reason) for name, reason in reasons.items())


@lru_cache(1024)
def _action(name: str, reason: str) -> Action:
    return Action(name=name, allowed=not reason, reason=_sentence(reason))


def _refuse(
    name: str, status: Status, standing: Standing, authors_may_approve: bool, requirements: Sequence[Requirement]
) -> str:
    if name in ("approve", "approve_with_suggestions", "request_changes", "reject"):
        vote: Vote = name  # type: ignore[assignment]  # the four names are the votes
        return refuse_vote(vote, status, standing, authors_may_approve)
    if _PERMISSIONS[name] not in standing.permitted:
        return _lacking(_PERMISSIONS[name])
    if name == "withdraw":
        return refuse_withdrawal(status, standing)
    if name in _OWN and (refused := refuse_on_others(standing)):
        return refused
    if name == "update":
        return refuse_update(status)
    if name == "rebase":
        return refuse_update(status) or _refuse_rebase(requirements)
    if name == "execute":
        return _refuse_execution(status, requirements)
    happening = _HAPPENINGS.get(name)
    if happening and life.becomes(status, happening) is None:
        return life.refusal(status, happening)
    return ""


def _refuse_rebase(requirements: Sequence[Requirement]) -> str:
    behind = any(requirement.name == "base_current" and requirement.blocks for requirement in requirements)
    return "" if behind else "there is nothing to rebase: it stands on what is there now"


def _refuse_execution(status: Status, requirements: Sequence[Requirement]) -> str:
    blocking = [requirement.reason.rstrip(".") for requirement in requirements if requirement.blocks]
    if status in life.REVIEWED and blocking:
        return f"held back: {'; '.join(blocking)}"
    return "" if life.becomes(status, "claim") else life.refusal(status, "claim")


def _lacking(permission: str) -> str:
    return f"your role does not allow it; the roles {permissions.roles_with(permission)} do"


def _sentence(reason: str) -> str:
    return f"{reason[0].upper()}{reason[1:].rstrip('.')}." if reason else ""
