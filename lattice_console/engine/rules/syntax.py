"""What a document's bytes say: JSON, YAML and the YAML front matter of Markdown, read as one kind of data.

Every document is untrusted. Whatever the bytes are, `parse` answers in time that grows with their number, with
JSON-like data or with a finding, and never with an exception.
"""

import json
import re
from dataclasses import dataclass
from itertools import accumulate
from math import isfinite
from typing import Any, Literal, NoReturn

from lattice_console.contract.models.spec import Finding
from lattice_console.engine.rules import yaml_events
from lattice_console.engine.rules.yaml_events import DEPTH_LIMIT, NUMBER_LIMIT, Unreadable

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

_BOM = b"\xef\xbb\xbf"
_FENCE = re.compile(rb"^---[ \t]*\r?$", re.MULTILINE)
# A string of JSON, closed or not: it matches from every quote, and so never looks at a byte twice.
_STRING = rb'"(?:[^"\\]++|\\.)*+"?'
_STRINGS = re.compile(_STRING, re.DOTALL)
_CONSTANTS = re.compile(_STRING + rb"|(-?Infinity|NaN)", re.DOTALL)
_BRACKETS = bytes.maketrans(b"[{]}", b"\1\1\xff\xff")
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")
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
        return Parsed(kind, None, Finding(path=path, rule="syntax", severity="error", message=message, line=error.line))


def _read(kind: Kind, content: bytes) -> Any:
    content = content.removeprefix(_BOM)
    text = _decoded(content)
    if kind == "json":
        return _read_json(content, text)
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


def front_matter(content: bytes) -> bytes | None:
    """What stands between a first line `---` and the next such line; None where they are missing."""
    first = _FENCE.match(content)
    last = _FENCE.search(content, first.end() + 1) if first else None
    return content[first.end() + 1 : last.start()] if first and last else None


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"byte {error.start + 1} is not UTF-8; save the file as UTF-8", content.count(b"\n", 0, error.start) + 1
        ) from None


class _NotFinite(Exception):
    """A constant that Python's reader knows and JSON does not."""


class _LongNumber(Exception):
    """A number with more characters, or of a size, that we do not take; its text is the argument."""


def _integer(text: str) -> int:
    if len(text) > NUMBER_LIMIT:
        raise _LongNumber(text)
    return int(text)


def _float(text: str) -> float:
    number = float(text) if len(text) <= NUMBER_LIMIT else float("inf")
    if not isfinite(number):
        raise _LongNumber(text)
    return number


def _constant(_: str) -> NoReturn:
    raise _NotFinite


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_float, parse_constant=_constant)


def _read_json(content: bytes, text: str) -> Any:
    _check_depth(content)
    try:
        data = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        reason = (error.msg[:1].lower() + error.msg[1:]).removesuffix(" at")
        raise Unreadable(f"{reason}, at column {error.colno}", error.lineno) from None
    except _NotFinite:
        place = next(match.start(1) for match in _CONSTANTS.finditer(content) if match[1])
        raise Unreadable(
            "NaN and Infinity are no values of JSON; use null or a text", content.count(b"\n", 0, place) + 1
        ) from None
    except _LongNumber as error:
        line = text.count("\n", 0, text.find(error.args[0])) + 1
        raise Unreadable(f"a number is too large, or has more than {NUMBER_LIMIT} characters", line) from None
    if _HALF_PAIR.search(text):
        # JSON may name half a surrogate pair, which no UTF-8 can hold.
        written = json.dumps(data, ensure_ascii=False)
        data = json.loads(_SURROGATE.sub("\ufffd", written))
    return data


def _check_depth(content: bytes) -> None:
    """Refuse deep nesting before a reader recurses into it; one pass, and none for a document of few brackets."""
    if content.count(b"[") + content.count(b"{") <= DEPTH_LIMIT:
        return
    steps = _STRINGS.sub(b"", content).translate(_BRACKETS, _NO_BRACKET)
    # As signed bytes an opening bracket is 1 and a closing one -1.
    if max(accumulate(memoryview(steps).cast("b"), initial=0)) > DEPTH_LIMIT:
        raise Unreadable(f"it nests deeper than {DEPTH_LIMIT} levels")


def spans(kind: Kind, content: bytes, pointers: set[str]) -> dict[str, tuple[int, int]]:
    """The first and last lines (from 1) of the values at some JSON pointers of a document, where they are found."""
    content = content.removeprefix(_BOM)
    if kind == "other":
        return {}
    if kind != "markdown":
        return yaml_events.spans(content, pointers)
    front = front_matter(content)
    found = yaml_events.spans(front, pointers) if front is not None else {}
    return {pointer: (first + 1, last + 1) for pointer, (first, last) in found.items()}
