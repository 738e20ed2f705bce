"""The schemas that are published with the versions of OpenAPI, and which parts of a document are not of their form.

They are read from the package openapi-spec-validator, none of whose code is run. jsonschema-rs says whether a document
is valid, in a hundredth of a second for 50,000 lines: its time grows with the document, its patterns match in linear
time, and it fetches nothing. It has no bounds for telling what is wrong; that is found out otherwise (`violations`), of
the parts alone that are invalid.
"""

import json
import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from jsonschema_rs import RegexOptions, Validator, validator_for
from jsonschema_rs import Registry as FastRegistry
from referencing import Registry
from referencing.jsonschema import specification_with

from lattice_console.engine.rules.openapi.document import Place, mapping

__all__ = ["DIALECTS", "JSON_SCHEMA", "VERSIONS", "Part", "Published", "published"]

VERSIONS: Final = ("2.0", "3.0", "3.1", "3.2")
"""The versions whose schemas are known."""

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
_NAMES: Final = {"paths": re.compile("/"), "components": re.compile(r"[A-Za-z0-9._-]+\Z")}
_ANY: Final = re.compile("")


class Part(NamedTuple):
    """A part of a document: where it stands, what it says, and the schema that it is held to."""

    place: Place
    value: Any
    schema: dict[str, Any]


@lru_cache(maxsize=8)
def published(version: str, *, schemas: bool) -> "Published":
    """The schema of a version; from 3.1 on, the schemas of a document are held to their dialect only with `schemas`."""
    found = find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"{_PACKAGE} is not installed", name=_PACKAGE)
    file = Path(found.submodule_search_locations[0], "resources", "schemas", f"v{version}", "schema.json")
    return Published(json.loads(file.read_bytes()), schemas=schemas)


class Published:
    """One published schema."""

    def __init__(self, schema: dict[str, Any], *, schemas: bool) -> None:
        self._schema = schema
        self._is_modern = schema["$schema"] == JSON_SCHEMA
        self._uri: str = schema["$id"] if self._is_modern else schema.get("id", "")
        self._schemas = schemas and self._is_modern
        self._fast: dict[str, Validator] = {}

    def is_valid(self, data: dict[str, Any]) -> bool:
        """Whether a document is of the form."""
        return self._is_valid("", data)

    @cached_property
    def registry(self) -> Registry[Any]:
        """Where the schemas of parts find what they refer to."""
        resource = specification_with(self._schema["$schema"]).create_resource(self._schema)
        registry: Registry[Any] = Registry().with_resource(self._uri, resource).crawl()
        return registry

    def invalid_parts(self, data: dict[str, Any]) -> Iterator[Part]:
        """The parts of a document that are invalid: its paths, its definitions, and what is left without these."""
        rest, parts = dict(data), list[tuple[Place, Any, str]]()
        for way, pointer in self._divided:
            holder, key = (rest, way[0]) if len(way) == 1 else (mapping(rest.get(way[0])), way[1])
            members = holder.get(key)
            if not isinstance(members, dict):
                continue
            names = [name for name in members if _NAMES.get(way[0], _ANY).match(name)]
            parts += [((*way, name), members[name], pointer) for name in names]
            # Any part may be a reference.
            reference = {"$ref": "#"}
            emptied = {**members, **{name: reference for name in names}}
            if len(way) == 1:
                rest[key] = emptied
            else:
                rest[way[0]] = {**holder, key: emptied}
        if not self._is_valid("", rest):
            yield Part((), rest, self._part(""))
        for place, value, pointer in parts:
            if not self._is_valid(pointer, value):
                yield Part(place, value, self._part(pointer))

    @cached_property
    def _divided(self) -> list[tuple[Place, str]]:
        """The mappings whose members are judged one by one, each with the pointer of the schema of these."""
        found = [(("paths",), self._members("paths"))]
        if "definitions" in self._schema.get("properties", {}):
            found.append((("definitions",), self._members("definitions")))
        return found + [(("components", kind), pointer) for kind, pointer in self._kinds()]

    def _members(self, key: str) -> str:
        """The pointer of the schema of what is in one of the outermost mappings."""
        return self._inner(f"/properties/{key}")

    def _kinds(self) -> Iterator[tuple[str, str]]:
        outer = self._followed("/properties/components") if "components" in self._schema["properties"] else None
        for kind in mapping(self._at(outer).get("properties")) if outer else ():
            yield kind, self._inner(f"{outer}/properties/{kind}")

    def _inner(self, pointer: str) -> str:
        pointer = self._followed(pointer)
        schema = self._at(pointer)
        if isinstance(schema.get("additionalProperties"), dict):
            return f"{pointer}/additionalProperties"
        pattern = next(name for name in schema["patternProperties"] if not name.startswith("^x-"))
        return f"{pointer}/patternProperties/{pattern.replace('~', '~0').replace('/', '~1')}"

    def _followed(self, pointer: str) -> str:
        """A pointer, or where the reference that stands there leads."""
        text = self._at(pointer).get("$ref", "")
        return text[1:] if text.startswith("#/") else pointer

    def _at(self, pointer: str) -> dict[str, Any]:
        value: Any = self._schema
        for token in pointer.split("/")[1:]:
            value = value[token.replace("~1", "/").replace("~0", "~")]
        return mapping(value)

    def _is_valid(self, pointer: str, value: Any) -> bool:
        if pointer not in self._fast:
            # A registry knows no published dialect but the newest; those of before need none.
            self._fast[pointer] = validator_for(
                self._part(pointer),
                registry=FastRegistry([(self._uri, self._schema)]) if self._is_modern else None,
                validate_formats=False,
                offline=True,
                pattern_options=RegexOptions(),
            )
        return self._fast[pointer].is_valid(value)

    def _part(self, pointer: str) -> dict[str, Any]:
        """A schema by itself that is the one at a pointer of the published one."""
        if not self._is_modern:
            within = {key: self._schema[key] for key in ("$schema", "definitions")}
            return {**within, "$ref": f"#{quote(pointer)}"} if pointer else self._schema
        part = {"$schema": JSON_SCHEMA, "$ref": f"{self._uri}#{quote(pointer)}"}
        if not self._schemas:
            return part
        # The outermost anchor `meta` is what the published schema takes a schema to be; save one of another dialect.
        named = {"$schema": {"not": {"enum": sorted(DIALECTS)}}}
        another = {"type": "object", "required": ["$schema"], "properties": named}
        meant = {"$dynamicAnchor": "meta", "type": ["object", "boolean"], "if": another, "else": {"$ref": JSON_SCHEMA}}
        return {"$id": "urn:part", **part, "$defs": {"schema": meant}}
