"""The fields of requests, responses and `schemas`, and what their types refer to.

A field is a type in a word (`string`, `User`, `User[]`), or an object: with `type`, or `$ref`, or else the fields of an
object in the object. `schemas` has the fields of each schema by its name; a list of objects with `name` will do.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from lattice_console.engine.rules import hashes
from lattice_console.engine.rules.checks.catalogue import broken
from lattice_console.engine.rules.checks.entries import ELSEWHERE, Mention, entries, shown, text_of
from lattice_console.engine.rules.defects import Defect
from lattice_console.engine.rules.references import leads_somewhere
from lattice_console.engine.rules.yaml_events import escaped

__all__ = ["check", "mentions"]

_SIMPLE: Final = frozenset(
    """
    any array base64 bigint binary blob bool boolean byte bytes char currency date date-time datetime decimal double
    duration email enum file float float32 float64 hostname id int int32 int64 integer ip ipv4 ipv6 json list long map
    money null number numeric object password phone set string text time timestamp timestamptz tuple uint32 uint64
    unknown uri url uuid void
    """.split()
)
_NOT_FIELDS: Final = frozenset({"const", "default", "description", "enum", "example", "examples", "format", "pattern"})
_ATTRIBUTES: Final = frozenset({"required", "min_length", "max_length", "nullable", *_NOT_FIELDS} - {"description"})
"""What a field has beside its type; an object with one of these is a field, not an object of fields."""

_LISTS: Final = frozenset({"endpoints", "requirements", "tables", "test_cases"})
"""What is long, and has no names that one could refer to."""

_PROSE: Final = re.compile(r"\w\s+\w")
_WRAPPED: Final = re.compile(r"(?:array|list|set|map|dict|optional)\s*[<\[(](.*)[>\])]", re.IGNORECASE | re.DOTALL)
_WORD: Final = re.compile(r"[A-Za-z_][\w.-]*")
_TYPE_LIMIT: Final = 200


class _Use(NamedTuple):
    """A reference to a schema by a name, or by a JSON pointer (`#/…`), and where in the document it stands."""

    pointer: str
    target: str


class _Word(NamedTuple):
    pointer: str
    text: str


def check(data: Mapping[str, Any]) -> Iterator[Defect]:
    """What fields refer to and is not there, and types that are none. Never raises."""
    schemas = _schemas_in(data)
    elsewhere = bool(data.get("depends_on"))
    for use in _uses(data):
        if use.target.startswith("#"):
            there = leads_somewhere(data, use.target[1:])
        else:
            there = elsewhere or use.target in schemas
        if not there:
            message = f"There is no schema {shown(use.target)}."
            remedy = "Add it under schemas, or refer to one that is there."
            yield broken("schema_reference", message, use.pointer, remedy)
    for word in _words(data):
        for name in _names_in(word.text):
            if not _names_schema(name) and name.lower() not in _SIMPLE and name not in schemas:
                message = f"{shown(word.text)} is no type of a field."
                yield broken("field_type", message, word.pointer, "Choose one such as string, or name a schema.")
                break


def mentions(data: Mapping[str, Any]) -> Iterator[Mention]:
    """What fields refer to, and what can be referred to, as far as two places of a document take part in that."""
    used = {use.target for use in _uses(data)}
    if not used and "schemas" not in data:
        return
    schemas = _schemas_in(data)
    for name in sorted(used):
        target = name if name.startswith("#") else f"#/schemas/{name}"
        yield Mention("uses", "/".join(target.split("/")[:3]))
        if target != name and name not in schemas:
            yield Mention("uses", ELSEWHERE)
    for key, held in data.items():
        yield Mention("is", f"#/{escaped(key)}")
        if key in _LISTS:
            continue
        named = held.items() if isinstance(held, dict) else enumerate(held) if isinstance(held, list) else ()
        for place, one in named:
            # A reference may lead into it.
            yield Mention(hashes.digest(hashes.canonical(one).encode()), f"#/{escaped(key)}/{escaped(str(place))}")
    for name in schemas:
        yield Mention("is", f"#/schemas/{name}")


def _schemas_in(data: Mapping[str, Any]) -> frozenset[str]:
    """The names of the schemas that a document has."""
    held = data.get("schemas")
    return frozenset(
        held if isinstance(held, dict) else (text_of(one.data, "name") for one in entries(data, "schemas"))
    )


def _uses(data: Mapping[str, Any]) -> Iterator[_Use]:
    """What the fields of a document refer to, in the document itself."""
    for pointer, value in _holders(data):
        for place, held in _walk(pointer, value):
            if isinstance(held, dict) and isinstance(target := held.get("$ref"), str) and target.startswith("#"):
                yield _Use(f"{place}/$ref", target)
    for word in _words(data):
        for name in _names_in(word.text):
            if _names_schema(name):
                yield _Use(word.pointer, name)


def _names_schema(word: str) -> bool:
    return word[:1].isupper() and word.lower() not in _SIMPLE


def _names_in(text: str) -> list[str]:
    """The names of types in a type in words, such as `User[]`, `map<string, User>` or `A | B`."""
    if len(text) > _TYPE_LIMIT or _PROSE.search(text):
        return []
    found = _WRAPPED.fullmatch(text.strip())
    return _WORD.findall(found[1] if found else text)


def _holders(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What has fields: the schemas of requests and responses, and those that have names."""
    for endpoint in entries(data, "endpoints"):
        for key in ("request", "response", "parameters", "path_parameters"):
            held = endpoint.data.get(key)
            if isinstance(held, dict | list):
                yield f"{endpoint.pointer}/{key}", held
    if isinstance(data.get("schemas"), dict | list):
        yield "/schemas", data["schemas"]


def _words(data: Mapping[str, Any]) -> Iterator[_Word]:
    for pointer, held in _holders(data):
        if pointer == "/schemas":
            named = held.items() if isinstance(held, dict) else enumerate(held)
            for name, fields in named:
                yield from _in_field(f"/schemas/{escaped(str(name))}", fields)
        elif isinstance(held, dict) and "schema" in held:
            yield from _in_field(f"{pointer}/schema", held["schema"])


def _in_field(pointer: str, field: Any) -> Iterator[_Word]:
    """The types in words of a field and of those in it."""
    waiting: list[tuple[str, Any]] = [(pointer, field)]
    while waiting:
        place, one = waiting.pop()
        if isinstance(one, str):
            yield _Word(place, one)
        elif isinstance(one, list):
            waiting += [(f"{place}/{index}", each) for index, each in enumerate(one) if isinstance(each, dict)]
        elif isinstance(one, dict) and "$ref" not in one:
            is_field = isinstance(one.get("type"), str) or not _ATTRIBUTES.isdisjoint(one)
            keys = ("type", "items", "properties", "fields") if is_field else one.keys()
            waiting += [(f"{place}/{escaped(key)}", one[key]) for key in keys if key in one and key not in _NOT_FIELDS]


def _walk(pointer: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Every object and list in a value that is no example, with its pointer."""
    waiting = [(pointer, value)]
    while waiting:
        place, one = waiting.pop()
        yield place, one
        held = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
        waiting += [
            (f"{place}/{escaped(str(key))}", each)
            for key, each in held
            if isinstance(each, dict | list) and key not in _NOT_FIELDS
        ]
