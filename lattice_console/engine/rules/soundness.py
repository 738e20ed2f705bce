"""What the documents of mutations are judged by when they are merged, beside being readable: specs have rules."""

from typing import Final

from lattice_console.engine.rules import specs
from lattice_console.engine.rules.openapi import begins_as_openapi
from lattice_console.merge.merging import Valid
from lattice_console.merge.reading import syntax_of
from lattice_console.merge.values import replaced_values

__all__ = ["sound"]

_DECIDING: Final = frozenset({"$schema", "name", "openapi", "swagger", "type", "version"})
"""The keys of which a plain value can decide whether a document keeps the rules of specs, where it has no schema."""


def sound(path: str, base: bytes, ours: bytes, theirs: bytes) -> Valid:
    """Says which rules of specs a readable document at that path breaks; nothing of a merge that breaks none more.

    That is seen without reading all of it where it is an OpenAPI document, or where one side did nothing but replace
    values that no rule asks for.
    """
    is_yaml = syntax_of(path) == "yaml"

    def violations(content: bytes) -> list[str]:
        if is_yaml and begins_as_openapi(content):
            return []
        if content not in (base, ours, theirs) and _keeps_rules(path, base, ours, theirs):
            return []
        return [finding.message for finding in specs.check(path, content, None)]

    return violations


def _keeps_rules(path: str, base: bytes, ours: bytes, theirs: bytes) -> bool:
    """Whether what merges of these keeps every rule that one of the sides keeps; False where that takes reading."""
    for side, other in ((theirs, ours), (ours, theirs)):
        replaced = replaced_values(path, base, side)
        if replaced is not None and not replaced & _DECIDING and not _has_schema(other):
            return True
    return False


def _has_schema(content: bytes) -> bool:
    """Whether a document may have a schema of its own, which may ask for anything."""
    # With a backslash a key can be written otherwise.
    return b"schema" in content or b"\\" in content
