"""What the use cases need from outside: the tables that hold records, within one transaction.

All methods are synchronous: a transaction is one hop to where the database lives.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from lattice_console.contract.events import Event, EventName
from lattice_console.contract.models.conflict import ConflictFilter
from lattice_console.contract.models.mutation import Status
from lattice_console.contract.models.query import MutationFilter, Sort
from lattice_console.engine.pulse import Monitored
from lattice_console.engine.records import (
    Asker,
    AuditRecord,
    ChangeRecord,
    CommentRecord,
    ConflictRecord,
    EdgeRecord,
    EventRecord,
    ExecutionRecord,
    FactRecord,
    GlobRecord,
    GovernorRecord,
    GraphQuestion,
    HeadMove,
    HeadRecord,
    HookRecord,
    HookRun,
    ListedRecord,
    LookerRecord,
    MembershipRecord,
    MutationRecord,
    NamedRecord,
    NodeRecord,
    OverrideRecord,
    ParentRecord,
    PatchsetRecord,
    PlaceRecord,
    ProjectedRecord,
    ProjectRecord,
    ReferenceRecord,
    RememberedRecord,
    ResolutionRecord,
    ReviewRecord,
    RevisionRecord,
    SnapshotRecord,
    SpecRecord,
    StandingRecord,
    StepRecord,
    TouchedRecord,
    UserRecord,
    Window,
    WriteRecord,
)

Result = TypeVar("Result")
Between = TypeVar("Between")


class Projects(Protocol):
    def get(self, project_id: str) -> ProjectRecord | None: ...
    def of_user(self, user_id: str) -> list[ProjectRecord]:
        """Those that the user is a member of, by name and id."""
        ...

    def create(self, record: ProjectRecord) -> None: ...
    def move(
        self, project_id: str, *, at: datetime, head: bool = False, policy_version: str | None = None
    ) -> ProjectRecord:
        """Count the project's version up, with `head` its sequence too; set the policy's version where given."""
        ...

    def next_number(self, project_id: str) -> int: ...
    def standing(self, project_id: str, name: str) -> StandingRecord | None:
        """The project, and how the user of that name, found as `People.find` does, stands to it."""
        ...

    def count(self, before: ProjectRecord, after: ProjectRecord) -> None:
        """Bring the numbers of events and audit from those before to those after; raises LookupError if they moved."""
        ...


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

    def steps(self, project_id: str, after: int, until: int) -> list[StepRecord]:
        """What the head's steps after the one sequence up to the other did, by sequence."""
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
    def named(self, project_id: str, names: Iterable[str]) -> dict[str, SpecRecord]:
        """Those of the names that are specs, each with what `by_name` gives for it."""
        ...

    def put(self, project_id: str, records: Sequence[SpecRecord]) -> None: ...
    def drop(self, project_id: str, document_ids: Sequence[str]) -> dict[str, NamedRecord]:
        """Forget the specs of those documents; returns what they were by document id, for those that come back."""
        ...


class References(Protocol):
    """What the documents of the head refer to by `$ref` in other files, which need not be there."""

    def of(self, project_id: str, document_ids: Iterable[str]) -> list[ReferenceRecord]:
        """What those documents refer to."""
        ...

    def to(self, project_id: str, paths: Iterable[str]) -> list[ReferenceRecord]:
        """What refers to those paths."""
        ...

    def replace(self, project_id: str, document_ids: Sequence[str], records: Sequence[ReferenceRecord]) -> set[str]:
        """Make the records all that those documents refer to; returns those that referred to something before."""
        ...


class Globs(Protocol):
    """By which globs the head's specs govern files, which need not be there."""

    def replace(self, project_id: str, document_ids: Sequence[str], records: Sequence[GlobRecord]) -> None:
        """Make the records all globs of those documents."""
        ...

    def of(self, project_id: str, names: Iterable[str] | None = None) -> list[GovernorRecord]:
        """The globs of the specs of those names, or of all."""
        ...

    def over(self, project_id: str, folders: Iterable[str]) -> list[GovernorRecord]:
        """The globs all of whose files lie in exactly one of those folders."""
        ...


class Graph(Protocol):
    """What depends on what: specs by name, other documents by path, as `link` read it last.

    A document depends on what it declares as a spec, and on what it refers to; a path where a spec lies is that spec.
    """

    def edges(self, project_id: str) -> list[EdgeRecord]:
        """All of the project's, by source and target."""
        ...

    def declares(self, project_id: str, names: Iterable[str]) -> set[EdgeRecord]:
        """What the specs of those names declare to depend on."""
        ...

    def next(self, project_id: str, names: Iterable[str], *, reverse: bool) -> list[EdgeRecord]:
        """The edges that leave those names, or in `reverse` those that lead to them."""
        ...

    def said_by(self, project_id: str, paths: Iterable[str]) -> list[FactRecord]:
        """What the documents of the head at those paths are, declare and refer to."""
        ...

    def said_of(self, project_id: str, names: Iterable[str], paths: Iterable[str]) -> list[FactRecord]:
        """Which documents of the head are specs of those names, and which declare to need them or refer to paths."""
        ...

    def reached(self, project_id: str, names: Iterable[str], *, reverse: bool, depth: int | None) -> list[EdgeRecord]:
        """Every edge that is passed on the ways from those names, or in `reverse` to them, of at most `depth` steps."""
        ...

    def size(self, project_id: str, names: Iterable[str], *, reverse: bool, most: int) -> int:
        """How many names are come by on the ways from those, or in `reverse` to them; counted up to `most`."""
        ...

    def nodes(self, project_id: str, names: Iterable[str] | None = None) -> list[NodeRecord]:
        """What is known of each of those names, or of all that are in the graph."""
        ...

    def at_paths(self, project_id: str, paths: Iterable[str]) -> dict[str, str]:
        """What the documents at those paths go by in the graph, by path."""
        ...

    def under(self, project_id: str, folder: str) -> list[PlaceRecord]:
        """Every document of the head in that folder, by path; the empty folder is the project's."""
        ...

    def touched_by(self, project_id: str, number: int) -> list[TouchedRecord]:
        """The documents of the head that the newest patchset of that mutation touches, by name."""
        ...

    def link(self, project_id: str, document_ids: Iterable[str]) -> None:
        """Bring the edges of those documents to what they declare and refer to, and to what lies there now."""
        ...

    def declared(self, project_id: str) -> list[EdgeRecord]:
        """What the documents declare and refer to: what `edges` must be."""
        ...

    def rebuild(self, project_id: str) -> None:
        """Make all edges anew from what the documents declare and refer to."""
        ...


GRAPH_EVENTS: Sequence[EventName] = ("spec.updated", "spec.removed", "graph.changed")
"""The events that tell of every change to the graph; their data has the `name` of what is otherwise there.

Where it has `led_to`, so is what depends on that; without a name, everything may be.
"""


class Mutations(Protocol):
    def create(self, project_id: str, record: MutationRecord) -> None: ...
    def update(self, mutation_id: str, **columns: Any) -> None:
        """Set columns; the version counts up unless `version` is given."""
        ...

    def by_id(self, project_id: str, mutation_id: str) -> MutationRecord | None: ...
    def by_number(self, project_id: str, number: int) -> MutationRecord | None: ...
    def numbered(self, project_id: str, numbers: Iterable[int]) -> dict[int, MutationRecord]: ...
    def many(self, mutation_ids: Iterable[str]) -> dict[str, MutationRecord]: ...
    def with_status(self, project_id: str, statuses: Iterable[Status]) -> list[MutationRecord]: ...
    def page(
        self, project_id: str, narrowed: MutationFilter, asker: Asker, sort: Sort, window: Window
    ) -> tuple[list[ListedRecord], int]: ...
    def counts(self, project_id: str, narrowed: MutationFilter, asker: Asker) -> dict[Status, int]: ...
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

    def proposed_by(self, user_id: str, mutation_ids: Iterable[str]) -> set[str]:
        """Those of the mutations whose current patchset is by that user."""
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

    def cast_by(self, user_id: str, mutation_ids: Iterable[str]) -> set[str]:
        """Those of the mutations on which that user has a vote that counts."""
        ...

    def seen(self, user_id: str, mutation_id: str) -> int | None:
        """The newest patchset that the user voted or commented on."""
        ...

    def note_seen(self, user_id: str, mutation_id: str, patchset: int) -> None: ...
    def forget_seen(self, user_id: str, mutation_id: str) -> None: ...
    def requested(self, mutation_id: str) -> list[str]:
        """The ids of those whose review was asked for."""
        ...

    def request(self, mutation_id: str, user_ids: Iterable[str]) -> None:
        """Ask for the review of those, whom nobody asked before."""
        ...

    def add_comment(self, mutation_id: str, record: CommentRecord) -> None: ...
    def update_comment(self, comment_id: str, **columns: Any) -> None: ...
    def comments(self, mutation_id: str) -> list[CommentRecord]: ...
    def commenters(self, mutation_ids: Iterable[str]) -> dict[str, set[str]]: ...


class Conflicts(Protocol):
    """What mutations that are still to come write, and the conflicts that come of it."""

    def write(self, project_id: str, written: Mapping[int, Iterable[WriteRecord]]) -> None:
        """Keep what mutations write, by their numbers."""
        ...

    def unwrite(self, project_id: str, numbers: Iterable[int]) -> None: ...
    def writing(self, project_id: str, keys: Iterable[str]) -> list[MutationRecord]:
        """The mutations that write something under one of the keys, by number."""
        ...

    def meeting(self, project_id: str, numbers: Iterable[int]) -> list[tuple[int, int]]:
        """Each of those mutations with every other one that writes some of the same lines under the same key."""
        ...

    def under(self, project_id: str, keys: Iterable[str]) -> list[tuple[str, int]]:
        """Each of the keys with every mutation that writes something under it."""
        ...

    def of(self, project_id: str, numbers: Iterable[int]) -> dict[int, list[ConflictRecord]]:
        """What is found about each of those mutations, with an entry for every number."""
        ...

    def put(self, project_id: str, records: Sequence[ConflictRecord]) -> None: ...
    def drop(self, project_id: str, records: Sequence[ConflictRecord]) -> None: ...
    def forget(self, project_id: str, number: int) -> None:
        """Drop what is found about that mutation and the head."""
        ...

    def page(
        self, project_id: str, narrowed: ConflictFilter, number: int | None, window: Window
    ) -> tuple[list[ConflictRecord], int]:
        """Findings by path, number and id, those of that mutation or each once; and how many the list has."""
        ...

    def indexed(self, project_id: str) -> None:
        """Note that the project's references, writes and conflicts are all there."""
        ...


class Resolutions(Protocol):
    """How conflicts were settled, and what is remembered of it."""

    def add(self, record: ResolutionRecord) -> None: ...
    def of(self, mutation_id: str, patchset: int) -> ResolutionRecord | None:
        """How that patchset settled conflicts; None for one that did not."""
        ...

    def remember(
        self, project_id: str, mutation_id: str, patchset: int, texts: Sequence[tuple[str, str, str | None, str]]
    ) -> None:
        """Keep what stands where sides met: by what met, the path, the pointer if known, and the hash of the text."""
        ...

    def remembered(self, project_id: str, keys: Iterable[str]) -> list[RememberedRecord]:
        """What stood where the same met before, newest first."""
        ...


class Executions(Protocol):
    def add(self, record: ExecutionRecord) -> None: ...
    def update(self, execution_id: str, **columns: Any) -> None: ...
    def get(self, execution_id: str) -> ExecutionRecord | None: ...
    def of(self, mutation_id: str) -> list[ExecutionRecord]:
        """All executions of a mutation, newest first."""
        ...

    def expired(self, project_id: str, now: datetime, beyond: datetime) -> list[ExecutionRecord]: ...
    def snapshot(self, execution_id: str) -> list[SnapshotRecord]: ...
    def keep_snapshot(self, execution_id: str, records: Sequence[SnapshotRecord]) -> None: ...


class Events(Protocol):
    def append(self, project: ProjectRecord, records: Sequence[EventRecord]) -> int:
        """Write the records, numbered on from the project's (their `seq` is ignored); returns the newest number."""
        ...

    def last(self, project_id: str) -> int: ...
    def since(self, project_id: str, seq: int, limit: int) -> list[EventRecord]: ...
    def first(self, project_id: str, after: int, names: Sequence[EventName]) -> EventRecord | None:
        """The first event of one of those names after that number."""
        ...

    def of_subject(self, project_id: str, subject: str) -> list[EventRecord]: ...
    def page(
        self,
        project_id: str,
        names: Sequence[str],
        actor_id: str | None,
        subject: str | None,
        before: int | None,
        limit: int,
    ) -> tuple[list[EventRecord], int]:
        """Newest first, and how many the list has; a name that ends in `*` is all that begin so."""
        ...


class Audit(Protocol):
    def append(self, project: ProjectRecord | None, entries: Sequence[Mapping[str, Any]]) -> tuple[int, str]:
        """Extend the chain of the project, or the installation's, by the canonical text of each entry.

        Returns the newest sequence and hash; a project's are kept by `Projects.count`.
        """
        ...

    def page(self, project_id: str, before: int | None, limit: int) -> tuple[list[AuditRecord], int]: ...
    def chain(self, project_id: str | None) -> Iterable[AuditRecord]: ...
    def head(self, project_id: str | None) -> tuple[int, str]: ...
    def strays(self) -> int: ...


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
    references: References
    globs: Globs
    graph: Graph
    mutations: Mutations
    reviews: Reviews
    conflicts: Conflicts
    resolutions: Resolutions
    executions: Executions
    events: Events
    audit: Audit
    answers: Answers


class Behind(NamedTuple):
    """How far a view may be behind: it knows of this event of the project, at least."""

    project: str
    seq: int


class Store(Monitored, Protocol):
    """The truth: transactions over `Tables`.

    Its health is that of `database`, and of `replica` where there is one.
    """

    async def read(self, work: Callable[[Tables], Result], *, behind: "Behind | None" = None) -> Result:
        """Run `work` on one consistent view; raises SystemFailure where the database fails.

        With `behind`, on one that need not be the newest: a replica may have it.
        """
        ...

    async def write(self, work: Callable[[Tables], Result], *, project: str | None = None) -> Result:
        """Run `work` as one durable transaction: all of it, or on any exception nothing.

        Who writes in the same project waits. It may be run again, where others beside the project were first.
        """
        ...

    async def write_both(
        self,
        first: Callable[[Tables], Between],
        then: Callable[[Tables, Between], Result],
        *,
        project: str | None = None,
    ) -> Result:
        """Run two durable transactions, one right after the other: `first`, and `then` with what that returned.

        Others may write between them. Where `then` raises, `first` stays done.
        """
        ...

    def bus(self) -> "Bus":
        """A bus of the database's own means, for where no server carries the news."""
        ...

    async def close(self) -> None: ...


class Bus(Monitored, Protocol):
    """Tells waiters that something happened in a project; what it was, they read from the outbox by its numbers.

    So news may get lost, come twice or in any order on their way: a bus only has to wake in the end. Any thread and
    any event loop may call it.
    """

    def mark(self, project_id: str) -> int:
        """Counts the news noticed so far: taken before a read, and handed to `wait`, none gets lost between."""
        ...

    async def wait(self, project_id: str, mark: int, seconds: float) -> None:
        """Return once there may be news of the project since `mark`; at the latest after `seconds`."""
        ...

    def publish(self, project_id: str, events: Sequence[Event]) -> None:
        """Tell what a transaction that is committed has written.

        Returns at once and raises nothing: what cannot be carried now is noticed by the numbers later.
        """
        ...

    async def close(self) -> None:
        """Wake all waiters for the last time; nobody publishes any more."""
        ...


class Projection(Monitored, Protocol):
    """The graph once more, in a server that is made for large questions about it, as the outbox brings it there.

    It is no truth: it may be behind, or not there, and raises nothing because of that. Its health is that of `neo4j`.
    """

    def follow(self, project_id: str, *, written: bool = False) -> None:
        """Keep up with that project from now on, at once where this process has `written` to its graph."""
        ...

    async def ask(self, project_id: str, question: GraphQuestion, seq: int) -> ProjectedRecord | None:
        """What it answers, and as of when, if it does; it waits a little to be as new as that event."""
        ...

    async def close(self) -> None: ...


class Presence(Protocol):
    """Who looks at which mutation just now. It is no truth: it may forget, and it raises nothing."""

    async def look(self, project_id: str, looker: LookerRecord) -> None:
        """Take note of it, in place of what that window looked at before; forgotten after some seconds."""
        ...

    async def leave(self, project_id: str, user_id: str, window: str) -> None:
        """That window looks at nothing any more."""
        ...

    async def lookers(self, project_id: str) -> list[LookerRecord]:
        """All who look, as far as it is known."""
        ...


class Cache(Protocol):
    """Keeps what took long to compute. It is no truth: it may forget, and what it gives is to be checked."""

    async def get(self, project_id: str, question: str) -> bytes | None:
        """What was kept for that question last, if it is known."""
        ...

    async def put(self, project_id: str, question: str, value: bytes) -> None:
        """Keep a value for that question, in place of what was kept."""
        ...


HookKind = Literal["pre-mutation", "post-mutation"]
"""Whether a hook is asked before something happens to a mutation, or told after."""


class Hooks(Protocol):
    """Programs that the project's people have laid into its folder, to be asked or told about its mutations.

    They are not ours: they may hang, and what they say is untrusted.
    """

    seconds: float
    """How long those of one event may take together."""

    def found(self, project_id: str, kind: HookKind) -> list[HookRecord]:
        """Those of that kind, in the order in which they are run; none where no folder of the project is here."""
        ...

    async def run(self, name: str, data: bytes, seconds: float) -> HookRun:
        """Run one with `data` on its stdin, for so long at most; raises nothing for what it does."""
        ...
