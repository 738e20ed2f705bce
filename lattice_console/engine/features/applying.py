"""Changing the head: what executions, rollbacks and baselines have in common."""

from collections.abc import Sequence

from lattice_console.engine.features import judging
from lattice_console.engine.features import policy as policies
from lattice_console.engine.features.context import Context, new_id
from lattice_console.engine.records import HeadMove, HeadRecord, SpecRecord
from lattice_console.engine.rules import policy as policy_rules
from lattice_console.engine.rules import specs


def advance(ctx: Context, moves: Sequence[HeadMove], mutation_id: str | None) -> int:
    """Make the moves one step of the head; returns the head's sequence afterwards.

    Specs and policy follow; a changed policy judges every mutation under review anew.
    """
    sequence = ctx.project.sequence
    if not moves:
        return sequence
    ids = [move.document_id for move in moves]
    before = ctx.tables.documents.in_head(ctx.project.id, ids)
    ctx.tables.documents.advance(
        ctx.project.id,
        moves,
        sequence=sequence + 1,
        mutation_id=mutation_id,
        actor_id=ctx.me.id,
        at=ctx.now,
    )
    after = ctx.tables.documents.in_head(ctx.project.id, ids)
    paths = {record.path for side in (before, after) for record in side.values()}
    policy_moved = any(policy_rules.is_policy(path) for path in paths)
    version = policies.version_of_head(ctx) if policy_moved else None
    ctx.tables.projects.move(ctx.project.id, at=ctx.now, head=True, policy_version=version)
    old_version = ctx.project.policy_version
    del ctx.project
    _follow_specs(ctx, ids, after)
    if version is not None and version != old_version:
        ctx.record("policy.changed", ctx.project.id, before=old_version, after=version)
        ctx.announce("policy.changed", ctx.project.id, ctx.project.version, policy_version=version)
        judging.judge_all(ctx)
    return ctx.project.sequence


def _follow_specs(ctx: Context, document_ids: Sequence[str], head: dict[str, HeadRecord]) -> None:
    """Bring the specs of changed documents to what the documents say now."""
    known = ctx.tables.specs.drop(ctx.project.id, document_ids)
    contents = ctx.tables.documents.blobs(record.hash for record in head.values())
    read = []
    for record in head.values():
        reading = specs.read(record.path, contents[record.hash])
        if reading is None:
            continue
        read.append(
            SpecRecord(
                id=known.get(record.document_id) or new_id(),
                name=reading.name,
                type=reading.type,
                version=reading.version,
                description=reading.description,
                document_id=record.document_id,
                has_schema=reading.schema is not None,
                depends_on=reading.depends_on,
                requirements=reading.requirements,
            )
        )
    ctx.tables.specs.put(ctx.project.id, read)
    for spec in read:
        ctx.announce("spec.updated", spec.id, ctx.project.version, name=spec.name, spec_version=spec.version)
