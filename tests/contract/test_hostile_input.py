"""Whatever is sent, the answer is an answer or a clear refusal, and the same on every leg."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lattice_console.contract.errors import LatticeError, SystemFailure
from lattice_console.contract.filters import VALUES
from lattice_console.contract.models.query import SORTS, MutationFilter
from tests.support.changes import create, modify
from tests.support.house import House, carry_out, open_house, propose, track
from tests.support.legs import LEGS, Bind
from tests.support.samples import call

NASTY = ["", ".", "..", "/", "a/b", "a.txt", "M-1", "1", "0", "-1", "%2e", "?a=b&c#d", "\x00", "\n", "\x9b", "\ud800"]
NASTY += ["\u202e", "e\u0301", "\ufeff", "\U0010ffff", "me", "ann", "%", "_", "\\", "'\"", "{}", "null", "x" * 600]
FINE = ["a.txt", "b.txt", "c/d.txt", "1", "M-2", "ann", "kim", "billing", "some words", "pending", "feature"]


def made_up(parts: tuple[str, list[Any]]) -> str:
    """A cursor as the engine makes them, for whatever list and key."""
    field, key = parts
    return base64.urlsafe_b64encode(json.dumps({"f": field, "v": key}).encode()).decode()


texts = st.sampled_from(FINE * 12 + NASTY) | st.sampled_from(FINE) | st.text(max_size=20)
numbers = st.sampled_from([-1, 0, 1, 2, 2**31, 2**53, -(2**53)]) | st.integers(-5, 50)
contents = st.binary(max_size=40) | st.sampled_from(
    [b"one\n", b"--- a\n+++ a\n@@ -1 +1 @@\n-one\n+two\n", b"{", b"\xff"]
)
changes = st.fixed_dictionaries(
    {"operation_type": st.sampled_from(["create", "create", "modify", "delete", "rename"]), "file_path": texts},
    optional={
        "new_path": texts,
        "content": contents,
        "diff": contents,
        "base_hash": st.sampled_from(["0" * 64, "", "z" * 64]),
    },
)
several = st.lists(texts, max_size=3)
metadata = st.recursive(
    st.none() | st.booleans() | numbers | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
ages = st.sampled_from([0.0, 1e10, 1e11, -1.0]) | st.floats()
simple = st.fixed_dictionaries(
    {},
    optional={
        **{field: several for field in ("author", "spec", "type", "label", "path", "text")},
        **{
            field: st.lists(st.sampled_from([*VALUES[field], *VALUES[field], "", "x\x00"]), max_size=2)
            for field in ("status", "vote")
        },
        "condition": st.lists(st.sampled_from(VALUES["is"]), max_size=2),
        "having": st.lists(st.sampled_from(VALUES["has"]), max_size=2),
        "number": st.lists(numbers, max_size=2),
        "stack": numbers,
        "min_age": ages,
        "max_age": ages,
    },
)
filters = st.recursive(
    simple,
    lambda inner: st.fixed_dictionaries(
        {}, optional={name: st.lists(inner, max_size=2) for name in ("all", "either", "without")}
    ),
    max_leaves=4,
)
sorts = st.sampled_from([*SORTS, "", "colour"])
cursors = st.none() | texts | st.tuples(sorts, st.lists(texts | numbers, max_size=3)).map(made_up)
anchors = st.none() | st.fixed_dictionaries(
    {"file_path": st.just("a.txt") | texts},
    optional={
        "side": st.sampled_from(["old", "new", "both"]),
        "line": numbers,
        "end_line": numbers,
        "pointer": st.sampled_from(["", "/", "/a", "/a/0", "a", "/~2"]) | texts,
    },
)
remarks = {
    "text": texts,
    "anchor": anchors,
    "reply_to": st.sampled_from([None] * 5) | texts,
    "suggestion": st.none() | texts,
    "patchset": st.sampled_from([None] * 3) | numbers,
}
versions = st.none() | numbers

READS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "documents.list": {"prefix": texts, "cursor": st.none() | texts, "limit": numbers},
    "documents.get": {"document": texts},
    "documents.history": {"document": texts, "limit": numbers},
    "documents.head": {"after": numbers},
    "documents.steps": {"after": numbers, "limit": numbers},
    "documents.content": {"hash": texts},
    "documents.known": {"hashes": several},
    "documents.validate": {"cursor": cursors, "limit": numbers},
    "specs.graph": {
        "name": st.none() | texts,
        "toward": st.sampled_from(["dependencies", "dependents", "both"]),
        "depth": st.none() | numbers,
        "limit": st.just(5) | numbers,
    },
    "specs.chain": {"source": texts, "target": texts},
    "specs.impact": {"names": several, "depth": st.none() | numbers, "limit": st.just(5) | numbers},
    "specs.get": {"name": texts},
    "specs.history": {"name": texts, "cursor": cursors, "limit": numbers},
    "specs.validate": {"names": several},
    "mutations.list": {
        "filter": filters,
        "sort": sorts,
        "offset": st.just(0) | numbers,
        "limit": st.just(5) | numbers,
        "cursor": cursors,
        "direction": st.sampled_from(["next", "prev"]),
    },
    "mutations.counts": {"filter": filters},
    "mutations.get": {"mutation": texts},
    "mutations.patchset": {"mutation": texts, "number": numbers},
    "mutations.impact": {"mutation": texts, "limit": st.just(5) | numbers},
    "mutations.advice": {"mutation": texts},
    "mutations.timeline": {"mutation": texts},
    "reviews.list": {"mutation": texts},
    "reviews.comments": {"mutation": texts, "patchset": st.none() | numbers},
    "executions.list": {"mutation": texts},
    "executions.dry_run": {"mutation": texts},
    "events.list": {
        "names": several | st.just(["mutation.*"]),
        "actor": st.none() | texts,
        "subject": st.none() | texts,
        "cursor": cursors,
        "limit": numbers,
    },
    "events.since": {"seq": numbers, "limit": numbers},
    "audit.log": {"cursor": st.none() | texts, "limit": numbers},
}
WRITES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "mutations.create": {
        "title": texts,
        "description": texts,
        "spec": st.none() | texts,
        "labels": several,
        "metadata": st.dictionaries(texts, metadata, max_size=3),
        "changes": st.lists(changes, max_size=3),
        "parents": several,
        "draft": st.booleans(),
        "expected_version": versions,
        "idempotency_key": st.none() | texts,
    },
    "mutations.update": {
        "mutation": st.just("1") | texts,
        "changes": st.none() | st.lists(changes, max_size=3),
        "parents": st.none() | several,
        "metadata": st.none() | st.dictionaries(texts, metadata, max_size=3),
        "message": texts,
    },
    "documents.track": {
        "files": st.lists(st.fixed_dictionaries({"path": texts, "content": contents}), max_size=3),
        "expected_version": versions,
    },
    "reviews.vote": {
        "mutation": st.just("1") | texts,
        "vote": st.sampled_from(["approve", "reject", ""]),
        "comment": texts,
        "comments": st.just([]) | st.lists(st.fixed_dictionaries(remarks), max_size=2),
    },
    "reviews.comment": {"mutation": st.just("1") | texts, **remarks},
    "reviews.resolve": {"mutation": st.just("1") | texts, "thread": texts, "resolved": st.booleans()},
    "reviews.apply_suggestions": {"mutation": st.just("1") | texts, "comments": several, "message": texts},
    "executions.execute": {"mutation": st.just("1") | texts, "expected_version": versions},
    "executions.rollback": {"mutation": st.just("2") | texts, "reason": texts},
    "specs.create": {"name": texts, "template": texts | st.just("api"), "description": texts},
    "team.add": {"user": texts, "role": texts | st.just("viewer"), "name": texts, "email": st.none() | texts},
    "team.update": {"user": texts, "role": texts | st.just("viewer")},
}

shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
async def furnished(tmp_path: Path) -> AsyncIterator[tuple[House, Bind]]:
    """A house with something of everything, and a way to it over the wire."""
    async with open_house("local", tmp_path) as house, LEGS["loopback"].door(house.engine) as bind:
        ann = house.backend()
        await track(ann, {"a.txt": b"one\n"})
        await propose(ann, modify("a.txt", b"two\n"))
        await carry_out(ann, create("b.txt"))
        yield house, bind


def _calls(table: dict[str, dict[str, st.SearchStrategy[Any]]]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.one_of([st.tuples(st.just(name), st.fixed_dictionaries(fields)) for name, fields in table.items()])


@settings(shared, max_examples=300)
@given(asked=_calls(READS))
async def test_a_read_answers_alike_on_every_leg(
    furnished: tuple[House, Bind], asked: tuple[str, dict[str, Any]]
) -> None:
    house, bind = furnished
    near = await _outcome(house.backend(), *asked)
    assert await _outcome(bind("ann", house.project_id), *asked) == near


@settings(shared, max_examples=300)
@given(asked=_calls(WRITES), near=st.booleans())
async def test_a_write_is_done_or_refused_and_never_breaks(
    furnished: tuple[House, Bind], asked: tuple[str, dict[str, Any]], near: bool
) -> None:
    house, bind = furnished
    await _outcome(house.backend() if near else bind("ann", house.project_id), *asked)
    assert (await house.backend().audit.verify()).ok
    assert {row.status for row in (await house.backend().mutations.list()).items}


WORDS = tuple(f"word {number}" for number in range(100))


@pytest.mark.parametrize(
    "narrowed",
    [
        MutationFilter(label=WORDS, path=WORDS, text=WORDS, author=WORDS, type=WORDS),
        MutationFilter(either=tuple(MutationFilter(label=WORDS[:4]) for _ in range(90))),
        MutationFilter(without=(MutationFilter(without=(MutationFilter(all=(MutationFilter(text=WORDS),) * 4),)),)),
        MutationFilter(having=("votes", "files") * 50, vote=("none",) * 100, condition=("awaiting", "changed") * 50),
    ],
    ids=["every field", "alternatives", "nested", "conditions"],
)
async def test_the_longest_filters_are_answered(furnished: tuple[House, Bind], narrowed: MutationFilter) -> None:
    house, bind = furnished
    for backend in (house.backend(), bind("ann", house.project_id)):
        page = await backend.mutations.list(filter=narrowed)
        assert sum((await backend.mutations.counts(filter=narrowed)).values()) == page.total


async def _outcome(backend: Any, name: str, arguments: dict[str, Any]) -> Any:
    try:
        return await call(backend, name, arguments)
    except LatticeError as error:
        if isinstance(error, SystemFailure):
            raise
        return type(error), error.code, error.message, error.details
