"""The life of a mutation, as data: for each status, what can happen and what it becomes."""

from collections.abc import Mapping
from typing import Literal

from lattice_console.contract.errors import RuleBroken
from lattice_console.contract.models.mutation import Status

Happening = Literal[
    "submit",
    "requirements_hold",
    "requirements_fail",
    "reject",
    "undo_reject",
    "conflict",
    "resolve",
    "cancel",
    "expire",
    "claim",
    "claim_expires",
    "apply",
    "fail",
    "retry",
    "roll_back",
    "rollback_breaks",
    "finish_rollback",
    "reopen",
]

LIFE: Mapping[Status, Mapping[Happening, Status]] = {
    "draft": {"submit": "pending", "cancel": "cancelled"},
    "pending": {
        "requirements_hold": "approved",
        "reject": "rejected",
        "conflict": "needs_manual_resolution",
        "cancel": "cancelled",
        "expire": "expired",
    },
    "approved": {
        "requirements_fail": "pending",
        "reject": "rejected",
        "conflict": "needs_manual_resolution",
        "claim": "in_progress",
        "cancel": "cancelled",
    },
    "needs_manual_resolution": {
        "resolve": "pending",
        "reject": "rejected",
        "cancel": "cancelled",
        "expire": "expired",
    },
    "in_progress": {"apply": "completed", "fail": "failed", "claim_expires": "approved"},
    "failed": {"retry": "pending", "cancel": "cancelled"},
    "completed": {"roll_back": "rolled_back", "rollback_breaks": "rollback_failed"},
    "rollback_failed": {"finish_rollback": "rolled_back"},
    "rolled_back": {},
    "rejected": {"reopen": "pending", "undo_reject": "pending"},
    "expired": {"reopen": "pending"},
    "cancelled": {"reopen": "pending"},
}
"""What has no entry is refused. `pending` after retry, reopen, submit and undo_reject is judged anew at once."""

REVIEWED: frozenset[Status] = frozenset({"pending", "approved"})
"""Where votes decide."""

DERIVED: frozenset[Status] = REVIEWED | {"needs_manual_resolution"}
"""Where the status is derived, and only here: from conflicts with the head, and where there are none from votes."""

OPEN: frozenset[Status] = frozenset({"draft", "pending", "approved", "needs_manual_resolution", "failed"})
"""Where the changes are still to come, and can be changed."""

TO_COME: frozenset[Status] = OPEN | {"in_progress"}
"""Where the changes are still to be applied: what these write can meet what others do."""

UNDER_WAY: frozenset[Status] = OPEN | {"in_progress", "rollback_failed"}
"""Where something is still to be done."""

EXECUTED: frozenset[Status] = frozenset({"completed", "rolled_back", "rollback_failed"})
"""Where the changes were applied once: what is stacked on these stands on the head."""

PAST: frozenset[Status] = frozenset({"completed", "rolled_back", "cancelled", "expired"})
"""Of these nothing is required any more, whatever votes and policy say."""

ENDED: frozenset[Status] = frozenset({"rejected", "expired", "cancelled", "rolled_back"})
"""Where a mutation does nothing to the head any more."""

_VERBS: Mapping[Happening, str] = {
    "submit": "Only a draft can be submitted",
    "cancel": "Only a mutation that has not started can be cancelled",
    "claim": "Only an approved mutation can be executed",
    "retry": "Only a failed mutation can be retried",
    "roll_back": "Only a completed mutation can be rolled back",
    "finish_rollback": "Only a rollback that failed can be finished by hand",
    "reopen": "Only a rejected, expired or cancelled mutation can be reopened",
    "reject": "Only a mutation under review can be rejected",
    "undo_reject": "Only a rejected mutation has a reject vote to take back",
}


def becomes(status: Status, happening: Happening) -> Status | None:
    """What `status` becomes, or None where it cannot happen."""
    return LIFE[status].get(happening)


def refusal(status: Status, happening: Happening) -> str:
    """Why it cannot happen, for people."""
    verb = _VERBS.get(happening, f"{happening.replace('_', ' ')} is not possible here")
    return f"{verb}; this one {said(status)}."


def said(status: Status) -> str:
    """What a mutation is, as the end of a sentence about it."""
    return "needs manual resolution" if status == "needs_manual_resolution" else f"is {status.replace('_', ' ')}"


def follow(status: Status, happening: Happening) -> Status:
    """What `status` becomes; raises RuleBroken (`BR_STATUS`) where it cannot happen."""
    after = becomes(status, happening)
    if after is None:
        raise RuleBroken("BR_STATUS", refusal(status, happening), status=status, happening=happening)
    return after


def judged(status: Status, review_holds: bool, in_conflict: bool) -> Status:
    """The status that the review requirements and conflicts with the head give, where it depends on them."""
    if status not in DERIVED:
        return status
    if in_conflict:
        return "needs_manual_resolution"
    return "approved" if review_holds else "pending"
