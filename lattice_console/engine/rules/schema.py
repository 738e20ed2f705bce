"""What a spec's JSON Schema says of it: whether the schema is one, and where the document violates it."""

import json
from functools import lru_cache
from typing import Any, Final

from lattice_console.engine.rules import hashes
from lattice_console.engine.rules.defects import Defect

__all__ = ["SCHEMA_LIMIT", "check", "validate"]

SCHEMA_LIMIT: Final = 200_000
"""How many characters a schema may have as compact JSON."""


def check(schema: dict[str, Any]) -> tuple[Defect, ...]:
    """What is wrong with a schema by its dialect's own meta-schema; rule `schema_definition`.

    Draft 2020-12 unless its `$schema` names another. A pattern that is not supported is a warning.
    """
    text = hashes.canonical(schema)
    if len(text) > SCHEMA_LIMIT:
        message = f"The schema has {len(text):,} characters."
        return (Defect("schema_definition", message, "", remedy=f"Shorten it to {SCHEMA_LIMIT:,}."),)
    return _check(text)


# A schema is seen again with every patchset of its document, and checking it takes longer than the document's own.
@lru_cache(maxsize=64)
def _check(text: str) -> tuple[Defect, ...]:
    # jsonschema takes a tenth of a second to import, and most documents have no schema.
    from lattice_console.engine.rules import validator

    return tuple(validator.check(json.loads(text)))


def validate(schema: dict[str, Any], document: Any) -> tuple[Defect, ...]:
    """Where a document violates a schema that `check` found right; rule `schema`."""
    from lattice_console.engine.rules import validator

    return tuple(validator.validate(schema, document))
