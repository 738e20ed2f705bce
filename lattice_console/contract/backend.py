"""The Backend: everything a client can ask, in small facets. Bound to one actor and one project.

All methods are async, take and return contract models, and raise `contract.errors`. A mutation is named by its id or
by its number (`M-123` or `123`). Every write takes `expected_version`, the version of the object it writes as the
caller saw it (None: do not compare; for what creates an object: the project's version), and an `idempotency_key`: a
repeated call with the same key and arguments returns the first answer and does nothing.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Protocol

from pydantic import Field

from lattice_console.contract.events import Event
from lattice_console.contract.models.advice import Advice
from lattice_console.contract.models.audit import AuditReport, AuditRow, Checkpoint
from lattice_console.contract.models.base import (
    SEVERAL_LIMIT,
    Count,
    Hash,
    Line,
    Metadata,
    PathText,
    Reference,
    RequiredLine,
    RequiredText,
    Text,
)
from lattice_console.contract.models.conflict import ALL_CONFLICTS, Conflict, ConflictFilter, ConflictReport, Strategy
from lattice_console.contract.models.document import (
    CheckedDocument,
    Document,
    HeadDelta,
    HeadStep,
    Revision,
    SpecRevision,
    TrackedFile,
)
from lattice_console.contract.models.health import Health
from lattice_console.contract.models.mutation import (
    ChangeInput,
    DryRun,
    Execution,
    ImportedCommit,
    Mutation,
    MutationSummary,
    Patchset,
    Status,
    TimelineEntry,
)
from lattice_console.contract.models.page import Direction, Limit, Offset, Page
from lattice_console.contract.models.people import Actor, Looker, Member
from lattice_console.contract.models.project import Policy, Project, Vote
from lattice_console.contract.models.query import EVERYTHING, MutationFilter, Sort
from lattice_console.contract.models.resolution import (
    TRAIN_LIMIT,
    RememberedText,
    Resolution,
    ResolvedFile,
    TrainCar,
)
from lattice_console.contract.models.review import Anchor, Comment, NewComment, Review
from lattice_console.contract.models.spec import (
    Finding,
    Impact,
    Spec,
    SpecCheck,
    SpecFormat,
    SpecGraph,
    SpecNode,
    Toward,
)

Labels = Annotated[Sequence[RequiredLine], Field(max_length=SEVERAL_LIMIT)]
Parents = Annotated[Sequence[Reference], Field(max_length=SEVERAL_LIMIT)]
References = Annotated[Sequence[Reference], Field(max_length=TRAIN_LIMIT)]
Names = Annotated[Sequence[Line], Field(max_length=SEVERAL_LIMIT)]
Suggestions = Annotated[Sequence[Reference], Field(min_length=1, max_length=SEVERAL_LIMIT)]
ResolvedFiles = Annotated[Sequence[ResolvedFile], Field(max_length=SEVERAL_LIMIT)]
CheckedFiles = Annotated[Sequence[TrackedFile], Field(max_length=10)]
NewComments = Annotated[Sequence[NewComment], Field(max_length=SEVERAL_LIMIT)]

RequiredNames = Annotated[Sequence[Reference], Field(min_length=1, max_length=SEVERAL_LIMIT)]

Depth = Annotated[int, Field(ge=1, le=100_000)]
"""Over how many dependencies the graph is walked at most."""

Most = Annotated[int, Field(ge=1, le=10_000)]
"""How many specs an answer names at most."""

Wait = Annotated[float, Field(ge=0, le=30)]
"""Seconds to wait for something to happen."""


class Projects(Protocol):
    """The project itself."""

    async def get(self) -> Project:
        """The project that this Backend is bound to."""
        ...

    async def list(self) -> tuple[Project, ...]:
        """The projects that the actor is a member of, by name; needs no project itself."""
        ...

    async def create(
        self,
        *,
        name: RequiredLine,
        type: Line = "generic",
        files: Sequence[TrackedFile] = (),
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Project:
        """Create a project with `files` as its first baseline; the actor becomes its owner."""
        ...

    async def policy(self) -> Policy:
        """The policy in force."""
        ...


class Documents(Protocol):
    """Documents, their revisions and their bytes."""

    async def list(
        self,
        *,
        prefix: Reference = "",
        cursor: Reference | None = None,
        direction: Direction = "next",
        limit: Limit = 100,
    ) -> Page[Document]:
        """The head's documents by path."""
        ...

    async def get(self, document: Reference) -> Document:
        """One document of the head, by id or path."""
        ...

    async def history(
        self, document: Reference, *, cursor: Reference | None = None, limit: Limit = 100
    ) -> Page[Revision]:
        """The revisions of a document (id, or path in the head), newest first."""
        ...

    async def head(self, *, after: Count = -1) -> HeadDelta:
        """What changed in the head after that sequence; all of it by default."""
        ...

    async def steps(self, *, after: Count = 0, limit: Limit = 100) -> tuple[HeadStep, ...]:
        """How the head came to be: its steps after that sequence, oldest first."""
        ...

    async def content(self, hash: Hash) -> bytes:
        """The bytes with that hash, if this project holds them."""
        ...

    async def known(self, hashes: Sequence[Hash]) -> tuple[Hash, ...]:
        """Those of `hashes` whose bytes this project holds, in any revision or patchset."""
        ...

    async def validate(self, *, cursor: Reference | None = None, limit: Limit = 100) -> Page[CheckedDocument]:
        """The head's documents by path, each with what is wrong with it: as a document, as a spec, as policy.

        A page may have fewer documents than `limit` where they are large.
        """
        ...

    async def track(
        self,
        files: Sequence[TrackedFile],
        *,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> tuple[Document, ...]:
        """Bring files in as their first revision: a baseline, without review, recorded in the audit log."""
        ...


class Specs(Protocol):
    """Specs: documents with meaning."""

    async def list(self) -> tuple[Spec, ...]:
        """All specs of the head, by name."""
        ...

    async def get(self, name: Reference) -> Spec:
        """One spec, with its findings."""
        ...

    async def validate(self, names: Sequence[Reference] = ()) -> tuple[Finding, ...]:
        """What is wrong with the named specs, or with all: syntax, and their own schema."""
        ...

    async def history(
        self, name: Reference, *, cursor: Reference | None = None, limit: Limit = 100
    ) -> Page[SpecRevision]:
        """The revisions of a spec's document, newest first, each with the version that it states."""
        ...

    async def check(self, files: CheckedFiles) -> tuple[SpecCheck, ...]:
        """What would be said of each file if a mutation proposed it: a read, which saves nothing."""
        ...

    async def graph(
        self,
        *,
        name: Reference | None = None,
        toward: Toward = "both",
        depth: Depth | None = None,
        limit: Most = 2000,
    ) -> SpecGraph:
        """What depends on what, by what specs declare and by `$ref`: all of it, or what is reached from `name`.

        That is a spec's name, or the path of a file that is none. `toward`, `depth` (over how many dependencies) and
        `limit` (how many specs and files, nearest first) are about that one.
        """
        ...

    async def chain(self, source: Reference, target: Reference) -> tuple[SpecNode, ...]:
        """A shortest way on which `source` depends on `target`, both included; empty where it does not."""
        ...

    async def impact(self, names: RequiredNames, *, depth: Depth | None = None, limit: Most = 100) -> Impact:
        """What depends on the named specs and files, over `depth` dependencies at most; the nearest `limit` by name."""
        ...

    async def templates(self) -> tuple[str, ...]:
        """The names of the templates that `create` knows, the project's own ones among them."""
        ...

    async def create(
        self,
        *,
        name: RequiredLine,
        template: Line,
        format: SpecFormat | None = None,
        description: Text = "",
        metadata: Metadata = {},  # noqa: B006 - a Protocol's default is a declaration, never written to
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Mutation:
        """Propose a new spec in `.lattice/specs/`, from a template.

        That is one of the project's own, a document in `.lattice/templates/` by its name without extension, or of
        ours. Without a `format` it has that of an own template, else JSON.
        """
        ...


class Mutations(Protocol):
    """Mutations from proposal to the end, save votes and executions."""

    async def list(
        self,
        *,
        filter: MutationFilter = EVERYTHING,
        sort: Sort = "stack",
        cursor: Reference | None = None,
        direction: Direction = "next",
        offset: Offset = 0,
        limit: Limit = 100,
    ) -> Page[MutationSummary]:
        """Mutations in that order. Without a cursor, `prev` starts from the end; `offset` skips from there."""
        ...

    async def counts(self, *, filter: MutationFilter = EVERYTHING) -> dict[Status, int]:
        """How many mutations match, by status; only statuses that occur."""
        ...

    async def get(self, mutation: Reference) -> Mutation:
        """One mutation whole."""
        ...

    async def patchset(self, mutation: Reference, number: Count) -> Patchset:
        """One patchset of a mutation."""
        ...

    async def impact(self, mutation: Reference, *, limit: Most = 100) -> Impact:
        """What depends on the specs of the head whose documents the current patchset changes, as `specs.impact`."""
        ...

    async def advice(self, mutation: Reference) -> Advice:
        """What the current patchset makes of the versions of specs, and what is better done otherwise."""
        ...

    async def timeline(self, mutation: Reference) -> tuple[TimelineEntry, ...]:
        """What happened to a mutation, oldest first."""
        ...

    async def create(
        self,
        *,
        title: RequiredLine,
        description: Text = "",
        spec: Line | None = None,
        type: Line = "feature",
        labels: Labels = (),
        metadata: Metadata = {},  # noqa: B006 - a Protocol's default is a declaration, never written to
        changes: Sequence[ChangeInput] = (),
        parents: Parents = (),
        draft: bool = False,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Mutation:
        """Propose changes to the head, or to the result of `parents`; without changes it is a record (a deployment)."""
        ...

    async def update(
        self,
        mutation: Reference,
        *,
        title: RequiredLine | None = None,
        description: Text | None = None,
        labels: Labels | None = None,
        metadata: Metadata | None = None,
        changes: Sequence[ChangeInput] | None = None,
        parents: Parents | None = None,
        message: Text = "",
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Mutation:
        """Change what is given; new `changes` or `parents` make a new patchset, `metadata` is merged key by key."""
        ...

    async def submit(
        self,
        mutation: Reference,
        *,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Mutation:
        """Hand a draft in for review."""
        ...

    async def cancel(
        self,
        mutation: Reference,
        *,
        reason: Text = "",
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Mutation:
        """Withdraw a mutation."""
        ...

    async def reopen(
        self,
        mutation: Reference,
        *,
        reason: Text = "",
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Mutation:
        """Bring a rejected, expired or cancelled mutation back to pending; outdates the vote that rejected it."""
        ...

    async def rebase(
        self,
        mutation: Reference,
        *,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Mutation:
        """Make all of it anew on what stands there now, in a new patchset: each change merged three ways, or nothing.

        What is stacked on it is brought along where that merges. One whose bases are current is returned as it is.
        Raises Conflict (`CF_MERGE`, with every document and why in the details `conflicts`) where a person must decide.
        """
        ...

    async def import_commit(
        self,
        commit: ImportedCommit,
        *,
        execute: bool = True,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Mutation:
        """Record a commit as a mutation under the policy `import`: executed at once, or left pending on its parents.

        The same commit again returns the mutation that it became.
        """
        ...


class Reviews(Protocol):
    """Votes, and comments in threads."""

    async def list(self, mutation: Reference) -> tuple[Review, ...]:
        """All votes on a mutation, newest first, stale ones included."""
        ...

    async def vote(
        self,
        mutation: Reference,
        *,
        vote: Vote,
        comment: Text = "",
        comments: NewComments = (),
        patchset: Count | None = None,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Mutation:
        """Vote on the current patchset, and make `comments` with it: all of it or nothing.

        A later vote of the same person replaces it. `patchset` must be current. A vote that needs a text has it in
        `comment` or in one of the comments. What is wrong with one of the comments is told with its place among them,
        from 0, as `entry` in the details.
        """
        ...

    async def withdraw(
        self,
        mutation: Reference,
        *,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Mutation:
        """Take one's own vote on the current patchset back."""
        ...

    async def request(
        self,
        mutation: Reference,
        *,
        reviewers: RequiredNames,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Mutation:
        """Ask members, by handle or e-mail, for their review. It takes no part in what the policy requires."""
        ...

    async def comments(self, mutation: Reference, *, patchset: Count | None = None) -> tuple[Comment, ...]:
        """All comments on a mutation, oldest first, each with its place on that patchset (None: the newest)."""
        ...

    async def comment(
        self,
        mutation: Reference,
        *,
        text: Text = "",
        anchor: Anchor | None = None,
        reply_to: Reference | None = None,
        suggestion: Text | None = None,
        patchset: Count | None = None,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Comment:
        """Make one comment; the arguments are those of `NewComment`. An anchored one begins an open thread."""
        ...

    async def resolve(
        self,
        mutation: Reference,
        *,
        thread: Reference,
        resolved: bool = True,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Comment:
        """Settle the thread that a comment belongs to, or open it again; returns the thread's first comment."""
        ...

    async def apply_suggestions(
        self,
        mutation: Reference,
        *,
        comments: Suggestions,
        message: Text = "",
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Mutation:
        """Make a new patchset with those comments' suggestions in it, and settle their threads.

        Raises RuleBroken (`BR_SUGGESTION`) for one whose lines have changed since, or that overlaps another.
        """
        ...


class Conflicts(Protocol):
    """What stands between mutations and the head, and between one mutation and another; always up to date."""

    async def of(self, mutation: Reference) -> ConflictReport:
        """The conflicts of one mutation, errors first, then by path."""
        ...

    async def list(
        self,
        *,
        filter: ConflictFilter = ALL_CONFLICTS,
        cursor: Reference | None = None,
        limit: Limit = 100,
    ) -> Page[Conflict]:
        """The project's conflicts by document: by path, then by mutation.

        One between two mutations is listed once, with the newer one as *ours* unless the filter names the mutation.
        """
        ...

    async def resolve(
        self,
        mutation: Reference,
        *,
        strategy: Strategy,
        files: ResolvedFiles = (),
        path: PathText | None = None,
        against: Reference | None = None,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Resolution:
        """Settle what others changed, in a new patchset made on what stands there now.

        `manual` takes the contents of `files`; `auto_merge` what merges by itself; `rebase` all of it or nothing;
        `accept_theirs` and `accept_ours` one side where both meet. What is not settled stays as it is, and is `left` in
        the answer. `path` narrows it to one document. With `against`, another mutation that is still to come, the
        patchset is stacked on that one, all of it or nothing. What is stacked on the mutation is brought along.
        """
        ...

    async def undo(
        self,
        mutation: Reference,
        *,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Mutation:
        """Take back the resolution that the current patchset is: the one before it stands again, as a new patchset.

        Its conflicts stand again with it. What is stacked on the mutation is brought along. Raises RuleBroken
        (`BR_NO_RESOLUTION`) where the current patchset settled nothing.
        """
        ...

    async def remembered(
        self, mutation: Reference, *, path: PathText | None = None, against: Reference | None = None
    ) -> tuple[RememberedText, ...]:
        """What stood before where the same sides met over the same base, for what is open now; newest first by place.

        Nothing of it is applied: whoever takes one puts it into the contents of a manual resolution.
        """
        ...

    async def train(self, mutations: References = ()) -> tuple[TrainCar, ...]:
        """What would come of executing those mutations, or all that are approved, one after the other.

        By number, parents before children, each tried on the result of those before it that pass. Changes nothing.
        """
        ...


class Executions(Protocol):
    """Applying approved mutations to the head, and taking that back."""

    async def list(self, mutation: Reference) -> tuple[Execution, ...]:
        """All executions of a mutation, newest first."""
        ...

    async def dry_run(self, mutation: Reference) -> DryRun:
        """What executing would do now, with every blocker; changes nothing."""
        ...

    async def execute(
        self,
        mutation: Reference,
        *,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Execution:
        """Claim the mutation and apply it to the head.

        Raises Blocked (`BR_BLOCKED`) with all blockers, or Conflict (`CF_STALE_BASE`, with the same list) where one of
        them is a stale base. Applying that fails after the claim ends as `failed`, nothing applied, in the result.
        """
        ...

    async def retry(
        self,
        mutation: Reference,
        *,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Mutation:
        """Bring a failed mutation back to approved or pending, as its requirements say."""
        ...

    async def rollback(
        self,
        mutation: Reference,
        *,
        reason: RequiredText,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Execution:
        """Restore the snapshot of a completed mutation; refused, with the names, where later executions build on it."""
        ...

    async def finish_rollback(
        self,
        mutation: Reference,
        *,
        reason: RequiredText,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Execution:
        """State that an operator has settled a rollback that could not be completed."""
        ...

    async def recover(self) -> int:
        """Give expired claims back; returns how many there were."""
        ...


class Team(Protocol):
    """Who is a member, with which role."""

    async def whoami(self) -> Actor:
        """The actor that this Backend is bound to."""
        ...

    async def list(self) -> tuple[Member, ...]:
        """The project's members by handle."""
        ...

    async def add(
        self,
        *,
        user: RequiredLine,
        role: RequiredLine,
        name: Line = "",
        email: Line | None = None,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Member:
        """Make a user (by handle or e-mail; made where unknown) a member."""
        ...

    async def update(
        self,
        user: Reference,
        *,
        role: RequiredLine,
        expected_version: Count | None = None,
        idempotency_key: Line | None = None,
    ) -> Member:
        """Give a member another role."""
        ...


class Events(Protocol):
    """What happened, numbered per project; and who is looking."""

    async def last(self) -> int:
        """The number of the newest event; 0 where there is none."""
        ...

    async def list(
        self,
        *,
        names: Names = (),
        actor: Reference | None = None,
        subject: Reference | None = None,
        cursor: Reference | None = None,
        limit: Limit = 100,
    ) -> Page[Event]:
        """Events, newest first, narrowed to names (`mutation.*` is all that begin so), who acted, and on what.

        `actor` is a handle, an e-mail or `me`; `subject` an object's id or a mutation's number.
        """
        ...

    async def since(self, seq: Count, *, limit: Limit = 500, wait: Wait = 0.0) -> tuple[Event, ...]:
        """Events after `seq`, oldest first. Where there are none, waits up to `wait` seconds (at most 30) for one."""
        ...

    async def look(self, mutation: Reference | None, *, window: RequiredLine) -> tuple[Looker, ...]:
        """Say which mutation the actor looks at now, None for none, and hear who looks at what, by handle.

        What was said is forgotten after some seconds: who goes on looking says so again. `window` is an id of the
        caller's choice, which tells windows of the same person apart.
        """
        ...

    async def lookers(self) -> tuple[Looker, ...]:
        """Who looks at what just now, by handle."""
        ...

    def subscribe(self, *, after: int | None = None) -> AsyncIterator[Event]:
        """Events as they happen, from after `after` (None: from now on), without gap or repeat."""
        ...


class Audit(Protocol):
    """The append-only log."""

    async def log(self, *, cursor: Reference | None = None, limit: Limit = 100) -> Page[AuditRow]:
        """The project's chain, newest first."""
        ...

    async def verify(self, *, against: Checkpoint | None = None) -> AuditReport:
        """Recompute both chains and say what does not hold, in itself or against what they were at a checkpoint.

        Raises ValidationFailed (`VAL_CHECKPOINT`) for the checkpoint of another project.
        """
        ...


class HealthChecks(Protocol):
    """How the parts behind this Backend are."""

    async def check(self) -> Health:
        """Measure every part now."""
        ...


class Backend(Protocol):
    """One contract for every way to reach an engine."""

    projects: Projects
    documents: Documents
    specs: Specs
    mutations: Mutations
    reviews: Reviews
    conflicts: Conflicts
    executions: Executions
    team: Team
    events: Events
    audit: Audit
    health: HealthChecks

    async def close(self) -> None:
        """Let go of everything held; calls under way are finished first."""
        ...


FACETS: dict[str, type] = {
    "projects": Projects,
    "documents": Documents,
    "specs": Specs,
    "mutations": Mutations,
    "reviews": Reviews,
    "conflicts": Conflicts,
    "executions": Executions,
    "team": Team,
    "events": Events,
    "audit": Audit,
    "health": HealthChecks,
}
"""The facets by attribute name."""
