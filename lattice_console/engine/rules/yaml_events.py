"""YAML read from its event stream: SafeLoader's meaning without its recursion, its objects and its appetite.

The events are turned into JSON-like data with a stack of our own, so that no nesting can exhaust the interpreter's,
and what aliases repeat is counted before it is used. Differences from `yaml.safe_load`, all because the result is
JSON-like: timestamps, binaries and numbers that are not finite stay the text that they are; keys are the text that
stands in the document (`200:` is "200", `on:` is "on"); an application's own tag (`!Ref x`) is left out, its value
stays. Of a stream of several documents every one is read, and the first one is the result.
"""

import re
from math import isfinite
from typing import Any, Final, NamedTuple

import yaml
from yaml.constructor import SafeConstructor
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from lattice_console.merge.reading import DEPTH_LIMIT, NUMBER_LIMIT, Unreadable, fail, yaml_events

__all__ = ["ALIAS_LIMIT", "load", "spans"]

ALIAS_LIMIT = 1_000_000
"""How much aliases may repeat in all: nodes plus the characters of their texts."""

# YAML 1.1 ends lines also at a lone CR, and at NEL, LS and PS, which may stand in the texts of JSON.
_ODD_BREAK: Final = re.compile(rb"\r(?!\n)|\xc2\x85|\xe2\x80[\xa8\xa9]")
_BREAK: Final = re.compile(rb"\r\n|[\r\n]|\xc2\x85|\xe2\x80[\xa8\xa9]")

_RESOLVERS: Final = yaml.SafeLoader.yaml_implicit_resolvers
_NUMBERS: Final = SafeConstructor()

_CORE = "tag:yaml.org,2002:"
_MERGE, _NULL, _BOOL, _INT, _FLOAT = (_CORE + name for name in ("merge", "null", "bool", "int", "float"))


class _Node(NamedTuple):
    """A finished value: its weight (nodes and characters), the height of what nests in it, its text if a scalar."""

    value: Any
    weight: int
    height: int
    text: str | None = None
    merges: bool = False


class _Frame:
    """A collection that is still open."""

    __slots__ = ("anchor", "height", "key", "merged", "merges", "value", "weight")

    def __init__(self, value: dict[str, Any] | list[Any], anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.weight = 1
        self.height = 0
        self.key: str | None = None
        self.merges = False
        self.merged: dict[str, Any] = {}


def load(content: bytes) -> Any:
    """The first document of a YAML stream as JSON-like data; None where there is none.

    `content` is UTF-8. Values that the document repeats by aliases are the same objects, so the result is to be read,
    not changed; written out, it is at most `ALIAS_LIMIT` larger than the document.

    Raises:
        Unreadable: not YAML, nested deeper than `DEPTH_LIMIT`, or more than the other limits allow.
    """
    builder = _Builder()
    for event in yaml_events(content):
        builder.take(event)
    return builder.documents[0] if builder.documents else None


class _Builder:
    """Takes events in order; `documents` are the values of those that have ended, the first alone being kept."""

    def __init__(self) -> None:
        self.documents: list[Any] = []
        self._stack: list[_Frame] = []
        # None is an anchor whose collection is still open.
        self._anchors: dict[str, _Node | None] = {}
        self._repeated = 0

    def take(self, event: Event) -> None:
        if isinstance(event, ScalarEvent):
            node = _scalar(event)
            if event.anchor:
                self._anchors[event.anchor] = node
            self._place(node, event)
        elif isinstance(event, AliasEvent):
            self._place(self._repeat(event), event)
        elif isinstance(event, CollectionStartEvent):
            if len(self._stack) >= DEPTH_LIMIT:
                fail(f"it nests deeper than {DEPTH_LIMIT} levels", event)
            self._stack.append(_Frame({} if isinstance(event, MappingStartEvent) else [], event.anchor))
            if event.anchor:
                self._anchors[event.anchor] = None
        elif isinstance(event, CollectionEndEvent):
            frame = self._stack.pop()
            value = {**frame.merged, **frame.value} if isinstance(frame.value, dict) and frame.merged else frame.value
            node = _Node(value, frame.weight, frame.height + 1)
            if frame.anchor:
                self._anchors[frame.anchor] = node
            self._place(node, event)
        elif isinstance(event, DocumentStartEvent):
            self._anchors = {}

    def _repeat(self, event: AliasEvent) -> _Node:
        name = event.anchor
        if name not in self._anchors:
            fail("an alias names an anchor that does not stand before it", event)
        node = self._anchors[name]
        if node is None:
            fail("an alias stands inside the value that it repeats", event)
        self._repeated += node.weight
        if self._repeated > ALIAS_LIMIT:
            fail(f"its aliases repeat more than {ALIAS_LIMIT:,} values and characters", event)
        if len(self._stack) + node.height > DEPTH_LIMIT:
            fail(f"with its aliases it nests deeper than {DEPTH_LIMIT} levels", event)
        return node

    def _place(self, node: _Node, event: Event) -> None:
        if not self._stack:
            if not self.documents:
                self.documents.append(node.value)
            return
        frame = self._stack[-1]
        frame.weight += node.weight
        if node.height > frame.height:
            frame.height = node.height
        if isinstance(frame.value, list):
            frame.value.append(node.value)
        elif frame.key is not None:
            frame.value[frame.key] = node.value
            frame.key = None
        elif frame.merges:
            frame.merges = False
            self._merge(frame, node.value, event)
        elif node.merges:
            frame.merges = True
        elif node.text is None:
            fail("a mapping or a list is the key of a mapping", event)
        else:
            frame.key = node.text

    @staticmethod
    def _merge(frame: _Frame, value: Any, event: Event) -> None:
        """`<<`: an earlier mapping of a list wins over a later one, a later `<<` over an earlier one."""
        for source in reversed(value) if isinstance(value, list) else (value,):
            if not isinstance(source, dict):
                fail("`<<` takes a mapping or a list of mappings", event)
            frame.merged.update(source)


def _scalar(event: ScalarEvent) -> _Node:
    text: str = event.value
    tag: str | None = event.tag
    if tag is None and event.implicit[0]:
        for candidate, pattern in _RESOLVERS.get(text[:1], ()):
            if pattern.match(text):
                tag = candidate
                break
    value: Any = text
    if tag == _NULL:
        value = None
    elif tag in (_BOOL, _INT, _FLOAT):
        value = _converted(tag, text, event)
    return _Node(value, 1 + len(text), 0, text, tag == _MERGE)


def _converted(tag: str, text: str, event: ScalarEvent) -> bool | int | float | str:
    if len(text) > NUMBER_LIMIT:
        fail(f"a number has more than {NUMBER_LIMIT} characters", event)
    node = yaml.ScalarNode(tag, text)
    try:
        if tag == _BOOL:
            return bool(_NUMBERS.construct_yaml_bool(node))
        if tag == _INT:
            return int(_NUMBERS.construct_yaml_int(node))
        number = float(_NUMBERS.construct_yaml_float(node))
    except (LookupError, ValueError, OverflowError):
        fail(f"a value tagged !!{tag.removeprefix(_CORE)} is not one", event)
    return number if isfinite(number) else text


class _Place:
    """An open collection, read for its lines: where it is and begins, its next index, or its key without a value."""

    __slots__ = ("index", "key", "line", "pointer", "start")

    def __init__(self, pointer: str, start: int, index: int | None) -> None:
        self.pointer = pointer
        self.start = start
        self.index = index
        self.key: str | None = None
        self.line = 1


def spans(content: bytes, wanted: set[str]) -> dict[str, tuple[int, int]]:
    """The first and the last line (from 1) of the values at some JSON pointers; those of mappings begin at their key.

    Reads YAML, and JSON as the YAML that it nearly is; a pointer that is not found has no lines.
    """
    return _in_own_lines(content, _spans(content, wanted))


def _spans(content: bytes, wanted: set[str]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    places: list[_Place] = []
    last = 1
    try:
        for event in yaml_events(content):
            if isinstance(event, CollectionEndEvent):
                last = max(last, _last_line(event))
                ended = places.pop()
                if ended.pointer in wanted:
                    found.setdefault(ended.pointer, (ended.start, last))
            elif isinstance(event, NodeEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                last = max(last, line)
                pointer = ""
                if places:
                    place = places[-1]
                    if place.index is not None:
                        pointer = f"{place.pointer}/{place.index}"
                        place.index += 1
                    elif place.key is None:
                        if isinstance(event, CollectionStartEvent):
                            # No key of data; nothing below it can be pointed at.
                            break
                        place.key, place.line = event.value if isinstance(event, ScalarEvent) else "", line
                        continue
                    else:
                        pointer, line = f"{place.pointer}/{escaped(place.key)}", place.line
                        place.key = None
                if isinstance(event, CollectionStartEvent):
                    places.append(_Place(pointer, line, None if isinstance(event, MappingStartEvent) else 0))
                else:
                    last = max(last, _last_line(event))
                    if pointer in wanted:
                        found.setdefault(pointer, (line, last))
            if len(found) == len(wanted) or isinstance(event, DocumentEndEvent):
                break
    except Unreadable:
        return found
    return found


def _in_own_lines(content: bytes, found: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    r"""Lines as YAML counts them, as the lines of the document, which only `\n` ends."""
    if not _ODD_BREAK.search(content):
        return found
    own = [1]
    for ending in _BREAK.finditer(content):
        own.append(own[-1] + ending[0].endswith(b"\n"))
    return {pointer: (own[first - 1], own[last - 1]) for pointer, (first, last) in found.items()}


def _last_line(event: Event) -> int:
    """The last line of what an event stands for; 1 for the end of a block, which has no text of its own."""
    start, end = event.start_mark, event.end_mark
    if start is None or end is None or (start.line, start.column) == (end.line, end.column):
        return 1
    # A block of text ends where the next line begins.
    return int(end.line if end.column == 0 and end.line > start.line else end.line + 1)


def escaped(key: str) -> str:
    """A key as a token of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
