"""OpenAPI documents against the schemas that are published with the versions of OpenAPI.

The schemas are those of openapi-spec-validator; none of its code is run, which raises on a quarter of the real
documents that we know, fetches what they refer to and takes ten seconds for 50,000 lines. jsonschema-rs takes a
hundredth of one: its time grows with the document, its patterns match in linear time, and it fetches nothing.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from jsonschema_rs import RegexOptions, Registry, ValidationError, ValidationErrorKind, Validator, validator_for

from lattice_console.engine.rules.checks.catalogue import broken
from lattice_console.engine.rules.defects import Defect
from lattice_console.engine.rules.openapi.document import mapping
from lattice_console.engine.rules.openapi.telling import TYPES, listed, pointer, quoted, shown

__all__ = ["DIALECTS", "JSON_SCHEMA", "LIMIT", "VERSIONS", "defects"]

VERSIONS: Final = ("2.0", "3.0", "3.1", "3.2")
"""The versions whose schemas are known."""

LIMIT: Final = 500
"""How many violations of a schema are told of one document."""

JSON_SCHEMA: Final = "https://json-schema.org/draft/2020-12/schema"
"""The dialect of JSON Schema that schemas are written in from version 3.1 on."""

DIALECTS: Final = frozenset(
    {
        JSON_SCHEMA,
        "https://spec.openapis.org/oas/3.1/dialect/base",
        "https://spec.openapis.org/oas/3.1/dialect/2024-11-10",
        "https://spec.openapis.org/oas/3.2/dialect/2025-09-17",
    }
)
"""The names of that dialect, and of those of OpenAPI, which add keys of their own to it."""

_PACKAGE: Final = "openapi_spec_validator"
_MASK: Final = "It"

_Kind = ValidationErrorKind
_Alternatives = _Kind.AnyOf | _Kind.OneOfNotValid


class _Leaf(NamedTuple):
    """One violation that is no choice among others: the keys that lead to it, and what it is."""

    place: tuple[str, ...]
    error: ValidationError


def defects(data: dict[str, Any], version: str, *, schemas: bool) -> Iterator[Defect]:
    """Where a document has not the form of a version, each once; from 3.1 on, of its `schemas` only if that is asked.

    Where nothing of what is allowed fits, it is held to what was meant, as far as that can be seen.
    """
    errors = islice(_validator(version, schemas).iter_errors(data), LIMIT)
    leaves = [leaf for error in errors for leaf in _leaves(error, data)]
    wrong = {leaf.place for leaf in leaves}
    yield from dict.fromkeys(defect for leaf in leaves for defect in _told(leaf, data, wrong))


@lru_cache(maxsize=8)
def _validator(version: str, schemas: bool) -> Validator:
    found = find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"{_PACKAGE} is not installed", name=_PACKAGE)
    place = Path(found.submodule_search_locations[0], "resources", "schemas", f"v{version}", "schema.json")
    published = json.loads(place.read_bytes())
    if "$id" not in published or not schemas:
        return _compiled(published)
    # The outermost anchor `meta` is what the published schema takes a schema to be; save one of another dialect.
    named = {"$schema": {"not": {"enum": sorted(DIALECTS)}}}
    another = {"type": "object", "required": ["$schema"], "properties": named}
    meant = {"$dynamicAnchor": "meta", "type": ["object", "boolean"], "if": another, "else": {"$ref": JSON_SCHEMA}}
    whole = {"$schema": JSON_SCHEMA, "$ref": published["$id"], "$defs": {"schema": meant}}
    return _compiled(whole, Registry([(published["$id"], published)]))


def _compiled(schema: dict[str, Any], registry: Registry | None = None) -> Validator:
    return validator_for(
        schema, registry=registry, validate_formats=False, offline=True, pattern_options=RegexOptions(), mask=_MASK
    )


def _leaves(error: ValidationError, data: dict[str, Any]) -> list[_Leaf]:
    kind = error.kind
    if not isinstance(kind, _Alternatives) or _missing(kind.context):
        return [_Leaf(_place(error.instance_path, data), error)]
    found: list[list[_Leaf]] = []
    for branch in kind.context:
        leaves: list[_Leaf] = []
        for inner in branch:
            leaves += _leaves(inner, data)
        found.append(leaves)
    return min(found, key=lambda leaves: _distance(len(error.instance_path), leaves), default=[])


def _missing(branches: Iterable[list[ValidationError]]) -> list[str]:
    """The keys of which one is missing, where that is all that the alternatives ask for."""
    keys = []
    for branch in branches:
        for error in branch:
            if not isinstance(error.kind, _Kind.Required) or len(branch) > 1 or error.kind.property == "$ref":
                return []
            keys.append(error.kind.property)
    return keys


def _distance(depth: int, leaves: list[_Leaf]) -> tuple[bool, int, int]:
    """How far something is from an alternative: whether it says to be another, how early it differs, how often."""
    differs = any(_names_another(leaf, depth) for leaf in leaves)
    return differs, -max((len(leaf.place) for leaf in leaves), default=0), len(leaves)


def _names_another(leaf: _Leaf, depth: int) -> bool:
    kind = leaf.error.kind
    if isinstance(kind, _Kind.Required):
        return kind.property == "$ref" and len(leaf.place) == depth
    return (
        isinstance(kind, _Kind.Enum | _Kind.Constant)
        and len(leaf.place) == depth + 1
        and leaf.place[-1] in ("in", "type", "scheme", "flow")
    )


def _told(leaf: _Leaf, data: dict[str, Any], wrong: set[tuple[str, ...]]) -> Iterator[Defect]:
    kind, place = leaf.error.kind, leaf.place
    match kind:
        case _Kind.AdditionalProperties() | _Kind.UnevaluatedProperties():
            # What is wrong itself counts as unevaluated as well, which says nothing.
            for key in kind.unexpected:
                if not any(one[: len(place) + 1] == (*place, key) for one in wrong):
                    message = f"The key {quoted(key)} is not allowed here."
                    remedy = "Mend its spelling, or leave it out; a key of your own begins with x-."
                    at = (*place, key) if key in mapping(_value(data, place)) else place
                    yield broken("openapi", message, pointer(at), remedy)
            return
        case _Kind.Required():
            message, remedy = f"It has no {quoted(kind.property)}.", f"Add {quoted(kind.property)}."
        case _Kind.AnyOf() | _Kind.OneOfNotValid():
            names = listed([quoted(key) for key in _missing(kind.context)], "or")
            message, remedy = f"It has no {names}.", "Add one of them."
        case _Kind.OneOfMultipleValid() | _Kind.Not():
            message, remedy = _excluding(kind), "Keep one of them."
        case _Kind.Type():
            wanted = listed([TYPES[name] for name in kind.types], "or")
            message, remedy = f"It is {shown(_value(data, place))}.", f"It must be {wanted}."
        case _Kind.Enum():
            wanted = listed([shown(option) for option in kind.options], "or")
            message, remedy = f"It is {shown(_value(data, place))}.", f"It must be {wanted}."
        case _Kind.Constant():
            message = f"It is {shown(_value(data, place))}."
            remedy = f"It must be {shown(kind.expected_value)}."
        case _Kind.Pattern():
            message, remedy = f"It is {shown(_value(data, place))}.", f"It must match {kind.pattern}."
        case _Kind.PropertyNames():
            message, remedy = f"It has a key of the wrong form: {kind.error.message}.", "Rename the key."
        case _Kind.MinItems() | _Kind.MinProperties():
            message, remedy = f"{leaf.error.message}.", "Add what it is to hold, or leave it out."
        case _:
            message, remedy = f"{leaf.error.message}.", "Mend it as OpenAPI describes this object."
    yield broken("openapi", message, pointer(place), remedy)


def _excluding(kind: _Kind.OneOfMultipleValid | _Kind.Not) -> str:
    """What is there at once; only one of it may be."""
    schema = kind.schema if isinstance(kind, _Kind.Not) else None
    names = schema.get("required") if isinstance(schema, dict) else None
    keys = [quoted(str(name)) for name in names] if isinstance(names, list) else []
    return f"It has {listed(keys, 'and')}, which exclude one another." if keys else "It has what excludes one another."


def _place(path: Sequence[str | int], data: Any) -> tuple[str, ...]:
    """The keys of a path of the library, which leaves empty ones out and makes numbers of what looks like some."""
    keys: list[str] = []
    for part in path:
        while isinstance(data, dict):
            key = str(part) if str(part) in data else _other_key(part, data)
            if key is None:
                return tuple(keys)
            keys.append(key)
            data = data[key]
            if key != "":
                break
        else:
            if not isinstance(data, list) or not isinstance(part, int) or part >= len(data):
                break
            keys.append(str(part))
            data = data[part]
    return tuple(keys)


def _other_key(part: str | int, data: dict[str, Any]) -> str | None:
    """The key that a part of a path stands for that is none itself: the same number, or one on the way to it."""
    alike = (key for key in data if key and (key.lstrip("0") or "0") == str(part))
    return next(alike, "" if "" in data else None)


def _value(data: Any, place: tuple[str, ...]) -> Any:
    for key in place:
        data = data[int(key)] if isinstance(data, list) else data[key]
    return data
