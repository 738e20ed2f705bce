"""What the documents of mutations are judged by when they are merged, beside being readable: specs have rules."""

from typing import Final

from lattice_console.engine.rules import specs
from lattice_console.engine.rules.openapi.beginning import begins_as_openapi
from lattice_console.merge.merging import Valid
from lattice_console.merge.reading import syntax_of
from lattice_console.merge.values import replaced_values

__all__ = ["binds", "sound"]

_DECIDING: Final = frozenset({"$schema", "name", "openapi", "swagger", "type", "version"})
"""The keys of which a plain value can decide whether a document keeps the rules of specs, where it has no schema."""

_PROSE: Final = frozenset({"description", "summary", "title"})
"""The keys of which no plain value decides whether an OpenAPI document keeps its rules."""

_JOINING: Final = frozenset(
    {
        *("if", "not", "oneOf", "anyOf", "const", "enum"),
        *("dependencies", "dependentRequired", "dependentSchemas", "minProperties", "maxProperties"),
        *("minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains", "prefixItems"),
        *("additionalItems", "unevaluatedItems", "unevaluatedProperties"),
    }
)
"""The keywords of a schema by which a document can break a rule in several places at once; others ask of one each."""


def binds(path: str, before: bytes, after: bytes) -> bool:
    """Whether an edit of a spec can break a rule together with an edit far from it.

    That is where it changes the schema of the document, or where that has rules about several places. Those of
    OpenAPI are not foreseen: two edits that break one together conflict once the first of them is in the head.
    """
    if not (_has_schema(before) or _has_schema(after)):
        return False
    if syntax_of(path) == "yaml" and begins_as_openapi(before) and begins_as_openapi(after):
        return False
    schemas = [specs.own_schema(path, content) for content in (before, after)]
    return schemas[0] != schemas[1] or _joins(schemas[0])


def _joins(schema: object) -> bool:
    if isinstance(schema, dict):
        plain = {"const", "enum"} if _are_plain(schema) else frozenset()
        by_place = isinstance(schema.get("items"), list)
        return by_place or bool(schema.keys() & _JOINING - plain) or any(map(_joins, schema.values()))
    return isinstance(schema, list) and any(map(_joins, schema))


def _are_plain(schema: dict[str, object]) -> bool:
    """Whether the values that a schema names are single ones, which one edit sets."""
    listed = schema.get("enum")
    values = [schema.get("const"), *(listed if isinstance(listed, list) else [])]
    return not any(isinstance(value, dict | list) for value in values)


def sound(path: str, base: bytes, ours: bytes, theirs: bytes) -> Valid:
    """Says which rules of specs a readable document at that path breaks; nothing of a merge that breaks none more.

    That is seen without reading all of it where one side did nothing but replace values that no rule asks for.
    """

    def violations(content: bytes) -> list[str]:
        if content not in (base, ours, theirs) and _keeps_rules(path, base, ours, theirs):
            return []
        return [finding.message for finding in specs.check(path, content, None)]

    return violations


def _keeps_rules(path: str, base: bytes, ours: bytes, theirs: bytes) -> bool:
    """Whether what merges of these keeps every rule that one of the sides keeps; False where that takes reading."""
    for side, other in ((theirs, ours), (ours, theirs)):
        replaced = replaced_values(path, base, side)
        if replaced is None:
            continue
        if replaced <= _PROSE if begins_as_openapi(other) else not (replaced & _DECIDING or _has_schema(other)):
            return True
    return False


def _has_schema(content: bytes) -> bool:
    """Whether a document may have a schema of its own, which may ask for anything."""
    # With a backslash a key can be written otherwise.
    return b"schema" in content or b"\\" in content
