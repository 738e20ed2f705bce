"""What is stored, by its columns' names: contract models are made from these records."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from lattice_console.contract.models.conflict import ConflictType, Severity, Strategy
from lattice_console.contract.models.mutation import Operation, Status
from lattice_console.contract.models.page import Direction
from lattice_console.contract.models.project import Vote
from lattice_console.contract.models.review import Turn
from lattice_console.contract.models.spec import NodeType, SpecType

GENESIS = "0" * 64
"""What stands before the first row of an audit chain."""


class ProjectRecord(NamedTuple):
    """A project, with the newest numbers of its events and its audit chain.

    `indexed` says whether what its documents refer to, and what its mutations write and the conflicts that come of it,
    are known; they are not in a database that an earlier program has written, until somebody looks at the project.
    """

    id: str
    name: str
    type: str
    version: int
    sequence: int
    policy_version: str
    created_at: datetime
    updated_at: datetime
    event_seq: int = 0
    audit_sequence: int = 0
    audit_head: str = GENESIS
    indexed: bool = True


class UserRecord(NamedTuple):
    id: str
    handle: str
    email: str | None
    name: str


class MembershipRecord(NamedTuple):
    user_id: str
    role: str
    version: int
    created_at: datetime


class StandingRecord(NamedTuple):
    """How a user stands to a project: the user and the membership, if there are such, and how many members it has."""

    project: ProjectRecord
    user: UserRecord | None
    membership: MembershipRecord | None
    members: int


class LookerRecord(NamedTuple):
    """A window of a user in which a mutation is open."""

    user_id: str
    window: str
    mutation_id: str


class HookRecord(NamedTuple):
    """A hook that lies in the project's folder; `barred` says why it is not run, empty for one that is."""

    name: str
    barred: str


class HookRun(NamedTuple):
    """What a hook came to: its exit status (negative for a signal) and what it wrote, as it came.

    `problem` says why it did not run, or not to its end, empty where it did.
    """

    name: str
    status: int = 0
    output: bytes = b""
    errors: bytes = b""
    problem: str = ""


class HeadRecord(NamedTuple):
    """One entry of the head: which revision of which document stands at a path."""

    document_id: str
    path: str
    hash: str
    size: int
    revision: int
    sequence: int
    updated_at: datetime


class RevisionRecord(NamedTuple):
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


class StepRecord(NamedTuple):
    """What a step of the head did to a document: the path that it left, and what stands where since, if anything."""

    sequence: int
    operation: str
    mutation_id: str | None
    actor_id: str
    created_at: datetime
    left: str | None
    path: str | None
    hash: str | None


class HeadMove(NamedTuple):
    """A document's step to its next revision; `path` and `hash` are None where it leaves the head."""

    document_id: str
    operation: str
    path: str | None
    hash: str | None


class SnapshotRecord(NamedTuple):
    """Where a document stood before an execution; None where it did not exist."""

    document_id: str
    path: str | None
    hash: str | None


class SpecRecord(NamedTuple):
    id: str
    name: str
    type: SpecType
    version: str | None
    description: str
    document_id: str | None
    has_schema: bool
    depends_on: Sequence[str]
    requirements: int


class NamedRecord(NamedTuple):
    id: str
    name: str


class ReferenceRecord(NamedTuple):
    """What a document refers to at a path, by JSON pointers; the empty one is the file as a whole."""

    document_id: str
    path: str
    pointers: Sequence[str]


class EdgeRecord(NamedTuple):
    """What one name stands for depends on what the other does; a document that is no spec goes by its path."""

    source: str
    target: str


class GlobRecord(NamedTuple):
    """A glob by which a document, as a spec, governs files, and the folder that all those lie in."""

    document_id: str
    glob: str
    folder: str


class GovernorRecord(NamedTuple):
    """A spec, by its name, and a glob by which it governs files, with the folder that all those lie in."""

    name: str
    glob: str
    folder: str


class PlaceRecord(NamedTuple):
    """Where a document of the head lies, and what it goes by in the graph."""

    path: str
    name: str


class TouchedRecord(NamedTuple):
    """A document of the head that a mutation touches; `known` where it is a spec, or refers, or is referred to."""

    path: str
    name: str
    known: bool


class FactRecord(NamedTuple):
    """What a document says, as `rules.dependencies.Fact` has it; the path is empty for a spec without document."""

    kind: Literal["is", "declares", "refers"]
    path: str
    other: str
    pointer: str = ""


class NodeRecord(NamedTuple):
    """A name in the graph, what it depends on, and the globs by which it governs files.

    It is `missing` where neither a spec nor a document has that name.
    """

    name: str
    type: NodeType | None
    version: str | None
    missing: bool
    depends_on: Sequence[str]
    governs: Sequence[str] = ()


class MarkRecord(NamedTuple):
    """A place in the outbox: the number of an event and its id, by which another history is told from this one."""

    seq: int
    event_id: str


class DependentsQuestion(NamedTuple):
    """What depends on those specs and files, over however many others; the `globs` cover them."""

    names: tuple[str, ...]
    limit: int
    globs: tuple[str, ...] = ()


class DependentsAnswer(NamedTuple):
    """How many specs are so many steps away, from one step on, and the nearest by distance and name."""

    by_distance: Sequence[int]
    nearest: Sequence[tuple[str, int]]


class ChainQuestion(NamedTuple):
    """The shortest way from one spec to another that it depends on, which the `globs` cover."""

    source: str
    target: str
    globs: tuple[str, ...] = ()


class ChainAnswer(NamedTuple):
    """The names on the way, both ends included; none where there is no way."""

    names: Sequence[str]


GraphQuestion = DependentsQuestion | ChainQuestion
GraphAnswer = DependentsAnswer | ChainAnswer


class ProjectedRecord(NamedTuple):
    """An answer out of a projection of the graph as it was right after that event."""

    mark: MarkRecord
    answer: GraphAnswer


class MutationRecord(NamedTuple):
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
    threads: int
    unanswered: int
    conflicts: int
    turn: Turn
    stack: int
    level: int
    created_at: datetime
    updated_at: datetime


class PatchsetRecord(NamedTuple):
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


class ChangeRecord(NamedTuple):
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


class ParentRecord(NamedTuple):
    mutation_id: str
    patchset_hash: str


class WriteRecord(NamedTuple):
    """That a mutation writes something: lines of a document, from `first` to `last`, or what `key` names as a whole."""

    key: str
    first: int
    last: int


class ConflictRecord(NamedTuple):
    """A finding about a mutation: `number` and `other` are those of the two, and `other` is 0 where it is the head.

    `facts` are what the contract's conflict is made of, as JSON.
    """

    id: str
    number: int
    other: int
    type: ConflictType
    severity: Severity
    path: str
    facts: Mapping[str, Any]


class ResolutionRecord(NamedTuple):
    """How conflicts were settled by a patchset, which replaced another one; `settled` as JSON, document by document."""

    mutation_id: str
    patchset: int
    replaced: int
    strategy: Strategy
    against: int | None
    settled: Sequence[Mapping[str, Any]]
    actor_id: str
    created_at: datetime


class RememberedRecord(NamedTuple):
    """A text that stands where sides met once: `key` is what met, the rest says where that was settled, and by whom."""

    key: str
    hash: str
    strategy: Strategy
    actor_id: str
    created_at: datetime
    number: int
    title: str
    patchset: int


class ReviewRecord(NamedTuple):
    id: str
    mutation_id: str
    patchset: int
    author_id: str
    vote: Vote
    comment: str
    policy_version: str
    state: str
    created_at: datetime


class CommentRecord(NamedTuple):
    """`thread` is the id of the thread's first comment; what follows `suggestion` is kept in that one alone."""

    id: str
    author_id: str
    patchset: int
    text: str
    created_at: datetime
    thread: str
    anchor: Mapping[str, Any] | None
    suggestion: str | None
    applied: int | None
    open: bool
    resolved_by: str | None
    resolved_at: datetime | None


class OverrideRecord(NamedTuple):
    requirement: str
    policy: str
    reason: str


class ExecutionRecord(NamedTuple):
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


class EventRecord(NamedTuple):
    seq: int
    id: str
    name: str
    at: datetime
    actor_id: str
    subject: str
    version: int
    data: Mapping[str, Any]


class AuditRecord(NamedTuple):
    sequence: int
    text: str
    previous: str
    hash: str


class Window(NamedTuple):
    """Which part of a list: after (or, for `prev`, before) the row with that key, or `offset` rows from the end.

    A key has a value for each column of the list's order.
    """

    key: tuple[int | str, ...] | None
    direction: Direction
    offset: int
    limit: int


class ListedRecord(NamedTuple):
    """A mutation in a list, with its key in the list's order."""

    key: tuple[int | str, ...]
    mutation: MutationRecord


class Asker(NamedTuple):
    """Who asks for a list, and when: `people` are the ids of those whom its filter names."""

    id: str
    now: datetime
    may_review: bool
    may_review_own: bool
    people: Mapping[str, str]
