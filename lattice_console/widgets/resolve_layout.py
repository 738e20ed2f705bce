"""A merge as rows: three sides beside each other, and the result of what was chosen, each line found by its number."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Literal

from lattice_console.merge.choices import Choice, Choices, Written, text_of
from lattice_console.merge.diff import is_binary
from lattice_console.merge.lines import LineIndex
from lattice_console.merge.merging import MergeResult, Range
from lattice_console.merge.regions import changes
from lattice_console.merge.words import Span
from lattice_console.text import inert
from lattice_console.widgets.document_text import DocumentText
from lattice_console.widgets.resolve_words import PartWords, part_words

__all__ = ["PANES", "Offer", "Pane", "Part", "ResolveLayout", "ResultRow", "SideRow", "Sides"]

Pane = Literal["ours", "base", "theirs"]
PANES: Sequence[Pane] = ("ours", "base", "theirs")
"""The sides from left to right."""

Origin = Literal["ours", "theirs", "both"]
"""Whose lines a merge takes by itself; both sides may have made the same."""

_GONE = "There is no such file here."

_WORDS_KEPT = 500


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbouring lines of all sides, each as its first line from 0 and how many.

    They are the same in all, or settled, or conflict number `conflict`; `origin` says whose settled lines are taken.
    """

    ours: tuple[int, int]
    base: tuple[int, int]
    theirs: tuple[int, int]
    origin: Origin | None = None
    conflict: int | None = None

    @property
    def same(self) -> bool:
        """Whether all sides have these lines."""
        return self.origin is None and self.conflict is None

    @property
    def height(self) -> int:
        """The lines of the longest side."""
        return max(self.ours[1], self.base[1], self.theirs[1])

    def lines(self, pane: Pane) -> tuple[int, int]:
        """Its lines in one side."""
        return self.ours if pane == "ours" else self.theirs if pane == "theirs" else self.base

    @property
    def taken(self) -> Pane:
        """The side whose lines are in the result where nothing was chosen."""
        return "theirs" if self.origin == "theirs" else "base" if self.conflict is not None else "ours"


@dataclass(frozen=True, slots=True)
class SideRow:
    """One line of the sides: which of a part's lines, from 0, or None for the line that heads a conflict."""

    part: int
    offset: int | None


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One line of the result: which of a part's, from 0, and its number there from 1; None where it stands for none."""

    part: int
    offset: int | None
    number: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A text that is offered for a conflict: by a `name`, and in words where it is from and why, all inert.

    With one that is not `good`, the document would not be sound, as the words tell.
    """

    text: bytes
    name: str
    words: str
    good: bool = True

    @property
    def choice(self) -> Written:
        """The choice that takes it."""
        return Written(self.text, proposed=True)

    @property
    def taken(self) -> str:
        """That it is taken, in words."""
        return f"taken {self.name}" if self.name.startswith("as ") else f"{self.name} taken"


Offers = Mapping[int, Sequence[Offer]]
"""What is offered beside what the merge proposes, by the number of the conflict, from 0."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The three texts of a merge, what came of it, and where they differ; `gone` are those that are no file at all."""

    path: str
    base: bytes
    ours: bytes
    theirs: bytes
    merge: MergeResult
    parts: tuple[Part, ...]
    gone: frozenset[Pane] = frozenset()

    def document(self, pane: Pane) -> DocumentText:
        """One of the texts, to be drawn."""
        text = DocumentText(self.path, self.ours if pane == "ours" else self.theirs if pane == "theirs" else self.base)
        if pane in self.gone:
            text.plain = (_GONE,)
        return text

    @staticmethod
    def merged(
        path: str, base: bytes, ours: bytes, theirs: bytes, merge: MergeResult, gone: frozenset[Pane] = frozenset()
    ) -> "Sides":
        """Divide a merge into parts; takes time, so it belongs off the event loop. `merge` has conflicts, or is clean.

        Raises:
            Libgit2Error: libgit2 ran out of memory.
        """
        indexes = LineIndex(base), LineIndex(ours), LineIndex(theirs)
        parts = [
            Part(_from(one.our_lines), _from(one.base_lines), _from(one.their_lines), conflict=at)
            for at, one in enumerate(merge.conflicts)
        ]
        if gone or any(map(is_binary, (base, ours, theirs))):
            # There are no lines to compare: what is no text is told in words.
            sides = Sides(path, base, ours, theirs, merge, (), gone)
            told = (sides.document(pane) for pane in PANES)
            one, old, other = ((0, len(text.plain) or text.lines) for text in told)
            return replace(sides, parts=tuple(Part(one, old, other, conflict=at) for at in range(len(parts))))
        decided = {part.base for part in parts}
        # Sides too large to be merged are one conflict, with nothing around it.
        for change in () if merge.settled == (b"", b"") else changes(*indexes):
            place = _from(change.base)
            if place not in decided:
                origin: Origin = "both" if change.alike else "ours" if change.by_us else "theirs"
                parts.append(Part(_from(change.ours), place, _from(change.theirs), origin=origin))
        parts.sort(key=lambda part: (part.base, part.ours))
        lines = [indexes[1].count, indexes[0].count, indexes[2].count]
        return Sides(path, base, ours, theirs, merge, tuple(_filled(parts, lines)), gone)


def _from(lines: Range) -> tuple[int, int]:
    return lines.first - 1, lines.lines


def _filled(parts: Sequence[Part], lines: Sequence[int]) -> list[Part]:
    """The parts with those between them in which all sides are the same."""
    filled: list[Part] = []
    at = [0, 0, 0]
    for part in parts:
        spans = (part.ours, part.base, part.theirs)
        gap = part.base[0] - at[1]
        if gap > 0:
            filled.append(Part((at[0], gap), (at[1], gap), (at[2], gap)))
        filled.append(part)
        at = [first + count for first, count in spans]
    if (rest := lines[1] - at[1]) > 0:
        filled.append(Part((at[0], rest), (at[1], rest), (at[2], rest)))
    return filled


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Neighbouring lines of a document that are in the result, and the key that takes them."""

    sign: str
    document: DocumentText
    first: int
    count: int


class ResolveLayout:
    """The rows of one merge; those of the result follow what is chosen."""

    def __init__(self, sides: Sides, offers: Offers | None = None) -> None:
        self.sides = sides
        self._offers = offers or {}
        self.parts = sides.parts
        self.documents: dict[Pane, DocumentText] = {pane: sides.document(pane) for pane in PANES}
        self.binary = any(map(is_binary, (sides.base, sides.ours, sides.theirs)))
        """Whether a side has no lines that could be compared."""
        self.apart = self.binary or bool(sides.gone)
        """Whether one side as a whole is to be taken, for want of lines or of a file."""
        self.conflicts = [at for at, part in enumerate(self.parts) if part.conflict is not None]
        self.settled = sum(part.origin is not None for part in self.parts)
        """How many changes are merged by themselves."""
        *self._starts, self.total = accumulate(map(self._side_height, self.parts), initial=0)
        self._words: dict[int, PartWords] = {}
        self._written: dict[Written, DocumentText] = {}
        self.choices: Choices = ()
        self.choose((None,) * len(self.conflicts))

    def _side_height(self, part: Part) -> int:
        return part.height + (part.conflict is not None)

    # -- the sides

    def side_row(self, row: int) -> SideRow:
        """What stands on a row of the sides."""
        at = bisect_right(self._starts, row) - 1
        offset = row - self._starts[at]
        if self.parts[at].conflict is None:
            return SideRow(at, offset)
        return SideRow(at, offset - 1 if offset else None)

    def head_row(self, conflict: int) -> int:
        """The row that heads a conflict."""
        return self._starts[self.conflicts[conflict]]

    def conflict_at(self, row: int) -> int | None:
        """The conflict that a row of the sides belongs to."""
        return self.parts[bisect_right(self._starts, row) - 1].conflict if self.total else None

    def next_conflict(self, row: int, by: int, *, only_open: bool = False) -> int | None:
        """The nearest conflict below a row (`by` is 1) or above it (-1)."""
        here = self.conflict_at(row)
        found = [
            number
            for number, part in enumerate(self.conflicts)
            if number != here
            and (self._starts[part] > row if by > 0 else self._starts[part] < row)
            and not (only_open and self.choices[number] is not None)
        ]
        return (found[0] if by > 0 else found[-1]) if found else None

    def next_open(self, row: int) -> int | None:
        """The row that heads an open conflict: the one at a row, else the next below, else the first."""
        waiting = [number for number, choice in enumerate(self.choices) if choice is None]
        here = self.conflict_at(row)
        below = [number for number in waiting if number == here or self.head_row(number) >= row]
        return self.head_row((below or waiting)[0]) if waiting else None

    def offers(self, conflict: int) -> Sequence[Offer]:
        """What is offered for a conflict, each choice once: the good first, what people chose before the proposal."""
        proposals, given = self.sides.merge.proposals, list(self._offers.get(conflict, ()))
        if proposals and (text := proposals[conflict].text) is not None:
            words = f"proposal: {'; '.join(map(inert, proposals[conflict].reasons))}"
            given.append(Offer(text, "proposal", words))
        given.sort(key=lambda one: not one.good)
        return [one for at, one in enumerate(given) if one.text not in {before.text for before in given[:at]}]

    def offer(self, conflict: int) -> Offer | None:
        """What is offered instead of what is chosen: the one after that, where it is offered too, else the first."""
        offers, choice = self.offers(conflict), self.choices[conflict]
        now = text_of(self.sides.merge.conflicts[conflict], choice) if choice is not None else None
        at = next((at for at, one in enumerate(offers) if one.text == now), -1)
        others = [*offers[at + 1 :], *offers[: max(at, 0)]]
        return others[0] if others else None

    def offered(self, conflict: int) -> Offer | None:
        """What is chosen for a conflict, where it was offered."""
        now = self.choices[conflict]
        return next((one for one in self.offers(conflict) if one.choice == now), None)

    def reasons(self, conflict: int) -> Sequence[str]:
        """Why something is proposed, or why nothing is."""
        return self.sides.merge.proposals[conflict].reasons if self.sides.merge.proposals else ()

    def words(self, part: int, pane: Pane, offset: int) -> Sequence[Span] | None:
        """The bytes of a line that a side changed; for the base, those that either side did. None where none is."""
        if self.apart:
            return None
        if part not in self._words:
            if len(self._words) >= _WORDS_KEPT:
                self._words.clear()
            self._words[part] = part_words(*(self._text(self.parts[part], pane) for pane in ("base", "ours", "theirs")))
        return self._words[part].of(pane).get(offset)

    def _text(self, part: Part, pane: Pane) -> bytes:
        first, count = part.lines(pane)
        return self.documents[pane].span(first, first + count)

    # -- the result

    def choose(self, choices: Choices) -> None:
        """Follow what is chosen."""
        if len(choices) != len(self.conflicts):
            raise ValueError(f"{len(self.conflicts)} conflicts take as many choices, not {len(choices)}")
        self.choices = choices
        self.open = choices.count(None)
        """How many conflicts wait for a choice."""
        sizes = [self._result_lines(part) for part in self.parts]
        *self._numbers, self.lines = accumulate(sizes, initial=0)
        heights = [max(1, size) + self.is_open(part) * bool(size) for size, part in zip(sizes, self.parts, strict=True)]
        *self._result_starts, self.result_total = accumulate(heights, initial=0)

    def is_open(self, part: Part) -> bool:
        """Whether a part waits for a choice."""
        return part.conflict is not None and self.choices[part.conflict] is None

    def _stretches(self, part: Part) -> Sequence[_Stretch]:
        """Where the lines of a part of the result come from."""
        choice = self.choice(part)
        if isinstance(choice, Written):
            text = self._written.get(choice)
            if text is None:
                text = self._written[choice] = DocumentText(self.sides.path, choice.content)
            return (_Stretch("p" if choice.proposed else "e", text, 0, text.lines),)
        if choice is None:
            sign = {"ours": "1", "theirs": "2", "both": "3"}[part.origin] if part.origin else ""
            return (self._stretch(part, part.taken, sign),)
        names: dict[str, tuple[Pane, str]] = {"ours": ("ours", "1"), "theirs": ("theirs", "2"), "base": ("base", "0")}
        return tuple(self._stretch(part, *names[name]) for name in choice.split("+"))

    def _stretch(self, part: Part, pane: Pane, sign: str) -> _Stretch:
        document, (first, count) = self.documents[pane], part.lines(pane)
        return _Stretch(sign, document, first, 0 if document.plain else count)

    def _result_lines(self, part: Part) -> int:
        # Nearly all parts are taken from one side.
        if part.conflict is None:
            return part.lines(part.taken)[1]
        return sum(stretch.count for stretch in self._stretches(part))

    def result_row(self, row: int) -> ResultRow:
        """What stands on a row of the result."""
        at = bisect_right(self._result_starts, row) - 1
        part, offset = self.parts[at], row - self._result_starts[at]
        number = self._numbers[at] + 1
        if self.is_open(part):
            return ResultRow(at, offset - 1 if offset else None, number + max(0, offset - 1))
        return ResultRow(at, offset if self._result_lines(part) else None, number + offset)

    def source(self, part: int, offset: int) -> tuple[DocumentText, int, str]:
        """Where a line of the result comes from: a document, the line there, and whose it is by the key that takes it.

        That is empty where all sides have it, or where it is open.
        """
        for stretch in self._stretches(self.parts[part]):
            if offset < stretch.count:
                break
            offset -= stretch.count
        return stretch.document, stretch.first + offset, stretch.sign

    def gone(self, part: Part) -> tuple[str, str]:
        """Whose it is that a part has no line in the result, and what stands there of binary sides, in words."""
        stretch = self._stretches(part)[0]
        return stretch.sign, stretch.document.plain[0] if self.apart and stretch.document.plain else ""

    def choice(self, part: Part) -> Choice | None:
        """What was chosen for a part that is a conflict."""
        return self.choices[part.conflict] if part.conflict is not None else None

    # -- from one to the other

    def across(self, row: int) -> int:
        """The row of the result that a row of the sides belongs to."""
        if not self.total:
            return 0
        at = bisect_right(self._starts, row) - 1
        first = self._result_starts[at]
        last = (self._result_starts[at + 1] if at + 1 < len(self.parts) else self.result_total) - 1
        return min(first + row - self._starts[at], last)

    def back(self, row: int) -> int:
        """The row of the sides that a row of the result belongs to."""
        if not self.result_total:
            return 0
        at = bisect_right(self._result_starts, row) - 1
        last = (self._starts[at + 1] if at + 1 < len(self.parts) else self.total) - 1
        return min(self._starts[at] + row - self._result_starts[at], last)
