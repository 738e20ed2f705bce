"""Settling what stands between a mutation and what is there now: a new patchset, made by merging three ways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lattice_console.contract.errors import RuleBroken, ValidationFailed
from lattice_console.contract.models.conflict import Strategy
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.resolution import (
    CarriedMutation,
    LeftFile,
    Resolution,
    ResolvedFile,
    SettledFile,
)
from lattice_console.contract.paths import check_path
from lattice_console.engine.features import (
    breaking,
    bringing,
    carrying,
    hooking,
    judging,
    mutations,
    proposals,
    remembering,
    stored,
    superseding,
    views,
)
from lattice_console.engine.features.bringing import Tried
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import writes
from lattice_console.engine.records import ChangeRecord, MutationRecord
from lattice_console.engine.rules import life, resolution
from lattice_console.engine.rules.resolution import Open, Outcome, Settled, Sides


@writes("mutations.rebase", asks=hooking.before("updating", hooking.about_remade))
def rebase(ctx: Context, *, mutation: str, expected_version: int | None) -> Mutation:
    record = mutations.changeable(ctx, mutation, expected_version)
    if carrying.is_behind(ctx, record) or breaking.broken(ctx, record):
        [record] = judging.judge(ctx, [carrying.rebased(ctx, record)])
        carrying.carry(ctx, record)
    return views.mutation(ctx, record)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What somebody wants to be settled, and how; `other` is None where it is what stands there now.

    `breaks` has the paths of changes that break dependencies, each with why.
    """

    strategy: Strategy
    files: Sequence[ResolvedFile]
    path: str | None
    other: MutationRecord | None
    breaks: Mapping[str, str]

    def decide(self, change: ChangeRecord, sides: Sides) -> Outcome:
        """What becomes of a change; one that was not asked for stays open, unless there is nothing against it."""
        made = next((one for one in self.files if one.path in _paths(change, sides)), None)
        if made is not None and self.strategy == "manual":
            return resolution.by_hand(sides, made.new_path or _standing_at(sides), made.content)
        meant = self.path is None or self.path in _paths(change, sides)
        gives_way = meant and self.strategy == "accept_theirs"
        return breaking.judged(change, self._merged(change, sides, meant=meant), self.breaks, gives_way=gives_way)

    def _merged(self, change: ChangeRecord, sides: Sides, *, meant: bool) -> Outcome:
        if meant:
            return resolution.settle(sides, resolution.CHOICES[self.strategy])
        merged = resolution.settle(sides, "neither")
        if isinstance(merged, Open) or not bringing.moved(change, sides):
            return merged
        return Open("it merges by itself, and was not asked for")

    def gives_way(self, change: ChangeRecord) -> bool:
        """Whether a change that cannot have its path is given up."""
        return self.strategy == "accept_theirs" and self.path in (None, change.path, change.result_path)


def _paths(change: ChangeRecord, sides: Sides) -> set[str]:
    return {change.path, change.result_path, *([sides.theirs.path] if sides.theirs else [])}


def _standing_at(sides: Sides) -> str:
    """Where a merge would have the document."""
    if sides.operation == "rename" or sides.theirs is None:
        return sides.target
    return sides.theirs.path


@writes("conflicts.resolve", asks=hooking.before("updating", hooking.about_remade))
def resolve(
    ctx: Context,
    *,
    mutation: str,
    strategy: Strategy,
    files: Sequence[ResolvedFile],
    path: str | None,
    against: str | None,
    expected_version: int | None,
) -> Resolution:
    record = mutations.changeable(ctx, mutation, expected_version)
    other = _other(ctx, record, against) if against is not None else None
    asked = _Asked(strategy, files, path, other, breaking.broken(ctx, record, other))
    parents = [parent.mutation_id for parent in stored.of(ctx, record).parents]
    if asked.other is not None and asked.other.id not in parents:
        parents.append(asked.other.id)
    trial = bringing.attempt(
        ctx,
        record,
        proposals.resolve_parents(ctx, parents, record),
        decide=asked.decide,
        give_way=asked.gives_way,
    )
    _check_files(record, trial.tried, asked)
    settled = [one for one in trial.tried if isinstance(one.outcome, Settled) and (one.moved or one.outcome.chosen)]
    if not settled and not trial.open and (asked.other is not None or not carrying.is_behind(ctx, record)):
        whom = _with(asked) or " with what stands there now"
        return _answer(record, asked, (), (), (), f"M-{record.number} has no conflicts{whom}.")
    whole = strategy == "rebase" or asked.other is not None
    if trial.open and (whole or not settled):
        left = _left(trial.open)
        return _answer(record, asked, (), left, (), _nothing_settled(record, left, asked))
    # Where nobody chose anything, what it proposes is still its author's.
    chosen = any(isinstance(one.outcome, Settled) and one.outcome.chosen for one in settled)
    author_id = ctx.me.id if chosen else stored.of(ctx, record).patchset.author_id
    before = stored.of(ctx, record).patchset
    made = bringing.proposal(ctx, trial)
    brought = mutations.bring(ctx, record, made, carrying.told(_done(asked), trial.tried), author_id)
    [after] = judging.judge(ctx, [brought])
    if strategy == "accept_ours":
        superseding.tell(ctx, after, [one for one in settled if _chose(one)], asked.other)
    carried = carrying.carry(ctx, after)
    stand = stored.of(ctx, after).patchset.diff_hash == before.diff_hash
    left = [*_left(trial.open), *_still_broken(ctx, after, trial.open)]
    done = _answer(after, asked, settled, left, carried, _said(after, settled, left, asked), stand)
    remembering.keep(ctx, done, before.number, settled)
    return done


def _left(tried: Sequence[Tried]) -> list[LeftFile]:
    return [LeftFile(path=one.change.path, why=carrying.why(one)) for one in tried]


def _still_broken(ctx: Context, after: MutationRecord, tried: Sequence[Tried]) -> list[LeftFile]:
    """What the new patchset breaks itself, of what is not open already."""
    known = {one.change.path for one in tried}
    return [LeftFile(path=path, why=why) for path, why in breaking.broken(ctx, after).items() if path not in known]


def _chose(tried: Tried) -> bool:
    return isinstance(tried.outcome, Settled) and tried.outcome.chosen


def _other(ctx: Context, record: MutationRecord, reference: str) -> MutationRecord:
    """The mutation to stand on; raises RuleBroken where its result is nothing that one can stand on now."""
    other = views.find(ctx, reference)
    if other.id == record.id:
        raise RuleBroken("BR_CIRCLE", f"M-{record.number} cannot be resolved against itself.")
    if other.status not in life.TO_COME:
        raise RuleBroken(
            "BR_STATUS",
            f"M-{other.number} is {other.status.replace('_', ' ')}: what it did is in the head, or will never be. "
            f"Resolve M-{record.number} against what stands there now.",
            status=other.status,
        )
    if carrying.is_behind(ctx, other):
        raise RuleBroken(
            "BR_BEHIND",
            f"M-{other.number} is itself behind what stands there now. Rebase it first: "
            f"lattice mutation rebase M-{other.number}",
            mutation=other.id,
        )
    _refuse_meeting(ctx, record, other)
    return other


def _refuse_meeting(ctx: Context, record: MutationRecord, other: MutationRecord) -> None:
    """Raise RuleBroken (`BR_PARENTS`) where the other one writes what a parent writes, and neither stands on the other.

    The results of two such parents cannot both be what a child is made on.
    """
    below = [parent.mutation_id for parent in stored.of(ctx, record).parents]
    beside = carrying.below(ctx, below) - carrying.below(ctx, [other.id])
    written = {path for change in stored.of(ctx, other).changes for path in (change.path, change.result_path)}
    for mutation_id, current in stored.current(ctx, list(ctx.tables.mutations.many(beside).values())).items():
        same = sorted(written & {path for one in current.changes for path in (one.path, one.result_path)})
        if same and mutation_id != other.id:
            number = ctx.tables.mutations.many([mutation_id])[mutation_id].number
            raise RuleBroken(
                "BR_PARENTS",
                f"M-{record.number} stands on M-{number}, which writes {same[0]} as M-{other.number} does, and neither "
                f"of these stands on the other. Settle these two first, or wait until M-{number} is executed.",
            )


def _check_files(record: MutationRecord, tried: Sequence[Tried], asked: _Asked) -> None:
    """Raise ValidationFailed for what is about no document of the mutation, or does not go with the strategy."""
    if asked.files and asked.strategy != "manual":
        raise ValidationFailed("VAL_FILES", "Contents go with the strategy manual alone.", field="files")
    for one in asked.files:
        if one.new_path is not None:
            check_path(one.new_path, field="new_path")
    known = [_paths(one.change, one.sides) for one in tried]
    changed = _named([one.change.path for one in tried])
    named = [("files", one.path) for one in asked.files] + ([("path", asked.path)] if asked.path is not None else [])
    for field, path in named:
        if not any(path in paths for paths in known):
            raise ValidationFailed(
                f"VAL_{field.upper()}",
                f"M-{record.number} does not change {path[:200]}; it changes {changed}.",
                field=field,
            )


# --- What is said of it


def _with(asked: _Asked) -> str:
    return f" with M-{asked.other.number}" if asked.other else ""


def _done(asked: _Asked) -> str:
    how = asked.strategy.replace("_", " ")
    return f"Resolved ({how}) against M-{asked.other.number}, " if asked.other else f"Resolved ({how}) "


def _nothing_settled(record: MutationRecord, left: Sequence[LeftFile], asked: _Asked) -> str:
    why = " (it is all of it or nothing)" if asked.strategy == "rebase" or asked.other else ""
    where = _named([one.path for one in left])
    return f"Nothing was changed{why}: M-{record.number} has conflicts{_with(asked)} in {where}."


def _said(after: MutationRecord, settled: Sequence[Tried], left: Sequence[LeftFile], asked: _Asked) -> str:
    still = f" Still open: {_named([one.path for one in left])}." if left else ""
    what = _named([one.change.path for one in settled]) if settled else "what it stands on"
    return f"Patchset {after.patchset} of M-{after.number} settles {what}{_with(asked)}.{still}"


def _named(paths: Sequence[str]) -> str:
    return f"{', '.join(paths[:5])}{f' and {len(paths) - 5} more' if len(paths) > 5 else ''}"


def _answer(
    record: MutationRecord,
    asked: _Asked,
    settled: Sequence[Tried],
    left: Sequence[LeftFile],
    carried: Sequence[CarriedMutation],
    message: str,
    votes_stand: bool = True,
) -> Resolution:
    return Resolution(
        mutation_id=record.id,
        number=record.number,
        strategy=asked.strategy,
        against=asked.other.number if asked.other else None,
        resolved=not left,
        patchset=record.patchset,
        version=record.version,
        status=record.status,
        votes_stand=votes_stand,
        settled=tuple(
            SettledFile(path=one.change.path, how=one.outcome.how, chosen=one.outcome.chosen)
            for one in settled
            if isinstance(one.outcome, Settled)
        ),
        left=tuple(left),
        carried=tuple(carried),
        message=message,
    )
