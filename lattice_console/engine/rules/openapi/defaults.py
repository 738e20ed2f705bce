"""The default values of schemas, each held to the keywords beside it that limit a plain value."""

from collections.abc import Iterator
from typing import Any, Final

from lattice_console.engine.rules.checks.catalogue import broken
from lattice_console.engine.rules.defects import Defect
from lattice_console.engine.rules.openapi.document import Document
from lattice_console.engine.rules.openapi.published import JSON_SCHEMA
from lattice_console.engine.rules.openapi.telling import TYPES, shown
from lattice_console.engine.rules.patterns import PatternError

__all__ = ["defects"]

_FORMS: Final[dict[str, type | tuple[type, ...]]] = {
    "enum": list,
    "minimum": (int, float),
    "maximum": (int, float),
    "exclusiveMinimum": (int, float),
    "exclusiveMaximum": (int, float),
    "minLength": int,
    "maxLength": int,
    "minItems": int,
    "maxItems": int,
    "pattern": str,
}
"""The keywords that name no other schema, and what their values are; another value is told of by other rules."""


def defects(document: Document) -> Iterator[Defect]:
    """Default values that do not keep to their schemas, as far as the schema says that by itself."""
    found = [node for node in document.nodes if not node.named and "default" in node.value and "type" in node.value]
    if not found:
        return
    # jsonschema takes a tenth of a second to import.
    from referencing import Registry

    from lattice_console.engine.rules.validator import TooMuch, Violations

    violations = Violations(Registry())
    dialect = JSON_SCHEMA if document.version >= "3.1" else "http://json-schema.org/draft-04/schema#"
    for node in found:
        value = node.value["default"]
        if value is None and node.value.get("nullable") is True:
            continue
        limits = {key: node.value[key] for key, form in _FORMS.items() if isinstance(node.value.get(key), form)}
        schema = {"$schema": dialect, **limits, **_types(node.value["type"])}
        try:
            wrong = next(violations.of(schema, value), None)
        except PatternError:
            continue
        except TooMuch as error:
            message = f"Its default values are not all checked: {error}"
            yield broken("openapi_unchecked", message, "", "Make the patterns and lists of allowed values simpler.")
            return
        if wrong is not None:
            message = f"The default value {shown(value)} does not keep to the schema beside it."
            yield broken("openapi_default", message, node.pointer("default"), "Mend the value or the schema.")


def _types(said: Any) -> dict[str, list[str]]:
    names = said if isinstance(said, list) else [said]
    known = all(isinstance(name, str) and name in TYPES for name in names)
    return {"type": names} if known and names else {}
