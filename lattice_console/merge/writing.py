"""What an edit writes: the least that two edits of one document must share where they do not merge.

Two edits that git would not merge change lines that overlap or adjoin. A merge of JSON or YAML that is clean by its
lines and no sound document repeats a key that both have put into one mapping, or lost an anchor that the other names.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Final

from yaml.events import CollectionEndEvent, CollectionStartEvent, MappingStartEvent, NodeEvent, ScalarEvent

from lattice_console.merge._libgit2 import changed_ranges
from lattice_console.merge.lines import LineIndex
from lattice_console.merge.merging import SIZE_LIMIT, why_unmergeable
from lattice_console.merge.pointers import Place
from lattice_console.merge.reading import (
    BOM,
    DEPTH_LIMIT,
    FENCE,
    STRING,
    Unreadable,
    front_matter,
    is_markdown,
    syntax_of,
    yaml_events,
)

__all__ = ["Written", "written"]

RANGES: Final = 16
"""How many ranges of lines are told apart; where an edit has more, neighbours are taken for one."""

KEYS: Final = 64
"""How many new keys are told apart; an edit with more is taken to write all of the document."""

_TOKENS: Final = re.compile(STRING + rb"|[{}\[\],]", re.DOTALL)
# What may be a key, whether or not a colon follows: so no byte is looked at twice.
_KEY: Final = re.compile(rb"""("(?:[^"\\\n]++|\\.)*+"|[^\s,{}\[\]&*#'"-][^\n:]*+)\s*+(:?)""", re.DOTALL)
_INDEX: Final = re.compile(r"/\d+(?=/)")

# YAML 1.1 ends lines also there.
_ODD_BREAK: Final = re.compile(rb"\r(?!\n)|\xc2\x85|\xe2\x80[\xa8\xa9]")


@dataclass(frozen=True, slots=True)
class Written:
    """`lines` are ranges of the base, first and last, with a line around each of them; None for all of it.

    `keys` are JSON pointers of keys that stand where none stood, with `*` for any item of a list. `anchors` says that
    it writes lines of YAML with an anchor or an alias.
    """

    lines: tuple[tuple[int, int], ...] | None
    keys: frozenset[str] = frozenset()
    anchors: bool = False


_ALL: Final = Written(None)


def written(path: str, base: bytes, content: bytes, *, limit: int = SIZE_LIMIT) -> Written:
    """What an edit of the document at that path writes; nothing, where both are equal."""
    if base == content:
        return Written(())
    if why_unmergeable(base, content, content, limit):
        return _ALL
    changes = changed_ranges(base, content, indent_heuristic=False)
    lines = _joined([(max(0, old - 1), old + max(removed, 1)) for old, removed, _, _ in changes])
    syntax = "yaml" if is_markdown(path) else syntax_of(path)
    if syntax is None:
        return Written(lines)
    last, last_new = (_data_ends(path, text) for text in (base, content))
    before, after = LineIndex(base), LineIndex(content)
    added: set[int] = set()
    anchors = False
    for old, removed, new, lines_added in changes:
        if old > last and new > last_new:
            break
        gone = before.span(old - 1, old - 1 + removed) if removed else b""
        come = after.span(new - 1, new - 1 + lines_added) if lines_added else b""
        if is_markdown(path) and (FENCE.search(gone) or FENCE.search(come)):
            return _ALL
        anchors = anchors or (syntax == "yaml" and any(sign in text for text in (gone, come) for sign in (b"&", b"*")))
        if _keys_in(come) - _keys_in(gone):
            added.update(range(new, new + lines_added))
    keys = _keys_on(path, content, added) if added else set()
    return _ALL if keys is None or len(keys) > KEYS else Written(lines, frozenset(keys), anchors)


def _keys_in(text: bytes) -> Counter[bytes]:
    """What reads like a key there, however often."""
    return Counter(key.rstrip() for key, colon in _KEY.findall(text) if colon)


def _data_ends(path: str, content: bytes) -> float:
    """The last line that is data: that which closes the front matter of Markdown, 0 where there is none."""
    if not is_markdown(path):
        return inf
    front = front_matter(content.removeprefix(BOM))
    return 0 if front is None else front.count(b"\n") + 2


def _joined(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The ranges in order, those that meet as one, and the nearest ones where they are too many."""
    joined: list[tuple[int, int]] = []
    for first, last in ranges:
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    while len(joined) > RANGES:
        at = min(range(1, len(joined)), key=lambda one: joined[one][0] - joined[one - 1][1])
        joined[at - 1 : at + 1] = [(joined[at - 1][0], joined[at][1])]
    return tuple(joined)


def _keys_on(path: str, content: bytes, lines: set[int]) -> set[str] | None:
    """The pointers of the keys that stand on those lines; none, where the document cannot be read.

    None where YAML may count lines otherwise.
    """
    content, before = content.removeprefix(BOM), 0
    if is_markdown(path):
        content, before = front_matter(content) or b"", 1
    is_json = syntax_of(path) == "json"
    if not is_json and _ODD_BREAK.search(content):
        return None
    keys: set[str] = set()
    last = max(lines)
    try:
        for pointer, at in _in_json(content) if is_json else _in_yaml(content):
            line = at + before
            if line > last:
                break
            if line in lines:
                keys.add(_INDEX.sub("/*", pointer))
    except (Unreadable, ValueError, AssertionError):
        # A side that cannot be read has nothing to be judged by.
        return set()
    return keys


def _in_json(content: bytes) -> Iterator[tuple[str, int]]:
    place = Place(None, mapping=False)
    line, at = 1, 0
    for match in _TOKENS.finditer(content):
        token = match[0]
        if token in (b"{", b"["):
            if place.depth == DEPTH_LIMIT:
                return
            place = Place(place, mapping=token == b"{")
        elif token in (b"}", b"]"):
            place = place.above
        elif token == b",":
            place.go_on()
        elif place.wants_key:
            line += content.count(b"\n", at, match.start())
            at = match.start()
            place.key = json.loads(token)
            yield place.pointer_of_next(), line


def _in_yaml(content: bytes) -> Iterator[tuple[str, int]]:
    place = Place(None, mapping=False)
    for event in yaml_events(content):
        if isinstance(event, CollectionEndEvent):
            place = place.above
            if place.wants_key:
                place.key = "?"
            else:
                place.go_on()
        elif isinstance(event, CollectionStartEvent):
            if place.depth == DEPTH_LIMIT:
                return
            place = Place(place, mapping=isinstance(event, MappingStartEvent))
        elif isinstance(event, NodeEvent):
            if place.wants_key:
                place.key = event.value if isinstance(event, ScalarEvent) else f"*{event.anchor}"
                mark = event.start_mark
                yield place.pointer_of_next(), mark.line + 1 if mark else 0
            else:
                place.go_on()
