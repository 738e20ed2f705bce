"""The conditions of approval and of execution, each with its state and its reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lattice_console.contract.models.mutation import Status
from lattice_console.contract.models.project import Policy, Vote
from lattice_console.contract.models.requirement import Requirement, RequirementState
from lattice_console.contract.models.spec import Finding

OBJECTIONS: frozenset[Vote] = frozenset({"request_changes", "reject"})
"""The votes that stand in the way as long as they stand."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote that stands on the current patchset; `voter` is the handle, `commented` whether a comment came with it."""

    voter: str
    vote: Vote
    commented: bool
    is_author: bool


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What the review requirements are derived from."""

    policy: Policy
    ballots: Sequence[Ballot]
    findings: Sequence[Finding]
    documents: int
    overridden: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StaleBase:
    """A change whose base is no longer what stands at its path; `why` names what moved."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """A conflict with the head that a person must decide, as a sentence about it says."""

    path: str
    said: str


@dataclass(frozen=True, slots=True)
class ParentFacts:
    """A parent of a stack, as execution sees it."""

    number: int
    status: Status


@dataclass(frozen=True, slots=True)
class ExecutionFacts:
    """What the execution requirements are derived from."""

    changes: int
    stale: Sequence[StaleBase]
    parents: Sequence[ParentFacts]
    conflicts: Sequence[OpenConflict] = ()
    hooks: Sequence[str] = ()
    """The names of those that are asked before it is executed."""
    barred_hooks: Sequence[str] = ()
    """Of each hook that cannot be asked, a sentence that says why, and what to do."""


def counted(policy: Policy, ballots: Sequence[Ballot]) -> list[Ballot]:
    """The approvals that count: of a type the policy takes, not by the patchset's author unless it allows that."""
    return [
        ballot
        for ballot in ballots
        if ballot.vote in policy.review.approval_types and (policy.authors_may_approve or not ballot.is_author)
    ]


def review(facts: ReviewFacts) -> tuple[Requirement, ...]:
    """The review requirements, in the order in which they are shown."""
    requirements = (_approvals(facts), _no_objections(facts), _comments(facts), _specs_valid(facts))
    return tuple(
        Requirement(name=one.name, kind="review", state="overridden", reason=facts.overridden[one.name])
        if one.name in facts.overridden
        else one
        for one in requirements
    )


def execution(facts: ExecutionFacts) -> tuple[Requirement, ...]:
    """The execution requirements, in the order in which they are shown."""
    return (_base_current(facts), _parents_executed(facts), _no_open_conflict(facts), _hooks_passed(facts))


def past(requirements: Sequence[Requirement], status: Status) -> tuple[Requirement, ...]:
    """The requirements of a mutation of which nothing is required any more."""
    reason = f"It is {status.replace('_', ' ')}: nothing asks for it any more."
    return tuple(
        Requirement(name=one.name, kind=one.kind, state="not_applicable", reason=reason) if one.blocks else one
        for one in requirements
    )


def hold(requirements: Sequence[Requirement]) -> bool:
    """Whether nothing blocks."""
    return not any(requirement.blocks for requirement in requirements)


@lru_cache(1024)
def _review(name: str, state: RequirementState, reason: str) -> Requirement:
    return Requirement(name=name, kind="review", state=state, reason=reason)


@lru_cache(1024)
def _execution(name: str, state: RequirementState, reason: str) -> Requirement:
    return Requirement(name=name, kind="execution", state=state, reason=reason)


def _approvals(facts: ReviewFacts) -> Requirement:
    if facts.policy.errors:
        return _review("approvals", "error", f"The policy cannot be read: {' '.join(facts.policy.errors)}")
    needed = facts.policy.review.min_reviewers
    approvals = counted(facts.policy, facts.ballots)
    said = f"{len(approvals)} of {needed} {'approval' if needed == 1 else 'approvals'}"
    if len(approvals) >= needed:
        return _review("approvals", "satisfied", f"{said}.")
    own = any(ballot.is_author and ballot.vote in facts.policy.review.approval_types for ballot in facts.ballots)
    hint = " An author's own approval does not count." if own else ""
    return _review("approvals", "unsatisfied", f"{said}: {_wanted(facts, len(approvals))}.{hint}")


def _wanted(facts: ReviewFacts, approvals: int) -> str:
    """What approvals are missing, and from whom."""
    missing = facts.policy.review.min_reviewers - approvals
    author = "" if facts.policy.authors_may_approve else "the author"
    if approvals:
        others = " and ".join(filter(None, [author, "those who approved"]))
        return f"{missing} more from {'a member' if missing == 1 else 'members'} other than {others}"
    others = f" other than {author}" if author else ""
    return f"a member{others} has to approve it" if missing == 1 else f"{missing} members{others} have to approve it"


def _no_objections(facts: ReviewFacts) -> Requirement:
    standing = [ballot for ballot in facts.ballots if ballot.vote in OBJECTIONS]
    if not standing:
        return _review("no_objections", "satisfied", "Nobody objects.")
    said = ", ".join(
        f"{ballot.voter} {'rejects' if ballot.vote == 'reject' else 'requests changes'}" for ballot in standing
    )
    return _review("no_objections", "unsatisfied", f"{said}: answer with a new patchset, or ask them to vote anew.")


def _comments(facts: ReviewFacts) -> Requirement:
    if not facts.policy.review.require_comments:
        return _review("comments", "not_applicable", "The policy asks for no comments.")
    silent = [ballot.voter for ballot in counted(facts.policy, facts.ballots) if not ballot.commented]
    if silent:
        names = ", ".join(silent)
        return _review("comments", "unsatisfied", f"An approval needs a comment; missing from {names}.")
    if not counted(facts.policy, facts.ballots):
        return _review("comments", "unsatisfied", "An approval needs a comment; there is none yet.")
    return _review("comments", "satisfied", "Every approval has a comment.")


def _specs_valid(facts: ReviewFacts) -> Requirement:
    added = [finding for finding in facts.findings if finding.blocks]
    if added:
        return _review("specs_valid", "unsatisfied", f"{_told(added)}. Mend it in a new patchset.")
    if not facts.documents:
        return _review("specs_valid", "not_applicable", "It changes no document.")
    inherited = [finding for finding in facts.findings if finding.severity == "error"]
    if inherited:
        return _review("specs_valid", "satisfied", f"It adds no error. There before it: {_told(inherited)}.")
    return _review("specs_valid", "satisfied", "Every changed document can be read and keeps its rules.")


def _told(findings: Sequence[Finding]) -> str:
    said = "; ".join(
        f"{finding.path}{f':{finding.line}' if finding.line else ''}: {finding.said.rstrip('.')}"
        for finding in findings[:3]
    )
    return f"{said} (and {len(findings) - 3} more)" if len(findings) > 3 else said


def _base_current(facts: ExecutionFacts) -> Requirement:
    if facts.stale:
        said = "; ".join(f"{stale.path}: {stale.why}" for stale in facts.stale)
        return _execution("base_current", "unsatisfied", f"{said}. Its author has to update it to what is there now.")
    if not facts.changes:
        return _execution("base_current", "not_applicable", "It changes no document.")
    return _execution("base_current", "satisfied", "Every change fits what is there now.")


def _parents_executed(facts: ExecutionFacts) -> Requirement:
    if not facts.parents:
        return _execution("parents_executed", "not_applicable", "It is not stacked on another mutation.")
    waiting = [parent for parent in facts.parents if parent.status != "completed"]
    if not waiting:
        return _execution("parents_executed", "satisfied", "Every parent is executed.")
    said = "; ".join(_waits_for(parent) for parent in waiting)
    return _execution("parents_executed", "unsatisfied", f"{said}.")


def _no_open_conflict(facts: ExecutionFacts) -> Requirement:
    if facts.conflicts:
        said = " ".join(one.said for one in facts.conflicts[:3])
        more = f" And {len(facts.conflicts) - 3} more." if len(facts.conflicts) > 3 else ""
        return _execution("no_open_conflict", "unsatisfied", f"{said}{more} Settle it in a new patchset.")
    if not facts.stale:
        return _execution("no_open_conflict", "not_applicable", "What it was made on stands there.")
    return _execution("no_open_conflict", "satisfied", "It merges by itself with what stands there.")


def _hooks_passed(facts: ExecutionFacts) -> Requirement:
    if facts.barred_hooks:
        return _execution("hooks_passed", "unsatisfied", " ".join(facts.barred_hooks))
    if not facts.hooks:
        return _execution("hooks_passed", "not_applicable", "No hook is asked before it executes.")
    return _execution("hooks_passed", "satisfied", f"Before it executes, {' and '.join(facts.hooks)} may still refuse.")


def _waits_for(parent: ParentFacts) -> str:
    status = parent.status.replace("_", " ")
    if parent.status in ("rejected", "cancelled", "expired", "rolled_back"):
        return f"its parent M-{parent.number} is {status}: reopen that one, or update this one without it"
    return f"its parent M-{parent.number} is {status}: execute that one first"
