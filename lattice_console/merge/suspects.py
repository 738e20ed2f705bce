"""The changes that a rejected merge is about, so that a person is asked about these and not about all of them."""

from bisect import bisect
from collections.abc import Sequence, Set

from lattice_console.merge.regions import Change, Opened, Sides, Texts, changes, full_lines, merged_ranges, open_regions
from lattice_console.merge.validity import Gate, Rejection

__all__ = ["doubtful"]


def doubtful(texts: Texts, rejected: Rejection, gate: Gate) -> Opened:
    """The changes that take part in the reason for which their merge was rejected, and what is settled around them.

    With one side's text in all of these the document passes the gate. Where the changes next to the reason do not reach
    that, they are all that there are to decide: then such a document is that side itself.
    """
    sides = full_lines(texts)
    found = changes(*sides)
    undecided = {at for at, change in enumerate(found) if not change.alike}
    near = _near(found, rejected) & undecided
    if near and near < undecided and all(gate.rejection(text) is None for text in _taken(sides, found, near)):
        return open_regions(sides, found, near)
    return open_regions(sides, found, undecided)


def _near(found: Sequence[Change], rejected: Rejection) -> set[int]:
    """The changes that hold a repeated key; or of each side the last one before the line that cannot be read."""
    ranges = merged_ranges(found)
    if rejected.reason == "repeated_key":
        lines = sorted(line for key in rejected.keys for line in key.lines)
        return {
            at
            for at, (first, count) in enumerate(ranges)
            if bisect(lines, first - 1) < bisect(lines, first + count - 1)
        }
    if rejected.line is None:
        return set()
    before = [at for at, (first, _) in enumerate(ranges) if first <= rejected.line and not found[at].alike]
    ours, theirs = ([at for at in before if found[at].by_us is mine] for mine in (True, False))
    return {*ours[-1:], *theirs[-1:]}


def _taken(sides: Sides, found: Sequence[Change], chosen: Set[int]) -> tuple[bytes, bytes]:
    """The document with our text, and with theirs, in all of the chosen changes."""
    _, settled = open_regions(sides, found, chosen)
    in_order = [found[at] for at in sorted(chosen)]
    texts = (
        [side.span(first - 1, first - 1 + count) for first, count in ranges]
        for side, ranges in ((sides[1], [one.ours for one in in_order]), (sides[2], [one.theirs for one in in_order]))
    )
    ours, theirs = (b"".join([settled[0], *(a + b for a, b in zip(side, settled[1:], strict=True))]) for side in texts)
    return ours, theirs
