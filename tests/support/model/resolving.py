"""Settling what others changed, in the model: rebases, resolutions, what they carry along, and taking them back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.support.model import moves, settling
from tests.support.model.settling import Change, Choice, Settled, Tree, Tried, path_now
from tests.support.model.world import NO_PARENTS, TO_COME, Mutation, Patchset, Refusals, World

STRATEGIES: dict[str, Choice] = {
    "manual": "neither",
    "auto_merge": "neither",
    "rebase": "neither",
    "accept_theirs": "theirs",
    "accept_ours": "ours",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be settled and how; `written` is the path of a document with what a person made of it."""

    strategy: str
    path: str | None = None
    against: int | None = None
    written: tuple[str, bytes | None] | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a resolution comes to: the next patchset, if there is one, what it settles, and what stays open."""

    patchset: Patchset | None
    settled: Sequence[Tried] = ()
    left: Sequence[Change] = ()


def resolve(world: World, actor: str, mutation: Mutation, asked: Asked) -> tuple[Resolved, Refusals]:
    """What a resolution comes to, or why it is refused."""
    nothing = Resolved(None)
    if refused := moves.refused(world, "update", actor, mutation) or _cannot_stand_on(world, mutation, asked.against):
        return nothing, refused
    parents = world.parents(mutation.number)
    if asked.against is not None and asked.against not in parents:
        parents.append(asked.against)
    if refused := _bad_parents(world, mutation, parents):
        return nothing, refused
    patchset, tree = mutation.patchset, world.standing_for(parents)
    if asked.path is not None and not any(asked.path in _paths(one, tree) for one in patchset.changes):
        return nothing, {"VAL_PATH"}
    tried = settling.attempt(patchset.changes, tree, _decider(asked, tree), _gives_way(asked))
    left = [one.change for one in tried if one.outcome is None]
    settled = [one for one in tried if one.outcome and (one.outcome.chosen or settling.has_moved(one.change, tree))]
    behind = asked.against is None and world.stale(patchset)
    whole = asked.strategy == "rebase" or asked.against is not None
    if (not settled and not left and not behind) or (left and (whole or not settled)):
        return Resolved(None, (), left), set()
    chosen = any(one.outcome.chosen for one in settled if one.outcome)
    made = _made(tried, left)
    if not made:
        return nothing, {"BR_NOTHING_LEFT"}
    author = actor if chosen else patchset.author
    return Resolved(Patchset(author, made, moves.stacked(world, parents), patchset), settled, left), set()


def rebase(world: World, actor: str, mutation: Mutation) -> tuple[Patchset | None, Refusals]:
    """The patchset that a rebase makes, if there is anything to do, or why it is refused."""
    if refused := moves.refused(world, "update", actor, mutation):
        return None, refused
    return _rebased(world, mutation) if world.stale(mutation.patchset) else (None, set())


def undo(world: World, actor: str, mutation: Mutation) -> tuple[Patchset | None, Refusals]:
    """The patchset that a resolution has replaced, once more."""
    if refused := moves.refused(world, "update", actor, mutation):
        return None, refused
    before = mutation.patchset.replaced
    if before is None:
        return None, {"BR_NO_RESOLUTION"}
    return Patchset(before.author, before.changes, before.parents), set()


def bring(world: World, actor: str, mutation: Mutation, patchset: Patchset) -> dict[int, bool]:
    """Make that the next patchset, and bring along what is stacked on it; says of each if it could be."""
    moves.add_patchset(world, mutation, patchset)
    carried = {}
    above = _above(world, mutation)
    for child in sorted(above, key=lambda one: (world.place(one.number)[1], one.number)):
        if child.status in TO_COME and world.stale(child.patchset):
            refused = moves.refused(world, "update", actor, child)
            made, refused = (None, refused) if refused else _rebased(world, child)
            if made is not None:
                moves.add_patchset(world, child, made)
            carried[child.number] = made is not None
    return carried


def superseded(world: World, mutation: Mutation, asked: Asked, settled: Sequence[Tried]) -> set[int]:
    """The mutations whose change gave way: whose authors are told."""
    chosen = [one.change for one in settled if one.outcome and one.outcome.chosen]
    if asked.strategy != "accept_ours" or not chosen:
        return set()
    if asked.against is not None:
        return {asked.against}
    return {number for change in chosen for number in _made_since(world, change)} - {mutation.number}


def _made_since(world: World, change: Change) -> set[int]:
    """Who made the document what it is, since what the change was made on."""
    if change.document is None:
        there = world.head.get(change.path)
        made = world.revisions.get(there.id, [])[-1:] if there else []
        return {number for number, _, _ in made if number is not None}
    found: set[int] = set()
    for number, path, content in reversed(world.revisions.get(change.document, [])):
        if (path, content) == (change.path, change.base):
            break
        found |= {number} if number is not None else set()
    return found


def _cannot_stand_on(world: World, mutation: Mutation, number: int | None) -> Refusals:
    """Why a mutation cannot be settled against that one."""
    if number is None:
        return set()
    if number == mutation.number:
        return {"BR_CIRCLE"}
    other = world.mutations[number]
    if other.status not in TO_COME:
        return {"BR_STATUS"}
    if world.stale(other.patchset):
        return {"BR_BEHIND"}
    beside = set(world.unexecuted(world.parents(mutation.number))) - set(world.unexecuted([number]))
    same = any(_written(world.mutations[one]) & _written(other) for one in beside - {number})
    return {"BR_PARENTS"} if same else set()


def _written(mutation: Mutation) -> set[str]:
    return {path for one in mutation.patchset.changes for path in (one.path, one.result_path)}


def _bad_parents(world: World, mutation: Mutation, parents: Sequence[int]) -> Refusals:
    if mutation.number in world.ancestors(parents):
        return {"BR_CIRCLE"}
    return {"BR_PARENT"} if any(world.mutations[one].status in NO_PARENTS for one in parents) else set()


def _decider(asked: Asked, tree: Tree) -> Callable[[Change], Settled | None]:
    def decide(change: Change) -> Settled | None:
        if asked.written is not None and asked.written[0] in _paths(change, tree):
            return settling.by_hand(change, tree, asked.written[1])
        if asked.path is None or asked.path in _paths(change, tree):
            return settling.settle(change, tree, STRATEGIES[asked.strategy])
        return None if settling.has_moved(change, tree) else settling.settle(change, tree)

    return decide


def _gives_way(asked: Asked) -> Callable[[Change], bool]:
    return lambda change: asked.strategy == "accept_theirs" and asked.path in (None, change.path, change.result_path)


def _paths(change: Change, tree: Tree) -> set[str]:
    now = path_now(change, tree)
    return {change.path, change.result_path, *([now] if now else [])}


def _rebased(world: World, mutation: Mutation) -> tuple[Patchset | None, Refusals]:
    """All of it on what stands there now, or nothing."""
    parents = world.parents(mutation.number)
    if refused := _bad_parents(world, mutation, parents):
        return None, refused
    tree = world.standing_for(parents)
    tried = settling.attempt(mutation.patchset.changes, tree, settling.as_it_merges(tree))
    if any(one.outcome is None for one in tried):
        return None, {"CF_MERGE"}
    made = _made(tried, ())
    if not made:
        return None, {"BR_NOTHING_LEFT"}
    return Patchset(mutation.patchset.author, made, moves.stacked(world, parents)), set()


def _made(tried: Sequence[Tried], left: Sequence[Change]) -> tuple[Change, ...]:
    made = [one.outcome.change for one in tried if one.outcome and one.outcome.change]
    return (*made, *left)


def _above(world: World, mutation: Mutation) -> list[Mutation]:
    """Everything stacked on a mutation, over however many others."""
    every = world.mutations.values()
    return [one for one in every if one is not mutation and mutation.number in world.ancestors([one.number])]
