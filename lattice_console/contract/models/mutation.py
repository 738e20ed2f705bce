"""Mutations, their patchsets and changes."""

from typing import Literal

from pydantic import Field, JsonValue

from lattice_console.contract.models.base import (
    Hash,
    Line,
    Metadata,
    Model,
    Moment,
    PathText,
    RequiredLine,
    Text,
)
from lattice_console.contract.models.conflict import Strategy
from lattice_console.contract.models.people import Person
from lattice_console.contract.models.requirement import Action, Requirement
from lattice_console.contract.models.review import Attention, Review, Turn

Status = Literal[
    "draft",
    "pending",
    "approved",
    "needs_manual_resolution",
    "in_progress",
    "failed",
    "completed",
    "rolled_back",
    "rollback_failed",
    "rejected",
    "expired",
    "cancelled",
]
Operation = Literal["create", "modify", "delete", "rename"]


class ChangeInput(Model):
    """One file operation to propose, as whole `content` or as a unified `diff` of that file against its base.

    create and modify need one of the two; delete takes neither; rename takes `new_path`, and one of the two where the
    content changes as well. `base_hash` says which bytes the change was made against; absent, the current base.
    """

    operation_type: Operation
    file_path: PathText
    new_path: PathText | None = None
    content: bytes | None = None
    diff: bytes | None = None
    base_hash: Hash | None = None


class Change(Model):
    """One file operation of a patchset, with the hashes of the bytes before and after it."""

    id: str
    operation_type: Operation
    file_path: str
    new_path: str | None
    document_id: str | None
    base_hash: Hash | None
    result_hash: Hash | None

    @property
    def result_path(self) -> str:
        """Where the file is afterwards (for a delete: where it was)."""
        return self.new_path or self.file_path


class Parent(Model):
    """A mutation that a patchset is stacked on, and the patchset hash that it was stacked on."""

    id: str
    number: int
    title: str
    status: Status
    patchset_hash: Hash
    current: bool


class PatchsetResolution(Model):
    """What a patchset settled: the documents, and how.

    `against` is the number of the other mutation, None where it was what stood there; `replaced` the patchset before.
    """

    strategy: Strategy
    against: int | None
    replaced: int
    paths: tuple[str, ...]


class Patchset(Model):
    """An immutable set of changes; `hash` identifies it, `diff_hash` what it changes without line numbers.

    `resolves` says which conflicts it settled, None where it was made for another reason.
    """

    number: int
    hash: Hash
    diff_hash: Hash
    author: Person
    message: str
    created_at: Moment
    parents: tuple[Parent, ...]
    changes: tuple[Change, ...]
    resolves: PatchsetResolution | None


class MutationSummary(Model):
    """A mutation as a row of the queue. `approvals` counts what counts towards `approvals_required`.

    `stack` is the number of the lowest mutation that it stands on through parents yet to be executed, its own where
    there is none; `level` how many of them are below it. `threads` counts the open ones, `comments` all remarks.
    `conflicts` counts those that are for a person to decide, with the head and with other mutations.
    `mine` says whether it waits for the asking actor's vote, answer or patchset: what the filter `is:awaiting` means.
    """

    id: str
    number: int
    title: str
    status: Status
    author: Person
    spec_id: str | None
    type: str
    labels: tuple[str, ...]
    patchset: int
    approvals: int
    approvals_required: int
    objections: int
    comments: int
    threads: int
    conflicts: int
    stack: int
    level: int
    turn: Turn
    mine: bool
    version: int
    created_at: Moment
    updated_at: Moment


class FileModified(Model):
    """A path that a mutation touches."""

    path: str


class ExecutionError(Model):
    """Why one change could not be applied; `change_id` is None where the execution as a whole could not."""

    change_id: str | None
    error: str


class Execution(Model):
    """One application of a patchset to the head. `execution_time` is in seconds.

    `sequence` is the head's once applied, `rolled_back_at` the time of its rollback.
    """

    id: str
    mutation_id: str
    number: int
    patchset: int
    status: Literal["in_progress", "completed", "failed", "rolled_back", "rollback_failed"]
    actor: Person
    started_at: Moment
    finished_at: Moment | None
    execution_time: float | None
    sequence: int | None
    executed_changes: tuple[str, ...]
    failed_changes: tuple[str, ...]
    errors: tuple[ExecutionError, ...]
    rollback_available: bool
    rolled_back_at: Moment | None = None


class Mutation(MutationSummary):
    """A mutation whole: its current patchset, votes, requirements with reasons, and what the asking actor may do.

    `reviewers` are those whose review was asked for, by handle. `seen` is the newest patchset that the asking actor
    voted or commented on, None where there is none. A vote that was withdrawn does not count.
    """

    project_id: str
    description: str
    metadata: dict[str, JsonValue]
    changes: tuple[Change, ...]
    files_modified: tuple[FileModified, ...]
    patchset_hash: Hash
    patchsets: int
    parents: tuple[Parent, ...]
    children: tuple[int, ...]
    reviewers: tuple[Person, ...]
    reviews: tuple[Review, ...]
    requirements: tuple[Requirement, ...]
    actions: tuple[Action, ...]
    attention: Attention
    seen: int | None
    execution: Execution | None

    @property
    def blockers(self) -> tuple[Requirement, ...]:
        """Every requirement, of review or execution, that stands in the way of executing it."""
        return tuple(requirement for requirement in self.requirements if requirement.blocks)

    def action(self, name: str) -> Action:
        """The named action; raises KeyError for a name that no mutation has."""
        return {action.name: action for action in self.actions}[name]


class ImportedCommit(Model):
    """A commit of a git history, to become a mutation; `changes` hold whole contents.

    `metadata` is what else the mutation's is to hold beside `commit`.
    """

    commit: Line
    title: RequiredLine
    description: Text
    author_name: Line
    author_email: Line
    authored_at: Moment
    changes: tuple[ChangeInput, ...]
    metadata: Metadata = Field(default_factory=dict)


class TimelineEntry(Model):
    """Something that happened to a mutation, in words for people; `detail` is a reason, a comment or a vote."""

    at: Moment
    actor: Person
    name: str
    summary: str
    detail: str = ""


class FilePreview(Model):
    """What a dry run would do to one file: hashes of the bytes before and after, None where there are none."""

    change_id: str
    operation_type: Operation
    file_path: str
    new_path: str | None
    before: Hash | None
    after: Hash | None
    error: str | None = None


class DryRun(Model):
    """What executing would do now: every file, and every blocker. Nothing was changed."""

    mutation_id: str
    number: int
    version: int
    would_execute: bool
    files: tuple[FilePreview, ...]
    blockers: tuple[Requirement, ...]
