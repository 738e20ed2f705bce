"""Edits that merge by their lines, and together break the schema of their spec."""

import json

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.conflict import Conflict
from lattice_console.contract.models.mutation import Mutation
from tests.support.changes import modify
from tests.support.house import carry_out, propose, track
from tests.support.refusals import refusal

PATH = ".lattice/specs/limits.json"
SCHEMA = {
    "properties": {"low": {"type": "integer"}, "high": {"type": "integer"}},
    "if": {"properties": {"low": {"minimum": 5}}},
    "then": {"properties": {"high": {"maximum": 10}, "more": {"maximum": 10}}},
}


def spec(schema: object = SCHEMA, **values: object) -> bytes:
    """A spec whose values `low`, `high` and `more` are so far apart that changes of them merge."""
    said = {"low": 1, "high": 9, "more": 9, **values}
    lines: dict[str, object] = {"name": "limits", "version": "1.0.0", "type": "generic"}
    for key, value in said.items():
        lines |= {key: value, **{f"{key}_{number}": number for number in range(4)}}
    return json.dumps({**lines, "schema_definition": schema}, indent=1).encode()


async def conflicts(backend: Backend, mutation: Mutation) -> tuple[Conflict, ...]:
    return (await backend.conflicts.of(mutation.id)).conflicts


async def test_what_breaks_the_schema_only_together_is_told_with_every_pointer(ann: Backend) -> None:
    await track(ann, {PATH: spec()})
    mine = await propose(ann, modify(PATH, spec(low=7)))
    other = await carry_out(ann, modify(PATH, spec(high=20, more=30)))
    [found] = await conflicts(ann, mine)
    assert (found.type, found.severity, found.revision_mutation) == ("schema_incompatibility", "error", other.number)
    broken = "/high: 20 is greater than the maximum of 10; /more: 30 is greater than the maximum of 10"
    assert f"it breaks a rule that each side keeps: {broken} (against revision 2" in found.description
    assert [one.action for one in found.resolution_suggestions] == [
        "match_the_schema",
        "update_the_schema",
        "write_a_schema_migration",
        "merge_by_hand",
    ]
    assert [place.pointer for place in found.places] == ["/low", "/high", "/more"]
    assert (await ann.mutations.get(mine.id)).status == "needs_manual_resolution"
    with refusal("CF_MERGE"):
        await ann.mutations.rebase(mine.id)


@pytest.mark.parametrize(
    ("ours", "theirs", "meet"),
    [
        (spec(low=7), spec(high=20), True),
        (spec(low=7), spec(high=8), False),
        (spec({"properties": {"high": {"maximum": 9}}}), spec(high=10), True),
        (spec({"properties": {"high": {"maximum": 9}}}), spec(low=2), False),
    ],
    ids=["both in one rule", "within the rule", "a rule and its breach", "a rule and what keeps it"],
)
async def test_two_that_are_to_come_and_break_a_rule_together_are_told_of_it(
    ann: Backend, ours: bytes, theirs: bytes, meet: bool
) -> None:
    await track(ann, {PATH: spec()})
    for contents in ((ours, theirs), (theirs, ours)):
        one, other = [await propose(ann, modify(PATH, content)) for content in contents]
        for side, against in ((one, other), (other, one)):
            assert [(found.type, found.conflicting_mutations) for found in await conflicts(ann, side)] == [
                ("schema_incompatibility", (against.number,))
            ] * meet
        await ann.mutations.cancel(one.id)
        await ann.mutations.cancel(other.id)


def api(*first: str, last: str = "/z") -> bytes:
    """A spec with an endpoint for each path, so many between the first and the last that changes of both merge."""
    paths = [*first, *(f"/{number}" for number in range(5)), last]
    endpoints = [{"path": path, "method": "GET", "response": {"status_codes": [200]}} for path in paths]
    return json.dumps({"name": "limits", "version": "1.0.0", "endpoints": endpoints}, indent=1).encode()


@pytest.mark.parametrize(("theirs", "meet"), [(api(last="/a"), True), (api(last="/b"), False)], ids=["same", "others"])
async def test_two_that_are_to_come_and_add_the_same_endpoint_are_told_of_it(
    ann: Backend, theirs: bytes, meet: bool
) -> None:
    await track(ann, {PATH: api()})
    one, other = [await propose(ann, modify(PATH, content)) for content in (api("/a"), theirs)]
    for side, against in ((one, other), (other, one)):
        told = [(found.type, found.conflicting_mutations) for found in await conflicts(ann, side)]
        assert told == [("schema_incompatibility", (against.number,))] * meet
    await ann.reviews.vote(one.id, vote="approve")
    await ann.executions.execute(one.id)
    said = [found.description for found in await conflicts(ann, other) if found.severity == "error"]
    assert ["/endpoints/6: The endpoint GET /a is there again" in one for one in said] == [True] * meet
