"""Rebasing a mutation on what stands there now, and bringing along what is stacked on it."""

from collections.abc import Iterable, Sequence

from lattice_console.contract.errors import Conflict, LatticeError
from lattice_console.contract.models.resolution import CarriedMutation
from lattice_console.engine.features import breaking, bringing, judging, mutations, proposals, stored, views
from lattice_console.engine.features.bringing import Tried
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.tree import stale_bases
from lattice_console.engine.records import ChangeRecord, MutationRecord
from lattice_console.engine.rules import actions, life
from lattice_console.engine.rules.resolution import Open, Outcome, Settled, Sides


def is_behind(ctx: Context, record: MutationRecord) -> bool:
    """Whether anything that the current patchset was made on is no longer what stands there."""
    current = stored.of(ctx, record)
    return bool(stale_bases(ctx, current.changes, current.parents))


def rebased(ctx: Context, record: MutationRecord) -> MutationRecord:
    """All of a mutation on what stands there now; raises Conflict (`CF_MERGE`) where a person has to decide."""
    current = stored.of(ctx, record)
    parents = proposals.resolve_parents(ctx, [parent.mutation_id for parent in current.parents], record)
    breaks = breaking.broken(ctx, record)

    def decide(change: ChangeRecord, sides: Sides) -> Outcome:
        return breaking.judged(change, bringing.merged(change, sides), breaks)

    trial = bringing.attempt(ctx, record, parents, decide=decide)
    if trial.open:
        raise _refusal(record, trial.open)
    # What it proposes is still its author's: whoever rebases it has chosen nothing.
    made = bringing.proposal(ctx, trial)
    return mutations.bring(ctx, record, made, told("Rebased ", trial.tried), current.patchset.author_id)


def _refusal(record: MutationRecord, tried: Sequence[Tried]) -> Conflict:
    listed = [{"path": one.change.path, "why": why(one)} for one in tried]
    said = "; ".join(f"{one['path']}: {one['why']}" for one in listed[:5])
    more = f"; and {len(listed) - 5} more" if len(listed) > 5 else ""
    return Conflict(
        "CF_MERGE",
        f"Not rebased: M-{record.number} conflicts with what stands there now. {said}{more}. Settle that by hand, or "
        f"choose a side: lattice mutation resolve M-{record.number} --strategy S",
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
    return f"{done}on what stands there now.\n" + "\n".join([*settled, *left])


def carry(ctx: Context, record: MutationRecord) -> list[CarriedMutation]:
    """Bring what is stacked on a mutation to its new patchset, and say of each that needed it what came of it.

    Whoever made the patchset must be one who may change the mutations above, too.
    """
    carried = []
    for one in _above(ctx, record):
        [child] = ctx.tables.mutations.many([one.id]).values()
        if child.status in life.TO_COME and is_behind(ctx, child):
            carried.append(_carry_one(ctx, child))
    return carried


def _carry_one(ctx: Context, child: MutationRecord) -> CarriedMutation:
    refused = actions.refuse_update(child.status) or actions.refuse_on_others(views.standing(ctx, child))
    if not refused:
        try:
            [after] = judging.judge(ctx, [rebased(ctx, child)])
            return CarriedMutation(number=child.number, patchset=after.patchset, why="")
        except LatticeError as error:
            refused = error.message
    return CarriedMutation(number=child.number, patchset=None, why=refused)


def _above(ctx: Context, record: MutationRecord) -> list[MutationRecord]:
    """Everything stacked on a mutation, over however many others, each after what it stands on."""
    found: dict[str, MutationRecord] = {}
    waiting = [record]
    while waiting:
        children = [child for child in stored.children(ctx, waiting.pop()) if child.id not in found]
        found.update((child.id, child) for child in children)
        waiting.extend(children)
    return sorted(found.values(), key=lambda child: (child.level, child.number))


def below(ctx: Context, ids: Iterable[str]) -> set[str]:
    """The ids of those mutations and of all that they stand on and that is still to come."""
    found: set[str] = set()
    wanted = set(ids)
    while wanted:
        records = [one for one in ctx.tables.mutations.many(wanted).values() if one.status in life.TO_COME]
        found.update(record.id for record in records)
        above = stored.current(ctx, records).values()
        wanted = {parent.mutation_id for one in above for parent in one.parents} - found
    return found
