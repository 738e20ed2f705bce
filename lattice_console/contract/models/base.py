"""What every contract model shares: strictness, and the kinds of text that people may send."""

import math
import unicodedata
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

LINE_LIMIT = 500
TEXT_LIMIT = 100_000
DEPTH_LIMIT = 32
SEVERAL_LIMIT = 100
COUNT_LIMIT = 2**53


class Model(BaseModel):
    """A value that crosses the contract: immutable, closed, bytes as base64 in JSON."""

    # Built when first used: a start need not wait for models that it never makes.
    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64", defer_build=True
    )


def _refuse_controls(text: str, allowed: str) -> str:
    for position, char in enumerate(text):
        if char not in allowed and unicodedata.category(char) in {"Cc", "Cs"}:
            raise ValueError(f"holds the control character U+{ord(char):04X} at position {position + 1}; remove it")
    return text


def check_line(text: str) -> str:
    """Return `text`, a single line; raise ValueError for control characters and lone surrogates."""
    return _refuse_controls(text, "")


def check_text(text: str) -> str:
    """Return `text`, which may have lines and tabs; raise ValueError for other controls and lone surrogates."""
    return _refuse_controls(text, "\n\t")


def replace_controls(text: str, *, lines: bool) -> str:
    """Return `text` as an import stores it: what `check_line` or `check_text` refuses becomes U+FFFD."""
    allowed = "\n\t" if lines else ""
    return "".join(
        "\ufffd" if char not in allowed and unicodedata.category(char) in {"Cc", "Cs"} else char for char in text
    )


def _encodable(text: str) -> str:
    for position, char in enumerate(text):
        if "\ud800" <= char <= "\udfff":
            raise ValueError(f"holds the lone surrogate U+{ord(char):04X} at position {position + 1}; rename it")
    return text


def _present(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("needs a time zone")
    return moment


Line = Annotated[str, AfterValidator(check_line), Field(max_length=LINE_LIMIT)]
"""One line of untrusted text; may be empty."""

RequiredLine = Annotated[
    str,
    AfterValidator(check_line),
    AfterValidator(_present),
    Field(max_length=LINE_LIMIT),
]
"""One line of untrusted text that says something."""

Text = Annotated[str, AfterValidator(check_text), Field(max_length=TEXT_LIMIT)]
"""Untrusted text of several lines; may be empty."""

RequiredText = Annotated[
    str,
    AfterValidator(check_text),
    AfterValidator(_present),
    Field(max_length=TEXT_LIMIT),
]
"""Untrusted text of several lines that says something."""

Reference = Annotated[str, AfterValidator(check_line)]
"""What leads to something that is there: an id, a number, a path, a handle, a cursor."""

PathText = Annotated[str, AfterValidator(_encodable)]
"""A path as it was sent: text that UTF-8 can hold. `paths.check_path` says whether it can be a document's."""

Count = Annotated[int, Field(ge=-COUNT_LIMIT, le=COUNT_LIMIT)]
"""A number of something: a version, a sequence, a place in a list."""

Moment = Annotated[datetime, AfterValidator(_aware)]
"""A point in time, with its zone; UTC where we made it."""

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of some bytes, lower-case hexadecimal."""


def _check_depth(metadata: Any) -> Any:
    """Refuse early what would overflow whoever walks it, here or on the other side."""
    level: list[Any] = [metadata]
    for _ in range(DEPTH_LIMIT):
        inner = [list(value.values()) if isinstance(value, dict) else value for value in level]
        level = [item for items in inner if isinstance(items, list) for item in items if isinstance(item, dict | list)]
        if not level:
            return metadata
    raise ValueError(f"is nested more than {DEPTH_LIMIT} levels deep; flatten it")


def _check_metadata(metadata: dict[str, JsonValue]) -> dict[str, JsonValue]:
    pending: list[JsonValue] = [metadata]
    size = 0
    while pending:
        value = pending.pop()
        size += len(value) if isinstance(value, str | list | dict) else 1
        if isinstance(value, str):
            check_text(value)
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, dict):
            pending.extend(value.values())
            size += sum(len(check_line(key)) for key in value)
        elif isinstance(value, int) and value.bit_length() > 63:
            raise ValueError("holds a number of more than 64 bits; write it as text")
        elif isinstance(value, float) and not math.isfinite(value):
            raise ValueError("holds a number that JSON does not have, infinite or none at all; write it as text")
    if size > TEXT_LIMIT:
        raise ValueError(f"holds more than {TEXT_LIMIT:,} characters; keep them in a document")
    return metadata


Metadata = Annotated[dict[str, JsonValue], BeforeValidator(_check_depth), AfterValidator(_check_metadata)]
"""Facts beside a mutation: `ticket_id`, `commit`, `build_url`, … Bounded; no control character in any key or text."""
