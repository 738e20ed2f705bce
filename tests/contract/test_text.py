"""Untrusted text: control characters and lone surrogates are refused in every field, by name; the rest is kept."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import JsonValue, ValidationError

from lattice_console.contract import calls
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.models.mutation import ImportedCommit
from tests.support.changes import create
from tests.support.house import House, propose
from tests.support.samples import call

NEVER = ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\x9b", "\ud800", "\udfff"]
"""C0, DEL, C1 and lone surrogates."""

LINES_ONLY = ["\n", "\t"]
"""Part of a text, but of no line. A carriage return is part of neither."""

INERT = "<b>[bold]x[/bold]</b> \u202e\u2066abc\u2069 \u200d\ufeff \U0001f600 e\u0301 é 漢字 [a](b) {title} %s \\x1b[31m"
"""Markup, bidirectional controls, joiners: accepted, and shown as they are."""

# Every text that people send: the call, its other arguments, and the field as an error names it.
LINES: list[tuple[str, dict[str, Any], str]] = [
    ("projects.create", {}, "name"),
    ("projects.create", {"name": "n"}, "type"),
    ("specs.create", {"template": "requirements"}, "name"),
    ("specs.create", {"name": "n"}, "template"),
    ("mutations.create", {}, "title"),
    ("mutations.create", {"title": "t"}, "spec"),
    ("mutations.create", {"title": "t"}, "type"),
    ("mutations.create", {"title": "t"}, "labels.0"),
    ("mutations.update", {"mutation": "1"}, "title"),
    ("mutations.update", {"mutation": "1"}, "labels.0"),
    ("team.add", {"role": "viewer"}, "user"),
    ("team.add", {"user": "kim"}, "role"),
    ("team.add", {"user": "kim", "role": "viewer"}, "name"),
    ("team.add", {"user": "kim", "role": "viewer"}, "email"),
    ("team.update", {"user": "kim"}, "role"),
    *(("mutations.list", {}, f"filter.{field}.0") for field in ("author", "spec", "type", "label", "path", "text")),
    ("mutations.list", {}, "filter.without.0.text.0"),
    ("mutations.counts", {}, "filter.either.0.all.0.label.0"),
    ("events.list", {}, "names.0"),
    ("events.look", {"mutation": None}, "window"),
]
TEXTS: list[tuple[str, dict[str, Any], str]] = [
    ("specs.create", {"name": "n", "template": "requirements"}, "description"),
    ("mutations.create", {"title": "t"}, "description"),
    ("mutations.update", {"mutation": "1"}, "description"),
    ("mutations.update", {"mutation": "1"}, "message"),
    ("mutations.cancel", {"mutation": "1"}, "reason"),
    ("mutations.reopen", {"mutation": "1"}, "reason"),
    ("reviews.vote", {"mutation": "1", "vote": "approve"}, "comment"),
    ("reviews.vote", {"mutation": "1", "vote": "approve"}, "comments.0.text"),
    ("reviews.vote", {"mutation": "1", "vote": "approve"}, "comments.0.suggestion"),
    ("reviews.comment", {"mutation": "1"}, "text"),
    ("reviews.comment", {"mutation": "1"}, "suggestion"),
    ("reviews.apply_suggestions", {"mutation": "1", "comments": ["c"]}, "message"),
    ("executions.rollback", {"mutation": "1"}, "reason"),
    ("executions.finish_rollback", {"mutation": "1"}, "reason"),
]
METADATA: list[Any] = [
    {"{}": "value"},
    {"key": "{}"},
    {"key": ["fine", "{}"]},
    {"key": {"{}": 1}},
    {"key": {"inner": [{"deep": "{}"}]}},
]
REFERENCES = {
    "mutation",
    "mutations",
    "against",
    "path",
    "document",
    "user",
    "reviewers",
    "cursor",
    "prefix",
    "idempotency_key",
    "names",
    "actor",
    "subject",
    "thread",
    "reply_to",
    "comments",
    "parents",
    "hash",
    "hashes",
}
"""Texts that lead to something and are not kept."""
OTHERWISE = {"metadata", "commit", "changes", "files", "direction", "vote", "filter", "sort", "anchor"}
"""Fields with tests of their own, and closed sets of words."""


def _short(value: Any) -> str:
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize(("name", "others", "field"), LINES, ids=_short)
async def test_a_line_refuses_control_characters_by_name(
    house: House, name: str, others: dict[str, Any], field: str
) -> None:
    for char in NEVER + LINES_ONLY + ["\r"]:
        await _refuses(house.backend(), name, {**others, **_put(field, f"so{char}me")}, field, char)


@pytest.mark.parametrize(("name", "others", "field"), TEXTS, ids=_short)
async def test_a_text_refuses_control_characters_by_name(
    house: House, name: str, others: dict[str, Any], field: str
) -> None:
    for char in [*NEVER, "\r"]:
        await _refuses(house.backend(), name, {**others, **_put(field, f"so{char}me")}, field, char)


@pytest.mark.parametrize("name", ["mutations.create", "mutations.update"])
@pytest.mark.parametrize("shape", METADATA, ids=str)
async def test_metadata_refuses_control_characters_however_deep(house: House, name: str, shape: Any) -> None:
    target = {"title": "t"} if name == "mutations.create" else {"mutation": "1"}
    for char in NEVER:
        arguments = {**target, "metadata": _filled(shape, f"so{char}me")}
        await _refuses(house.backend(), name, arguments, "metadata", char)


@pytest.mark.parametrize("field", ["commit", "title", "description", "author_name", "author_email"])
@pytest.mark.parametrize("char", NEVER)
def test_a_commit_refuses_what_its_importer_has_to_replace(field: str, char: str) -> None:
    words: dict[str, Any] = {"commit": "c", "title": "t", "description": "d", "author_name": "a", "author_email": "e"}
    with pytest.raises(ValidationError) as refused:
        ImportedCommit(authored_at=datetime(2020, 1, 1, tzinfo=UTC), changes=(), **{**words, field: f"so{char}me"})
    assert [problem["loc"] for problem in refused.value.errors(include_input=False)] == [(field,)]


def test_every_text_of_every_write_is_among_these() -> None:
    told = {(name, field.partition(".")[0]) for name, _, field in LINES + TEXTS}
    untold = [
        (name, parameter.name)
        for name in calls.names()
        for parameter in calls.call(name).parameters
        if "str" in str(parameter.annotation) or "Line" in str(parameter.annotation)
        if parameter.name not in REFERENCES | OTHERWISE and (name, parameter.name) not in told
    ]
    # Names of specs that are read.
    names = [("specs.get", "name"), ("specs.history", "name"), ("specs.graph", "name")]
    assert untold == [*names, ("specs.chain", "source"), ("specs.chain", "target")]


async def test_a_pointer_refuses_control_characters_by_name(ann: Backend) -> None:
    for char in NEVER:
        anchor = {"file_path": "a.json", "pointer": f"/so{char}me"}
        with pytest.raises(ValidationFailed) as refused:
            await call(ann, "reviews.comment", {"mutation": "1", "text": "t", "anchor": anchor})
        assert refused.value.details["field"] == "anchor.pointer"


async def test_markup_and_bidirectional_text_are_kept_as_they_are(ann: Backend, rob: Backend) -> None:
    text = f"{INERT}\n\tsecond line"
    metadata: dict[str, JsonValue] = {
        INERT: [text, {"deeper": INERT}],
        "count": 3,
        "none": None,
        "share": 0.5,
        "big": 2**63 - 1,
    }
    proposed = await ann.mutations.create(
        title=INERT, description=text, type=INERT, labels=[INERT], metadata=metadata, changes=[create("a.txt")]
    )
    await rob.reviews.vote(proposed.id, vote="request_changes", comment=text)
    await rob.reviews.comment(proposed.id, text=text)
    await ann.mutations.cancel(proposed.id, reason=text)
    read = await rob.mutations.get(proposed.id)
    assert (read.title, read.description, read.type, read.labels) == (INERT, text, INERT, (INERT,))
    assert read.metadata == metadata
    assert [review.comment for review in read.reviews] == [text]
    assert [comment.text for comment in await ann.reviews.comments(proposed.id)] == [text]
    assert (await ann.mutations.timeline(proposed.id))[-1].detail == text


async def test_a_name_and_a_filter_may_hold_markup(ann: Backend) -> None:
    member = await ann.team.add(user="kim", role="viewer", name=INERT)
    assert member.user.name == INERT
    proposed = await propose(ann, create("a.txt"), title=INERT)
    listed = await ann.mutations.list(filter={"text": (INERT,)})  # type: ignore[arg-type]
    assert [one.id for one in listed.items] == [proposed.id]


async def _refuses(backend: Backend, name: str, arguments: dict[str, Any], field: str, char: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        await call(backend, name, arguments)
    named = refused.value.details["field"]
    assert named.startswith(field), f"{field!r} is to blame for {char!r}, not {named!r}"
    assert field in refused.value.message
    assert f"U+{ord(char):04X}" in refused.value.message, refused.value.message
    assert char in ("\n",) or char not in refused.value.message


def _put(field: str, text: str) -> dict[str, Any]:
    name, *rest = field.split(".")
    value: Any = text
    for part in reversed(rest):
        value = [value] if part.isdigit() else {part: value}
    return {name: value}


def _filled(shape: Any, text: str) -> Any:
    if isinstance(shape, dict):
        return {_filled(key, text): _filled(value, text) for key, value in shape.items()}
    if isinstance(shape, list):
        return [_filled(item, text) for item in shape]
    return text if shape == "{}" else shape
