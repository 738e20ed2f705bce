"""Documents, their revisions, and the head that says which of them is current."""

from typing import Literal

from pydantic import JsonValue

from lattice_console.contract.models.base import Hash, Model, Moment, PathText
from lattice_console.contract.models.people import Person
from lattice_console.contract.models.spec import Finding


class Document(Model):
    """A tracked file in the head: `hash` and `size` (bytes) are of its current content."""

    id: str
    path: str
    revision: int
    hash: Hash
    size: int
    sequence: int
    updated_at: Moment


class Revision(Model):
    """One state of a document; `hash` and `path` are None where the revision deleted it.

    `mutation` is the number of the mutation that made it, None for a baseline.
    """

    document_id: str
    number: int
    operation: Literal["baseline", "create", "modify", "delete", "rename", "rollback"]
    path: str | None
    hash: Hash | None
    sequence: int
    mutation: int | None
    actor: Person
    created_at: Moment


class SpecRevision(Revision):
    """A revision of a spec's document, and the `version` that it states; None where it states none."""

    version: str | None


class HeadEntry(Model):
    """Where a path stands in the head; `hash` is None where the head no longer has the path."""

    path: str
    hash: Hash | None


class HeadDelta(Model):
    """The paths that changed after some sequence, each with its state at `sequence` (the head's own)."""

    project_id: str
    sequence: int
    entries: tuple[HeadEntry, ...]


class StepMutation(Model):
    """The mutation that a step of the head executed or rolled back, and who wrote it when."""

    number: int
    title: str
    description: str
    metadata: dict[str, JsonValue]
    author: Person
    author_email: str | None
    created_at: Moment


class HeadStep(Model):
    """One step of the head: what moved it, who did that when, and the state of every path that it changed.

    `mutation` is None for a baseline; `reason` is given for a rollback.
    """

    sequence: int
    operation: Literal["baseline", "execution", "rollback"]
    actor: Person
    actor_email: str | None
    at: Moment
    mutation: StepMutation | None
    reason: str
    entries: tuple[HeadEntry, ...]


class CheckedDocument(Model):
    """A document of the head, and what is wrong with it."""

    path: str
    findings: tuple[Finding, ...]


class TrackedFile(Model):
    """A file as a whole, as it is to come in, or might."""

    path: PathText
    content: bytes
