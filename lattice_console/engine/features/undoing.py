"""What stands in the way of rolling an execution back."""

from collections.abc import Sequence

from lattice_console.contract.models.mutation import Status
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.tree import Tree
from lattice_console.engine.records import ExecutionRecord, MutationRecord, RevisionRecord, SnapshotRecord

_APPLIED: frozenset[Status] = frozenset({"completed", "rollback_failed"})


def built_upon(ctx: Context, record: MutationRecord, execution: ExecutionRecord) -> list[str]:
    """Every later step that touched the documents of an execution, took their places or is stacked on it, in words."""
    snapshot = ctx.tables.executions.snapshot(execution.id)
    children = [child for child in ctx.tables.mutations.children(record.id) if child.status in _APPLIED]
    return [
        *_later_touches(ctx, execution, [entry.document_id for entry in snapshot]),
        *_places_taken(ctx, snapshot),
        *(f"M-{child.number} is stacked on it and executed" for child in children),
    ]


def _later_touches(ctx: Context, execution: ExecutionRecord, document_ids: Sequence[str]) -> list[str]:
    """What was done to the documents later and still stands: a rollback undoes what it rolls back."""
    applied = execution.sequence or 0
    standing: dict[str, list[RevisionRecord]] = {document_id: [] for document_id in document_ids}
    paths: dict[str, str] = {}
    for revision in ctx.tables.documents.revisions_since(document_ids, applied - 1):
        paths[revision.document_id] = revision.path or paths.get(revision.document_id, "a document")
        later = standing[revision.document_id]
        if revision.operation == "rollback":
            undone = [one for one in later if one.mutation_id == revision.mutation_id]
            later.remove(undone[-1])
        elif revision.sequence > applied:
            later.append(revision)
    return [
        f"{paths[document_id]} was changed later by M-{later[-1].mutation_number}"
        for document_id, later in standing.items()
        if later
    ]


def _places_taken(ctx: Context, snapshot: Sequence[SnapshotRecord]) -> list[str]:
    now = ctx.tables.documents.in_head(ctx.project.id, [entry.document_id for entry in snapshot])
    standing = {record.path for record in now.values()}
    wanted = [entry.path for entry in snapshot if entry.path and entry.path not in standing]
    return [f"{path} cannot come back, {why}" for path, why in Tree(ctx).blocking(wanted, standing).items()]
