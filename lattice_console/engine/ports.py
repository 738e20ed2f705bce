"""What the use cases need from outside: records, and the tables that hold them, within one transaction.

Records are what is stored, by their columns' names; contract models are made from them. All methods are synchronous:
a transaction is one hop to where the database lives.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from lattice_console.contract.models.mutation import MutationFilter, Operation, Status
from lattice_console.contract.models.page import Direction
from lattice_console.contract.models.project import Vote
from lattice_console.contract.models.spec import SpecType

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    id: str
    name: str
    type: str
    version: int
    sequence: int
    policy_version: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class UserRecord:
    id: str
    handle: str
    email: str | None
    name: str


@dataclass(frozen=True, slots=True)
class MembershipRecord:
    user_id: str
    role: str
    version: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class HeadRecord:
    """One entry of the head: which revision of which document stands at a path."""

    document_id: str
    path: str
    hash: str
    size: int
    revision: int
    sequence: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class RevisionRecord:
    document_id: str
    number: int
    operation: str
    path: str | None
    hash: str | None
    sequence: int
    mutation_id: str | None
    mutation_number: int | None
    actor_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class HeadMove:
    """A document's step to its next revision; `path` and `hash` are None where it leaves the head."""

    document_id: str
    operation: str
    path: str | None
    hash: str | None


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """Where a document stood before an execution; None where it did not exist."""

    document_id: str
    path: str | None
    hash: str | None


@dataclass(frozen=True, slots=True)
class SpecRecord:
    id: str
    name: str
    type: SpecType
    version: str | None
    description: str
    document_id: str | None
    has_schema: bool
    depends_on: Sequence[str]
    requirements: int


@dataclass(frozen=True, slots=True)
class MutationRecord:
    id: str
    number: int
    title: str
    description: str
    author_id: str
    spec_name: str | None
    type: str
    labels: Sequence[str]
    metadata: Mapping[str, Any]
    status: Status
    version: int
    patchset: int
    approvals: int
    objections: int
    comments: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PatchsetRecord:
    """`findings` are those of the documents' checks, as JSON: derived from the immutable bytes, kept for speed."""

    id: str
    mutation_id: str
    number: int
    hash: str
    diff_hash: str
    author_id: str
    message: str
    findings: Sequence[Mapping[str, Any]]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    id: str
    operation: Operation
    path: str
    new_path: str | None
    document_id: str | None
    base_hash: str | None
    result_hash: str | None

    @property
    def result_path(self) -> str:
        return self.new_path or self.path


@dataclass(frozen=True, slots=True)
class ParentRecord:
    mutation_id: str
    patchset_hash: str


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    id: str
    mutation_id: str
    patchset: int
    author_id: str
    vote: Vote
    comment: str
    policy_version: str
    state: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CommentRecord:
    id: str
    author_id: str
    patchset: int
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OverrideRecord:
    requirement: str
    policy: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExecutionRecord:
    id: str
    mutation_id: str
    patchset: int
    status: str
    owner: str
    lease_until: datetime
    actor_id: str
    started_at: datetime
    finished_at: datetime | None
    seconds: float | None
    sequence: int | None
    errors: Sequence[Mapping[str, Any]]
    rolled_back_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventRecord:
    seq: int
    id: str
    name: str
    at: datetime
    actor_id: str
    subject: str
    version: int
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuditRecord:
    sequence: int
    text: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list: after (or, for `prev`, before) the row with that key, or `offset` rows from the end."""

    key: int | str | None
    direction: Direction
    offset: int
    limit: int


class Projects(Protocol):
    def get(self, project_id: str) -> ProjectRecord | None: ...
    def create(self, record: ProjectRecord) -> None: ...
    def move(self, project_id: str, *, at: datetime, head: bool = False, policy_version: str | None = None) -> None:
        """Count the project's version up, with `head` its sequence too; set the policy's version where given."""
        ...

    def next_number(self, project_id: str) -> int: ...


class People(Protocol):
    def get(self, user_ids: Iterable[str]) -> dict[str, UserRecord]: ...
    def find(self, name: str) -> UserRecord | None:
        """By e-mail where `name` has an @, else by handle."""
        ...

    def by_email(self, email: str) -> UserRecord | None: ...
    def handles_like(self, stem: str) -> set[str]: ...
    def create(self, record: UserRecord, at: datetime) -> None: ...
    def membership(self, project_id: str, user_id: str) -> MembershipRecord | None: ...
    def members(self, project_id: str) -> list[MembershipRecord]: ...
    def member_count(self, project_id: str) -> int: ...
    def join(self, project_id: str, user_id: str, role: str, at: datetime) -> None: ...
    def set_role(self, project_id: str, user_id: str, role: str) -> None: ...


class Documents(Protocol):
    def put_blobs(self, contents: Mapping[str, bytes]) -> None: ...
    def content(self, project_id: str, hash: str) -> bytes | None:
        """The bytes, if a revision or a patchset of that project has them."""
        ...

    def blobs(self, hashes: Iterable[str]) -> dict[str, bytes]: ...
    def known(self, project_id: str, hashes: Iterable[str]) -> set[str]: ...
    def at_paths(self, project_id: str, paths: Iterable[str]) -> dict[str, HeadRecord]: ...
    def at_twins(self, project_id: str, keys: Iterable[str]) -> dict[str, HeadRecord]: ...
    def under(self, project_id: str, folder: str, besides: Iterable[str] = ()) -> HeadRecord | None:
        """Some document below that folder or a twin of it, none of `besides`."""
        ...

    def in_head(self, project_id: str, document_ids: Iterable[str]) -> dict[str, HeadRecord]: ...
    def page(self, project_id: str, prefix: str, window: Window) -> tuple[list[HeadRecord], int]: ...
    def starting_with(self, project_id: str, prefix: str) -> list[HeadRecord]:
        """All of the head whose path starts so; the empty prefix is the whole head."""
        ...

    def moved_paths(self, project_id: str, after: int) -> set[str]:
        """Every path that a revision after that sequence left or took."""
        ...

    def advance(
        self,
        project_id: str,
        moves: Sequence[HeadMove],
        *,
        sequence: int,
        mutation_id: str | None,
        actor_id: str,
        at: datetime,
    ) -> None:
        """Write the next revision of each document and bring the head to it; all moves happen at once."""
        ...

    def history(self, project_id: str, document_id: str, before: int | None, limit: int) -> list[RevisionRecord]: ...
    def last_revisions(self, document_ids: Iterable[str]) -> dict[str, RevisionRecord]: ...
    def revisions_since(self, document_ids: Iterable[str], after: int) -> list[RevisionRecord]:
        """The revisions of those documents after that sequence; of each document oldest first."""
        ...


class Specs(Protocol):
    def all(self, project_id: str) -> list[SpecRecord]: ...
    def by_name(self, project_id: str, name: str) -> SpecRecord | None: ...
    def put(self, project_id: str, records: Sequence[SpecRecord]) -> None: ...
    def drop(self, project_id: str, document_ids: Sequence[str]) -> dict[str, str]:
        """Forget the specs of those documents; returns spec ids by document id, for those that come back."""
        ...


class Mutations(Protocol):
    def create(self, project_id: str, record: MutationRecord) -> None: ...
    def update(self, mutation_id: str, **columns: Any) -> None:
        """Set columns; the version counts up unless `version` is given."""
        ...

    def by_id(self, project_id: str, mutation_id: str) -> MutationRecord | None: ...
    def by_number(self, project_id: str, number: int) -> MutationRecord | None: ...
    def many(self, mutation_ids: Iterable[str]) -> dict[str, MutationRecord]: ...
    def with_status(self, project_id: str, statuses: Iterable[Status]) -> list[MutationRecord]: ...
    def newest_of(self, project_id: str, author_id: str) -> MutationRecord | None: ...
    def page(
        self, project_id: str, narrowed: MutationFilter, authors: Sequence[str], window: Window
    ) -> tuple[list[MutationRecord], int]:
        """Newest number first; `authors` are the ids that the filter's authors mean."""
        ...

    def counts(self, project_id: str, narrowed: MutationFilter, authors: Sequence[str]) -> dict[Status, int]: ...
    def add_patchset(
        self,
        project_id: str,
        record: PatchsetRecord,
        changes: Sequence[ChangeRecord],
        parents: Sequence[ParentRecord],
    ) -> None: ...
    def patchset(self, mutation_id: str, number: int) -> PatchsetRecord | None: ...
    def patchsets(self, mutation_ids: Iterable[str]) -> dict[str, PatchsetRecord]:
        """The current patchset of each."""
        ...

    def changes(self, patchset_ids: Iterable[str]) -> dict[str, list[ChangeRecord]]: ...
    def parents(self, patchset_ids: Iterable[str]) -> dict[str, list[ParentRecord]]: ...
    def children(self, mutation_id: str) -> list[MutationRecord]:
        """Those whose current patchset is stacked on it, by number."""
        ...

    def override(self, mutation_id: str, records: Sequence[OverrideRecord], at: datetime) -> None: ...
    def overrides(self, mutation_ids: Iterable[str]) -> dict[str, list[OverrideRecord]]: ...
    def imported(self, project_id: str, commit: str) -> str | None: ...
    def note_import(self, project_id: str, commit: str, mutation_id: str) -> None: ...
    def pending_imports_on(self, project_id: str, paths: Iterable[str]) -> list[MutationRecord]:
        """Imported mutations not yet executed whose changes touch one of the paths, oldest first."""
        ...


class Reviews(Protocol):
    def add(self, record: ReviewRecord) -> None: ...
    def settle(self, review_ids: Sequence[str], state: str) -> None: ...
    def of(self, mutation_ids: Iterable[str]) -> dict[str, list[ReviewRecord]]:
        """All votes on each mutation, newest first."""
        ...

    def add_comment(self, mutation_id: str, record: CommentRecord) -> None: ...
    def comments(self, mutation_id: str) -> list[CommentRecord]: ...
    def commenters(self, mutation_ids: Iterable[str]) -> dict[str, set[str]]: ...


class Executions(Protocol):
    def add(self, record: ExecutionRecord) -> None: ...
    def update(self, execution_id: str, **columns: Any) -> None: ...
    def get(self, execution_id: str) -> ExecutionRecord | None: ...
    def of(self, mutation_id: str) -> list[ExecutionRecord]:
        """All executions of a mutation, newest first."""
        ...

    def expired(self, project_id: str, now: datetime) -> list[ExecutionRecord]: ...
    def snapshot(self, execution_id: str) -> list[SnapshotRecord]: ...
    def keep_snapshot(self, execution_id: str, records: Sequence[SnapshotRecord]) -> None: ...


class Events(Protocol):
    def append(self, project_id: str, records: Sequence[EventRecord]) -> None:
        """Number the records (their `seq` is ignored) and write them; contiguous per project."""
        ...

    def last(self, project_id: str) -> int: ...
    def since(self, project_id: str, seq: int, limit: int) -> list[EventRecord]: ...
    def of_subject(self, project_id: str, subject: str) -> list[EventRecord]: ...


class Audit(Protocol):
    def append(self, project_id: str | None, entries: Sequence[Mapping[str, Any]]) -> None:
        """Extend the chain of the project, or the installation's, by the canonical text of each entry."""
        ...

    def page(self, project_id: str, before: int | None, limit: int) -> tuple[list[AuditRecord], int]: ...
    def chain(self, project_id: str | None) -> Iterable[AuditRecord]: ...
    def head(self, project_id: str | None) -> tuple[int, str]: ...


class Answers(Protocol):
    """Answers of writes by their idempotency keys."""

    def find(self, scope: str, actor: str, key: str) -> tuple[str, bytes] | None: ...
    def keep(self, scope: str, actor: str, key: str, fingerprint: str, answer: bytes, at: datetime) -> None: ...


class Tables(Protocol):
    """Everything stored, as one transaction sees it."""

    projects: Projects
    people: People
    documents: Documents
    specs: Specs
    mutations: Mutations
    reviews: Reviews
    executions: Executions
    events: Events
    audit: Audit
    answers: Answers


class Store(Protocol):
    """The truth: transactions over `Tables`, and a sign that others have written."""

    async def read(self, work: Callable[[Tables], Result]) -> Result:
        """Run `work` on one consistent view; raises SystemFailure where the database fails."""
        ...

    async def write(self, work: Callable[[Tables], Result]) -> Result:
        """Run `work` as one durable transaction: all of it, or on any exception nothing."""
        ...

    @property
    def mark(self) -> int:
        """How often a write was noticed so far."""
        ...

    async def wait(self, seconds: float, mark: int | None = None) -> None:
        """Return once somebody may have written since `mark`, or since now; at the latest after `seconds`."""
        ...

    async def close(self) -> None: ...
