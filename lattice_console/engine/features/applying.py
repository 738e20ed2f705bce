"""Changing the head: what executions, rollbacks and baselines have in common."""

from collections.abc import Mapping, Sequence

from lattice_console.engine.features import detecting, judging, linking, stored
from lattice_console.engine.features import policy as policies
from lattice_console.engine.features.context import Context, new_id
from lattice_console.engine.records import GlobRecord, HeadMove, HeadRecord, ReferenceRecord, SpecRecord
from lattice_console.engine.rules import policy as policy_rules
from lattice_console.engine.rules import references, specs, syntax


def advance(ctx: Context, moves: Sequence[HeadMove], mutation_id: str | None) -> int:
    """Make the moves one step of the head; returns the head's sequence afterwards.

    Specs, policy and conflicts follow; a changed policy judges every mutation under review anew.
    """
    sequence = ctx.project.sequence
    if not moves:
        return sequence
    before = ctx.tables.documents.in_head(ctx.project.id, [move.document_id for move in moves])
    ctx.tables.documents.advance(
        ctx.project.id,
        moves,
        sequence=sequence + 1,
        mutation_id=mutation_id,
        actor_id=ctx.me.id,
        at=ctx.now,
    )
    stored.head_moves(ctx)
    paths = {record.path for record in before.values()}.union(move.path for move in moves if move.path)
    policy_moved = any(policy_rules.is_policy(path) for path in paths)
    version = policies.version_of_head(ctx) if policy_moved else None
    old_version = ctx.project.policy_version
    ctx.project = ctx.tables.projects.move(ctx.project.id, at=ctx.now, head=True, policy_version=version)
    _follow_specs(ctx, moves, before)
    if version is not None and version != old_version:
        ctx.record("policy.changed", ctx.project.id, before=old_version, after=version)
        ctx.announce("policy.changed", ctx.project.id, ctx.project.version, policy_version=version)
        judging.judge_all(ctx)
    detecting.head_moved(ctx, moves, before)
    return ctx.project.sequence


def _follow_specs(ctx: Context, moves: Sequence[HeadMove], before: Mapping[str, HeadRecord]) -> None:
    """Bring the specs of changed documents, and what depends on what, to what the documents say now."""
    dropped = ctx.tables.specs.drop(ctx.project.id, [move.document_id for move in moves])
    contents = stored.blobs(ctx, (move.hash for move in moves if move.hash))
    read: list[SpecRecord] = []
    referring: list[ReferenceRecord] = []
    governs: list[GlobRecord] = []
    for move in moves:
        if move.path is None or move.hash is None:
            continue
        parsed = syntax.parse(move.path, contents[move.hash])
        referring += linking.referring(move.document_id, references.read(move.path, parsed.data))
        reading = specs.read(move.path, contents[move.hash], parsed)
        if reading is None:
            continue
        governs += linking.governing(move.document_id, reading.allowed_files)
        read.append(
            SpecRecord(
                id=dropped[move.document_id].id if move.document_id in dropped else new_id(),
                name=reading.name,
                type=reading.type,
                version=reading.version,
                description=reading.description,
                document_id=move.document_id,
                has_schema=reading.schema is not None,
                depends_on=reading.depends_on,
                requirements=reading.requirements,
            )
        )
    ctx.tables.specs.put(ctx.project.id, read)
    for spec in read:
        ctx.announce("spec.updated", spec.id, ctx.project.version, name=spec.name, spec_version=spec.version)
    names = {spec.name for spec in read}
    for gone in dropped.values():
        if gone.name not in names:
            ctx.announce("spec.removed", gone.id, ctx.project.version, name=gone.name)
    linking.follow(ctx, moves, referring, governs, before, dropped, read)
