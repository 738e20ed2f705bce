"""Who may call what: one row for each facet method, and the five roles. What has no row is denied."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Scope = Literal["project", "installation", "anyone"]


@dataclass(frozen=True, slots=True)
class Rule:
    """The permission that a method takes, and where it must be held; scope `anyone` takes none."""

    permission: str
    scope: Scope = "project"


RULES: Mapping[str, Rule] = {
    "projects.get": Rule("project:view"),
    "projects.list": Rule("", "anyone"),
    "projects.create": Rule("project:create", "installation"),
    "projects.policy": Rule("project:view"),
    "documents.list": Rule("specs:view"),
    "documents.get": Rule("specs:view"),
    "documents.history": Rule("specs:view"),
    "documents.head": Rule("specs:view"),
    "documents.steps": Rule("specs:view"),
    "documents.content": Rule("specs:view"),
    "documents.known": Rule("specs:view"),
    "documents.validate": Rule("specs:view"),
    "documents.track": Rule("specs:create"),
    "specs.list": Rule("specs:view"),
    "specs.get": Rule("specs:view"),
    "specs.history": Rule("specs:view"),
    "specs.validate": Rule("specs:view"),
    "specs.check": Rule("specs:view"),
    "specs.graph": Rule("specs:view"),
    "specs.chain": Rule("specs:view"),
    "specs.impact": Rule("specs:view"),
    "specs.templates": Rule("specs:view"),
    "specs.create": Rule("mutations:create"),
    "mutations.list": Rule("mutations:view"),
    "mutations.counts": Rule("mutations:view"),
    "mutations.get": Rule("mutations:view"),
    "mutations.patchset": Rule("mutations:view"),
    "mutations.impact": Rule("mutations:view"),
    "mutations.advice": Rule("mutations:view"),
    "mutations.timeline": Rule("mutations:view"),
    "mutations.create": Rule("mutations:create"),
    "mutations.update": Rule("mutations:create"),
    "mutations.submit": Rule("mutations:create"),
    "mutations.cancel": Rule("mutations:create"),
    "mutations.rebase": Rule("mutations:create"),
    "mutations.reopen": Rule("mutations:create"),
    "mutations.import_commit": Rule("project:manage"),
    "reviews.list": Rule("mutations:view"),
    "reviews.vote": Rule("mutations:review"),
    "reviews.withdraw": Rule("mutations:review"),
    "reviews.request": Rule("mutations:create"),
    "reviews.comments": Rule("mutations:view"),
    "reviews.comment": Rule("specs:comment"),
    "reviews.resolve": Rule("specs:comment"),
    "reviews.apply_suggestions": Rule("mutations:create"),
    "conflicts.of": Rule("mutations:view"),
    "conflicts.list": Rule("mutations:view"),
    "conflicts.resolve": Rule("mutations:create"),
    "conflicts.undo": Rule("mutations:create"),
    "conflicts.remembered": Rule("mutations:view"),
    "conflicts.train": Rule("mutations:view"),
    "executions.list": Rule("mutations:view"),
    "executions.dry_run": Rule("mutations:view"),
    "executions.execute": Rule("mutations:deploy"),
    "executions.retry": Rule("mutations:deploy"),
    "executions.rollback": Rule("mutations:deploy"),
    "executions.finish_rollback": Rule("mutations:deploy"),
    "executions.recover": Rule("mutations:view"),
    "team.whoami": Rule("", "anyone"),
    "team.list": Rule("team:view"),
    "team.add": Rule("team:invite"),
    "team.update": Rule("team:manage"),
    "events.last": Rule("mutations:view"),
    "events.list": Rule("mutations:view"),
    "events.since": Rule("mutations:view"),
    "events.look": Rule("mutations:view"),
    "events.lookers": Rule("mutations:view"),
    "events.subscribe": Rule("mutations:view"),
    "audit.log": Rule("audit:view"),
    "audit.verify": Rule("audit:view"),
    "health.check": Rule("project:view"),
}

APPROVE = "mutations:approve"
"""What an approving vote takes, beyond `mutations:review`."""

OTHERS = "mutations:deploy"
"""What changing, cancelling or reopening somebody else's mutation takes, beyond `mutations:create`."""

_VIEW = frozenset(
    {
        "project:view",
        "specs:view",
        "mutations:view",
        "deployments:view",
        "team:view",
        "audit:view",
    }
)
_TAKES_PART = _VIEW | {"specs:comment"}
_REVIEWS = _TAKES_PART | {"mutations:approve", "mutations:review"}
_RUNS = _REVIEWS | {
    "mutations:create",
    "mutations:deploy",
    "deploy:staging",
    "specs:create",
    "specs:edit",
    "team:invite",
}

ROLES: Mapping[str, frozenset[str]] = {
    "owner": _RUNS | {"project:manage", "team:manage", "settings:manage"},
    "admin": _RUNS,
    "developer": _TAKES_PART | {"mutations:create", "deploy:staging"},
    "reviewer": _REVIEWS | {"mutations:create"},
    "viewer": _VIEW,
}
"""The built-in roles; memberships carry them."""

INSTALLATION = frozenset({"project:create"})
"""What anyone at the machine may do in an embedded installation."""


def roles_with(permission: str) -> str:
    """The built-in roles that carry a permission, in words; empty where none does."""
    *others, last = [role for role, carried in ROLES.items() if permission in carried] or [""]
    return f"{', '.join(others)} and {last}" if others else last
