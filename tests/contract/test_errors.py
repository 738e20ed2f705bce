"""Errors mean the same on every leg: class, code, message and details cross the wire whole."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract import errors
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError
from tests.support.changes import create, modify
from tests.support.house import House, open_house, propose, track
from tests.support.legs import LEGS
from tests.support.samples import call

KINDS = [
    errors.ValidationFailed,
    errors.NotAuthenticated,
    errors.NotAllowed,
    errors.NotFound,
    errors.RuleBroken,
    errors.Blocked,
    errors.Conflict,
    errors.Drift,
    errors.SystemFailure,
]
BIG = 2**53 + 1
MANY = tuple(f"{number}" for number in range(101))


def _cursor(field: str, value: Any) -> str:
    """A cursor such as the engine makes, but made up."""
    return _encoded(json.dumps({"f": field, "v": value}))


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


def _negated(depth: int) -> dict[str, Any]:
    """A filter within a filter, and so on."""
    found: dict[str, Any] = {"text": ["t"]}
    for _ in range(depth):
        found = {"without": [found]}
    return found


def _nested(depth: int) -> Any:
    value: Any = "bottom"
    for _ in range(depth):
        value = {"down": value}
    return value


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)

# What nobody may send: unknown and missing arguments, and values of another kind than the contract says.
ILL_TYPED: list[tuple[str, dict[str, Any]]] = [
    ("projects.get", {"verbose": True}),
    ("mutations.get", {}),
    ("mutations.get", {"mutation": 7}),
    ("mutations.get", {"mutation": None}),
    ("mutations.get", {"mutation": "\x00"}),
    ("mutations.get", {"mutation": "\ud800"}),
    ("documents.get", {"document": "\udfff.txt"}),
    ("documents.list", {"prefix": "\ud800"}),
    ("mutations.create", {"title": "t", "changes": [create("a.txt")], "parents": ["\ud800"]}),
    ("mutations.create", {"title": "t", "changes": [{"operation_type": "delete", "file_path": "\ud800"}]}),
    ("mutations.create", {"title": "t", "changes": [create("a.txt")], "idempotency_key": "\ud800"}),
    ("documents.track", {"files": [{"path": "\ud800", "content": b""}]}),
    ("specs.validate", {"names": ["\ud800"]}),
    ("team.update", {"user": "\ud800", "role": "viewer"}),
    ("mutations.list", {"limit": 0}),
    ("mutations.list", {"limit": 1001}),
    ("mutations.list", {"limit": "many"}),
    ("mutations.list", {"direction": "sideways"}),
    ("mutations.list", {"offset": -1}),
    ("mutations.list", {"filter": {"colour": ["red"]}}),
    ("mutations.list", {"filter": {"status": ["open"]}}),
    ("mutations.list", {"cursor": "not one of ours"}),
    ("mutations.list", {"cursor": ""}),
    ("mutations.list", {"cursor": "\u00e9"}),
    ("mutations.list", {"cursor": _cursor("number", BIG)}),
    ("mutations.list", {"cursor": _cursor("number", -BIG)}),
    ("mutations.list", {"cursor": _cursor("number", "1")}),
    ("mutations.list", {"cursor": _cursor("number", True)}),
    ("mutations.list", {"cursor": _cursor("path", 1)}),
    ("documents.list", {"cursor": _cursor("path", "\ud800")}),
    ("documents.list", {"cursor": _cursor("path", None)}),
    ("documents.history", {"document": "a.txt", "cursor": _cursor("number", BIG)}),
    ("audit.log", {"cursor": _cursor("sequence", BIG)}),
    ("mutations.list", {"cursor": _cursor("stack", [1, 1])}),
    ("mutations.list", {"cursor": _cursor("stack", [1, 1, BIG])}),
    ("mutations.list", {"cursor": _cursor("stack", [1, 1, 1.0])}),
    ("mutations.list", {"cursor": _cursor("stack", [1, 1, True])}),
    ("mutations.list", {"cursor": _cursor("stack", {"1": 1, "2": 2, "3": 3})}),
    ("mutations.list", {"cursor": _cursor("title", ["t", 1])}),
    ("mutations.list", {"sort": "title", "cursor": _cursor("-title", ["t", 1])}),
    ("mutations.list", {"sort": "title", "cursor": _cursor("title", ["\ud800", 1])}),
    ("mutations.list", {"sort": "title", "cursor": _cursor("title", ["so\x00me", 1])}),
    ("mutations.list", {"sort": "title", "cursor": _cursor("title", [1, "t"])}),
    ("mutations.list", {"sort": "votes", "cursor": _cursor("votes", ["1", 1])}),
    ("mutations.list", {"cursor": _encoded("[" * 100_000)}),
    ("mutations.list", {"cursor": _encoded("[1]")}),
    ("mutations.list", {"cursor": _encoded('{"f": "stack", "v": [1, 1, ' + "1" * 5000 + "]}")}),
    ("mutations.list", {"sort": "colour"}),
    ("mutations.list", {"sort": ""}),
    ("mutations.list", {"sort": None}),
    ("mutations.list", {"filter": {"min_age": -1}}),
    ("mutations.list", {"filter": {"min_age": 1e11}}),
    ("mutations.list", {"filter": {"max_age": float("inf")}}),
    ("mutations.list", {"filter": {"stack": "top"}}),
    ("mutations.list", {"filter": {"stack": BIG}}),
    ("mutations.list", {"filter": {"vote": ["veto"]}}),
    ("mutations.list", {"filter": {"condition": ["nice"]}}),
    ("mutations.list", {"filter": {"either": {}}}),
    ("mutations.list", {"filter": {"either": [None]}}),
    ("mutations.list", {"filter": _negated(4)}),
    ("mutations.list", {"filter": _negated(80)}),
    ("mutations.counts", {"filter": _negated(80)}),
    ("mutations.counts", {"filter": {"either": [{"label": MANY[:100]}] * 100}}),
    ("events.list", {"names": MANY}),
    ("events.list", {"cursor": _cursor("seq", [BIG])}),
    ("events.list", {"cursor": _cursor("sequence", [1])}),
    ("events.list", {"limit": 0}),
    ("mutations.list", {"offset": BIG}),
    ("mutations.list", {"filter": {"text": MANY}}),
    ("mutations.list", {"filter": {"label": MANY}}),
    ("mutations.patchset", {"mutation": "1", "number": BIG}),
    ("mutations.create", {"title": "t", "labels": MANY}),
    ("mutations.create", {"title": "t", "parents": MANY}),
    ("mutations.create", {"title": "t", "metadata": {"number": 2**63}}),
    ("mutations.create", {"title": "t", "metadata": {"number": 10**5000}}),
    ("mutations.create", {"title": "t", "metadata": {"text": "t" * 100_001}}),
    ("mutations.create", {"title": "t", "metadata": {"k" * 100_001: 1}}),
    ("mutations.create", {"title": "t", "metadata": {"list": [1] * 100_001}}),
    ("reviews.vote", {"mutation": "1", "vote": "approve", "patchset": BIG}),
    ("mutations.update", {"mutation": "1", "title": "t", "expected_version": BIG}),
    ("documents.head", {"after": BIG}),
    ("events.since", {"seq": BIG}),
    ("events.since", {"seq": -BIG}),
    ("mutations.patchset", {"mutation": "1", "number": "first"}),
    ("mutations.create", {}),
    ("mutations.create", {"title": "t", "changes": [{"operation_type": "chmod", "file_path": "a"}]}),
    ("mutations.create", {"title": "t", "changes": [{"operation_type": "create"}]}),
    ("mutations.create", {"title": "t", "changes": "all of them"}),
    ("mutations.create", {"title": ""}),
    ("mutations.create", {"title": "   "}),
    ("mutations.create", {"title": "t" * 501}),
    ("mutations.create", {"title": "t", "description": "d" * 100_001}),
    ("mutations.create", {"title": "t", "labels": [""]}),
    ("mutations.create", {"title": "t", "metadata": {"when": object()}}),
    ("mutations.create", {"title": "t", "metadata": {"ratio": float("nan")}}),
    ("mutations.create", {"title": "t", "metadata": {"ratio": [float("-inf")]}}),
    ("mutations.create", {"title": "t", "metadata": [1]}),
    ("mutations.create", {"title": "t", "metadata": _nested(33)}),
    ("mutations.create", {"title": "t", "metadata": _nested(250)}),
    ("mutations.create", {"title": "t", "metadata": _nested(5000)}),
    ("mutations.create", {"title": "t", "draft": "perhaps"}),
    ("mutations.create", {"title": "t", "expected_version": "new"}),
    ("reviews.vote", {"mutation": "1", "vote": "veto"}),
    ("reviews.comment", {"mutation": "1"}),
    ("reviews.comment", {"mutation": "1", "text": " \n "}),
    ("reviews.comment", {"mutation": "1", "suggestion": "two"}),
    ("reviews.comment", {"mutation": "1", "suggestion": "two", "anchor": {"file_path": "a.txt"}}),
    (
        "reviews.comment",
        {"mutation": "1", "suggestion": "two", "anchor": {"file_path": "a.txt", "side": "old", "line": 1}},
    ),
    ("reviews.comment", {"mutation": "1", "text": "t", "anchor": {"file_path": "a.txt", "line": 0}}),
    ("reviews.comment", {"mutation": "1", "text": "t", "anchor": {"file_path": "a.txt", "line": BIG}}),
    ("reviews.comment", {"mutation": "1", "text": "t", "anchor": {"file_path": "a.txt", "line": 2, "end_line": 1}}),
    ("reviews.comment", {"mutation": "1", "text": "t", "anchor": {"file_path": "a.txt", "end_line": 1}}),
    ("reviews.comment", {"mutation": "1", "text": "t", "anchor": {"file_path": "a.txt", "side": "both"}}),
    ("reviews.comment", {"mutation": "1", "text": "t", "anchor": {"line": 1}}),
    ("reviews.comment", {"mutation": "1", "text": "t", "anchor": {"file_path": "a.txt", "line": 2}}),
    ("reviews.comment", {"mutation": "1", "text": "t", "anchor": {"file_path": "b.txt", "line": 1}}),
    ("reviews.comment", {"mutation": "1", "text": "t", "anchor": {"file_path": "a.txt", "pointer": "/a"}}),
    ("reviews.comment", {"mutation": "1", "text": "t", "reply_to": "x" * 8, "anchor": {"file_path": "a.txt"}}),
    ("reviews.vote", {"mutation": "1", "vote": "approve", "comments": [{"text": " "}]}),
    ("reviews.vote", {"mutation": "1", "vote": "approve", "comments": [{"text": "t"}] * 101}),
    ("reviews.apply_suggestions", {"mutation": "1", "comments": []}),
    ("reviews.apply_suggestions", {"mutation": "1", "comments": MANY}),
    ("documents.content", {"hash": "abc"}),
    ("documents.content", {"hash": "A" * 64}),
    ("documents.known", {"hashes": ["abc"]}),
    ("documents.track", {"files": []}),
    ("documents.track", {"files": [{"path": "a.txt"}]}),
    ("documents.head", {"after": "yesterday"}),
    ("events.since", {"seq": 0, "wait": 31}),
    ("events.since", {"seq": 0, "wait": -1}),
    ("events.look", {"mutation": None, "window": ""}),
    ("events.look", {"window": "w"}),
    ("executions.rollback", {"mutation": "1", "reason": ""}),
    ("team.add", {"user": "kim", "role": "king"}),
    ("team.add", {"user": "Kim Example", "role": "viewer"}),
    ("team.add", {"user": "kim", "role": "viewer", "email": "no address"}),
    ("specs.create", {"name": "Not a slug", "template": "requirements"}),
    ("specs.create", {"name": "billing", "template": "unheard-of"}),
]

# What is refused for what is there, or is not.
REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("mutations.get", {"mutation": "M-99"}),
    ("mutations.get", {"mutation": ""}),
    ("mutations.get", {"mutation": "."}),
    ("mutations.get", {"mutation": "a/b c?d=e&f#g%41+é\u202e"}),
    ("mutations.get", {"mutation": "²"}),
    ("mutations.get", {"mutation": "9" * 40}),
    ("mutations.patchset", {"mutation": "1", "number": 7}),
    ("mutations.patchset", {"mutation": "1", "number": -1}),
    ("documents.get", {"document": ""}),
    ("documents.get", {"document": "../a.txt"}),
    ("documents.history", {"document": "nowhere/a.txt"}),
    ("documents.content", {"hash": "0" * 64}),
    ("specs.get", {"name": ""}),
    ("specs.validate", {"names": ["nothing"]}),
    ("mutations.create", {"title": "t"}),
    ("mutations.create", {"title": "t", "spec": "no-such-spec"}),
    ("mutations.create", {"title": "t", "changes": [modify("b.txt", b"two\n")]}),
    ("mutations.create", {"title": "t", "changes": [create("a.txt")]}),
    ("mutations.create", {"title": "t", "changes": [modify("a.txt", b"two\n", base_hash="0" * 64)]}),
    ("mutations.create", {"title": "t", "changes": [create("c.txt")], "parents": ["M-99"]}),
    ("mutations.create", {"title": "t", "changes": [create("c.txt")], "expected_version": 77}),
    ("mutations.update", {"mutation": "1"}),
    ("mutations.submit", {"mutation": "1"}),
    ("mutations.reopen", {"mutation": "1"}),
    ("reviews.withdraw", {"mutation": "1"}),
    ("reviews.vote", {"mutation": "1", "vote": "approve", "patchset": 3}),
    ("reviews.comment", {"mutation": "1", "text": "t", "patchset": 2}),
    ("reviews.comment", {"mutation": "1", "text": "t", "patchset": -1}),
    ("reviews.comment", {"mutation": "1", "text": "t", "reply_to": "nothing there"}),
    ("reviews.comments", {"mutation": "1", "patchset": 2}),
    ("reviews.resolve", {"mutation": "1", "thread": "nothing there"}),
    ("reviews.resolve", {"mutation": "1", "thread": ""}),
    ("reviews.apply_suggestions", {"mutation": "1", "comments": ["nothing there"]}),
    ("events.list", {"actor": "nobody"}),
    ("events.list", {"subject": "M-99"}),
    ("executions.execute", {"mutation": "1"}),
    ("executions.retry", {"mutation": "1"}),
    ("executions.rollback", {"mutation": "1", "reason": "why not"}),
    ("executions.finish_rollback", {"mutation": "1", "reason": "why not"}),
    ("team.update", {"user": "nobody", "role": "viewer"}),
    ("team.update", {"user": "", "role": "viewer"}),
    ("team.update", {"user": "ann", "role": "viewer"}),
    ("team.add", {"user": "ann", "role": "viewer"}),
    ("projects.create", {"name": "again"}),
]


def _short(value: Any) -> str:
    return value if isinstance(value, str) else ",".join(value)


@dataclass(frozen=True, slots=True)
class Doors:
    """One engine, reached over every leg at the same time."""

    house: House
    backends: dict[str, Backend]

    async def refusals(self, name: str, arguments: dict[str, Any]) -> list[tuple[type, str, str, Any]]:
        """What each leg raises for the call, which changes nothing."""
        return [await _refusal(backend, name, arguments) for backend in self.backends.values()]


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with open_house("local", tmp_path) as house, LEGS["loopback"].door(house.engine) as bind:
        await track(house.backend(), {"a.txt": b"one\n"})
        await propose(house.backend(), modify("a.txt", b"two\n"))
        yield Doors(house, {"local": house.backend(), "loopback": bind("ann", house.project_id)})


@pytest.mark.parametrize(("name", "arguments"), ILL_TYPED, ids=_short)
async def test_ill_typed_arguments_are_refused_alike_on_every_leg(
    doors: Doors, name: str, arguments: dict[str, Any]
) -> None:
    local, *others = await doors.refusals(name, arguments)
    assert local[0] is errors.ValidationFailed
    assert others == [local]


@pytest.mark.parametrize(("name", "arguments"), REFUSED, ids=_short)
async def test_refusals_are_alike_on_every_leg(doors: Doors, name: str, arguments: dict[str, Any]) -> None:
    local, *others = await doors.refusals(name, arguments)
    assert others == [local]
    assert local[2], "an error says something"


async def test_who_is_refused_hears_the_same_on_every_leg(doors: Doors) -> None:
    async with LEGS["loopback"].door(doors.house.engine) as bind:
        near = await _refusal(doors.house.backend("mallory"), "mutations.list", {})
        far = await _refusal(bind("mallory", doors.house.project_id), "mutations.list", {})
        assert near == far
        assert near[0] is errors.NotAllowed


async def test_metadata_may_be_as_deep_as_is_said(doors: Doors) -> None:
    for backend in doors.backends.values():
        deep = await backend.mutations.update("1", metadata=_nested(32))
        assert deep.metadata == _nested(32)


async def test_an_error_names_the_field_that_is_wrong(ann: Backend) -> None:
    with pytest.raises(errors.ValidationFailed) as refused:
        await call(ann, "mutations.create", {"title": "t", "labels": ["fine", "not\x07fine"]})
    assert refused.value.code == "VAL_LABELS"
    assert refused.value.details["field"] == "labels.1"
    assert "labels.1" in refused.value.message


async def test_a_wrong_number_of_arguments_is_a_programming_error(ann: Backend) -> None:
    with pytest.raises(TypeError):
        await ann.mutations.get("1", "2")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        await ann.mutations.get("1", mutation="2")  # type: ignore[misc]


@given(
    st.sampled_from(KINDS),
    st.from_regex(r"[A-Z_]{0,12}", fullmatch=True),
    st.text(),
    st.dictionaries(st.text(), json_values),
)
def test_any_error_comes_back_as_it_was_sent(
    kind: type[LatticeError], rest: str, message: str, details: dict[str, Any]
) -> None:
    details = {key: value for key, value in details.items() if key not in ("self", "code", "message")}
    sent = kind(f"{kind.prefix}{rest}", message, **details)
    arrived = LatticeError.from_wire(json.loads(json.dumps(sent.to_wire())))
    assert isinstance(arrived, kind)
    assert (arrived.code, arrived.message, arrived.details, str(arrived)) == (sent.code, message, details, message)


def test_an_error_of_an_unknown_family_is_a_failure_of_the_system() -> None:
    arrived = LatticeError.from_wire({"code": "TEAPOT", "message": "short and stout"})
    assert type(arrived) is errors.SystemFailure
    assert arrived.code == "SYS_TEAPOT"


async def _refusal(backend: Backend, name: str, arguments: dict[str, Any]) -> tuple[type, str, str, Any]:
    with pytest.raises(LatticeError) as refused:
        await call(backend, name, arguments)
    error = refused.value
    return type(error), error.code, error.message, error.details
