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


class ProposalPolicy(Model):
    """What proposing takes: `workflows` in `.lattice/config.json`.

    With `require_ticket` a mutation has a `ticket_id` in its metadata, which `ticket_pattern` fits as a whole.
    """

    require_ticket: bool = False
    ticket_pattern: str | None = None


class VersionPolicy(Model):
    """What becomes of the versions of specs: `version_control` in `.lattice/collaboration/spec-collaboration.json`.

    With `auto_version` the proposed version is written where the author left it alone; with `comment_required` one that
    is less takes a `version_reason` in the mutation's metadata.
    """

    auto_version: bool = False
    comment_required: bool = False


class Policy(Model):
    """The policy in force: the head revisions it was read from, and what is wrong with them, if anything.

    `authors_may_approve` holds while the project has one member. A policy with `errors` approves nothing.
    """

    version: str
    sources: tuple[str, ...]
    review: ReviewPolicy
    authors_may_approve: bool
    proposals: ProposalPolicy = ProposalPolicy()
    versions: VersionPolicy = VersionPolicy()
    errors: tuple[str, ...] = ()
