"""A project: a tree of tracked documents with its team and policy."""

from typing import Literal

from lattice_console.contract.models.base import Model, Moment

Vote = Literal["approve", "approve_with_suggestions", "request_changes", "reject"]


class Project(Model):
    """`sequence` counts the changes of the head; `version` moves with every change of head or team."""

    id: str
    name: str
    type: str
    version: int
    sequence: int
    policy_version: str
    created_at: Moment
    updated_at: Moment


class ReviewPolicy(Model):
    """What `approved` takes: from `.lattice/workflows/code-review.json`, key `review_requirements`."""

    min_reviewers: int = 1
    require_comments: bool = False
    approval_types: tuple[Vote, ...] = ("approve", "approve_with_suggestions")


class Policy(Model):
    """The policy in force: the head revisions it was read from, and what is wrong with them, if anything.

    `authors_may_approve` holds while the project has one member. A policy with `errors` approves nothing.
    """

    version: str
    sources: tuple[str, ...]
    review: ReviewPolicy
    authors_may_approve: bool
    errors: tuple[str, ...] = ()
