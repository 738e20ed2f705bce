"""Settling what stands between a mutation and what is there now: a new patchset, made by merging three ways."""

from collections.abc import Sequence

from lattice_console.contract.errors import Conflict, LatticeError
from lattice_console.contract.models.mutation import Mutation
from lattice_console.engine.features import bringing, judging, mutations, proposals, stored, views
from lattice_console.engine.features.bringing import Tried
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import writes
from lattice_console.engine.features.tree import stale_bases
from lattice_console.engine.records import MutationRecord
from lattice_console.engine.rules import actions
from lattice_console.engine.rules.resolution import Open, Settled


@writes("mutations.rebase")
def rebase(ctx: Context, *, mutation: str, expected_version: int | None) -> Mutation:
    record = mutations.changeable(ctx, mutation, expected_version)
    if is_behind(ctx, record):
        [record] = judging.judge(ctx, [_rebased(ctx, record)])
        carry(ctx, record)
    return views.mutation(ctx, record)


def is_behind(ctx: Context, record: MutationRecord) -> bool:
    """Whether anything that the current patchset was made on is no longer what stands there."""
    current = stored.of(ctx, record)
    return bool(stale_bases(ctx, current.changes, current.parents))


def _rebased(ctx: Context, record: MutationRecord) -> MutationRecord:
    """All of a mutation on what stands there now; raises Conflict (`CF_MERGE`) where a person has to decide."""
    current = stored.of(ctx, record)
    parents = proposals.resolve_parents(ctx, [parent.mutation_id for parent in current.parents], record)
    trial = bringing.attempt(ctx, record, parents)
    if trial.open:
        raise _refusal(record, trial.open)
    # What it proposes is still its author's: whoever rebases it has chosen nothing.
    made = bringing.proposal(ctx, trial)
    return mutations.bring(ctx, record, made, told("Rebased", trial.tried), current.patchset.author_id)


def _refusal(record: MutationRecord, tried: Sequence[Tried]) -> Conflict:
    listed = [{"path": one.change.path, "why": why(one)} for one in tried]
    said = "; ".join(f"{one['path']}: {one['why']}" for one in listed[:5])
    more = f"; and {len(listed) - 5} more" if len(listed) > 5 else ""
    return Conflict(
        "CF_MERGE",
        f"Not rebased: M-{record.number} conflicts with what stands there now. {said}{more}. Settle that by hand, in a "
        f"new patchset.",
        conflicts=listed,
        mutation=record.id,
    )


def why(tried: Tried) -> str:
    """Why a change is open, or what became of it."""
    return tried.outcome.why if isinstance(tried.outcome, Open) else tried.outcome.how


def told(done: str, tried: Sequence[Tried]) -> str:
    """What a new patchset says of itself."""
    settled = [f"{one.change.path}: {one.outcome.how}" for one in tried if isinstance(one.outcome, Settled)]
    left = [f"{one.change.path}: open, {one.outcome.why}" for one in tried if isinstance(one.outcome, Open)]
    return f"{done} on what stands there now.\n" + "\n".join([*settled, *left])


# --- What stands on it


def carry(ctx: Context, record: MutationRecord) -> dict[int, str]:
    """Bring what is stacked on a mutation to its new patchset; says by number why where it could not, empty if it did.

    Whoever made the patchset must be one who may change the mutations above, too.
    """
    carried: dict[int, str] = {}
    for child in _above(ctx, record):
        [child] = ctx.tables.mutations.many([child.id]).values()
        if is_behind(ctx, child):
            carried[child.number] = _carry_one(ctx, child)
    return carried


def _carry_one(ctx: Context, child: MutationRecord) -> str:
    refused = actions.refuse_update(child.status) or actions.refuse_on_others(views.standing(ctx, child))
    if refused:
        return refused
    try:
        judging.judge(ctx, [_rebased(ctx, child)])
    except LatticeError as error:
        return error.message
    return ""


def _above(ctx: Context, record: MutationRecord) -> list[MutationRecord]:
    """Everything stacked on a mutation, over however many others, each after what it stands on."""
    found: dict[str, MutationRecord] = {}
    waiting = [record]
    while waiting:
        children = [child for child in stored.children(ctx, waiting.pop()) if child.id not in found]
        found.update((child.id, child) for child in children)
        waiting.extend(children)
    return sorted(found.values(), key=lambda child: (child.level, child.number))
