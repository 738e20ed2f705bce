"""The documents of the model: few contents, whose differences and validity are plain to see."""

import hashlib
import json
import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

Item = TypeVar("Item")

POLICY = ".lattice/workflows/code-review.json"
TEXTS = ("a.txt", "A.txt", "b.txt", "d", "d/e.txt")
"""Among them twins, and a file where a folder may stand."""

DATA = ("data.json", "more.json")
PATHS = (*TEXTS, *DATA, POLICY)

SECTIONS = 3
_GAP = 8
_VALUE = re.compile(rb"value \d: (\d+)\n")


@dataclass(frozen=True, slots=True)
class Policy:
    """What a review takes."""

    reviewers: int = 1
    comments: bool = False
    types: tuple[str, ...] = ("approve", "approve_with_suggestions")


def _written(**asked: Any) -> bytes:
    return json.dumps({"review_requirements": asked}).encode()


POLICIES: dict[bytes, Policy | None] = {
    b"{}": Policy(),
    _written(min_reviewers=2): Policy(reviewers=2),
    _written(require_comments=True): Policy(comments=True),
    _written(approval_types=["approve"]): Policy(types=("approve",)),
    _written(min_reviewers=2, require_comments=True): Policy(reviewers=2, comments=True),
    _written(min_reviewers=0): None,
    b'{"review_requirements": [': None,
}
"""What each policy says; None where it is broken."""

READABLE = tuple(b'{"a": %d}\n' % number for number in range(3))
UNREADABLE = tuple(b'{"a": %d\n' % number for number in range(2))


def page(*values: int) -> bytes:
    """A text of a few values, so far apart that each is a hunk of its own."""
    return b"".join(
        b"value %d: %d\n" % (section, value) + b"".join(b"line %d.%d\n" % (section, line) for line in range(_GAP))
        for section, value in enumerate(values)
    )


def line_of(section: int) -> int:
    """The line of a page, from 1, at which that value stands."""
    return section * (_GAP + 1) + 1


def hashed(content: bytes) -> str:
    """What a document's bytes are addressed by."""
    return hashlib.sha256(content).hexdigest()


def values_of(content: bytes) -> tuple[int, ...]:
    """The values of a page; none for what is no page."""
    return tuple(int(value) for value in _VALUE.findall(content))


def with_value(content: bytes, section: int, value: int) -> bytes:
    """The page with another value."""
    values = list(values_of(content))
    values[section] = value
    return page(*values)


def readable(path: str, content: bytes) -> bool:
    """Whether a document can be read as what its path promises."""
    if path == POLICY:
        return POLICIES[content] is not None
    return path not in DATA or content in READABLE


def difference(before: bytes | None, after: bytes | None) -> Hashable:
    """What identifies a diff wherever in the document it stands: the same for a clean rebase."""
    old, new = values_of(before or b""), values_of(after or b"")
    if not old or not new:
        return None if before == after else (before, after)
    return frozenset(one for one in zip(range(SECTIONS), old, new, strict=True) if one[1] != one[2])


def merged(base: bytes, ours: bytes, theirs: bytes, *, prefer: str = "neither") -> bytes | None:
    """Both sides' values; where both changed one, each in its way, that of the preferred side, or nothing at all."""
    sides = [values_of(content) for content in (base, ours, theirs)]
    if not all(sides):
        return _either(base, ours, theirs, prefer)
    found = [_either(was, mine, yours, prefer) for was, mine, yours in zip(*sides, strict=True)]
    return page(*[value for value in found if value is not None]) if None not in found else None


def _either(base: Item, ours: Item, theirs: Item, prefer: str) -> Item | None:
    if ours in (base, theirs):
        return theirs
    if theirs == base or prefer == "ours":
        return ours
    return theirs if prefer == "theirs" else None


def unified(before: bytes, after: bytes) -> bytes:
    """The diff of two pages, by hand."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    hunks = [b"--- page\n+++ page\n"]
    for index, (mine, theirs) in enumerate(zip(old, new, strict=True)):
        if mine != theirs:
            first, last = max(0, index - 3), index + 4
            size = len(old[first:last])
            hunks.append(b"@@ -%d,%d +%d,%d @@\n" % (first + 1, size, first + 1, size))
            hunks.extend(b" " + line for line in old[first:index])
            hunks.extend([b"-" + mine, b"+" + theirs])
            hunks.extend(b" " + line for line in old[index + 1 : last])
    return b"".join(hunks)
