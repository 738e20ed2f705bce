"""The comments of a review as a file has them: a JSON list of objects, or one object a line."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from lattice_console.contract.errors import LatticeError, ValidationFailed, from_validation
from lattice_console.contract.models.base import SEVERAL_LIMIT
from lattice_console.contract.models.review import Anchor, NewComment, Side
from lattice_console.headless.session import Session

FORM = """FILE is a JSON list of objects, or one object a line (NDJSON); - reads stdin. Of the fields

    \b
      file        path of a file that the mutation changes
      line        from 1; end_line: the last of several
      side        new (default) or old: before the change
      pointer     JSON pointer, such as /info/title, in place of lines
      text        what you have to say
      suggestion  what the lines should become; "" takes them out
      reply_to    id of a comment, whose thread it joins

    each has a text or a suggestion. Without a file it is about the mutation; without line and pointer, about the
    file."""
"""What helps say about such a file."""


class Entry(BaseModel):
    """One comment as the file has it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    file: str | None = None
    line: int | None = None
    end_line: int | None = None
    side: Side = "new"
    pointer: str | None = None
    text: str = ""
    suggestion: str | None = None
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Entries:
    """The comments of a file in their order; `name` says of one of them, from 0, which it is."""

    comments: tuple[NewComment, ...]
    source: str

    def name(self, at: int) -> str:
        """The comment in words, to begin a message with."""
        anchor = self.comments[at].anchor
        line = f":{anchor.line}" if anchor and anchor.line else ""
        return f"Comment {at + 1} of {self.source}{f' ({anchor.file_path}{line})' if anchor else ''}"

    def blame(self, error: LatticeError, at: int) -> None:
        """Let an error about one comment name it."""
        error.message = f"{self.name(at)}: {error.message}"
        error.details["entry"] = at + 1
        error.args = (error.message,)

    def keys(self, mutation: str, patchset: int) -> list[str]:
        """An idempotency key for each: the same for the same comment on the same patchset, whenever it is made."""
        seen: Counter[str] = Counter()
        keys = []
        for one in self.comments:
            said = one.model_dump_json()
            # Who says the same twice in one file means it.
            seen[said] += 1
            whole = json.dumps([mutation, patchset, said, seen[said]])
            keys.append(f"comment:{hashlib.sha256(whole.encode()).hexdigest()}")
        return keys


def read(session: Session, source: str) -> Entries:
    """The comments in a file, or on stdin (`-`); raises ValidationFailed (`VAL_COMMENTS`) naming the one that is wrong.

    Details have its place in the file as `entry`, from 1.
    """
    text = session.file(source, "--comments")
    name = "stdin" if source == "-" else source
    found = []
    for at, value in enumerate(_values(text, name), start=1):
        try:
            found.append(_comment(value))
        except ValidationError as error:
            problem = from_validation(error)
            said = "; ".join(_problem(one) for one in problem.details["problems"])
            raise _wrong(f"Comment {at} of {name}: {said}.", entry=at) from None
    if not found:
        raise _wrong(f"{name} has no comments.")
    if len(found) > SEVERAL_LIMIT:
        raise _wrong(f"{name} has {len(found):,} comments; a review has at most {SEVERAL_LIMIT}.")
    return Entries(tuple(found), name)


def _values(text: str, name: str) -> Iterator[object]:
    """The values of a list, or of a text that has one after the other."""
    decoder = json.JSONDecoder()
    at = 0
    try:
        while (at := _after_blanks(text, at)) < len(text):
            value, at = decoder.raw_decode(text, at)
            yield from value if isinstance(value, list) else [value]
    except json.JSONDecodeError as error:
        raise _wrong(f"{name} is no JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except RecursionError:
        raise _wrong(f"{name} is nested deeper than any comment.") from None


def _after_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _comment(value: object) -> NewComment:
    entry = Entry.model_validate(value)
    anchor = None
    # A place without a file is wrong, and said by the model that it lacks one.
    if entry.file is not None or entry.line is not None or entry.pointer is not None:
        anchor = Anchor.model_validate(
            {
                "file_path": entry.file,
                "side": entry.side,
                "line": entry.line,
                "end_line": entry.end_line,
                "pointer": entry.pointer,
            }
        )
    return NewComment.model_validate(
        {"text": entry.text, "anchor": anchor, "reply_to": entry.reply_to, "suggestion": entry.suggestion}
    )


_FIELDS = ", ".join(Entry.model_fields)


def _problem(one: dict[str, str]) -> str:
    field = "file" if one["field"] == "file_path" else one["field"]
    if one["problem"].startswith("Extra inputs"):
        return f"there is no field {field}; known are {_FIELDS}"
    return one["problem"] if field == "value" else f"{field}: {one['problem']}"


def _wrong(message: str, **details: int) -> ValidationFailed:
    return ValidationFailed("VAL_COMMENTS", message, field="comments", **details)
