"""Documents, their revisions, and the head that says which of them is current."""

from typing import Literal

from lattice_console.contract.models.base import Hash, Model, Moment, PathText
from lattice_console.contract.models.people import Person


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


class HeadEntry(Model):
    """Where a path stands in the head; `hash` is None where the head no longer has the path."""

    path: str
    hash: Hash | None


class HeadDelta(Model):
    """The paths that changed after some sequence, each with its state at `sequence` (the head's own)."""

    project_id: str
    sequence: int
    entries: tuple[HeadEntry, ...]


class TrackedFile(Model):
    """A file as a whole, as it is to come in, or might."""

    path: PathText
    content: bytes
