"""Votes and comments."""

from lattice_console.contract.models.base import Model, Moment
from lattice_console.contract.models.people import Person
from lattice_console.contract.models.project import Vote


class Review(Model):
    """One person's vote on one patchset. A vote that is not `current` is stale: outdated or withdrawn."""

    id: str
    author: Person
    vote: Vote
    patchset: int
    comment: str
    policy_version: str
    current: bool
    withdrawn: bool
    created_at: Moment


class Comment(Model):
    """A remark on a mutation, made while `patchset` was its newest."""

    id: str
    author: Person
    patchset: int
    text: str
    created_at: Moment
