"""What a document's bytes say: JSON, YAML and the YAML front matter of Markdown, read as one kind of data.

Every document is untrusted. Whatever the bytes are, `parse` answers in time that grows with their number, with
JSON-like data or with a finding, and never with an exception.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from lattice_console.contract.models.spec import Finding
from lattice_console.engine.rules import yaml_events
from lattice_console.merge.reading import BOM, Unreadable, decoded, front_matter, read_json

__all__ = ["Kind", "Parsed", "kind_of", "parse", "spans"]

Kind = Literal["json", "yaml", "markdown", "other"]

_KINDS: dict[str, Kind] = {
    "json": "json",
    "yaml": "yaml",
    "yml": "yaml",
    "md": "markdown",
    "markdown": "markdown",
}
_NAMES = {"json": "JSON", "yaml": "YAML", "markdown": "front matter"}

_HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document's data (None, bool, int, finite float, str, list, dict with str keys), or why there is none.

    `data` is None for other kinds, for Markdown without front matter and where there is a `problem`; it is to be read,
    not changed. Integers have at most 1000 digits, nesting ends at 200, and no text holds a lone surrogate.
    """

    kind: Kind
    data: Any
    problem: Finding | None = None


def kind_of(path: str) -> Kind:
    """The kind of document that a path's extension promises, in any case."""
    name = path.rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    return _KINDS.get(extension.lower(), "other") if dot and stem else "other"


def parse(path: str, content: bytes) -> Parsed:
    """Read a document by the extension of its path; syntax errors are its `problem`, with rule `syntax`."""
    kind = kind_of(path)
    if kind == "other":
        return Parsed(kind, None)
    try:
        return Parsed(kind, _read(kind, content))
    except Unreadable as error:
        message = f"The {_NAMES[kind]} cannot be read: {error.reason}."
        remedy = f"Correct what stands {'there' if error.line else 'in it'}."
        problem = Finding(path=path, rule="syntax", severity="error", message=message, line=error.line, remedy=remedy)
        return Parsed(kind, None, problem)


def _read(kind: Kind, content: bytes) -> Any:
    content = content.removeprefix(BOM)
    if kind == "json":
        return _read_json(content)
    decoded(content)
    if kind == "yaml":
        return yaml_events.load(content)
    front = front_matter(content)
    if front is None:
        return None
    try:
        data = yaml_events.load(front)
    except Unreadable as error:
        raise Unreadable(error.reason, error.line + 1 if error.line else 1) from None
    # Prose between two thematic breaks reads as a text; that is no front matter.
    return data if isinstance(data, dict) else None


def _read_json(content: bytes) -> Any:
    data = read_json(content)
    if _HALF_PAIR.search(content):
        # JSON may name half a surrogate pair, which no UTF-8 can hold.
        written = json.dumps(data, ensure_ascii=False)
        data = json.loads(_SURROGATE.sub("\ufffd", written))
    return data


def spans(kind: Kind, content: bytes, pointers: set[str]) -> dict[str, tuple[int, int]]:
    """The first and last lines (from 1) of the values at some JSON pointers of a document, where they are found."""
    content = content.removeprefix(BOM)
    if kind == "other":
        return {}
    if kind != "markdown":
        return yaml_events.spans(content, pointers)
    front = front_matter(content)
    found = yaml_events.spans(front, pointers) if front is not None else {}
    return {pointer: (first + 1, last + 1) for pointer, (first, last) in found.items()}
