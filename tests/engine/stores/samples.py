"""Records to store: each function gives a plain one, and takes what a test wants otherwise."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from lattice_console.engine.ports import Tables
from lattice_console.engine.records import (
    ChangeRecord,
    CommentRecord,
    EventRecord,
    ExecutionRecord,
    HeadMove,
    MutationRecord,
    PatchsetRecord,
    ProjectRecord,
    ReviewRecord,
    SpecRecord,
    UserRecord,
)

PROJECT = "p1"
OTHER = "p2"
KIM = "u-kim"
ALEX = "u-alex"
NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def found(tables: Tables) -> None:
    """Two projects and two users, both members of the first."""
    for project_id in (PROJECT, OTHER):
        tables.projects.create(project(project_id))
    tables.people.create(UserRecord(KIM, "kim", "Kim@example.org", "Kim"), NOW)
    tables.people.create(UserRecord(ALEX, "alex", None, "Alex"), NOW)
    tables.people.join(PROJECT, KIM, "owner", NOW)
    tables.people.join(PROJECT, ALEX, "reviewer", later(1))


def project(project_id: str) -> ProjectRecord:
    return ProjectRecord(project_id, project_id.upper(), "python", 1, 0, "", NOW, NOW)


def announce(tables: Tables, project_id: str, records: Sequence[EventRecord]) -> None:
    """Append events, and count them."""
    before = known(tables, project_id)
    tables.projects.count(before, before._replace(event_seq=tables.events.append(before, records)))


def audit(tables: Tables, project_id: str, entries: Sequence[Mapping[str, Any]]) -> None:
    """Append to the project's chain, and keep its newest hash."""
    before = known(tables, project_id)
    sequence, head = tables.audit.append(before, entries)
    tables.projects.count(before, before._replace(audit_sequence=sequence, audit_head=head))


def known(tables: Tables, project_id: str) -> ProjectRecord:
    record = tables.projects.get(project_id)
    assert record is not None
    return record


def mutation(number: int, **changes: Any) -> MutationRecord:
    plain = MutationRecord(
        id=f"m{number}",
        number=number,
        title=f"Change {number}",
        description="",
        author_id=KIM,
        spec_name=None,
        type="feature",
        labels=[],
        metadata={},
        status="pending",
        version=1,
        patchset=1,
        approvals=0,
        objections=0,
        comments=0,
        threads=0,
        unanswered=0,
        conflicts=0,
        turn="reviewers",
        stack=number,
        level=0,
        created_at=NOW,
        updated_at=NOW,
    )
    return plain._replace(**changes)


def patchset(mutation_id: str, number: int = 1, **changes: Any) -> PatchsetRecord:
    plain = PatchsetRecord(
        id=f"{mutation_id}/{number}",
        mutation_id=mutation_id,
        number=number,
        hash=f"{mutation_id}-{number}",
        diff_hash="d",
        author_id=KIM,
        message="",
        findings=[],
        created_at=NOW,
    )
    return plain._replace(**changes)


def change(change_id: str, path: str, **changes: Any) -> ChangeRecord:
    plain = ChangeRecord(change_id, "create", path, None, None, None, None)
    return plain._replace(**changes)


def propose(tables: Tables, record: MutationRecord, *paths: str, project_id: str = PROJECT) -> None:
    """Store the mutation with a first patchset that changes the paths."""
    tables.mutations.create(project_id, record)
    changes = [change(f"{record.id}/{position}", path) for position, path in enumerate(paths)]
    tables.mutations.add_patchset(project_id, patchset(record.id), changes, [])


def review(review_id: str, mutation_id: str, **changes: Any) -> ReviewRecord:
    plain = ReviewRecord(review_id, mutation_id, 1, ALEX, "approve", "", "policy", "counts", NOW)
    return plain._replace(**changes)


def comment(comment_id: str, **changes: Any) -> CommentRecord:
    plain = CommentRecord(
        id=comment_id,
        author_id=KIM,
        patchset=1,
        text="Look here",
        created_at=NOW,
        thread=comment_id,
        anchor=None,
        suggestion=None,
        applied=None,
        open=False,
        resolved_by=None,
        resolved_at=None,
    )
    return plain._replace(**changes)


def execution(execution_id: str, mutation_id: str, **changes: Any) -> ExecutionRecord:
    plain = ExecutionRecord(
        id=execution_id,
        mutation_id=mutation_id,
        patchset=1,
        status="in_progress",
        owner="process-1",
        lease_until=later(30),
        actor_id=KIM,
        started_at=NOW,
        finished_at=None,
        seconds=None,
        sequence=None,
        errors=[],
        rolled_back_at=None,
    )
    return plain._replace(**changes)


def event(name: str = "mutation.created", **changes: Any) -> EventRecord:
    return EventRecord(0, f"id-{name}", name, NOW, KIM, "m1", 1, {})._replace(**changes)


def spec(spec_id: str, name: str, **changes: Any) -> SpecRecord:
    return SpecRecord(spec_id, name, "api", "1.0.0", "", None, False, [], 0)._replace(**changes)


def step(tables: Tables, sequence: int, *moves: HeadMove, project_id: str = PROJECT) -> None:
    """Bring the head to its next sequence; the bytes are the hashes."""
    tables.documents.put_blobs({move.hash: move.hash.encode() for move in moves if move.hash is not None})
    tables.documents.advance(project_id, moves, sequence=sequence, mutation_id=None, actor_id=KIM, at=later(sequence))


def mean(tables: Tables, *records: SpecRecord, project_id: str = PROJECT) -> None:
    """Store specs, each the meaning of a document of its own, and what they depend on."""
    of = [record._replace(document_id=f"d-{record.id}") for record in records]
    moves = [HeadMove(f"d-{record.id}", "modify", f"{record.id}.json", "h") for record in records]
    step(tables, 1, *moves, project_id=project_id)
    tables.specs.put(project_id, of)
    tables.graph.link(project_id, [move.document_id for move in moves])
