"""What the documents of mutations are judged by when they are merged, beside being readable: specs have rules."""

from collections import Counter
from functools import lru_cache
from typing import Final

from lattice_console.engine.rules import checks, hashes, specs
from lattice_console.engine.rules.openapi.beginning import begins_as_openapi
from lattice_console.merge.merging import Valid
from lattice_console.merge.reading import syntax_of
from lattice_console.merge.values import replaced_values

__all__ = ["binds", "shared_names", "sound"]

_DECIDING: Final = frozenset({"$schema", "openapi", "swagger"}) | checks.KEYS
"""The keys of which a plain value can decide whether a document keeps the rules of specs.

That is where it has no schema of its own and no endpoints: in those any key may.
"""

_NAMES: Final = 64
"""How many names are told apart; an edit that changes more is taken to bind its document."""

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
    if len(_changed_names(path, before, after)) > _NAMES:
        return True
    if not (_has_schema(before) or _has_schema(after)):
        return False
    if syntax_of(path) == "yaml" and begins_as_openapi(before) and begins_as_openapi(after):
        return False
    schemas = [specs.own_schema(path, content) for content in (before, after)]
    return schemas[0] != schemas[1] or _joins(schemas[0])


def shared_names(path: str, before: bytes, after: bytes) -> frozenset[str]:
    """What an edit of a spec changes that other places of the document may name too, each as a hash of 16 characters.

    Two edits that do not bind the document, keep all rules and have none of these in common, keep them together.
    """
    names = _changed_names(path, before, after)
    return frozenset(hashes.digest(name.encode())[:16] for name in names) if len(names) <= _NAMES else frozenset()


@lru_cache(4)
def _changed_names(path: str, before: bytes, after: bytes) -> frozenset[str]:
    if not any(part.encode() in content for part in checks.PARTS for content in (before, after)):
        # With a backslash a key can be written otherwise.
        if b"\\" not in before and b"\\" not in after:
            return frozenset()
    replaced = replaced_values(path, before, after)
    if replaced is not None and not replaced & _DECIDING and not _decides_by_any_key(before):
        return frozenset()
    was, now = (specs.own_data(path, content) for content in (before, after))
    mentions = [Counter(checks.mentions(*one) if one is not None else ()) for one in (was, now)]
    return frozenset(name for _, name in (mentions[0] - mentions[1]) + (mentions[1] - mentions[0]))


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
        if replaced <= _PROSE if begins_as_openapi(other) else not (replaced & _DECIDING or _decides_by_any_key(other)):
            return True
    return False


def _decides_by_any_key(content: bytes) -> bool:
    """Whether rules may ask for values under keys that people choose."""
    return _has_schema(content) or b"endpoints" in content


def _has_schema(content: bytes) -> bool:
    """Whether a document may have a schema of its own, which may ask for anything."""
    # With a backslash a key can be written otherwise.
    return b"schema" in content or b"\\" in content
