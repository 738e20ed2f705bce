"""What three documents come to as plain data, whatever their texts look like: by this a proposal is judged."""

from dataclasses import dataclass
from typing import Final

from lattice_console.merge.structured_identity import Where, identities
from lattice_console.merge.structured_lists import in_order, weave
from lattice_console.merge.structured_tree import Kind, Node, Numbers

__all__ = ["OPEN", "Data", "Merged", "Open", "fits", "merged", "reordered"]


@dataclass(frozen=True, slots=True)
class Open:
    """What stands where only a person can decide."""


OPEN: Final = Open()

_DOCUMENT: Final = Where()


@dataclass(slots=True)
class Merged:
    """A collection that both sides changed: its values by key, or in order under None."""

    kind: Kind
    values: "list[tuple[int | None, Data]]"


Data = Node | Merged | Open


def merged(
    base: Node | None,
    ours: Node,
    theirs: Node,
    numbers: Numbers,
    where: Where = _DOCUMENT,
) -> Data:
    """The data of a merge: what one side changed, mappings key by key, lists item by item; open where both meet.

    Nothing nests deeper than the limits of `merge.reading`.
    """
    if ours.data == theirs.data or (base and theirs.data == base.data):
        return ours
    if base and ours.data == base.data:
        return theirs
    sides = [side for side in (base, ours, theirs) if side]
    if len({side.kind for side in sides}) > 1 or ours.kind == "scalar" or any(side.spoiled for side in sides):
        return OPEN
    if ours.kind == "mapping":
        keys = [[entry.key or 0 for entry in side.entries] for side in sides]
        return Merged("mapping", _by_key(sides, keys, numbers, where, ordered=False) or [])
    if base is None:
        return OPEN
    if found := identities(where, sides, numbers):
        values = _by_key(sides, found, numbers, where, ordered=True)
        return OPEN if values is None else Merged("sequence", [(None, value) for _, value in values])
    return _list(base, ours, theirs)


def _by_key(
    sides: list[Node], keys: list[list[int]], numbers: Numbers, where: Where, *, ordered: bool
) -> list[tuple[int | None, Data]] | None:
    """What stands under each key; None where an order counts, and theirs changed it."""
    entries = [dict(zip(own, side.entries, strict=True)) for own, side in zip(keys, sides, strict=True)]
    before = entries[0] if len(sides) == 3 else {}
    mine, yours = entries[-2:]
    values: dict[int, Data] = {}
    for key in {**mine, **yours}:
        root, left, right = before.get(key), mine.get(key), yours.get(key)
        if left and right:
            within = where.item() if ordered else where.under(left.name, sides)
            values[key] = merged(root.value if root else None, left.value, right.value, numbers, within)
        elif root and (kept := left or right):
            if kept.value.data != root.value.data:
                values[key] = OPEN
        elif found := left or right:
            values[key] = found.value
    order = list(values)
    if ordered:
        if reordered(*keys):
            return None
        dropped = {key for key in mine if key not in values}
        order = in_order(keys[-2], keys[-1], dropped, values.keys() - mine.keys(), None)
    return [(key, values[key]) for key in order]


def reordered(base: list[int], ours: list[int], theirs: list[int]) -> bool:
    """Whether theirs has what all have in an order that neither the base nor ours has."""
    shared = set(base) & set(ours) & set(theirs)
    orders = [[key for key in side if key in shared] for side in (base, ours, theirs)]
    return orders[2] not in orders[:2]


def _list(base: Node, ours: Node, theirs: Node) -> Data:
    woven = weave(*([entry.value.data for entry in side.entries] for side in (base, ours, theirs)))
    if woven.meetings:
        return OPEN
    values = [
        ours.entries[place.ours].value if place.ours is not None else theirs.entries[place.theirs or 0].value
        for place in woven.places
    ]
    return Merged("sequence", [(None, value) for value in values])


def fits(expected: Data, found: Node, *, open_too: bool = False) -> bool:
    """Whether a document says what a merge comes to; what is open fits anything if `open_too`, else nothing."""
    if isinstance(expected, Open):
        return open_too
    if isinstance(expected, Node):
        return expected.data == found.data
    if expected.kind != found.kind:
        return False
    if expected.kind == "sequence":
        values = [value for _, value in expected.values]
        return len(values) == len(found.entries) and all(
            fits(value, entry.value, open_too=open_too) for value, entry in zip(values, found.entries, strict=True)
        )
    entries = {entry.key: entry.value for entry in found.entries}
    # Where one side deletes what the other changes, it may be there or not.
    wanted = {key: value for key, value in expected.values if key in entries or not (open_too and value is OPEN)}
    return (
        len(entries) == len(found.entries)
        and wanted.keys() == entries.keys()
        and all(fits(value, entries[key], open_too=open_too) for key, value in wanted.items())
    )
