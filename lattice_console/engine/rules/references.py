"""What a document refers to by `$ref` in other files: JSON References, as JSON Schema, OpenAPI and AsyncAPI have them.

A reference is a URI reference (RFC 3986) from the document's own folder; its fragment is a JSON pointer (RFC 6901) into
what it leads to. Nothing is ever fetched: what leads elsewhere than to a file of the project is no dependency.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from lattice_console.contract.paths import is_trackable
from lattice_console.engine.rules.yaml_events import escaped

__all__ = [
    "DATA",
    "NAMED",
    "PATH_LIMIT",
    "Reference",
    "Trail",
    "leads_somewhere",
    "places",
    "read",
    "resolve",
]

PATH_LIMIT: Final = 600
"""Bytes of UTF-8 in the path of a document that refers or is referred to: an event holds one, an index of rows two."""

_ELSEWHERE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/")

_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,9}")

_FOLDERS: Final = frozenset({"", ".", ".."})

DATA: Final = frozenset({"const", "default", "enum", "example", "examples"})
"""Keys whose values are data, whatever that looks like."""

NAMED: Final = frozenset(
    {
        *("$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"),
        *("callbacks", "content", "encoding", "headers", "links", "parameters", "pathItems", "paths", "requestBodies"),
        *("responses", "schemas", "securityDefinitions", "securitySchemes", "webhooks"),
        *("channels", "messages", "operations", "servers"),
    }
)
"""Keys whose values have keys that people choose: `default` among `responses` is no keyword."""


class Trail(NamedTuple):
    """The keys that lead to a place, the last one first: those before it are shared by all that lies beside it."""

    before: "Trail | None"
    key: str


class Reference(NamedTuple):
    """A place in another file: the project's path, and the JSON pointer there, empty for the file as a whole."""

    path: str
    pointer: str


def read(path: str, data: Any) -> tuple[Reference, ...]:
    """What a document at `path` with that data (`syntax.Parsed.data`) refers to in other files, each once, in order.

    A reference to the document itself is none, however it is written. Never raises.
    """
    if not _is_short(path):
        return ()
    found = (resolve(path, text) for _, text in _texts(data))
    return tuple(dict.fromkeys(one for one in found if one is not None and one.path != path))


def places(path: str, data: Any) -> Iterator[tuple[str, Reference]]:
    """Every reference of such a document to other files, with the JSON pointer of its text. Never raises."""
    for trail, text in _texts(data) if _is_short(path) else ():
        found = resolve(path, text)
        if found is not None and found.path != path:
            yield f"{_pointer(trail)}/$ref", found


def resolve(path: str, text: str) -> Reference | None:
    """Where the reference `text` in the document at `path` leads; None where that is no file of the project.

    A fragment that is no pointer, such as an anchor, names a place that only its file knows: the file as a whole.
    """
    target, _, fragment = text.partition("#")
    try:
        pointer = unquote(fragment, errors="strict")
        names = [unquote(name, errors="strict") for name in target.partition("?")[0].split("/")]
    except UnicodeDecodeError:
        return None
    if _ELSEWHERE.match(target) or names[-1] in _FOLDERS or any("/" in name for name in names) or "\0" in pointer:
        return None
    way = path.split("/")[:-1]
    for name in names:
        if name == "..":
            if not way:
                return None
            way.pop()
        elif name != ".":
            way.append(name)
    found = "/".join(way)
    if not _is_short(found) or not is_trackable(found):
        return None
    return Reference(found, pointer if pointer.startswith("/") else "")


def leads_somewhere(data: Any, pointer: str) -> bool:
    """Whether a document with that data has a value at a pointer (RFC 6901)."""
    for token in pointer.split("/")[1:]:
        if isinstance(data, dict):
            key = token.replace("~1", "/").replace("~0", "~")
            if key not in data:
                return False
            data = data[key]
        elif isinstance(data, list) and _INDEX.fullmatch(token) and int(token) < len(data):
            data = data[int(token)]
        else:
            return False
    return True


def _is_short(path: str) -> bool:
    return len(path) <= PATH_LIMIT and len(path.encode(errors="replace")) <= PATH_LIMIT


def _pointer(trail: Trail | None) -> str:
    """The JSON pointer (RFC 6901) of a place."""
    keys = []
    while trail is not None:
        keys.append(escaped(trail.key))
        trail = trail.before
    return "".join(f"/{key}" for key in reversed(keys))


def _texts(data: Any) -> Iterator[tuple[Trail | None, str]]:
    """Every `$ref` that is no data. Walked without recursion, and what aliases repeat is walked once."""
    seen: set[tuple[int, bool]] = set()
    waiting: list[tuple[Trail | None, Any, bool]] = [(None, data, False)]
    while waiting:
        trail, value, named = waiting.pop()
        if not isinstance(value, dict | list) or (id(value), named) in seen:
            continue
        seen.add((id(value), named))
        if isinstance(value, list):
            pairs = enumerate(reversed(value), 1)
            waiting.extend((Trail(trail, str(len(value) - number)), item, False) for number, item in pairs)
            continue
        yield from _own(trail, value)
        for key, child in reversed(value.items()):
            if named or key not in DATA:
                waiting.append((Trail(trail, key), child, not named and key in NAMED))
            elif key == "examples" and isinstance(child, dict):
                # OpenAPI's are named, and each may be a reference itself.
                for name, one in child.items():
                    yield from _own(Trail(Trail(trail, key), name), one)


def _own(trail: Trail | None, value: Any) -> Iterator[tuple[Trail | None, str]]:
    if isinstance(value, dict) and isinstance(text := value.get("$ref"), str):
        yield trail, text
