"""Drawing what people send: edits that mostly make sense, and at times none."""

from typing import Any

from hypothesis import strategies as st

from lattice_console.contract.models.mutation import ChangeInput
from tests.support.model.contents import (
    DATA,
    PATHS,
    POLICIES,
    POLICY,
    READABLE,
    SECTIONS,
    TEXTS,
    UNREADABLE,
    hashed,
    page,
    unified,
    values_of,
    with_value,
)
from tests.support.model.moves import Edit
from tests.support.model.settling import Change
from tests.support.model.world import Patchset, World

Tree = dict[str, bytes]

_BUSY = ("a.txt", "b.txt") * 4
"""The paths that most edits are about."""


def edits(data: st.DataObject, tree: Tree) -> tuple[list[Edit], list[ChangeInput]]:
    """One edit or two, as the model has them and as they are sent."""
    drawn = [_edit(data, tree) for _ in range(data.draw(st.sampled_from([1, 1, 2]), "how many"))]
    return [edit for edit, _ in drawn], [change for _, change in drawn]


def _edit(data: st.DataObject, tree: Tree) -> tuple[Edit, ChangeInput]:
    path = data.draw(st.sampled_from([*_BUSY, *PATHS]), "path")
    base = tree.get(path)
    operation = _operation(data, base)
    new_path, result = None, None
    if operation == "rename":
        kin = _kin(path)
        new_path = data.draw(st.sampled_from([*(other for other in kin * 5 if other != path), path]), "new path")
    if operation in ("create", "modify") or (operation == "rename" and data.draw(st.booleans(), "edited too")):
        result = content(data, path, base)
    sent: dict[str, Any] = {"operation_type": operation, "file_path": path, "new_path": new_path}
    fits = True
    if base is not None:
        stated = data.draw(st.sampled_from([None, None, base, b"another base"]), "stated base")
        fits = stated in (None, base)
        sent["base_hash"] = None if stated is None else hashed(stated)
    if operation == "modify" and _are_pages(base, result) and data.draw(st.booleans(), "as a diff"):
        assert base is not None
        assert result is not None
        sent["diff"] = unified(base, result)
    else:
        sent["content"] = result
    return Edit(operation, path, new_path, result, fits), ChangeInput(**sent)


def _operation(data: st.DataObject, base: bytes | None) -> str:
    """Mostly one that fits what is there."""
    fitting = ["create"] if base is None else ["modify", "modify", "modify", "delete", "rename"]
    others = ["create", "modify", "delete", "rename"]
    return data.draw(st.sampled_from([*fitting * (40 // len(fitting)), *others]), "operation")


def _kin(path: str) -> tuple[str, ...]:
    """The paths of the same kind of document."""
    return next((kind for kind in (TEXTS, DATA) if path in kind), (POLICY,))


def content(data: st.DataObject, path: str, base: bytes | None) -> bytes:
    if path == POLICY:
        return data.draw(st.sampled_from(list(POLICIES)), "policy")
    if path in DATA:
        return data.draw(st.sampled_from([*READABLE * 2, *UNREADABLE]), "data")
    section = data.draw(st.integers(0, SECTIONS - 1), "section")
    old = values_of(base)[section] if base else 0
    value = data.draw(st.sampled_from([*(value for value in range(4) if value != old)] * 5 + [old]), "value")
    return with_value(base, section, value) if base else page(*[value] * SECTIONS)


def _are_pages(base: bytes | None, result: bytes | None) -> bool:
    """Whether a diff can be written; one of two alike contents has no hunk."""
    return bool(base and result and values_of(base) and base != result)


def rebased(patchset: Patchset, tree: Tree) -> tuple[list[Edit], list[ChangeInput]]:
    """The same edits, made anew on what is there now."""
    made = [_rebased(change, tree.get(change.path)) for change in patchset.changes]
    return made, [
        ChangeInput.model_validate(
            {
                "operation_type": edit.operation,
                "file_path": edit.path,
                "new_path": edit.new_path,
                "content": edit.result,
            }
        )
        for edit in made
    ]


def _rebased(change: Change, base: bytes | None) -> Edit:
    result = change.result
    old, new, here = (values_of(content or b"") for content in (change.base, change.result, base))
    if old and new and here:
        result = page(*(mine if mine != was else now for was, mine, now in zip(old, new, here, strict=True)))
    return Edit(change.operation, change.path, change.new_path, result)


def parents(data: st.DataObject, world: World, able: list[int], besides: int = 0) -> list[int]:
    """Mostly none, or mutations on which others can be stacked."""
    every = [number for number in world.mutations if number != besides]
    pool = data.draw(st.sampled_from([*[[]] * 6, *[able] * 3, every]), "pool of parents")
    drawn = st.lists(st.sampled_from(pool), min_size=1, max_size=2, unique=True) if pool else st.just([])
    return data.draw(drawn, "parents")
