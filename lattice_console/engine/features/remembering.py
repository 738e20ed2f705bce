"""Resolutions kept: what a patchset settled, so that it can be taken back, and the texts that are offered again."""

from collections.abc import Sequence

from lattice_console.contract.errors import RuleBroken
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.resolution import RememberedText, Resolution
from lattice_console.engine.features import bringing, carrying, hooking, judging, mutations, proposals, stored, views
from lattice_console.engine.features.bringing import Tried
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import reads, writes
from lattice_console.engine.records import MutationRecord, ResolutionRecord
from lattice_console.engine.rules import hashes, resolution
from lattice_console.engine.rules.resolution import Settled


def keep(ctx: Context, done: Resolution, replaced: int, settled: Sequence[Tried]) -> None:
    """Keep what a resolution did, and every text that somebody chose where both sides met."""
    record = ResolutionRecord(
        mutation_id=done.mutation_id,
        patchset=done.patchset,
        replaced=replaced,
        strategy=done.strategy,
        against=done.against,
        settled=[one.model_dump(mode="json") for one in done.settled],
        actor_id=ctx.me.id,
        created_at=ctx.now,
    )
    ctx.tables.resolutions.add(record)
    texts: dict[str, tuple[str, str | None, bytes]] = {}
    for one in settled:
        for key, path, pointer, text in _chosen(one):
            texts[key] = path, pointer, text
    ctx.tables.documents.put_blobs({hashes.digest(text): text for _, _, text in texts.values()})
    ctx.tables.resolutions.remember(
        ctx.project.id,
        done.mutation_id,
        done.patchset,
        [(key, path, pointer, hashes.digest(text)) for key, (path, pointer, text) in texts.items()],
    )


def _chosen(tried: Tried) -> list[tuple[str, str, str | None, bytes]]:
    """What met in a document, and the text that stands there now."""
    outcome = tried.outcome
    if not isinstance(outcome, Settled) or not outcome.chosen or (found := resolution.met(tried.sides)) is None:
        return []
    path, merge = found
    theirs = tried.sides.theirs.content if tried.sides.theirs else None
    content = outcome.change.content if outcome.change is not None else theirs
    texts = resolution.texts_in(merge, content) if content is not None else None
    return [
        (resolution.key(path, conflict), path, conflict.pointer, text)
        for conflict, text in zip(merge.conflicts, texts or (), strict=False)
    ]


@reads("conflicts.remembered")
def remembered(ctx: Context, *, mutation: str, path: str | None, against: str | None) -> tuple[RememberedText, ...]:
    record = views.find(ctx, mutation)
    parents = [parent.mutation_id for parent in stored.of(ctx, record).parents]
    if against is not None:
        parents = list(dict.fromkeys([*parents, views.find(ctx, against).id]))
    trial = bringing.attempt(ctx, record, proposals.resolve_parents(ctx, parents, record))
    offered: list[RememberedText] = []
    for one in trial.open:
        if path in (None, one.change.path, one.change.result_path):
            offered += _offered(ctx, one)
    return tuple(offered)


def _offered(ctx: Context, tried: Tried) -> list[RememberedText]:
    found = resolution.met(tried.sides)
    if found is None:
        return []
    path, merge = found
    keys = [resolution.key(path, conflict) for conflict in merge.conflicts]
    known = ctx.tables.resolutions.remembered(ctx.project.id, keys)
    contents = stored.blobs(ctx, {one.hash for one in known})
    offered = []
    for index, (key, conflict) in enumerate(zip(keys, merge.conflicts, strict=True)):
        # The newest of those that say the same is enough.
        for one in {one.hash: one for one in reversed(known) if one.key == key}.values():
            problem = resolution.with_text(tried.sides, merge, index, contents[one.hash])
            offered.append(
                RememberedText(
                    path=tried.change.path,
                    index=index,
                    pointer=conflict.pointer,
                    content=contents[one.hash],
                    number=one.number,
                    title=one.title,
                    patchset=one.patchset,
                    strategy=one.strategy,
                    actor=ctx.person(one.actor_id),
                    at=one.created_at,
                    valid=not problem,
                    problem=problem,
                )
            )
    return sorted(offered, key=lambda one: (one.index, -one.at.timestamp()))


@writes("conflicts.undo", asks=hooking.before("updating", hooking.about_remade))
def undo(ctx: Context, *, mutation: str, expected_version: int | None) -> Mutation:
    record = mutations.changeable(ctx, mutation, expected_version)
    done = ctx.tables.resolutions.of(record.id, record.patchset)
    if done is None:
        raise RuleBroken(
            "BR_NO_RESOLUTION",
            f"Patchset {record.patchset} of M-{record.number} settled no conflicts, so there is nothing to take back.",
            mutation=record.id,
        )
    restored = _restored(ctx, record, done)
    [after] = judging.judge(ctx, [restored])
    carrying.carry(ctx, after)
    return views.mutation(ctx, after)


def _restored(ctx: Context, record: MutationRecord, done: ResolutionRecord) -> MutationRecord:
    """The patchset before the resolution once more: its changes on their old bases, and its parents as they were."""
    before = ctx.tables.mutations.patchset(record.id, done.replaced)
    assert before is not None, "a resolution replaces a patchset that is there"
    again = proposals.Proposal(parents=ctx.tables.mutations.parents([before.id]).get(before.id, []))
    proposals.keep(ctx, again, ctx.tables.mutations.changes([before.id]).get(before.id, []))
    how = done.strategy.replace("_", " ")
    message = f"Took back the resolution ({how}) in patchset {done.patchset}: patchset {done.replaced} stands again."
    return mutations.bring(ctx, record, again, message, before.author_id)
