"""Telling those whose change gave way that it was superseded, and by what."""

from collections.abc import Sequence

from lattice_console.contract.models.review import NewComment
from lattice_console.engine.features import comments, judging
from lattice_console.engine.features.bringing import Tried
from lattice_console.engine.features.context import Context
from lattice_console.engine.records import MutationRecord


def tell(ctx: Context, record: MutationRecord, tried: Sequence[Tried], other: MutationRecord | None) -> None:
    """Comment on every mutation whose change gave way to `record`: on `other`, or on those that the head came by."""
    losers: dict[str, list[str]] = {}
    for one in tried:
        for mutation_id in [other.id] if other else _since(ctx, one):
            losers.setdefault(mutation_id, []).append(one.change.path)
    for mutation_id, loser in sorted(ctx.tables.mutations.many(losers).items()):
        paths = ", ".join(dict.fromkeys(losers[mutation_id]))
        text = (
            f"Superseded where both meet: patchset {record.patchset} of M-{record.number} ({record.title}) takes its "
            f"own text in {paths}, by the strategy accept_ours."
        )
        if loser.id != record.id:
            said, _ = comments.say(ctx, loser, [NewComment(text=text)])
            judging.judge(ctx, [said])


def _since(ctx: Context, tried: Tried) -> list[str]:
    """The mutations that made the document what it is, since the bytes that the change was made on."""
    if tried.change.document_id is None:
        return _maker(ctx, tried)
    made: list[str] = []
    for revision in reversed(ctx.tables.documents.revisions_since([tried.change.document_id], 0)):
        if revision.hash == tried.change.base_hash and revision.path == tried.change.path:
            break
        if revision.mutation_id is not None:
            made.append(revision.mutation_id)
    return made


def _maker(ctx: Context, tried: Tried) -> list[str]:
    """The mutation that brought what stands in the place that a create wants."""
    theirs = tried.sides.theirs
    there = ctx.tables.documents.at_paths(ctx.project.id, [theirs.path]) if theirs else {}
    found = ctx.tables.documents.last_revisions([one.document_id for one in there.values()])
    return [revision.mutation_id for revision in found.values() if revision.mutation_id is not None]
