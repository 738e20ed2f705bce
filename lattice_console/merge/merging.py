"""The three-way merge of the project: by lines, as `git merge-file` does it, with conflicts as data.

Markers are only a view (`merge.marked`); nothing here writes or reads one, so content that looks like markers is
content like any other. Bytes are never decoded or re-encoded: line ends, byte order marks and a missing final newline
are those of the side that each line comes from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lattice_console.merge.deadline import SECONDS, merged_in_time
from lattice_console.merge.diff import is_binary
from lattice_console.merge.proposal import Proposal
from lattice_console.merge.regions import Range, Region, Texts
from lattice_console.merge.suspects import doubtful
from lattice_console.merge.validity import Gate, Rejection, RepeatedKey, Valid

__all__ = [
    "SIZE_LIMIT",
    "Conflict",
    "MergeResult",
    "Proposal",
    "Range",
    "Rejection",
    "RepeatedKey",
    "Unmergeable",
    "Valid",
    "three_way",
    "why_unmergeable",
]

SIZE_LIMIT = 10_000_000
"""Bytes that each side may have, unless the caller says otherwise."""

LINE_LIMIT = 1_000_000
"""Lines that each side may have."""

_TOO_SLOW = f"their lines are so much alike that no merge of them ended within {SECONDS:.0f} s; choose a side"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that both sides changed, each in its way; any of the three texts, or another one, can stand there.

    Where a merge was `rejected`, it is a place that one side changed, and that takes part in the reason.
    `result_lines` are its lines in `MergeResult.settled_with` the base's text in each conflict. `pointer` is the JSON
    pointer (RFC 6901) of what stands there in a JSON or YAML document, where it is known.
    """

    base: bytes
    ours: bytes
    theirs: bytes
    base_lines: Range
    our_lines: Range
    their_lines: Range
    result_lines: Range
    pointer: str | None


@dataclass(frozen=True, slots=True)
class Unmergeable:
    """Why sides were not merged by lines: a `side` is binary or larger than the limits, or all took too long."""

    reason: Literal["binary", "too_large", "too_slow"]
    side: Literal["base", "ours", "theirs"] | None
    message: str


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What became of a merge: `content` where it is clean, else what stands against it.

    `settled` are the merged texts before, between and after the conflicts: one more than there are conflicts, and none
    where the sides are `unmergeable`. A merge that is clean by its lines and is no sound document is `rejected`: its
    conflicts are places that one side changed, and with our text in all of them, as with theirs, it is sound.
    `proposals` are what the structured layer says of each conflict of JSON or YAML, if it was asked; a document with
    all the texts proposed, and ours where none is, is sound.
    """

    content: bytes | None
    conflicts: tuple[Conflict, ...] = ()
    settled: tuple[bytes, ...] = ()
    unmergeable: Unmergeable | None = None
    rejected: Rejection | None = None
    proposals: tuple[Proposal, ...] = ()

    @property
    def proposed(self) -> bytes | None:
        """The document with a proposal in the place of every conflict; None where one has none, or there is none."""
        texts = [each.text for each in self.proposals if each.text is not None]
        return self.settled_with(texts) if texts and len(texts) == len(self.conflicts) else None

    @property
    def clean(self) -> bool:
        """Whether both sides' changes are in `content`, with nothing left to decide."""
        return self.content is not None

    def settled_with(self, choices: Sequence[bytes]) -> bytes:
        """The merge with a text in the place of each conflict, in order.

        Raises:
            ValueError: there are more or fewer texts than conflicts.
        """
        if len(choices) != len(self.conflicts):
            raise ValueError(f"{len(self.conflicts)} conflicts take as many texts, not {len(choices)}")
        parts = [*self.settled[:1]]
        for choice, after in zip(choices, self.settled[1:], strict=True):
            parts += (choice, after)
        return b"".join(parts)


def three_way(
    base: bytes,
    ours: bytes,
    theirs: bytes,
    *,
    path: str | None = None,
    limit: int = SIZE_LIMIT,
    valid: Valid | None = None,
    propose: bool = True,
) -> MergeResult:
    """Merge what two descendants made of a base.

    Where one side left the base as it was, or both are equal, the result is the side that differs, whatever it holds.
    Otherwise verdict and bytes are those of `git merge-file`, unless the merge is rejected: JSON, YAML and the front
    matter of Markdown, which `path` tells by its extension, have to parse and to repeat no key, and `valid` must find
    nothing wrong with it that is right in the sides (`merge.validity`). A side that is binary (NUL in its first 8000
    bytes) or larger than `limit` bytes or `LINE_LIMIT` is not merged, nor are sides that take too long
    (`merge.deadline`); one with too many conflicts to be decided one by one is one conflict. Who needs no more than the
    verdict and the conflicts does without proposals.

    Raises:
        Libgit2Error: libgit2 ran out of memory.
    """
    if theirs in (base, ours):
        return _clean(ours)
    if ours == base:
        return _clean(theirs)
    sides = base, ours, theirs
    lines = [side.count(b"\n") for side in sides]
    if unmergeable := why_unmergeable(*sides, limit, lines):
        return MergeResult(None, unmergeable=unmergeable)
    gate = Gate(*sides, path, valid)
    opened = merged_in_time(sides, max(lines))
    if opened is None:
        return MergeResult(None, unmergeable=Unmergeable("too_slow", None, _TOO_SLOW))
    regions, settled = opened
    rejected = None if regions else gate.rejection(settled[0])
    if not regions and not rejected:
        return _clean(settled[0])
    if rejected:
        regions, settled = doubtful(sides, rejected, gate)
    pointers = _pointers(path, regions, sides)
    conflicts = tuple(_conflict(region, pointer) for region, pointer in zip(regions, pointers, strict=True))
    result = MergeResult(None, conflicts, settled, rejected=rejected)
    return replace(result, proposals=_proposals(result, sides, path, gate)) if propose else result


def _clean(content: bytes) -> MergeResult:
    return MergeResult(content, settled=(content,))


def why_unmergeable(
    base: bytes, ours: bytes, theirs: bytes, limit: int = SIZE_LIMIT, lines: Sequence[int] | None = None
) -> Unmergeable | None:
    """Why sides have no lines to merge; None where they do. Who has counted the `lines` of each gives them."""
    of_base, of_ours, of_theirs = lines or (None, None, None)
    sides: tuple[tuple[Literal["base", "ours", "theirs"], bytes, int | None], ...] = (
        ("ours", ours, of_ours),
        ("base", base, of_base),
        ("theirs", theirs, of_theirs),
    )
    for side, content, counted in sides:
        if len(content) > limit:
            message = f"{side} has {len(content):,} bytes, more than the {limit:,} that are merged; choose a side"
            return Unmergeable("too_large", side, message)
        number = content.count(b"\n") if counted is None else counted
        if number > LINE_LIMIT:
            message = f"{side} has {number:,} lines, more than the {LINE_LIMIT:,} that are merged; choose a side"
            return Unmergeable("too_large", side, message)
        if is_binary(content):
            return Unmergeable("binary", side, f"{side} is binary, which has no lines to merge; choose a side")
    return None


def _conflict(region: Region, pointer: str | None) -> Conflict:
    return Conflict(*region.texts, region.base, region.ours, region.theirs, region.result, pointer)


def _proposals(result: MergeResult, sides: Texts, path: str | None, gate: Gate) -> tuple[Proposal, ...]:
    """What the structured layer proposes, as far as that passes the gate."""
    if path is None:
        return ()
    from lattice_console.merge.reading import syntax_of
    from lattice_console.merge.structured import propose

    if not (syntax := syntax_of(path)):
        return ()
    conflicts = [(each.base, each.ours, each.theirs) for each in result.conflicts]
    proposals = propose(syntax, sides, result.settled, conflicts)
    if all(each.text is None for each in proposals):
        return proposals
    texts = [
        each.ours if proposal.text is None else proposal.text
        for each, proposal in zip(result.conflicts, proposals, strict=True)
    ]
    if rejected := gate.rejection(result.settled_with(texts)):
        return tuple(Proposal(None, (rejected.message,)) for _ in proposals)
    return proposals


def _pointers(path: str | None, regions: Sequence[Region], sides: Texts) -> list[str | None]:
    """The pointer of each conflict in the first side that has lines there and can be read: base, ours, theirs."""
    found: list[str | None] = [None] * len(regions)
    if path is None:
        return found
    # It brings a YAML reader, which the console's first frame does not wait for.
    from lattice_console.merge.pointers import pointers_at

    places = ([region[:3][number] for region in regions] for number in range(3))
    for side, ranges in zip(sides, places, strict=True):
        asked = [at for at, lines in enumerate(ranges) if found[at] is None and lines.lines]
        pointers = pointers_at(path, side, [ranges[at].first for at in asked])
        for at, pointer in zip(asked, pointers, strict=True):
            found[at] = pointer
    return found
