r"""What changed within the lines of a replaced block: its words, compared as lines are.

Both sides are cut into tokens -- words, runs of blanks, single signs, ends of lines -- which go through the diff of
the project, one a line, as `git diff --word-diff` does it. What stays between two changes is taken for changed where
it is too little to read, and a line of which hardly anything stays counts as changed whole: a few scattered letters
in common say nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from lattice_console.merge._libgit2 import changed_ranges

__all__ = ["Span", "WordChanges", "tokens", "word_changes"]

Span = tuple[int, int]
"""From the first changed byte of a line up to, and without, the one behind the last."""

_LARGEST = 32_768
"""Bytes of both sides beyond which nobody reads word by word."""

_ALIKE = 0.35
"""The share of a line's bytes, blanks left out, that has to stay for its words to be told apart."""

# Bytes beyond ASCII are letters of some script: cut at blanks and ASCII signs, never within a character.
_TOKEN = re.compile(rb"[\w\x80-\xff]+|[ \t]+|[^\w\x80-\xff \t]")


@dataclass(frozen=True, slots=True)
class WordChanges:
    """For each line of either side the spans that changed, in order and apart; a whole line is one span."""

    old: tuple[tuple[Span, ...], ...]
    new: tuple[tuple[Span, ...], ...]


class _Tokens:
    """The tokens of one side, each line's followed by its end, and whether each has changed."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self.lines: list[range] = []
        self.words: list[bytes] = []
        for line in lines:
            first = len(self.words)
            self.words += tokens(line)
            self.lines.append(range(first, len(self.words)))
            # No token is empty, so an empty one is an end of a line.
            self.words.append(b"")
        self.changed = [False] * len(self.words)
        self.twin = [-1] * len(self.words)

    def text(self) -> bytes:
        return b"".join(word + b"\n" for word in self.words)


def tokens(line: bytes) -> list[bytes]:
    """A line in words, runs of blanks and single signs, which join to the line."""
    return _TOKEN.findall(line)


def word_changes(removed: Sequence[bytes], added: Sequence[bytes]) -> WordChanges | None:
    r"""The words that differ between the lines of a replaced block, given without their `\n`.

    What is left of both sides without the spans is the same sequence of tokens. None where there is nothing to tell
    apart: a side has no lines, they have little in common, or they are too long to be worth the time.

    Raises:
        Libgit2Error: libgit2 refused the texts.
    """
    if not removed or not added or sum(map(len, removed)) + sum(map(len, added)) > _LARGEST:
        return None
    old, new = _Tokens(removed), _Tokens(added)
    _compare(old, new)
    _indent(old, new)
    _join(old, new)
    _join(new, old)
    _settle(old, new)
    _settle(new, old)
    if all(old.changed[at] for line in old.lines for at in line if not old.words[at].isspace()):
        return None
    return WordChanges(_spans(old), _spans(new))


def _compare(old: _Tokens, new: _Tokens) -> None:
    old_at = new_at = 0

    def same(until: int) -> None:
        nonlocal old_at, new_at
        while old_at < until:
            old.twin[old_at], new.twin[new_at] = new_at, old_at
            old_at, new_at = old_at + 1, new_at + 1

    for old_start, removed, new_start, added in changed_ranges(old.text(), new.text()):
        same(old_start - (removed > 0))
        for side, start, size in ((old, old_start, removed), (new, new_start, added)):
            first = start - (size > 0)
            side.changed[first : first + size] = [True] * size
        old_at, new_at = old_at + removed, new_at + added
    same(len(old.words))


def _indent(old: _Tokens, new: _Tokens) -> None:
    """Pair the indentation of lines whose first words are a pair: it may have been taken for that of a line beside."""
    starts = {kept: line.start for line in new.lines if (kept := _first_word(new, line)) is not None}
    for line in old.lines:
        kept = _first_word(old, line)
        start = None if kept is None else starts.get(old.twin[kept])
        if start is None or old.words[line.start] != new.words[start] or not new.words[start].isspace():
            continue
        # Nothing that stays is between them and the words, so that both sides keep their order.
        for side, other, at in ((old, new, line.start), (new, old, start)):
            if not side.changed[at]:
                other.changed[side.twin[at]], other.twin[side.twin[at]] = True, -1
            side.changed[at] = False
        old.twin[line.start], new.twin[start] = start, line.start


def _first_word(side: _Tokens, line: range) -> int | None:
    """The first token of a line that stays, its indentation left out."""
    return next((at for at in line[1:] if not side.changed[at]), None)


def _change(side: _Tokens, other: _Tokens, at: int) -> None:
    """Take a token that stays for changed, on both sides."""
    side.changed[at] = True
    if side.twin[at] >= 0:
        other.changed[side.twin[at]] = True


def _join(side: _Tokens, other: _Tokens) -> None:
    """Close gaps of blanks, or of one sign, between two changes of a line."""
    for line in side.lines:
        changed = [at for at in line if side.changed[at]]
        for before, after in pairwise(changed):
            gap = b"".join(side.words[before + 1 : after])
            if 0 < after - before - 1 <= 3 and (
                not gap.strip() or (len(gap.strip()) == 1 and _within(side, before, after))
            ):
                for at in range(before + 1, after):
                    _change(side, other, at)


def _within(side: _Tokens, before: int, after: int) -> bool:
    """Whether words changed on both sides of a gap: `a-b` for `c-d` is one change, `"a",` for `"b";` are two."""
    return side.words[before][-1:].isalnum() and side.words[after][:1].isalnum()


def _settle(side: _Tokens, other: _Tokens) -> None:
    """Take lines of which too little stays for changed as a whole."""
    for line in side.lines:
        size = sum(len(side.words[at]) for at in line if not side.words[at].isspace())
        stays = sum(len(side.words[at]) for at in line if not side.changed[at] and not side.words[at].isspace())
        if stays < size * _ALIKE:
            for at in line:
                _change(side, other, at)


def _spans(side: _Tokens) -> tuple[tuple[Span, ...], ...]:
    every: list[tuple[Span, ...]] = []
    for line in side.lines:
        spans: list[Span] = []
        ends = list(accumulate((len(side.words[at]) for at in line), initial=0))
        for at, start, end in zip(line, ends, ends[1:], strict=False):
            if not side.changed[at]:
                continue
            if spans and spans[-1][1] == start:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
        every.append(tuple(spans))
    return tuple(every)
