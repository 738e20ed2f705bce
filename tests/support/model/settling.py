"""What becomes of changes on what stands there now: where both sides meet, and elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tests.support.model.contents import merged

Tree = Mapping[str, tuple[bytes, int | None]]
"""The bytes at each path, and which document of the head that is; none, where it is still to be made."""

Choice = Literal["neither", "ours", "theirs"]
"""Whose is taken where both meet; with `neither` that stays open."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file operation with the bytes before and after it.

    `document` is which one of the head it is about; none, where that is still to be made.
    """

    operation: str
    path: str
    new_path: str | None
    base: bytes | None
    result: bytes | None
    document: int | None = field(default=None, compare=False)

    @property
    def result_path(self) -> str:
        return self.new_path or self.path


@dataclass(frozen=True, slots=True)
class Settled:
    """A change made anew; none, where nothing of it is left to do. `chosen` says that a side gave way."""

    change: Change | None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """A change, and what becomes of it; no outcome where a person has to decide."""

    change: Change
    outcome: Settled | None


def attempt(
    changes: Sequence[Change],
    tree: Tree,
    decide: Callable[[Change], Settled | None],
    gives_way: Callable[[Change], bool] = lambda change: False,
) -> list[Tried]:
    """All changes, made anew together: those that cannot have their path, or come to one, are open, or give way."""
    tried = [Tried(change, decide(change)) for change in changes]
    while (fitting := _with_their_paths(_apart(tried), tree, gives_way)) != tried:
        tried = fitting
    return tried


def _apart(tried: Sequence[Tried]) -> list[Tried]:
    """No two can come to one path, unless somebody has chosen the same for both, or that one goes."""
    places: dict[str, list[Tried]] = {}
    for one in tried:
        if one.outcome is None:
            places.setdefault(one.change.path, []).append(one)
        elif one.outcome.change is not None:
            places.setdefault(one.outcome.change.path, []).append(one)
    found = list(tried)
    for together in places.values():
        settled = [one for one in together if one.outcome is not None]
        if len(together) == 1:
            continue
        made = [one.outcome for one in settled if one.outcome]
        left = {one.change for one in made if one.change and one.change.operation != "delete"}
        if len(settled) < len(together) or len(left) > 1 or not all(one.chosen for one in made):
            found = [Tried(one.change, None) if one in together else one for one in found]
        else:
            stays = next(iter(left), made[0].change)
            first = next(one for one in settled if one.outcome and one.outcome.change == stays)
            gone = Settled(None, chosen=True)
            found = [Tried(one.change, gone) if one in together and one is not first else one for one in found]
    return found


def _with_their_paths(tried: list[Tried], tree: Tree, gives_way: Callable[[Change], bool]) -> list[Tried]:
    made = [one.outcome.change for one in tried if one.outcome is not None and one.outcome.change is not None]
    left = set(tree) - {one.path for one in made if one.operation in ("delete", "rename")}
    targets = [one.result_path for one in made if one.operation in ("create", "rename")]
    found = []
    for one in tried:
        new = one.outcome.change if one.outcome is not None else None
        if new is not None and new.operation in ("create", "rename"):
            others = {target for target in targets if target != new.result_path}
            if any(clash(new.result_path, other) for other in left | others):
                one = Tried(one.change, _without_its_path(one.change, tree) if gives_way(one.change) else None)
        found.append(one)
    return found


def as_it_merges(tree: Tree) -> Callable[[Change], Settled | None]:
    """What becomes of a change where nobody chooses anything."""
    return lambda change: settle(change, tree)


def settle(change: Change, tree: Tree, choice: Choice = "neither") -> Settled | None:
    """A change on its own."""
    path = path_now(change, tree)
    if change.operation == "create":
        return _create(change, tree, choice)
    if path is None:
        return _gone(change, choice)
    content, document = tree[path]
    if change.operation == "delete":
        as_it_was = (path, content) == (change.path, change.base)
        if as_it_was or choice == "ours":
            return Settled(Change("delete", path, None, content, None, document), chosen=not as_it_was)
        return Settled(None, chosen=True) if choice == "theirs" else None
    target, chosen = change.new_path or path, False
    if change.operation == "rename" and path not in (change.path, target):
        if choice == "neither":
            return None
        target, chosen = (path if choice == "theirs" else target), True
    return _edit(change, tree, path, target, choice, chosen=chosen)


def by_hand(change: Change, tree: Tree, content: bytes | None) -> Settled:
    """What a person made of a document; nothing, where there is to be none."""
    path = path_now(change, tree)
    if path is None:
        new = Change("create", change.result_path, None, None, content) if content is not None else None
        return Settled(new, chosen=True)
    here, document = tree[path]
    if content is None:
        return Settled(Change("delete", path, None, here, None, document), chosen=True)
    target = change.result_path if change.operation == "rename" else path
    return Settled(_made(path, target, here, content, document), chosen=True)


def _create(change: Change, tree: Tree, choice: Choice) -> Settled | None:
    if change.path not in tree:
        return Settled(Change("create", change.path, None, None, change.result))
    here, document = tree[change.path]
    if here == change.result:
        return Settled(None)
    if choice == "ours":
        return Settled(Change("modify", change.path, None, here, change.result, document), chosen=True)
    return Settled(None, chosen=True) if choice == "theirs" else None


def _gone(change: Change, choice: Choice) -> Settled | None:
    if change.operation == "delete":
        return Settled(None)
    if choice == "ours":
        return Settled(Change("create", change.result_path, None, None, change.result), chosen=True)
    return Settled(None, chosen=True) if choice == "theirs" else None


def _without_its_path(change: Change, tree: Tree) -> Settled:
    """A change that gives way to what has its path: of a rename, what it edited stays."""
    path = path_now(change, tree)
    if change.operation == "create" or path is None:
        return Settled(None, chosen=True)
    found = _edit(change, tree, path, path, "theirs", chosen=True)
    assert found is not None
    return found


def _edit(change: Change, tree: Tree, path: str, target: str, choice: Choice, *, chosen: bool) -> Settled | None:
    here, document = tree[path]
    assert change.base is not None
    assert change.result is not None
    content = merged(change.base, change.result, here)
    if content is None:
        if choice == "neither":
            return None
        content, chosen = merged(change.base, change.result, here, prefer=choice), True
        assert content is not None
    return Settled(_made(path, target, here, content, document), chosen)


def _made(path: str, target: str, here: bytes, content: bytes, document: int | None) -> Change | None:
    if path != target:
        return Change("rename", path, target, here, content, document)
    return Change("modify", path, None, here, content, document) if here != content else None


def path_now(change: Change, tree: Tree) -> str | None:
    """Where the document of a change is: at its path, where it was renamed to, or else what came to its path."""
    here = tree.get(change.path)
    if change.operation == "create":
        return change.path if here is not None else None
    if here is not None and (here[1] in (None, change.document) or here[0] == change.base):
        return change.path
    places = {document: path for path, (_, document) in tree.items() if document is not None}
    moved = places.get(change.document) if change.document is not None else None
    return moved or (change.path if here is not None else None)


def has_moved(change: Change, tree: Tree) -> bool:
    """Whether what a change was made on is no longer what stands there."""
    here = tree.get(change.path)
    return here is not None if change.operation == "create" else here is None or here[0] != change.base


def clash(one: str, other: str) -> bool:
    """Whether no folder could hold both: twins, or a file where the other needs a folder."""
    one, other = one.casefold(), other.casefold()
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")
