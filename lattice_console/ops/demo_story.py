"""The story of the demonstration project, as its data tells it: who proposed what, when, and what became of it.

`demo_data/documents/` is the tree that the project starts with; `demo_data/story/*.yaml` has the mutations. A change of
a text is told as hunks without line numbers: a line `@@`, then lines that begin with a blank (it is there), `-` (it
goes) or `+` (it comes); what a hunk says is there stands in the text exactly once.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal

import yaml
from pydantic import BeforeValidator, Field, JsonValue, TypeAdapter

from lattice_console.contract.models.base import Model
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.mutation import Operation, Status
from lattice_console.contract.models.project import Vote

# libyaml's where it is there, which reads ten times as fast.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_AGE = re.compile(r"(?:\d+[dhm])+")


def _age(value: Any) -> Any:
    if not isinstance(value, str) or not _AGE.fullmatch(value):
        raise ValueError("an age is written as 3d4h or 12m")
    parts = {_UNITS[unit]: int(number) for number, unit in re.findall(r"(\d+)([dhm])", value)}
    return timedelta(**parts)


Age = Annotated[timedelta, BeforeValidator(_age)]
"""How long ago something was, written as `3d4h` or `12m`."""


class ToldChange(Model):
    """One file operation: an `edit` in hunks, or whole `content`; with `as_diff` it is proposed as a unified diff."""

    operation: Operation
    path: str
    to: str | None = None
    edit: str = ""
    content: str | None = None
    as_diff: bool = False


class Beside(Model):
    """Another mutation, executed in the same moment by somebody else."""

    key: str
    by: str


class Remark(Model):
    """A comment on a file, or on the line that begins with `at` (through the one that begins with `through`).

    `key` is what later remarks, resolutions and applied suggestions name it by; `to` is the one that it answers.
    """

    text: str = ""
    file: str | None = None
    at: str = ""
    through: str = ""
    suggestion: str | None = None
    key: str = ""
    to: str = ""


class Step(Model):
    """Something that somebody did to a mutation; `text` is the comment, the reason or the patchset's message.

    A comment or a vote may have `remarks`. `threads` are the remarks whose threads are resolved, or whose suggestions
    are applied.
    """

    age: Age
    by: str
    does: Vote | Literal["comment", "resolve", "apply", "withdraw", "update", "cancel", "reopen", "execute", "rollback"]
    text: str = ""
    remarks: tuple[Remark, ...] = ()
    threads: tuple[str, ...] = ()
    changes: tuple[ToldChange, ...] = ()
    beside: Beside | None = None


class Told(Model):
    """One mutation and what happened `then`, oldest first; it `ends` in that status. `parents` are keys of others."""

    key: str
    title: str
    author: str
    age: Age
    spec: str | None = None
    type: str = "feature"
    labels: tuple[str, ...] = ()
    metadata: dict[str, JsonValue] = Field(default_factory=dict)
    description: str
    draft: bool = False
    parents: tuple[str, ...] = ()
    changes: tuple[ToldChange, ...] = ()
    then: tuple[Step, ...] = ()
    ends: Status


def story() -> tuple[Told, ...]:
    """Every mutation of the story, oldest first: in the order of their numbers."""
    stories = TypeAdapter(tuple[Told, ...])
    told: list[Told] = []
    for place in sorted((_data() / "story").iterdir(), key=lambda place: place.name):
        told.extend(stories.validate_python(yaml.load(place.read_bytes(), Loader=_Loader)))
    return tuple(sorted(told, key=lambda one: one.age, reverse=True))


def documents() -> tuple[TrackedFile, ...]:
    """The files that the project starts with."""
    return tuple(TrackedFile(path=path, content=place.read_bytes()) for path, place in _files(_data() / "documents"))


def edited(before: bytes, edit: str) -> bytes:
    """What `edit` makes of a text; raises ValueError for a hunk that does not fit exactly once."""
    text = before.decode()
    for hunk in edit.split("@@\n")[1:]:
        lines = hunk.splitlines(keepends=True)
        old = "".join(line[1:] or line for line in lines if not line.startswith("+"))
        new = "".join(line[1:] or line for line in lines if not line.startswith("-"))
        if text.count(old) != 1:
            raise ValueError(f"this stands {text.count(old)} times in the text, not once:\n{old}")
        text = text.replace(old, new)
    return text.encode()


def lines_of(text: bytes, remark: Remark) -> tuple[int, int]:
    """The first and the last line, from 1, that a remark is about; raises ValueError where they stand not once."""
    first = _line_of(text, remark.at)
    return first, _line_of(text, remark.through) if remark.through else first


def _line_of(text: bytes, begins: str) -> int:
    found = [
        number for number, line in enumerate(text.decode().split("\n"), start=1) if line.strip().startswith(begins)
    ]
    if len(found) != 1:
        raise ValueError(f"{len(found)} lines of the text, not one, begin with: {begins}")
    return found[0]


def _data() -> Traversable:
    return resources.files("lattice_console.ops") / "demo_data"


def _files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for place in sorted(folder.iterdir(), key=lambda place: place.name):
        path = f"{prefix}{place.name}"
        if place.is_dir():
            yield from _files(place, f"{path}/")
        else:
            yield path, place
