"""Writes another version into a document: those bytes alone change."""

from collections.abc import Iterator
from typing import NamedTuple

from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from lattice_console.engine.rules import specs, syntax
from lattice_console.merge import structured_json
from lattice_console.merge.reading import BOM, Unreadable, decoded, front_matter, yaml_events
from lattice_console.merge.structured_tree import Numbers

__all__ = ["Splice", "place", "restating"]

_ITEM = object()
"""Stands for an item of a list where keys stand otherwise."""


class Splice(NamedTuple):
    """Bytes that take the place of `content[first:last]`."""

    first: int
    last: int
    text: bytes

    def done(self, content: bytes) -> bytes:
        """The content with them."""
        return content[: self.first] + self.text + content[self.last :]


def restating(path: str, content: bytes, version: str) -> Splice | None:
    """What puts that version in the place of the document's own; None where that does not stand as plain words.

    Whoever asks has seen that the document is a spec that states a version. Never raises.
    """
    parsed = syntax.parse(path, content)
    keys = ["info", "version"] if specs.is_openapi(parsed.data) else ["version"]
    said = parsed.data
    for key in keys:
        said = said.get(key) if isinstance(said, dict) else None
    where = place(path, content, keys)
    if where is None or not isinstance(said, str):
        return None
    first, last = where
    for quote in ("", "'", '"'):
        if content[first:last] == f"{quote}{said}{quote}".encode():
            return Splice(first, last, f"{quote}{version}{quote}".encode())
    return None


def place(path: str, content: bytes, keys: list[str]) -> tuple[int, int] | None:
    """The first byte of the value of a key, or of a key within another, and the one after its last.

    None where there is not exactly one, or it is no scalar of YAML. Never raises.
    """
    kind = syntax.kind_of(path)
    start = len(BOM) if content.startswith(BOM) else 0
    try:
        text = decoded(content[start:])
        if kind == "markdown":
            start = content.find(b"\n", start) + 1
            text = decoded(front_matter(content.removeprefix(BOM)) or b"")
        places = list(_in_json(text, keys) if kind == "json" else _in_yaml(text, keys))
    except Unreadable:
        return None
    if len(places) != 1:
        return None
    first, last = (start + len(text[:at].encode()) for at in places[0])
    return first, last


def _in_json(text: str, keys: list[str]) -> Iterator[tuple[int, int]]:
    """Where the value of a key, or of a key within another, stands."""
    entries = structured_json.read(text, Numbers()).top.value.entries
    for key in keys[:-1]:
        entries = [inner for entry in entries if entry.name == key for inner in entry.value.entries]
    yield from ((entry.value.start, entry.value.end) for entry in entries if entry.name == keys[-1])


def _in_yaml(text: str, keys: list[str]) -> Iterator[tuple[int, int]]:
    """The same; a value with an anchor or a tag begins with these."""
    way: list[str | object | None] = []
    for event in yaml_events(text.encode()):
        if isinstance(event, DocumentEndEvent):
            return
        if isinstance(event, CollectionEndEvent):
            way.pop()
            if way and way[-1] is not _ITEM:
                way[-1] = None
        elif isinstance(event, NodeEvent):
            is_key = bool(way) and way[-1] is None
            if isinstance(event, CollectionStartEvent):
                way.append(None if isinstance(event, MappingStartEvent) else _ITEM)
            elif is_key:
                way[-1] = event.value if isinstance(event, ScalarEvent) else "?"
            else:
                if way == keys and isinstance(event, ScalarEvent) and event.start_mark and event.end_mark:
                    yield event.start_mark.index, event.end_mark.index
                if way and way[-1] is not _ITEM:
                    way[-1] = None
