"""Carries what theirs changed over to ours, as edits of the text of ours.

Every byte that theirs did not change stays as it is in ours, and what theirs did change is taken from its text.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from lattice_console.merge._libgit2 import changed_ranges
from lattice_console.merge.pointers import escaped
from lattice_console.merge.structured_data import reordered
from lattice_console.merge.structured_identity import Where, identities
from lattice_console.merge.structured_layout import Layouts
from lattice_console.merge.structured_lists import in_order, weave
from lattice_console.merge.structured_tree import Entry, Node, Numbers, Tree

__all__ = ["Edit", "Obstacle", "Span", "Splice", "splice"]

Span = tuple[int, int]


class Edit(NamedTuple):
    """Text that takes the place of `text[start:end]` of ours, and what it brings.

    Edits of one `list` go together. One that says nothing brings blank lines, and may be left out.
    """

    start: int
    end: int
    text: str
    says: str
    list: int | None = None


class Obstacle(NamedTuple):
    """What is not merged, why, and where it is in each side that has it."""

    reason: str
    base: Span | None
    ours: Span | None
    theirs: Span | None


class Splice(NamedTuple):
    """All that merging two sides takes, and what hinders it."""

    edits: tuple[Edit, ...]
    obstacles: tuple[Obstacle, ...]


def splice(base: Tree, ours: Tree, theirs: Tree, numbers: Numbers) -> Splice:
    """The edits of ours that bring in what theirs changed in the base."""
    work = _Splicer(base, ours, theirs, numbers)
    work.entry(base.top, ours.top, theirs.top, _Place("", Where()))
    if theirs.tail_notes not in (base.tail_notes, ours.tail_notes):
        ends = [(tree.top.end, len(tree.text)) for tree in (base, ours, theirs)]
        work.obstacles.append(Obstacle("theirs changes a comment at the end of the document", *ends))
    return Splice(tuple(work.edits), tuple(work.obstacles))


class _Place(NamedTuple):
    """Where entries stand: their pointer, and what tells how items there are told apart."""

    pointer: str
    where: Where

    def __str__(self) -> str:
        return self.pointer or "the whole document"


class _Splicer:
    def __init__(self, base: Tree, ours: Tree, theirs: Tree, numbers: Numbers) -> None:
        self._base, self._ours, self._theirs = base.text, ours.text, theirs.text
        self._layouts = Layouts(ours.text, theirs.text)
        self._numbers = numbers
        self._lists = 0
        self.edits: list[Edit] = []
        self.obstacles: list[Obstacle] = []

    def entry(self, base: Entry | None, ours: Entry, theirs: Entry, place: _Place) -> None:
        """Merge an entry that both sides have."""
        if base and (blanks := self._layouts.blanks(self._base, base, ours, theirs)) is not None:
            self._edit(ours.lead, ours.start, blanks, "")
        if base and theirs.same(base):
            self._laid_out(base, ours, theirs, place)
            return
        if ours.same(theirs):
            return
        if base and self._base[base.start : base.end] == self._ours[ours.start : ours.end]:
            self._lead(base, ours, theirs, place)
            self._replace(base, ours, theirs, place)
            return
        self._lead(base, ours, theirs, place)
        if theirs.side_notes not in (ours.side_notes, base.side_notes if base else -1):
            self._hinder(f"theirs changes a comment in {place}", base, ours, theirs)
            return
        self._value(base, ours, theirs, place)

    def _laid_out(self, base: Entry, ours: Entry, theirs: Entry, place: _Place) -> None:
        """Bring in how theirs lays out what it says as the base does."""
        texts = self._base[base.start : base.end], self._theirs[theirs.start : theirs.end]
        if texts[0] == texts[1]:
            return
        if texts[0] == self._ours[ours.start : ours.end]:
            if (text := self._layouts.entry(theirs, ours.column, ours)) is not None:
                self._edit(ours.start, ours.end, text, "")
        elif base.value.kind == ours.value.kind == theirs.value.kind != "scalar":
            self._collection(base.value, ours.value, theirs.value, place)

    def _lead(self, base: Entry | None, ours: Entry, theirs: Entry, place: _Place) -> None:
        """Merge the comments above an entry."""
        before = base.lead_notes if base else None
        if theirs.lead_notes in (before, ours.lead_notes):
            return
        if ours.lead_notes != before or ours.lead == ours.start or theirs.lead == theirs.start:
            self._hinder(f"theirs changes a comment above {place}", base, ours, theirs)
            return
        lead = self._layouts.lead(theirs, ours)
        self._edit(ours.lead, ours.start, lead, f"takes the comment above {place} from theirs")

    def _value(self, base: Entry | None, ours: Entry, theirs: Entry, place: _Place) -> None:
        before, mine, yours = base.value if base else None, ours.value, theirs.value
        if mine.same(yours) or (before and yours.same(before)):
            return
        kinds = {node.kind for node in (before, mine, yours) if node}
        if len(kinds) == 1 and mine.kind != "scalar" and (before or mine.kind == "mapping"):
            self._collection(before, mine, yours, place)
        elif before and mine.same(before):
            self._replace(base, ours, theirs, place)
        elif mine.data == yours.data or (before and yours.data == before.data):
            self._hinder(f"theirs changes a comment in {place}", base, ours, theirs)
        elif base:
            self._hinder(f"both change {place}, each in its way", base, ours, theirs)
        else:
            self._hinder(f"both add {place}, each with another value", base, ours, theirs)

    def _replace(self, base: Entry | None, ours: Entry, theirs: Entry, place: _Place) -> None:
        """Put what theirs says in the place of what ours says."""
        said = f"takes {place} from theirs"
        if ours.value.same(theirs.value) and ours.side_notes == theirs.side_notes:
            return
        text = self._layouts.value(ours, theirs)
        if text is not None:
            self._edit(ours.value.start, ours.value.end, text, said)
            return
        text = self._layouts.entry(theirs, ours.column, ours)
        if text is None:
            self._hinder(f"{place} is not laid out as in theirs", base, ours, theirs)
            return
        self._edit(ours.start, ours.end, text, said)

    def _collection(self, base: Node | None, ours: Node, theirs: Node, place: _Place) -> None:
        sides = [side for side in (base, ours, theirs) if side]
        if spoiled := next((side.spoiled for side in sides if side.spoiled), None):
            self._obstacle(f"{place} cannot be taken apart: {spoiled}", base, ours, theirs)
        elif ours.kind == "mapping":
            keys = [[entry.key or 0 for entry in side.entries] for side in (base, ours, theirs) if side]
            self._by_key(base, ours, theirs, keys if base else [[], *keys], place)
        elif keys := identities(place.where, sides, self._numbers) or []:
            self._by_key(base, ours, theirs, keys, place)
        elif base:
            self._by_item(base, ours, theirs, place)

    def _by_key(self, base: Node | None, ours: Node, theirs: Node, keys: list[list[int]], place: _Place) -> None:
        before, mine, yours = (
            dict(zip(own, side.entries if side else [], strict=True))
            for own, side in zip(keys, (base, ours, theirs), strict=True)
        )
        if reordered(*keys):
            if base and theirs.data == base.data:
                return
            self._obstacle(f"theirs puts what is in {place} into another order", base, ours, theirs)
            return
        at = {key: f"{place.pointer}/{index}" for index, key in enumerate(keys[1])} if ours.kind == "sequence" else {}
        parents = base, ours, theirs
        dropped, added = set[int](), set[int]()
        for key in keys[1]:
            root, left, right = before.get(key), mine[key], yours.get(key)
            if key in at:
                within = _Place(at[key], place.where.item())
            else:
                within = _Place(f"{place.pointer}/{escaped(left.name)}", place.where.under(left.name, parents))
            if right:
                self.entry(root, left, right, within)
            elif root and left.same(root):
                dropped.add(key)
            elif root:
                self._hinder(f"ours changes {within}, which theirs deletes", root, left, None)
        for key in keys[2]:
            root, right = before.get(key), yours[key]
            if key in mine:
                continue
            if root is None:
                added.add(key)
            elif not right.same(root):
                self._hinder(f"theirs changes {_named(place, right)}, which ours deletes", root, None, right)
        if dropped or added:
            names = {key: entry.name for key, entry in {**mine, **yours}.items()} if ours.kind == "mapping" else None
            order = in_order(keys[1], keys[2], dropped, added, names)
            self._arrange(ours, theirs, [(key not in mine, (mine.get(key) or yours[key])) for key in order], place)

    def _by_item(self, base: Node, ours: Node, theirs: Node, place: _Place) -> None:
        sides = base, ours, theirs
        woven = weave(*([entry.value.data for entry in side.entries] for side in sides))
        for met in woven.meetings:
            spans = [_span(side, indexes) for side, indexes in zip(sides, met, strict=True)]
            self.obstacles.append(Obstacle(f"both change the same items of {place}", *spans))
        self._lists += 1
        arranged: list[tuple[bool, Entry]] = []
        for each in woven.places:
            left = ours.entries[each.ours] if each.ours is not None else None
            right = theirs.entries[each.theirs] if each.theirs is not None else None
            if left and right and each.base is not None:
                within = _Place(f"{place.pointer}/{each.ours}", place.where.item())
                self.entry(base.entries[each.base], left, right, within)
            if left or right:
                arranged.append((left is None, left or right))  # type: ignore[arg-type]
        how = ", behind those that ours adds" if woven.beside else ""
        self._arrange(ours, theirs, arranged, place, how, self._lists)

    def _arrange(
        self,
        ours: Node,
        theirs: Node,
        arranged: Sequence[tuple[bool, Entry]],
        place: _Place,
        how: str = "",
        one_list: int | None = None,
    ) -> None:
        """Make the entries of ours those `arranged`, each with whether it is from theirs."""
        indexes = {id(entry): index for index, entry in enumerate(ours.entries)}
        left, coming = -1, list[Entry]()
        ends: list[tuple[bool, Entry | None]] = [*arranged, (False, None)]
        for is_theirs, each in ends:
            if is_theirs and each:
                coming.append(each)
                continue
            right = indexes[id(each)] if each else len(ours.entries)
            if coming or right > left + 1:
                gap = self._layouts.between(ours, theirs, left, coming, right)
                gone = ours.entries[left + 1 : right]
                if gap is None:
                    reason = f"the entries of {place} are not laid out as in theirs"
                    self._obstacle(reason, None, ours, theirs)
                    return
                start, end, text = gap
                self._edit(start, end, text, _said(place, coming, gone, ours.kind == "mapping") + how, one_list)
            left, coming = right, []

    def _edit(self, start: int, end: int, text: str, said: str, one_list: int | None = None) -> None:
        """Note an edit, line by line without what it does not change; its parts go together."""
        parts = list(_parts(self._ours[start:end], text))
        if len(parts) > 1 and one_list is None:
            self._lists += 1
            one_list = self._lists
        self.edits += [Edit(start + at, start + to, new, said, one_list) for at, to, new in parts]

    def _hinder(self, reason: str, base: Entry | None, ours: Entry | None, theirs: Entry | None) -> None:
        spans = [(entry.lead, entry.end) if entry else None for entry in (base, ours, theirs)]
        self.obstacles.append(Obstacle(reason, *spans))

    def _obstacle(self, reason: str, base: Node | None, ours: Node | None, theirs: Node | None) -> None:
        spans = [(node.start, node.end) if node else None for node in (base, ours, theirs)]
        self.obstacles.append(Obstacle(reason, *spans))


def _parts(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    """What has to be replaced in a text by what, to make it another: ranges of it that do not touch."""
    mine, yours = ([line + "\n" for line in text.split("\n")] for text in (old, new))
    at = [0, *accumulate(map(len, mine))]
    blocks = changed_ranges("".join(mine).encode(), "".join(yours).encode())
    for first, removed, other, came in blocks:
        start, begin = first - (removed > 0), other - (came > 0)
        was, text = "".join(mine[start : start + removed]), "".join(yours[begin : begin + came])
        same = _common(was, text)
        after = _common(was[same:][::-1], text[same:][::-1])
        # The last line has no end of its own: of lines put in or taken out there, the end is that of the line before.
        by = int(start + removed == len(mine) and not (removed and came))
        text = text[same : len(text) - after]
        yield (
            at[start] + same - by,
            at[start] + len(was) - after - by,
            "\n" * bool(by and came) + text[: len(text) - by],
        )


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _span(side: Node, indexes: range) -> Span | None:
    entries = side.entries[indexes.start : indexes.stop]
    return (entries[0].lead, entries[-1].end) if entries else None


def _named(place: _Place, entry: Entry) -> str:
    return f"{place.pointer}/{escaped(entry.name)}" if entry.key is not None else f"an item of {place}"


def _said(place: _Place, coming: Sequence[Entry], gone: Sequence[Entry], keyed: bool) -> str:
    """What an edit does, in words."""
    parts = []
    for verb, entries in (("adds", coming), ("takes out", gone)):
        if keyed and entries:
            parts.append(f"{verb} {', '.join(_named(place, entry) for entry in entries)} as theirs does")
        elif entries:
            parts.append(f"{verb} {len(entries)} item{'s' if len(entries) > 1 else ''} of {place} as theirs does")
    return " and ".join(parts)
