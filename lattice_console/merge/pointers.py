"""The JSON pointer (RFC 6901) of what stands at a line of a JSON or YAML document."""

from collections.abc import Iterator
from typing import Any

from yaml.events import CollectionEndEvent, CollectionStartEvent, DocumentEndEvent, MappingStartEvent, NodeEvent

from lattice_console.merge.reading import BOM, Unreadable, syntax_of, yaml_events

__all__ = ["escaped", "pointer_at"]


class _Open:
    """A collection that is being read: its pointer, its first line, and its next index or the key without a value."""

    __slots__ = ("first", "index", "key", "pointer")

    def __init__(self, pointer: str, first: int, index: int | None) -> None:
        self.pointer = pointer
        self.first = first
        self.index = index
        self.key: tuple[str, int] | None = None


def pointer_at(path: str, content: bytes, line: int) -> str | None:
    """The pointer of the outermost value that begins on `line` (from 1), else of the innermost that the line is in.

    None for a document that is neither JSON nor YAML by its name, or cannot be read up to there, and where there is no
    value but the whole. JSON is read as the YAML that it nearly is.
    """
    if syntax_of(path) is None:
        return None
    within = ""
    try:
        for pointer, first in _around(content.removeprefix(BOM), line):
            if first == line and pointer:
                return pointer
            within = max(within, pointer, key=lambda one: one.count("/"))
    except Unreadable:
        return None
    return within or None


def _around(content: bytes, line: int) -> Iterator[tuple[str, int]]:
    """The values that a line belongs to, each with its first line; those that begin on it from the outside in."""
    places: list[_Open] = []
    last = 1
    for event in yaml_events(content):
        if isinstance(event, DocumentEndEvent):
            return
        if isinstance(event, CollectionEndEvent):
            last = max(last, _last_line(event))
            ended = places.pop()
            if ended.first < line <= last:
                yield ended.pointer, ended.first
            continue
        if not isinstance(event, NodeEvent):
            continue
        first = _first_line(event)
        if first > line:
            # Whatever is open goes on beyond the line.
            yield from ((place.pointer, place.first) for place in places)
            return
        last = max(last, first)
        pointer = ""
        if places:
            place = places[-1]
            if place.index is not None:
                pointer = f"{place.pointer}/{place.index}"
                place.index += 1
            elif place.key is None:
                if isinstance(event, CollectionStartEvent):
                    # No key of data; nothing below it can be pointed at.
                    return
                place.key = (getattr(event, "value", ""), first)
                if first == line:
                    yield f"{place.pointer}/{escaped(place.key[0])}", first
                continue
            else:
                key, first = place.key
                pointer = f"{place.pointer}/{escaped(key)}"
                place.key = None
        if isinstance(event, CollectionStartEvent):
            places.append(_Open(pointer, first, None if isinstance(event, MappingStartEvent) else 0))
            if first == line:
                yield pointer, first
        else:
            last = max(last, _last_line(event))
            if first <= line <= last:
                yield pointer, first


def _first_line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _last_line(event: Any) -> int:
    """The last line of what an event stands for; 1 for the end of a block, which has no text of its own."""
    start, end = event.start_mark, event.end_mark
    if (start.line, start.column) == (end.line, end.column):
        return 1
    # A block of text ends where the next line begins.
    return int(end.line if end.column == 0 and end.line > start.line else end.line + 1)


def escaped(key: str) -> str:
    """A key as a token of a pointer."""
    return key.replace("~", "~0").replace("/", "~1")
