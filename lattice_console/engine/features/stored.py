"""Mutations with what belongs to them, each read once in a transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lattice_console.contract.models.spec import Finding
from lattice_console.engine.features.context import Context
from lattice_console.engine.records import (
    ChangeRecord,
    ConflictRecord,
    ExecutionRecord,
    HeadRecord,
    MutationRecord,
    ParentRecord,
    PatchsetRecord,
    ReviewRecord,
    RevisionRecord,
)
from lattice_console.engine.rules import attention


@dataclass(frozen=True, slots=True)
class Stored:
    """A patchset with its changes and parents: immutable once written."""

    patchset: PatchsetRecord
    changes: Sequence[ChangeRecord]
    parents: Sequence[ParentRecord]


def current(ctx: Context, records: Sequence[MutationRecord]) -> dict[str, Stored]:
    """The current patchset of each mutation, by its id."""
    wanted = {record.id: ("patchset", record.id, record.patchset) for record in records}
    missing = [mutation_id for mutation_id, key in wanted.items() if key not in ctx.memo]
    if missing:
        mutations = ctx.tables.mutations
        patchsets = mutations.patchsets(missing)
        ids = [patchset.id for patchset in patchsets.values()]
        changes, parents = mutations.changes(ids), mutations.parents(ids)
        for mutation_id, patchset in patchsets.items():
            ctx.memo[wanted[mutation_id]] = Stored(patchset, changes.get(patchset.id, ()), parents.get(patchset.id, ()))
    return {mutation_id: ctx.memo[key] for mutation_id, key in wanted.items()}


def of(ctx: Context, record: MutationRecord) -> Stored:
    """The current patchset of one mutation."""
    known: Stored | None = ctx.memo.get(("patchset", record.id, record.patchset))
    return known or current(ctx, [record])[record.id]


def added(
    ctx: Context, patchset: PatchsetRecord, changes: Sequence[ChangeRecord], parents: Sequence[ParentRecord]
) -> None:
    """Take note of a patchset that was written."""
    ctx.memo["patchset", patchset.mutation_id, patchset.number] = Stored(patchset, changes, parents)


def at_paths(ctx: Context, paths: Iterable[str]) -> dict[str, HeadRecord]:
    """What of the head stands at those paths, by path."""
    wanted = list(paths)
    missing = [path for path in wanted if ("head", path) not in ctx.memo]
    if missing:
        found = ctx.tables.documents.at_paths(ctx.project.id, missing)
        ctx.memo.update((("head", path), found.get(path)) for path in missing)
    known = ((path, ctx.memo["head", path]) for path in wanted)
    return {path: record for path, record in known if record is not None}


def last_revision(ctx: Context, document_id: str) -> RevisionRecord | None:
    """The newest revision of a document, if there is one."""
    key = ("revision", document_id)
    if key not in ctx.memo:
        ctx.memo[key] = ctx.tables.documents.last_revisions([document_id]).get(document_id)
    found: RevisionRecord | None = ctx.memo[key]
    return found


def head_moves(ctx: Context) -> None:
    """Read anew what stands in the head, as it moves."""
    for key in [key for key in ctx.memo if key[0] in ("head", "revision")]:
        del ctx.memo[key]


def blobs(ctx: Context, hashes: Iterable[str]) -> dict[str, bytes]:
    """Those of the bytes that are kept, by hash."""
    wanted = set(hashes)
    missing = [hash for hash in wanted if ("blob", hash) not in ctx.memo]
    for hash, content in ctx.tables.documents.blobs(missing).items():
        ctx.memo["blob", hash] = content
    return {hash: ctx.memo["blob", hash] for hash in wanted if ("blob", hash) in ctx.memo}


def conflicts(ctx: Context, records: Sequence[MutationRecord]) -> dict[str, list[ConflictRecord]]:
    """What is for a person to decide about each mutation, by its id."""
    counted = [record for record in records if record.conflicts]
    missing = {record.number for record in counted if ("conflicts", record.id) not in ctx.memo}
    found = ctx.tables.conflicts.of(ctx.project.id, missing) if missing else {}
    for record in counted:
        if record.number in found:
            errors = [one for one in found[record.number] if one.severity == "error"]
            ctx.memo["conflicts", record.id] = sorted(errors, key=lambda one: (one.path, one.id))
    return {record.id: ctx.memo["conflicts", record.id] if record.conflicts else [] for record in records}


def with_head(ctx: Context, records: Sequence[MutationRecord]) -> dict[str, list[ConflictRecord]]:
    """The conflicts with the head that are for a person, by the mutation's id."""
    return {id: [one for one in found if one.other == 0] for id, found in conflicts(ctx, records).items()}


def requested(ctx: Context, record: MutationRecord) -> tuple[str, ...]:
    """The ids of those whose review of a mutation was asked for."""
    key = ("requested", record.id)
    if key not in ctx.memo:
        ctx.memo[key] = tuple(ctx.tables.reviews.requested(record.id))
    found: tuple[str, ...] = ctx.memo[key]
    return found


def newborn(ctx: Context, record: MutationRecord) -> None:
    """Take note of a mutation that was made in this transaction: there is nothing yet that belongs to it."""
    ctx.memo["votes", record.id] = []
    ctx.memo["overrides", record.id] = []
    ctx.memo["executions", record.id] = []
    ctx.memo["children", record.id] = []
    ctx.memo["seen", record.id] = None
    ctx.memo["requested", record.id] = ()


def executions(ctx: Context, record: MutationRecord) -> list[ExecutionRecord]:
    """All executions of a mutation, newest first."""
    known: list[ExecutionRecord] | None = ctx.memo.get(("executions", record.id))
    return ctx.tables.executions.of(record.id) if known is None else known


def children(ctx: Context, record: MutationRecord) -> list[MutationRecord]:
    """Those whose current patchset is stacked on it, by number."""
    known: list[MutationRecord] | None = ctx.memo.get(("children", record.id))
    return ctx.tables.mutations.children(record.id) if known is None else known


def seen(ctx: Context, record: MutationRecord) -> int | None:
    """The newest patchset that the actor voted or commented on."""
    key = ("seen", record.id)
    known: int | None = ctx.memo[key] if key in ctx.memo else ctx.tables.reviews.seen(ctx.me.id, record.id)
    return known


def votes(ctx: Context, records: Sequence[MutationRecord]) -> dict[str, list[ReviewRecord]]:
    """All votes on each mutation, newest first, by its id."""
    missing = [record.id for record in records if ("votes", record.id) not in ctx.memo]
    if missing:
        found = ctx.tables.reviews.of(missing)
        for mutation_id in missing:
            ctx.memo["votes", mutation_id] = found.get(mutation_id, [])
    return {record.id: ctx.memo["votes", record.id] for record in records}


def look(ctx: Context, record: MutationRecord) -> None:
    """Note that the actor has seen the mutation's current patchset, by voting or commenting on it."""
    ctx.tables.reviews.note_seen(ctx.me.id, record.id, record.patchset)
    ctx.memo["seen", record.id] = record.patchset


def look_back(ctx: Context, record: MutationRecord) -> None:
    """Note what the actor has seen of the mutation, now that their vote is withdrawn: as if it had not been cast."""
    newest: dict[int, ReviewRecord] = {}
    for one in votes(ctx, [record])[record.id]:
        if one.author_id == ctx.me.id:
            newest.setdefault(one.patchset, one)
    said = ctx.tables.reviews.comments(record.id) if record.comments else []
    seen = [number for number, one in newest.items() if one.state != "withdrawn"]
    seen += [one.patchset for one in said if one.author_id == ctx.me.id]
    ctx.tables.reviews.forget_seen(ctx.me.id, record.id)
    if seen:
        ctx.tables.reviews.note_seen(ctx.me.id, record.id, max(seen))
    ctx.memo["seen", record.id] = max(seen, default=None)


def cast(ctx: Context, vote: ReviewRecord) -> None:
    """Write a vote."""
    ctx.tables.reviews.add(vote)
    known = ctx.memo.get(("votes", vote.mutation_id))
    forget(ctx, vote.mutation_id)
    if known is not None:
        ctx.memo["votes", vote.mutation_id] = [vote, *known]


def settle(ctx: Context, record: MutationRecord, reviews: Sequence[ReviewRecord], state: str) -> None:
    """Let votes on a mutation count no longer, as `outdated` or `withdrawn`."""
    if reviews:
        ctx.tables.reviews.settle([review.id for review in reviews], state)
        forget(ctx, record.id)


def forget(ctx: Context, mutation_id: str) -> None:
    """Read anew what votes, comments and overrides of a mutation say, as one of them was written."""
    for key in [key for key in ctx.memo if key[:2] in (("votes", mutation_id), ("facts", mutation_id))]:
        del ctx.memo[key]


def change(ctx: Context, record: MutationRecord, **columns: Any) -> MutationRecord:
    """Write columns of a mutation; returns it with them, and with its next version."""
    written: dict[str, Any] = {"updated_at": ctx.after(record.updated_at), "version": record.version + 1, **columns}
    after = record._replace(**written)
    if (turn := attention.turn(turn_facts(ctx, after))) != after.turn:
        written["turn"] = turn
        after = after._replace(turn=turn)
    ctx.tables.mutations.update(record.id, **written)
    return after


def turn_facts(ctx: Context, record: MutationRecord) -> attention.Facts:
    """What decides whose turn it is."""
    # Only of a pending one do the findings matter; of no other need they be read.
    invalid = record.status == "pending" and is_invalid(of(ctx, record).patchset)
    return attention.Facts(record.status, record.objections, record.unanswered, invalid)


def is_invalid(patchset: PatchsetRecord) -> bool:
    """Whether a document of the patchset does not pass its checks."""
    return any(Finding.model_validate(finding).blocks for finding in patchset.findings)
