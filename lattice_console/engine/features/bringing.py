"""Bringing a mutation to what stands there now: a trial of each of its changes, and the patchset that comes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lattice_console.contract.errors import NotFound, RuleBroken
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.engine.features import proposals, stored
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.tree import Entry, Tree
from lattice_console.engine.records import ChangeRecord, MutationRecord, ParentRecord
from lattice_console.engine.rules import resolution
from lattice_console.engine.rules.resolution import Open, Outcome, Place, Settled, Sides

Decide = Callable[[ChangeRecord, Sides], Outcome]
"""What becomes of a change, as far as its own document says."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A change with its three sides, and what would become of it; `barred` where something else has its path."""

    change: ChangeRecord
    sides: Sides
    outcome: Outcome
    barred: bool = False

    @property
    def moved(self) -> bool:
        """Whether what it was made on is no longer what stands there."""
        return moved(self.change, self.sides)


@dataclass(frozen=True, slots=True)
class Trial:
    """All changes of a mutation, tried on the result of `parents`."""

    record: MutationRecord
    parents: list[ParentRecord]
    tree: Tree
    tried: Sequence[Tried]

    @property
    def open(self) -> list[Tried]:
        """What a person has to decide."""
        return [one for one in self.tried if isinstance(one.outcome, Open)]

    @property
    def inputs(self) -> list[ChangeInput]:
        """What is settled, as it would be proposed."""
        settled = (one.outcome.change for one in self.tried if isinstance(one.outcome, Settled))
        return [change for change in settled if change is not None]


def moved(change: ChangeRecord, sides: Sides) -> bool:
    """Whether what a change was made on is no longer what stands there."""
    return sides.theirs != (None if sides.base is None else Place(change.path, sides.base))


def merged(change: ChangeRecord, sides: Sides) -> Outcome:
    """What becomes of a change where nobody chooses anything."""
    return resolution.settle(sides, "neither")


def as_it_is(ctx: Context, record: MutationRecord) -> Trial:
    """The current patchset on the newest results of its parents, nobody choosing anything; tried once.

    Raises NotFound (`NF_BYTES`).
    """
    key = ("trial", record.id, record.patchset, ctx.project.sequence)
    if key not in ctx.memo:
        ctx.memo[key] = attempt(ctx, record, list(stored.of(ctx, record).parents))
    found: Trial = ctx.memo[key]
    return found


def attempt(
    ctx: Context,
    record: MutationRecord,
    parents: list[ParentRecord],
    *,
    tree: Tree | None = None,
    decide: Decide = merged,
    give_way: Callable[[ChangeRecord], bool] = lambda change: False,
) -> Trial:
    """Try the current patchset on the newest results of those parents, or on `tree`.

    A change that cannot have its path is open, unless it is one that has to `give_way`; so are two that come to one
    path. Raises NotFound (`NF_BYTES`).
    """
    changes = stored.of(ctx, record).changes
    tree = tree or Tree(ctx, [parent.mutation_id for parent in parents])
    tried = [Tried(change, sides, decide(change, sides)) for change, sides in _sides(ctx, changes, tree)]
    while (fitting := _with_their_paths(tree, _apart(tried), give_way)) != tried:
        # What is open by now, or gave way, leaves no path to others.
        tried = fitting
    return Trial(record, parents, tree, tried)


def _apart(tried: Sequence[Tried]) -> list[Tried]:
    """The same, where no two come to one path: what somebody chose for all of them is done once, else they are open."""
    at: dict[str, list[Tried]] = {}
    for one in tried:
        at.setdefault(_comes_to(one), []).append(one)
    return [_beside(one, at[_comes_to(one)]) for one in tried]


def _comes_to(tried: Tried) -> str:
    """The path at which a change would be in the next patchset; empty for one of which nothing is left."""
    if isinstance(tried.outcome, Open):
        return tried.change.path
    return tried.outcome.change.file_path if tried.outcome.change else ""


def _beside(tried: Tried, together: Sequence[Tried]) -> Tried:
    if len(together) == 1 or isinstance(tried.outcome, Open) or tried.outcome.change is None:
        return tried
    path = tried.outcome.change.file_path
    chosen = [one.outcome.change for one in together if isinstance(one.outcome, Settled) and one.outcome.chosen]
    # What one change deletes, and another one has there, is there.
    made = [one for one in chosen if one is not None and one.operation_type != "delete"] or chosen
    if len(chosen) < len(together) or any(one != made[0] for one in made):
        return replace(tried, outcome=Open(f"{path} is where another change of this mutation comes to, too"))
    if tried.outcome.change is made[0]:
        return tried
    return replace(tried, outcome=Settled(None, f"settled with what else comes to {path}", chosen=True))


def _with_their_paths(tree: Tree, tried: list[Tried], give_way: Callable[[ChangeRecord], bool]) -> list[Tried]:
    """The same, where those that cannot have their path are open, or give way."""
    made = [one.outcome.change for one in tried if isinstance(one.outcome, Settled) and one.outcome.change]
    freed = [one.file_path for one in made if one.operation_type in ("delete", "rename")]
    targets = [one.new_path or one.file_path for one in made if one.operation_type in ("create", "rename")]
    barred = tree.blocking(targets, freed) if targets else {}
    return [_barred(one, barred, give_way) for one in tried] if barred else tried


def _barred(tried: Tried, barred: dict[str, str], give_way: Callable[[ChangeRecord], bool]) -> Tried:
    made = tried.outcome.change if isinstance(tried.outcome, Settled) else None
    why = barred.get(made.new_path or made.file_path) if made and made.operation_type in ("create", "rename") else None
    if why is None:
        return tried
    choice: resolution.Choice = "theirs" if give_way(tried.change) else "neither"
    return Tried(tried.change, tried.sides, resolution.settle(tried.sides, choice, why), barred=True)


def _sides(ctx: Context, changes: Sequence[ChangeRecord], tree: Tree) -> list[tuple[ChangeRecord, Sides]]:
    here = tree.at_all(change.path for change in changes)
    known = {change.document_id for change in changes if change.document_id and _is_elsewhere(change, here)}
    moved = tree.follow(known) if known else {}
    standing = {change.path: moved.get(change.document_id or "") or here.get(change.path) for change in changes}
    hashes = {hash for one in changes for hash in (one.base_hash, one.result_hash) if hash}
    contents = _contents(ctx, hashes | {entry.hash for entry in standing.values() if entry})
    return [
        (
            change,
            Sides(
                operation=change.operation,
                path=change.path,
                new_path=change.new_path,
                base=contents[change.base_hash] if change.base_hash else None,
                ours=contents[change.result_hash] if change.result_hash else None,
                theirs=Place(entry.path, contents[entry.hash]) if entry else None,
            ),
        )
        for change, entry in ((change, standing[change.path]) for change in changes)
    ]


def _is_elsewhere(change: ChangeRecord, here: dict[str, Entry]) -> bool:
    """Whether the document of a change is perhaps not at its path any more; another one may have come there.

    Where the bytes that it was made on stand at its path, it fits, whichever document that is.
    """
    entry = here.get(change.path)
    if change.operation == "create" or (entry is not None and entry.hash == change.base_hash):
        return False
    return entry is None or entry.document_id not in (None, change.document_id)


def _contents(ctx: Context, hashes: set[str]) -> dict[str, bytes]:
    found = stored.blobs(ctx, hashes)
    if lost := sorted(hashes - found.keys()):
        raise NotFound("NF_BYTES", f"The bytes {lost[0][:12]}… are lost in the store: restore a backup.")
    return found


def proposal(ctx: Context, trial: Trial) -> proposals.Proposal:
    """The patchset that a trial comes to: what is open in it stays as it is, on the base that it was made on.

    Raises RuleBroken (`BR_NOTHING_LEFT`) where it would change nothing any more.
    """
    kept = [one.change for one in trial.open]
    if not kept and not trial.inputs:
        raise RuleBroken(
            "BR_NOTHING_LEFT",
            f"Nothing of M-{trial.record.number} is left to do: what it changes is there already, or gave way. "
            f"Cancel it: lattice mutation cancel M-{trial.record.number}",
            mutation=trial.record.id,
        )
    made = proposals.resolve(ctx, trial.inputs, trial.parents, trial.tree)
    proposals.keep(ctx, made, kept)
    return made
