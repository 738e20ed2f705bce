"""The keys that a JSON or YAML document repeats within one mapping, of which a reader takes only one."""

import json
import re
from collections.abc import Callable
from typing import Any, Final

from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from lattice_console.merge.pointers import Place
from lattice_console.merge.reading import (
    BOM,
    DEPTH_LIMIT,
    STRING,
    BeyondLimits,
    Syntax,
    Unreadable,
    decoded,
    fail,
    front_matter,
    is_markdown,
    read_json,
    syntax_of,
    yaml_events,
)

__all__ = ["REPEATED_LIMIT", "Repeated", "repeated_in", "repeated_keys"]

Repeated = dict[str, list[int]]
"""The lines, from 1, of all the places of each repeated key, by its JSON pointer (RFC 6901); of an anchor, by `&` and
its name.
"""

REPEATED_LIMIT: Final = 10_000
"""How many repeated keys of a document are told apart."""

_TOKENS: Final = re.compile(STRING + rb"|[{}\[\],]", re.DOTALL)


def repeated_keys(syntax: Syntax, content: bytes) -> Repeated:
    """The keys that stand more than once in one mapping, compared by their text: `1` and `"1"` are one key.

    Mappings and lists that are keys are not compared. The documents of a YAML stream share their pointers. An anchor
    that a document has more than once is taken for a key: some readers refuse it, and its aliases may be another one's.

    Raises:
        Unreadable: not JSON or YAML, not UTF-8, or an alias without its anchor.
        BeyondLimits: more than the limits of `merge.reading` allow, or more keys are repeated than we tell apart.
    """
    content = content.removeprefix(BOM)
    return _in_json(content) if syntax == "json" else _in_yaml(content)


def repeated_in(path: str | None, content: bytes) -> Repeated | None:
    """`repeated_keys` of a document at that path; of Markdown, those of its front matter. None where there is no data.

    Raises:
        Unreadable: as for `repeated_keys`; with the line of the whole document.
    """
    if syntax := syntax_of(path):
        return repeated_keys(syntax, content)
    front = front_matter(content.removeprefix(BOM)) if is_markdown(path) else None
    if front is None:
        return None
    try:
        # Prose between two thematic breaks reads as a text; that is no front matter.
        if not isinstance(
            next((event for event in yaml_events(front) if isinstance(event, NodeEvent)), None), MappingStartEvent
        ):
            return None
        return {key: [line + 1 for line in lines] for key, lines in repeated_keys("yaml", front).items()}
    except Unreadable as error:
        raise type(error)(error.reason, error.line + 1 if error.line else None) from None


class _Open(Place):
    """A collection that is being read, with the lines of its keys."""

    __slots__ = ("_lines", "is_key")

    def __init__(self, above: "_Open | None", *, mapping: bool) -> None:
        super().__init__(above, mapping=mapping)
        self.is_key = above is not None and above.wants_key
        self._lines: _Known = {}

    def take(self, key: str, line: int, found: Repeated) -> None:
        """Take the key of the next value, and note it in `found` if the mapping has it already."""
        self.key = key
        _take(self._lines, key, line, self.pointer_of_next, found)


_Known = dict[str, int]
"""The line at which each name stands first; 0 for one that is noted as repeated."""


def _take(known: _Known, name: str, line: int, shown: Callable[[], str], found: Repeated) -> None:
    """Take a name, and note it in `found` as it is shown if it is known already."""
    if name not in known:
        known[name] = line
        return
    lines = found.setdefault(shown(), [])
    if max(len(lines), len(found)) > REPEATED_LIMIT:
        raise BeyondLimits(f"it repeats more than {REPEATED_LIMIT:,} keys", line)
    if first := known[name]:
        lines.append(first)
        known[name] = 0
    lines.append(line)


def _in_json(content: bytes) -> Repeated:
    repeats = False

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeats
        repeats = repeats or len({key for key, _ in items}) < len(items)
        return {}

    read_json(content, pairs)
    return _where_in_json(content) if repeats else {}


def _where_in_json(content: bytes) -> Repeated:
    """The repeated keys of a document that is known to be JSON, whose reader tells no places."""
    found: Repeated = {}
    place = _Open(None, mapping=False)
    line, at = 1, 0
    for match in _TOKENS.finditer(content):
        token = match[0]
        if token in (b"{", b"["):
            place = _Open(place, mapping=token == b"{")
        elif token in (b"}", b"]"):
            place = place.above
        elif token == b",":
            place.go_on()
        elif place.wants_key:
            line += content.count(b"\n", at, match.start())
            at = match.start()
            place.take(json.loads(token), line, found)
    return found


def _in_yaml(content: bytes) -> Repeated:
    decoded(content)
    found: Repeated = {}
    anchors: _Known = {}
    place = _Open(None, mapping=False)
    for event in yaml_events(content):
        if isinstance(event, CollectionEndEvent):
            ended, place = place, place.above
            if ended.is_key:
                place.key = place.next
            else:
                place.go_on()
        elif isinstance(event, NodeEvent):
            _check_anchor(event, anchors, found)
            if isinstance(event, CollectionStartEvent):
                if place.depth == DEPTH_LIMIT:
                    fail(f"it nests deeper than {DEPTH_LIMIT} levels", event, BeyondLimits)
                place = _Open(place, mapping=isinstance(event, MappingStartEvent))
            elif place.wants_key:
                place.take(*_key(event), found)
            else:
                place.go_on()
        elif isinstance(event, DocumentStartEvent):
            anchors.clear()
    return found


def _check_anchor(event: NodeEvent, anchors: _Known, found: Repeated) -> None:
    """Refuse an alias of nothing, and take an anchor."""
    name = event.anchor
    if isinstance(event, AliasEvent):
        if name not in anchors:
            fail("an alias names an anchor that does not stand before it", event)
    elif name:
        _take(anchors, name, _line(event), lambda: f"&{name}", found)


def _line(event: NodeEvent) -> int:
    mark = event.start_mark
    assert mark is not None, "what is read from a text has its place"
    return mark.line + 1


def _key(event: NodeEvent) -> tuple[str, int]:
    """A key's text, and its line."""
    return event.value if isinstance(event, ScalarEvent) else f"*{event.anchor}", _line(event)
