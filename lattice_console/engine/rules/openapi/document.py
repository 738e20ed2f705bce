"""An OpenAPI document as something to walk in: its operations and its other objects, each with its place.

Nothing here relies on the document's form: what is not as it should be is passed over, and told by other rules.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from lattice_console.engine.rules.openapi.telling import pointer
from lattice_console.engine.rules.references import DATA, NAMED, Trail

__all__ = ["Document", "Node", "Operation", "Place", "items", "mapping"]

Place = tuple[str, ...]
"""The keys that lead to a value, those of lists included."""

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_HOPS: Final = 50
_INDEX_DIGITS: Final = 9


class Node(NamedTuple):
    """An object of the document that is no data; where it is `named`, its keys are names that people chose."""

    trail: Trail | None
    value: dict[str, Any]
    named: bool

    def pointer(self, key: str) -> str:
        """The JSON pointer of what it has behind a key."""
        keys, trail = [key], self.trail
        while trail is not None:
            keys.append(trail.key)
            trail = trail.before
        return pointer(reversed(keys))


class Operation(NamedTuple):
    """One method of one path, and the object that says what holds for all methods of the path."""

    path: str
    method: str
    place: Place
    value: dict[str, Any]
    item: dict[str, Any]
    item_place: Place


def mapping(value: Any) -> dict[str, Any]:
    """An object; an empty one in the place of anything else."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a list, each with its key."""
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            yield str(index), item


class Document:
    """What an OpenAPI document says, and the version that it is of."""

    def __init__(self, data: dict[str, Any], version: str) -> None:
        self.data = data
        self.version = version
        self._known: dict[str, dict[str, Any] | None] = {}

    def leads_somewhere(self, fragment: str) -> bool:
        """Whether the document has a value at a JSON pointer."""
        return self._at(fragment) is not None

    def followed(self, value: dict[str, Any]) -> dict[str, Any] | None:
        """The object that a reference leads to within the document, or itself if it is none; None for any elsewhere."""
        text = value.get("$ref")
        if not isinstance(text, str):
            return value
        if text not in self._known:
            self._known[text] = self._led_to(value)
        return self._known[text]

    def _led_to(self, value: dict[str, Any]) -> dict[str, Any] | None:
        for _ in range(_HOPS):
            text = value.get("$ref")
            if not isinstance(text, str):
                return value
            found = self._at(text[1:]) if text.startswith("#/") else None
            if found is None or not isinstance(found[0], dict):
                return None
            value = found[0]
        return None

    def _at(self, fragment: str) -> tuple[Any] | None:
        value: Any = self.data
        for token in unquote(fragment).split("/")[1:]:
            key = token.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and key in value:
                value = value[key]
            elif isinstance(value, list) and key.isascii() and key.isdecimal() and len(key) <= _INDEX_DIGITS:
                if int(key) >= len(value):
                    return None
                value = value[int(key)]
            else:
                return None
        return (value,)

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """Every method of every path, and of every webhook; of paths that stand in other files none."""
        return tuple(self._operations("paths")) + tuple(self._operations("webhooks"))

    def _operations(self, key: str) -> Iterator[Operation]:
        for path, value in mapping(self.data.get(key)).items():
            item = self.followed(mapping(value))
            if item is None or (key == "paths" and not path.startswith("/")):
                continue
            place = (key, path)
            for method in _METHODS:
                if isinstance(operation := item.get(method), dict):
                    yield Operation(path, method, (*place, method), operation, item, place)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every object that is no data, in no order; what aliases repeat once."""
        found: list[Node] = []
        seen: set[tuple[int, bool]] = set()
        waiting: list[tuple[Trail | None, Any, bool]] = [(None, self.data, False)]
        while waiting:
            trail, value, named = waiting.pop()
            if not isinstance(value, dict | list) or (id(value), named) in seen:
                continue
            seen.add((id(value), named))
            if isinstance(value, list):
                waiting.extend((Trail(trail, str(index)), item, False) for index, item in enumerate(value))
                continue
            found.append(Node(trail, value, named))
            for key, child in value.items():
                if named or not (key in DATA or key.startswith("x-")):
                    waiting.append((Trail(trail, key), child, not named and key in NAMED))
        return tuple(found)
