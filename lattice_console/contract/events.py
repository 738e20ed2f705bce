"""Events: what happened in a project, numbered without gaps."""

from typing import Literal

from pydantic import JsonValue

from lattice_console.contract.models.base import Model, Moment
from lattice_console.contract.models.people import Person

DATA_LIMIT = 2048
"""Bytes of an event's `data` as JSON; an event never carries document bytes."""

EventName = Literal[
    "mutation.created",
    "mutation.updated",
    "mutation.submitted",
    "mutation.review_requested",
    "mutation.reviewed",
    "mutation.commented",
    "mutation.approved",
    "mutation.rejected",
    "mutation.conflicted",
    "mutation.cancelled",
    "mutation.reopened",
    "mutation.executed",
    "mutation.failed",
    "mutation.rolled_back",
    "mutation.hook_failed",
    "document.tracked",
    "spec.updated",
    "spec.removed",
    "graph.changed",
    "policy.changed",
    "team.changed",
]


class Event(Model):
    """`seq` is contiguous per project; `subject` is the id of what it happened to, `version` that object's own."""

    seq: int
    id: str
    name: str
    at: Moment
    actor: Person
    subject: str
    version: int
    data: dict[str, JsonValue]
