"""Whether a JSON or YAML document can be read at all, and says no key twice."""

from typing import Any

from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from lattice_console.merge.reading import DEPTH_LIMIT, Unreadable, fail, read_json, yaml_events

__all__ = ["is_parsed", "problem"]

_BOM = b"\xef\xbb\xbf"
_JSON = (".json",)
_YAML = (".yaml", ".yml")


def is_parsed(path: str) -> bool:
    """Whether a document is JSON or YAML by its name."""
    return path.lower().endswith(_JSON + _YAML)


def problem(path: str, content: bytes) -> Unreadable | None:
    """What is wrong with a document that is JSON or YAML by its name; None where nothing is, or it is neither."""
    try:
        if path.lower().endswith(_JSON):
            read_json(content.removeprefix(_BOM), _distinct)
        elif path.lower().endswith(_YAML):
            _walk(content.removeprefix(_BOM))
    except Unreadable as error:
        return error
    return None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise Unreadable(f'the key "{key}" stands twice in one object')
            seen.add(key)
    return found


def _walk(content: bytes) -> None:
    """Read YAML to its end; raises Unreadable, also where a mapping has a plain key twice."""
    # For each open collection the keys seen, None in a list; and whether a key comes next.
    places: list[tuple[set[tuple[str, bool]] | None, bool]] = []
    for event in yaml_events(content):
        if isinstance(event, CollectionEndEvent):
            places.pop()
            continue
        if not isinstance(event, NodeEvent):
            continue
        if places:
            keys, at_key = places[-1]
            if keys is not None and at_key and isinstance(event, ScalarEvent):
                name = (event.value, event.style is None)
                if name in keys:
                    fail(f'the key "{event.value}" stands twice in one mapping', event)
                keys.add(name)
            places[-1] = (keys, not at_key)
        if isinstance(event, CollectionStartEvent):
            if len(places) >= DEPTH_LIMIT:
                fail(f"it nests deeper than {DEPTH_LIMIT} levels", event)
            places.append((set() if isinstance(event, MappingStartEvent) else None, True))
