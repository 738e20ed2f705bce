"""Places and values of an OpenAPI document, as messages name them: short, and in plain words."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from lattice_console.contract.models.base import replace_controls
from lattice_console.engine.rules.yaml_events import escaped

__all__ = ["TYPES", "listed", "pointer", "quoted", "shown"]

TYPES: Final = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a text",
}
"""What the types of JSON Schema are called."""

_SHOWN_LIMIT: Final = 60
_POINTER_LIMIT: Final = 1000


def pointer(keys: Iterable[str]) -> str:
    """The JSON pointer (RFC 6901) of the value behind some keys; of what that lies in where it would be too long."""
    written = ""
    for key in keys:
        if len(written) + len(key) > _POINTER_LIMIT:
            break
        written += f"/{escaped(key)}"
    return written


def quoted(text: str) -> str:
    """A text that stands in a document, in quotes, cut where it is long."""
    short = text if len(text) <= _SHOWN_LIMIT else f"{text[: _SHOWN_LIMIT - 1]}…"
    return f'"{replace_controls(short, lines=False)}"'


def shown(value: Any) -> str:
    """A value of a document: what it is, or itself where it is plain and short."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, str):
        return quoted(value)
    written = json.dumps(value)
    return written if len(written) <= _SHOWN_LIMIT else "a very long number"


def listed(words: Sequence[str], last: str) -> str:
    """`a, b or c`."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
