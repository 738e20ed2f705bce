"""In what order entries stand that two sides keep, add and take out: of lists item by item, of mappings key by key."""

from collections.abc import Mapping, Sequence, Set
from itertools import pairwise
from typing import NamedTuple

from lattice_console.merge._libgit2 import changed_ranges
from lattice_console.merge.diff import Block

__all__ = ["Meeting", "Place", "Weave", "in_order", "weave"]


class Place(NamedTuple):
    """An entry of a merged list: its index in each side that has it."""

    base: int | None
    ours: int | None
    theirs: int | None


class Meeting(NamedTuple):
    """What both sides changed, each in its way: the indexes of it in the base, in ours and in theirs."""

    base: range
    ours: range
    theirs: range


class Weave(NamedTuple):
    """A merged list: its entries in order, with ours where both sides meet, where they do, and whether both add
    entries in one place (ours then stand first)."""

    places: tuple[Place, ...]
    meetings: tuple[Meeting, ...]
    beside: bool


def weave(base: Sequence[int], ours: Sequence[int], theirs: Sequence[int]) -> Weave:
    """Merge lists of numbers by whole items.

    An item that one side took out is gone, what one side added is there; where both replaced the same items, or added
    common ones beside others, they meet. Changes that only adjoin do not.
    """
    mine, yours = _blocks(base, ours), _blocks(base, theirs)
    met = _met(base, ours, theirs, mine, yours)
    meetings = tuple(_meeting(*both) for both in met)
    dropped = {block for _, blocks in met for block in blocks}
    # What is added stands before an item of the base if nothing is taken out for it, else in the place of what is.
    added: list[tuple[int, int, int, Place]] = []
    gone: set[int] = set()
    seen: set[tuple[int, int, tuple[int, ...]]] = set()
    beside = False
    for side, blocks, items in ((0, mine, ours), (1, yours, theirs)):
        for block in blocks:
            if side and block in dropped:
                continue
            gone.update(range(block.old, block.old + block.removed))
            numbers = tuple(items[block.new : block.new + block.added])
            change = block.old, block.removed, numbers
            if side and change in seen:
                continue
            seen.add(change)
            for at in range(block.new, block.new + block.added):
                place = Place(None, None, at) if side else Place(None, at, None)
                added.append((block.old, int(block.removed > 0), side, place))
    beside = any(
        one[:2] == other[:2] and one[2] != other[2] for one, other in pairwise(sorted(added, key=lambda each: each[:3]))
    )
    kept = [(at, 2, 0, place) for at, place in enumerate(_kept(len(base), mine, yours)) if at not in gone]
    places = tuple(place for *_, place in sorted([*added, *kept], key=lambda each: each[:3]))
    return Weave(places, meetings, beside)


def _blocks(base: Sequence[int], side: Sequence[int]) -> list[Block]:
    if base == side:
        return []
    old, new = (b"".join(b"%d\n" % number for number in numbers) for numbers in (base, side))
    ranges = changed_ranges(old, new, indent_heuristic=False)
    return [Block(a - (removed > 0), removed, b - (came > 0), came) for a, removed, b, came in ranges]


def _kept(count: int, mine: Sequence[Block], yours: Sequence[Block]) -> list[Place]:
    """Where each item of the base is in both sides, with None in a side that took it out."""
    sides = []
    for blocks in (mine, yours):
        at, shift, indexes = 0, 0, list[int | None]()
        for block in blocks:
            indexes += range(at + shift, block.old + shift)
            indexes += [None] * block.removed
            at, shift = block.old + block.removed, shift + block.added - block.removed
        sides.append(indexes + list(range(at + shift, count + shift)))
    return [Place(*each) for each in zip(range(count), *sides, strict=True)]


_Met = tuple[list[Block], list[Block]]


def _met(
    base: Sequence[int], ours: Sequence[int], theirs: Sequence[int], mine: Sequence[Block], yours: Sequence[Block]
) -> list[_Met]:
    """The changes of both sides that cannot both be made, in groups that belong together."""
    groups: list[_Met] = []
    at = other = 0
    while at < len(mine) and other < len(yours):
        one, two = mine[at], yours[other]
        if _meet(one, two, ours[one.new : one.new + one.added], theirs[two.new : two.new + two.added]):
            if not groups or (groups[-1][0][-1] != one and groups[-1][1][-1] != two):
                groups.append(([], []))
            for blocks, block in zip(groups[-1], (one, two), strict=True):
                if block not in blocks[-1:]:
                    blocks.append(block)
        if (one.old + one.removed, one.old) <= (two.old + two.removed, two.old):
            at += 1
        else:
            other += 1
    return groups


def _meet(one: Block, two: Block, mine: Sequence[int], yours: Sequence[int]) -> bool:
    if one.old + one.removed < two.old or two.old + two.removed < one.old:
        return False
    if (one.old, one.removed, *mine) == (two.old, two.removed, *yours) or not (one.added or two.added):
        return False
    if one.added and two.added and set(mine) & set(yours):
        return True
    if one.removed and two.removed:
        return one.old < two.old + two.removed and two.old < one.old + one.removed
    inner, outer = (two, one) if one.removed else (one, two)
    return outer.old < inner.old < outer.old + outer.removed


def _meeting(mine: Sequence[Block], yours: Sequence[Block]) -> Meeting:
    spans = []
    for blocks in (mine, yours):
        first, last = blocks[0], blocks[-1]
        spans.append((first.old, last.old + last.removed, first.new, last.new + last.added))
    (a, b, c, d), (e, f, g, h) = spans
    return Meeting(range(min(a, e), max(b, f)), range(c, d), range(g, h))


def in_order(
    ours: Sequence[int], theirs: Sequence[int], dropped: Set[int], added: Set[int], names: Mapping[int, str] | None
) -> list[int]:
    """The keys of a merged mapping: ours without those `dropped`, and of theirs those `added`, each once.

    Ours stay in their order; an added key follows the key that it follows in theirs, and what ours alone has there.
    Where both sides keep their keys sorted by `names`, so does the merge.
    """
    shared, following = set(ours) & set(theirs), dict[int | None, list[int]]()
    anchor: int | None = None
    for key in theirs:
        if key in shared:
            anchor = key
        elif key in added:
            following.setdefault(anchor, []).append(key)
    result: list[int] = []
    waiting = following.get(None, [])
    for key in ours:
        if key in shared:
            result += waiting
            waiting = following.get(key, [])
        if key not in dropped:
            result.append(key)
    result += waiting
    if names and all(_sorted([names[key] for key in side]) for side in (ours, theirs)):
        result.sort(key=names.__getitem__)
    return result


def _sorted(names: Sequence[str]) -> bool:
    return all(one <= other for one, other in pairwise(names))
