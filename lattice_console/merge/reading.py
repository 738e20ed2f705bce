"""JSON and YAML read within limits, from bytes that anyone may have written.

Whatever the bytes are, reading takes time that grows with their number, recurses nowhere, and ends with what they say
or with `Unreadable`.
"""

import json
import re
from collections.abc import Callable, Iterator
from itertools import accumulate
from math import isfinite
from typing import Any, Final, Literal, NoReturn

import yaml
from yaml.events import Event
from yaml.reader import ReaderError

__all__ = [
    "BOM",
    "DEPTH_LIMIT",
    "EVENT_LIMIT",
    "FENCE",
    "NUMBER_LIMIT",
    "STRING",
    "BeyondLimits",
    "Pairs",
    "Syntax",
    "Unreadable",
    "decoded",
    "fail",
    "front_matter",
    "is_markdown",
    "read_json",
    "syntax_of",
    "yaml_events",
]

Syntax = Literal["json", "yaml"]

BOM: Final = b"\xef\xbb\xbf"
"""What may stand before the text of a document, and is no part of it."""

DEPTH_LIMIT: Final = 200
"""How deep mappings and lists may nest in a document, JSON or YAML."""

NUMBER_LIMIT: Final = 1000
"""How many characters a number may have in a document, JSON or YAML."""

EVENT_LIMIT: Final = 1_500_000
"""How many keys, values, and beginnings and ends of collections YAML may have; so many take a few seconds."""

# Resolving a tag costs libyaml a look at every directive before it.
_DIRECTIVE_LIMIT: Final = 100

_SYNTAXES: Final[dict[str, Syntax]] = {"json": "json", "yaml": "yaml", "yml": "yaml"}
_MARKDOWN: Final = frozenset({"md", "markdown"})
FENCE: Final = re.compile(rb"^---[ \t]*\r?$", re.MULTILINE)
"""The line that front matter begins and ends with."""
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

STRING: Final = rb'"(?:[^"\\]++|\\.)*+"?'
"""A string of JSON, closed or not, as a pattern: it matches from every quote, and so never looks at a byte twice."""

_STRINGS: Final = re.compile(STRING, re.DOTALL)
_CONSTANTS: Final = re.compile(STRING + rb"|(-?Infinity|NaN)", re.DOTALL)
_BRACKETS: Final = bytes.maketrans(b"[{]}", b"\1\1\xff\xff")
_NO_BRACKET: Final = bytes(set(range(256)) - set(b"[]{}"))


class Unreadable(Exception):
    """A document that cannot be read: why, and the line (from 1), where it is known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class BeyondLimits(Unreadable):
    """A document that is more than we read; whether it is sound stays unknown."""


def syntax_of(path: str | None) -> Syntax | None:
    """Whether a path's extension, in any case, promises JSON or YAML; None for anything else."""
    _, dot, extension = (path or "").rpartition(".")
    return _SYNTAXES.get(extension.lower()) if dot else None


def is_markdown(path: str | None) -> bool:
    """Whether a path's extension, in any case, promises Markdown, which may begin with front matter in YAML."""
    _, dot, extension = (path or "").rpartition(".")
    return bool(dot) and extension.lower() in _MARKDOWN


def front_matter(content: bytes) -> bytes | None:
    """What stands between a first line `---` and the next such line; None where they are missing.

    The content has no byte order mark.
    """
    first = FENCE.match(content)
    last = FENCE.search(content, first.end() + 1) if first else None
    return content[first.end() + 1 : last.start()] if first and last else None


def decoded(content: bytes) -> str:
    """A document's text; raises Unreadable for what is not UTF-8."""
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


Pairs = Callable[[list[tuple[str, Any]]], dict[str, Any]]
"""Makes an object of its keys and values, in order, with those that are repeated."""


def _decoder(pairs: Pairs | None) -> json.JSONDecoder:
    return json.JSONDecoder(parse_int=_integer, parse_float=_float, parse_constant=_constant, object_pairs_hook=pairs)


_DECODER: Final = _decoder(None)


def read_json(content: bytes, pairs: Pairs | None = None) -> Any:
    """What a JSON document (RFC 8259) without a byte order mark says; of a repeated key, the last value.

    `pairs` makes its objects, else `dict` does. A text may hold a lone surrogate.

    Raises:
        Unreadable: not JSON, not UTF-8, nested deeper than `DEPTH_LIMIT`, or a number is longer or larger than we take.
    """
    text = decoded(content)
    _check_depth(content)
    try:
        return (_decoder(pairs) if pairs else _DECODER).decode(text)
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
        raise BeyondLimits(f"a number is too large, or has more than {NUMBER_LIMIT} characters", line) from None


def _check_depth(content: bytes) -> None:
    """Refuse deep nesting before a reader recurses into it; one pass, and none for a document of few brackets."""
    if content.count(b"[") + content.count(b"{") <= DEPTH_LIMIT:
        return
    steps = _STRINGS.sub(b"", content).translate(_BRACKETS, _NO_BRACKET)
    # As signed bytes an opening bracket is 1 and a closing one -1.
    if max(accumulate(memoryview(steps).cast("b"), initial=0)) > DEPTH_LIMIT:
        raise BeyondLimits(f"it nests deeper than {DEPTH_LIMIT} levels")


def yaml_events(content: bytes) -> Iterator[Event]:
    """The events of a YAML stream in UTF-8, all its documents; nesting is the caller's to limit.

    Raises:
        Unreadable: not YAML, or more than the limits allow; when the events before it have been given.
    """
    if content.count(b"%TAG") > _DIRECTIVE_LIMIT:
        raise BeyondLimits(f"it has more than {_DIRECTIVE_LIMIT} %TAG directives")
    loader = _Loader(content)
    count = 0
    try:
        while loader.check_event():
            count += 1
            if count > EVENT_LIMIT:
                fail(f"it has more than {EVENT_LIMIT:,} parts; split it", loader.peek_event(), BeyondLimits)
            yield loader.get_event()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(part for part in (error.context, error.problem) if part)
        raise Unreadable(reason or "it is not YAML", mark.line + 1 if mark else None) from None
    except ReaderError as error:
        line = content.count(b"\n", 0, error.position) + 1
        raise Unreadable(f"it holds a character that YAML does not allow ({error.reason})", line) from None
    finally:
        loader.dispose()


def fail(reason: str, event: Event, kind: type[Unreadable] = Unreadable) -> NoReturn:
    """Raise Unreadable, or a `kind` of it, for a reason that stands at an event of YAML."""
    mark = event.start_mark
    raise kind(reason, mark.line + 1 if mark else None)
