"""Whose turn it is with a mutation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lattice_console.contract.models.mutation import Status
from lattice_console.contract.models.requirement import Requirement
from lattice_console.contract.models.review import Turn

_BY_STATUS: dict[Status, tuple[Turn, str]] = {
    "draft": ("author", "it is a draft: submit it for review"),
    "needs_manual_resolution": ("author", "its conflicts need a person"),
    "approved": ("executors", "it is approved and can be executed"),
    "failed": ("executors", "its execution failed: retry or cancel it"),
    "rollback_failed": ("executors", "its rollback could not be completed: settle it by hand"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whose turn it is: `unanswered` counts open threads whose last word is not the author's."""

    status: Status
    objections: int
    unanswered: int
    invalid: bool


def turn(facts: Facts) -> Turn:
    """Who has to act next."""
    return _decide(facts)[0]


def reason(facts: Facts, requirements: Sequence[Requirement]) -> str:
    """Why it is theirs, as a sentence."""
    whose, why = _decide(facts)
    if whose == "reviewers":
        why = _missing(requirements, "review") or why
    if facts.status == "approved" and (missing := _missing(requirements, "execution")):
        why = f"it is approved, and before it can be executed: {missing}"
    return f"{why[:1].upper()}{why[1:]}." if why else ""


def _missing(requirements: Sequence[Requirement], kind: Literal["review", "execution"]) -> str:
    return "; ".join(one.reason.rstrip(".") for one in requirements if one.kind == kind and one.blocks)


def _decide(facts: Facts) -> tuple[Turn, str]:
    if facts.status != "pending":
        return _BY_STATUS.get(facts.status, ("nobody", ""))
    if facts.objections:
        return "author", "changes are requested: a new patchset answers them"
    if facts.unanswered:
        return "author", f"{_threads(facts.unanswered)} for the author's answer"
    if facts.invalid:
        return "author", "a document of it does not pass its checks"
    return "reviewers", "it waits for votes"


def _threads(count: int) -> str:
    return "a thread waits" if count == 1 else f"{count} threads wait"
