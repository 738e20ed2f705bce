"""The keys that a JSON or YAML document repeats within one mapping, of which a reader takes only one."""

import json
import re
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

from lattice_console.merge.pointers import escaped
from lattice_console.merge.reading import (
    BOM,
    DEPTH_LIMIT,
    STRING,
    BeyondLimits,
    Syntax,
    decoded,
    fail,
    read_json,
    yaml_events,
)

__all__ = ["Repeated", "repeated_keys"]

Repeated = dict[str, list[int]]
"""The lines, from 1, of all the places of each repeated key, by its JSON pointer (RFC 6901)."""

_COLLECTION: Final = "?"
"""What stands in a pointer for a key that is a mapping or a list, which no pointer can name."""

_TOKENS: Final = re.compile(STRING + rb"|[{}\[\],]", re.DOTALL)


def repeated_keys(syntax: Syntax, content: bytes) -> Repeated:
    """The keys that stand more than once in one mapping, compared by their text: `1` and `"1"` are one key.

    Mappings and lists that are keys are not compared. The documents of a YAML stream share their pointers.

    Raises:
        Unreadable: not JSON or YAML, not UTF-8, or an alias without its anchor.
        BeyondLimits: more than the limits of `merge.reading` allow; whether keys are repeated stays unknown.
    """
    content = content.removeprefix(BOM)
    return _in_json(content) if syntax == "json" else _in_yaml(content)


class _Open:
    """A collection that is being read, or a document: its keys with their lines, and where its next value stands."""

    __slots__ = ("_above", "_index", "_keys", "_token", "is_key", "key")

    def __init__(self, above: "_Open | None", *, mapping: bool) -> None:
        self._above = above
        self.is_key = above is not None and above.wants_key
        self._token = "" if above is None else _COLLECTION if self.is_key else above.next
        # The line at which each stands first; 0 for one that is noted as repeated.
        self._keys: dict[str, int] | None = {} if mapping else None
        self._index = 0
        self.key: str | None = None

    @property
    def above(self) -> "_Open":
        assert self._above is not None, "a document is never closed"
        return self._above

    @property
    def next(self) -> str:
        """The token of a pointer at the next value."""
        return self.key or "" if self._keys is not None else str(self._index)

    @property
    def wants_key(self) -> bool:
        return self._keys is not None and self.key is None

    def take(self, key: str, line: int, found: Repeated) -> None:
        """Take the key of the next value, and note it in `found` if the mapping has it already."""
        assert self._keys is not None
        self.key = key
        if key not in self._keys:
            self._keys[key] = line
            return
        lines = found.setdefault(self._pointer(), [])
        if first := self._keys[key]:
            lines.append(first)
            self._keys[key] = 0
        lines.append(line)

    def go_on(self) -> None:
        """Go past the next value."""
        self.key = None
        self._index += 1

    def _pointer(self) -> str:
        tokens = [self.next]
        place = self
        while place.above._above is not None:
            tokens.append(place._token)
            place = place.above
        return "".join(f"/{escaped(token)}" for token in reversed(tokens))


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
    anchors: set[str] = set()
    place, depth = _Open(None, mapping=False), 0
    for event in yaml_events(content):
        if isinstance(event, CollectionEndEvent):
            ended, place, depth = place, place.above, depth - 1
            if ended.is_key:
                place.key = _COLLECTION
            else:
                place.go_on()
        elif isinstance(event, NodeEvent):
            _check_anchor(event, anchors)
            if isinstance(event, CollectionStartEvent):
                if depth == DEPTH_LIMIT:
                    fail(f"it nests deeper than {DEPTH_LIMIT} levels", event, BeyondLimits)
                place, depth = _Open(place, mapping=isinstance(event, MappingStartEvent)), depth + 1
            elif place.wants_key:
                place.take(*_key(event), found)
            else:
                place.go_on()
        elif isinstance(event, DocumentStartEvent):
            anchors.clear()
    return found


def _check_anchor(event: NodeEvent, anchors: set[str]) -> None:
    if isinstance(event, AliasEvent):
        if event.anchor not in anchors:
            fail("an alias names an anchor that does not stand before it", event)
    elif event.anchor:
        anchors.add(event.anchor)


def _key(event: NodeEvent) -> tuple[str, int]:
    """A key's text, and its line."""
    mark = event.start_mark
    assert mark is not None, "what is read from a text has its place"
    return event.value if isinstance(event, ScalarEvent) else f"*{event.anchor}", mark.line + 1
