"""OpenAPI documents in YAML, known by how they begin."""

from collections.abc import Iterator

from yaml.events import CollectionEndEvent, CollectionStartEvent, MappingStartEvent, NodeEvent, ScalarEvent

from lattice_console.merge.reading import BOM, Unreadable, yaml_events

__all__ = ["begins_as_openapi"]


def begins_as_openapi(content: bytes) -> bool:
    """Whether YAML has a version of OpenAPI and `info` in its outermost mapping; what comes after these is not read."""
    said = set()
    try:
        for key, value in _outermost(content):
            if key in ("openapi", "swagger") or (key == "info" and isinstance(value, MappingStartEvent)):
                said.add(key == "info")
                if len(said) == 2:
                    return True
    except Unreadable:
        return False
    return False


def _outermost(content: bytes) -> Iterator[tuple[str, NodeEvent]]:
    """The keys of the outermost mapping, each with what its value begins with."""
    depth, key = 0, None
    for event in yaml_events(content.removeprefix(BOM)):
        if isinstance(event, CollectionEndEvent):
            depth -= 1
        elif isinstance(event, NodeEvent):
            if depth == 0 and not isinstance(event, MappingStartEvent):
                return
            if depth == 1 and key is None:
                key = event.value if isinstance(event, ScalarEvent) else ""
            elif depth == 1 and key is not None:
                yield key, event
                key = None
            depth += isinstance(event, CollectionStartEvent)
