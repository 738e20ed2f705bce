"""A merge train: approved mutations tried one after the other, each on the result of those before it."""

from collections.abc import Sequence

from lattice_console.contract.errors import RuleBroken, ValidationFailed
from lattice_console.contract.models.resolution import TRAIN_LIMIT, LeftFile, Passage, TrainCar
from lattice_console.engine.features import breaking, bringing, carrying, proposals, stored, views
from lattice_console.engine.features.bringing import Tried
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import reads
from lattice_console.engine.features.tree import Tree, in_order
from lattice_console.engine.records import ChangeRecord, MutationRecord
from lattice_console.engine.rules import life
from lattice_console.merge import three_way


@reads("conflicts.train")
def train(ctx: Context, *, mutations: Sequence[str]) -> tuple[TrainCar, ...]:
    named = [views.find(ctx, one) for one in mutations]
    found = named or ctx.tables.mutations.with_status(ctx.project.id, {"approved"})
    if len(found) > TRAIN_LIMIT:
        raise ValidationFailed(
            "VAL_MUTATIONS",
            f"{len(found):,} mutations are approved, more than the {TRAIN_LIMIT:,} of one train. Name those you mean.",
            field="mutations",
        )
    records = {record.id: record for record in found}
    above = {
        mutation_id: [parent.mutation_id for parent in one.parents]
        for mutation_id, one in stored.current(ctx, found).items()
    }
    running = _Train(ctx)
    return tuple(running.couple(record) for record in in_order(records, above))


class _Train:
    """What stands there once those that pass so far are executed, and who wrote what of it."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._tree = Tree(ctx)
        self._passed: set[str] = set()
        self._writers: dict[str, list[tuple[int, ChangeRecord]]] = {}

    def couple(self, record: MutationRecord) -> TrainCar:
        """Try the next one, and let it be executed if it passes."""
        if why := self._barred(record):
            return _car(record, "blocked", why)
        if broken := self._breaks(record):
            left = [LeftFile(path=path, why=why) for found in broken.values() for path, why in found.items()]
            return _conflicting(record, sorted(broken), left)
        current = stored.of(self._ctx, record)
        parents = proposals.resolve_parents(self._ctx, [parent.mutation_id for parent in current.parents])
        trial = bringing.attempt(self._ctx, record, parents, tree=self._tree)
        if trial.open:
            others = sorted({number for one in trial.open for number in self._met(one)})
            left = [LeftFile(path=one.change.path, why=carrying.why(one)) for one in trial.open]
            return _conflicting(record, others, left)
        if not any(one.moved for one in trial.tried):
            self._execute(record, current.changes)
            return _car(record, "passes", "")
        try:
            made = bringing.proposal(self._ctx, trial)
        except RuleBroken as refused:
            return _car(record, "blocked", refused.message)
        if made.diff_hash != current.patchset.diff_hash:
            why = "rebased, the lines around its changes are others: it has to be approved anew"
            return _car(record, "loses_votes", why)
        self._ctx.memo.update((("blob", hash), content) for hash, content in made.blobs.items())
        self._execute(record, made.changes)
        return _car(record, "passes_rebased", "rebased; its votes stand")

    def _barred(self, record: MutationRecord) -> str:
        if record.status != "approved":
            return life.refusal(record.status, "claim")
        ids = [parent.mutation_id for parent in stored.of(self._ctx, record).parents]
        for parent in self._ctx.tables.mutations.many(ids).values():
            if parent.status != "completed" and parent.id not in self._passed:
                return f"it stands on M-{parent.number}, which is not executed by then"
        hooks = self._ctx.around.hooks_of(self._ctx.project.id, "pre-mutation")
        return next((hook.barred for hook in hooks if hook.barred), "")

    def _breaks(self, record: MutationRecord) -> dict[int, dict[str, str]]:
        """What it breaks of dependencies together with those that pass before it, by their numbers."""
        before = self._ctx.tables.mutations.many(self._passed).values() if record.conflicts else ()
        found = {one.number: breaking.broken(self._ctx, record, one) for one in before}
        return {number: broken for number, broken in found.items() if broken}

    def _execute(self, record: MutationRecord, changes: Sequence[ChangeRecord]) -> None:
        self._tree.lay(changes)
        self._passed.add(record.id)
        for one in stored.of(self._ctx, record).changes:
            for path in {one.path, one.result_path}:
                self._writers.setdefault(path, []).append((record.number, one))

    def _meets(self, ours: ChangeRecord, theirs: ChangeRecord) -> bool:
        """Whether two changes that were made on the same bytes do not merge by lines; so it is told of no others."""
        hashes = [ours.base_hash, ours.result_hash, theirs.result_hash]
        if ours.base_hash != theirs.base_hash or not all(hashes):
            return True
        contents = stored.blobs(self._ctx, [hash for hash in hashes if hash])
        base, mine, other = (contents[hash] for hash in hashes if hash)
        return not three_way(base, mine, other, path=ours.path, propose=False).clean

    def _met(self, tried: Tried) -> list[int]:
        """Those before it that made what a change meets."""
        there = tried.sides.theirs.path if tried.sides.theirs else tried.change.path
        paths = {there, tried.change.path, tried.change.result_path}
        before = [writer for path in paths for writer in self._writers.get(path, ())]
        met = [number for number, change in before if self._meets(tried.change, change)]
        return met or [number for number, _ in before]


def _conflicting(record: MutationRecord, others: Sequence[int], left: Sequence[LeftFile]) -> TrainCar:
    named = ", ".join(f"M-{number}" for number in others) or "what stands there now"
    return _car(record, "conflicts", f"it conflicts with {named}", others, left)


def _car(
    record: MutationRecord, passage: Passage, why: str, others: Sequence[int] = (), left: Sequence[LeftFile] = ()
) -> TrainCar:
    return TrainCar(
        mutation_id=record.id,
        number=record.number,
        title=record.title,
        status=record.status,
        passage=passage,
        why=why,
        conflicts_with=tuple(others),
        left=tuple(left),
    )
