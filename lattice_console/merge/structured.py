"""The structured layer: what could stand in the conflicts of JSON or YAML, by what the sides say.

Where changes by lines meet, changes of keys and items may not. Only the places in conflict are looked at: around them
the merge by lines stands in all three sides. A proposal is text of ours with text of theirs put in, never written anew;
it is given only if the document with it says what a merge of the plain data says, and is never applied unseen: people
choose otherwise in about one case of five.

Mappings merge by key, lists by what tells their items apart (`merge.structured_identity`), else item by item in order.
What one side deletes and the other changes is a question for a person.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import TypeVar

from lattice_console.merge import structured_json, structured_yaml
from lattice_console.merge.proposal import Proposal
from lattice_console.merge.reading import BeyondLimits, Syntax, Unreadable, decoded
from lattice_console.merge.structured_data import fits, merged
from lattice_console.merge.structured_focus import aligned, focused, has_left_out
from lattice_console.merge.structured_splice import Edit, Span, splice
from lattice_console.merge.structured_tree import Numbers, Tree

__all__ = ["Choices", "propose"]


Choices = tuple[bytes, bytes, bytes]
"""What base, ours and theirs have in the place of a conflict."""

T = TypeVar("T", str, bytes)

_READERS = {"json": structured_json.read, "yaml": structured_yaml.read}
READ_LEAST = 1_000_000
"""Characters that are read of any document, all its sides and results together; of a larger one, as many as it has.

A million takes about a second, and of most documents only the lines around the conflicts are read.
"""

_UNPROVED = "what the sides say does not come to the same when it is merged as data"


def propose(
    syntax: Syntax, sides: tuple[bytes, bytes, bytes], settled: Sequence[bytes], conflicts: Sequence[Choices]
) -> tuple[Proposal, ...]:
    """A proposal for each conflict of a merge of base, ours and theirs, which is `settled` around the conflicts.

    The proposals stand together with the text of ours in every conflict that has none.
    """
    allowance = _Allowance(max(READ_LEAST, *map(len, sides)))
    found: tuple[Proposal, ...] = ()
    for focus in (True, False):
        try:
            found = _Work(syntax, settled, conflicts, allowance, focus=focus).proposals(sides)
            break
        except Unreadable as error:
            reason = f"not all sides can be read with what is merged around the conflicts: {error.reason}"
            found = _none(conflicts, reason)
    if any(proposal.text is not None for proposal in found):
        return found
    return _by_the_whole(syntax, sides, settled, allowance) or found


def _by_the_whole(
    syntax: Syntax, sides: tuple[bytes, bytes, bytes], settled: Sequence[bytes], allowance: "_Allowance"
) -> tuple[Proposal, ...] | None:
    """What a merge of the documents as they are has in the place of each conflict, if it has the rest as it is settled.

    The merge by lines around the conflicts may leave no sound document with a text of one side in all of them: a comma
    of JSON stands in another line than what it is for, a key that moved stands there twice.
    """
    common, between = aligned(sides)
    found: tuple[Proposal, ...] = ()
    for focus in (True, False):
        try:
            found = _Work(syntax, common, list(zip(*between, strict=True)), allowance, focus=focus).proposals(sides)
            break
        except Unreadable:
            continue
    if not found or any(proposal.text is None for proposal in found):
        return None
    merged = _joined(common, [each.text or b"" for each in found], b"")
    texts = _between(settled, merged)
    reasons = tuple(dict.fromkeys(reason for each in found for reason in each.reasons))
    return tuple(Proposal(text, reasons) for text in texts) if texts else None


def _between(settled: Sequence[bytes], merged: bytes) -> list[bytes] | None:
    """What a merge of the whole documents has in the place of each conflict; None where it does not hold what is
    settled around them.
    """
    first, *inner, last = settled
    end = len(merged) - len(last)
    at = len(first)
    if not merged.startswith(first) or not merged.endswith(last) or end < at:
        return None
    texts: list[bytes] = []
    for piece in inner:
        found = merged.find(piece, at, end)
        if found < 0:
            return None
        texts.append(merged[at:found])
        at = found + len(piece)
    return [*texts, merged[at:end]]


def _none(conflicts: Sequence[Choices], reason: str) -> tuple[Proposal, ...]:
    return tuple(Proposal(None, (reason,)) for _ in conflicts)


class _Allowance:
    """How many characters may still be read."""

    def __init__(self, left: int) -> None:
        self._left = left

    def check(self, count: int) -> None:
        """Raise BeyondLimits where reading so many would be too much."""
        if count > self._left:
            raise BeyondLimits("it says too much in too few lines to be taken apart in time")

    def take(self, count: int) -> None:
        """Read so many; raises BeyondLimits where that is too much."""
        self.check(count)
        self._left -= count


class _Work:
    """One document's conflicts, with the merge by lines around them in every side."""

    def __init__(
        self,
        syntax: Syntax,
        settled: Sequence[bytes],
        conflicts: Sequence[Choices],
        allowance: _Allowance,
        *,
        focus: bool,
    ) -> None:
        self._allowance = allowance
        self._focus = focused if focus else list[str]
        self._reader = _READERS[syntax]
        self._known: dict[str, Tree] = {}
        self._numbers = Numbers()
        self._conflicts = conflicts
        self._around = [decoded(text) for text in settled]
        self._settled = self._focus(self._around)
        self._choices = [[decoded(conflict[side]) for conflict in conflicts] for side in range(3)]
        self._spans = [self._regions(choices) for choices in self._choices]
        self._ours = ""
        self._blocked: dict[int, list[str]] = {}
        self._reasons: dict[int, list[str]] = {}

    def proposals(self, sides: tuple[bytes, bytes, bytes]) -> tuple[Proposal, ...]:
        """A proposal for each conflict; raises Unreadable where a document that it takes cannot be read."""
        try:
            return self._proposals(sides)
        except RecursionError:
            # Merging goes down a few calls for each level, and the caller may be deep already.
            raise BeyondLimits("it nests too deep to be merged") from None

    def _proposals(self, sides: tuple[bytes, bytes, bytes]) -> tuple[Proposal, ...]:
        documents = [_joined(self._settled, choices, "") for choices in self._choices]
        # None is read where not all can be.
        self._allowance.check(sum(map(len, {*documents} - self._known.keys())))
        trees = [self._read(document) for document in documents]
        if len({tree.text.startswith("\ufeff") for tree in trees}) > 1:
            return _none(self._conflicts, "the sides do not agree whether the document begins with a byte order mark")
        base, ours, theirs = trees
        self._ours = ours.text
        found = splice(base, ours, theirs, self._numbers)
        for reason, *spans in found.obstacles:
            self._block(reason, spans)
        placed = self._placed(found.edits)
        texts = self._texts(placed)
        if self._focus is focused and any(map(has_left_out, texts)):
            raise Unreadable("it takes lines that are not next to the conflicts")
        if len(self._blocked) < len(self._conflicts) and not self._proved(texts, trees, sides):
            return _none(self._conflicts, _UNPROVED)
        return tuple(self._proposal(at, text) for at, text in enumerate(texts))

    def _proposal(self, at: int, text: str) -> Proposal:
        if at in self._blocked:
            return Proposal(None, tuple(dict.fromkeys(self._blocked[at])))
        reasons = dict.fromkeys(self._reasons.get(at, ["ours says all that theirs changes"]))
        return Proposal(text.encode(), tuple(reasons))

    def _read(self, text: str) -> Tree:
        """The tree of a document, read once."""
        if text not in self._known:
            self._allowance.take(len(text))
            self._known[text] = self._reader(text, self._numbers)
        return self._known[text]

    def _tree(self, choices: Sequence[str]) -> Tree:
        return self._read(_joined(self._settled, choices, ""))

    def _regions(self, choices: Sequence[str]) -> list[Span]:
        """Where each conflict is in the document with these texts in them."""
        lengths = [len(self._settled[0])]
        for choice, after in zip(choices, self._settled[1:], strict=True):
            lengths += (len(choice), len(after))
        ends = list(accumulate(lengths))
        return [(ends[2 * at], ends[2 * at + 1]) for at in range(len(choices))]

    def _block(self, reason: str, spans: Sequence[Span | None]) -> None:
        """Leave the conflicts to a person that a reason is about: all of them, where it is about none."""
        about: set[int] = set()
        for regions, span in zip(self._spans, spans, strict=True):
            if span:
                first = bisect_left(regions, span[0], key=lambda region: region[1])
                last = bisect_right(regions, span[1], key=lambda region: region[0])
                about.update(at for at in range(first, last) if _overlap(span, regions[at]))
        for at in about or range(len(self._conflicts)):
            self._blocked.setdefault(at, []).append(reason)

    def _placed(self, edits: Sequence[Edit]) -> list[tuple[int, Edit]]:
        """The edits, each with the conflict that it falls into."""
        placed: list[tuple[int, Edit]] = []
        lists: dict[int | None, set[int]] = {}
        for edit in edits:
            fitted = self._fitted(edit)
            if fitted is None and not edit.says:
                continue
            if fitted is None:
                self._block(f"what {edit.says} is not in the conflict alone", [None, (edit.start, edit.end), None])
                continue
            placed.append(fitted)
            lists.setdefault(edit.list, set()).add(fitted[0])
        placed = _without_overlapping_blanks(placed)
        for (at, edit), (_, other) in pairwise(placed):
            if other.start < edit.end:
                self._blocked.setdefault(at, []).append("what theirs changes there hangs together")
        lists.pop(None, None)
        while torn := [at for at in lists.values() if self._blocked.keys() & at and at - self._blocked.keys()]:
            for at in set().union(*torn) - self._blocked.keys():
                self._blocked[at] = ["another conflict in the same list is for a person"]
        return [(at, edit) for at, edit in placed if at not in self._blocked]

    def _fitted(self, edit: Edit) -> tuple[int, Edit] | None:
        """An edit with the conflict that it falls into, moved there if it comes to the same."""
        regions = self._spans[1]
        after = bisect_left(regions, (edit.start, edit.start))
        near = [at for at in (after, after - 1) if 0 <= at < len(regions)]
        for at in near:
            start, end = regions[at]
            for by in (0, start - edit.start, end - edit.end):
                moved = _moved(edit, self._ours, by)
                if moved and start <= moved.start and moved.end <= end:
                    return at, moved
        return None

    def _texts(self, placed: Sequence[tuple[int, Edit]]) -> list[str]:
        """Ours in each conflict with the edits made that fall into it."""
        texts = list(self._choices[1])
        for at, edit in reversed(placed):
            first = self._spans[1][at][0]
            texts[at] = texts[at][: edit.start - first] + edit.text + texts[at][edit.end - first :]
            if edit.says:
                self._reasons.setdefault(at, []).insert(0, edit.says)
        return texts

    def _proved(self, texts: Sequence[str], trees: Sequence[Tree], sides: tuple[bytes, bytes, bytes]) -> bool:
        """Whether the document with the proposals says what a merge of the data of its sides says."""
        found = self._tree(texts).top.value
        one, mine, other = trees
        if self._blocked:
            one, other = (
                self._tree([ours if at in self._blocked else own for at, (own, ours) in enumerate(both)])
                for both in (zip(self._choices[side], self._choices[1], strict=True) for side in (0, 2))
            )
        if not fits(merged(one.top.value, mine.top.value, other.top.value, self._numbers), found):
            return False
        if self._blocked:
            return True
        documents = [*sides, _joined(self._around, texts, "").encode()]
        common, between = aligned(documents)
        pieces = self._focus([decoded(piece) for piece in common])
        base, ours, theirs, result = (
            self._read(_joined(pieces, [decoded(text) for text in own], "")).top.value for own in between
        )
        return fits(merged(base, ours, theirs, self._numbers), result, open_too=True)


def _joined(around: Sequence[T], texts: Sequence[T], nothing: T) -> T:
    pieces = [around[0]]
    for text, after in zip(texts, around[1:], strict=True):
        pieces += (text, after)
    return nothing.join(pieces)


def _overlap(span: Span, region: Span) -> bool:
    return (span[0] < region[1] and region[0] < span[1]) or (region[0] == region[1] and span[0] <= region[0] <= span[1])


def _without_overlapping_blanks(placed: Sequence[tuple[int, Edit]]) -> list[tuple[int, Edit]]:
    """Edits in order, without those of blank lines that touch another."""
    kept: list[tuple[int, Edit]] = []
    for at, edit in sorted(placed, key=lambda each: (each[1].start, each[1].end)):
        if kept and edit.start <= kept[-1][1].end and not (edit.says and kept[-1][1].says):
            if not edit.says:
                continue
            kept.pop()
        kept.append((at, edit))
    return kept


def _moved(edit: Edit, text: str, by: int) -> Edit | None:
    """An edit that puts in or takes out nothing else, so many characters further on (or back); None if it would."""
    if by == 0:
        return edit
    start, end = edit.start + by, edit.end + by
    if start < 0 or end > len(text) or (edit.text and edit.start < edit.end):
        return None
    if edit.text:
        passed = text[start : edit.start] if by < 0 else text[edit.start : start]
        around = passed + edit.text if by < 0 else edit.text + passed
        same = around[by:] == passed if by < 0 else around[:by] == passed
        new = around[:by] if by < 0 else around[by:]
        return edit._replace(start=start, end=end, text=new) if same else None
    same = (
        text[start : edit.start] == text[end : edit.end] if by < 0 else text[edit.start : start] == text[edit.end : end]
    )
    return edit._replace(start=start, end=end) if same else None
