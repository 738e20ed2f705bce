"""What the rules of specs say of a merge, seen without reading it where that can be."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lattice_console.engine.rules import dependencies, specs
from lattice_console.engine.rules.soundness import binds, sound
from lattice_console.merge._libgit2 import merge_lines

PATH = ".lattice/specs/a.yaml"
LINES = [
    b"name: a\n",
    b"name: b\n",
    b"type: api\n",
    b"version: 1.0.0\n",
    b"version: 1\n",
    b"summary: 1\n",
    b"$ref: a.json\n",
    b"depends_on: [b]\n",
    b"depends_on:\n",
    b"  - a\n",
    b"requirements: 1\n",
    b"requirements:\n",
    b"  - summary: 1\n",
    b"openapi: 3.0.0\n",
    b"info:\n",
    b"  title: 1\n",
    b"schema: {required: [summary], properties: {summary: {const: 1}}}\n",
]


def messages(path: str, content: bytes) -> set[str]:
    return {finding.message for finding in specs.check(path, content, None)}


@pytest.mark.parametrize("path", [PATH, "a.yaml"])
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=8, unique=True), st.data())
def test_an_edit_that_keeps_what_a_spec_is_called_and_depends_on_keeps_it(
    path: str, base: list[bytes], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(base) - 1))
    before, after = (
        b"".join(base),
        b"".join([*base[:at], base[at].replace(b"1", b"2").replace(b": a", b": b"), *base[at + 1 :]]),
    )
    if specs.keeps_identity(path, before, after):
        assert dependencies.read(path, before) == dependencies.read(path, after)


@pytest.mark.parametrize("path", [PATH, "a.yaml"])
@given(st.lists(st.sampled_from(LINES), min_size=2, max_size=8, unique=True), st.data())
def test_a_merge_breaks_the_rules_that_reading_it_finds_broken(
    path: str, base: list[bytes], data: st.DataObject
) -> None:
    ours, theirs = list(base), list(base)
    at = data.draw(st.integers(0, len(ours)))
    ours[at : at + data.draw(st.integers(0, 1))] = data.draw(st.lists(st.sampled_from(LINES), max_size=1))
    at = data.draw(st.integers(0, len(base) - 1))
    theirs[at] = data.draw(st.sampled_from([line for line in LINES if line.split(b":")[0] == base[at].split(b":")[0]]))
    theirs[at] = theirs[at].replace(b": 1\n", b": 2\n")
    sides = b"".join(base), b"".join(ours), b"".join(theirs)
    clean, merged = merge_lines(*sides)
    assume(clean)
    assume(not any(one.message.startswith("The YAML cannot be read") for one in specs.check(path, merged, None)))
    before = set().union(*(messages(path, side) for side in sides))
    assert set(sound(path, *sides)(merged)) - before == messages(path, merged) - before


def test_a_value_that_a_schema_of_its_own_asks_for_is_judged() -> None:
    schema = b"schema: {not: {required: [extra], properties: {mode: {const: strict}}}}\n"
    base = b"name: a\nmode: loose\n" + schema + b"version: 1.0.0\n"
    ours, theirs = base + b"extra: 1\n", base.replace(b"loose", b"strict")
    clean, merged = merge_lines(base, ours, theirs)
    assert clean
    assert [not sound(PATH, base, ours, theirs)(one) for one in (ours, theirs, merged)] == [True, True, False]


def test_a_value_that_a_rule_asks_for_is_judged() -> None:
    base = b"name: a\ntype: api\n# 1\n# 2\n# 3\nversion: 1.0.0\ndepends_on: [b]\n"
    ours, theirs = base.replace(b"[b]", b"[b, c]"), base.replace(b"name: a", b"name: c")
    clean, merged = merge_lines(base, ours, theirs)
    assert clean
    assert [*sound(PATH, base, ours, theirs)(merged)] == ["The spec c depends on itself."]


# --- Edits that break a rule only together


def written(schema: Any, **values: Any) -> bytes:
    """A spec with a list, numbers and an object, so far apart that edits of two of them merge by their lines."""
    said: dict[str, Any] = {"name": "a", "version": "1.0.0"}
    places = {"items": [1, *range(100, 106), 2], "more": None, "low": 1, "high": 1, "box": {"x": 1}, "new": None}
    for key, value in (places | values).items():
        said |= {key: value, **{f"{key} {number}": number for number in range(4)}} if value is not None else {}
    return json.dumps({**said, "schema_definition": schema}, indent=1).encode()


SPEC = ".lattice/specs/a.json"
EDITS: list[dict[str, Any]] = [
    {"items": [0, 1, *range(100, 106), 2]},
    {"items": [1, *range(100, 106), 2, 0]},
    {"items": [*range(100, 106), 2]},
    {"items": [1, *range(100, 106)]},
    {"low": 5},
    {"high": 5},
    {"new": 1},
    {"more": 1},
    {"box": {"x": 5}},
]


def of(key: str, rule: object) -> dict[str, object]:
    return {"properties": {key: rule}}


PAIR = {"properties": {"low": {"const": 5}, "high": {"const": 5}}, "required": ["low", "high"]}


@pytest.mark.parametrize(
    "schema",
    [
        {"not": PAIR},
        {"if": of("low", {"const": 5}), "then": of("high", {"maximum": 4})},
        {"oneOf": [of("low", {"maximum": 4}), {"properties": {"low": {"minimum": 5}, "high": {"maximum": 4}}}]},
        {"anyOf": [of("low", {"maximum": 4}), of("high", {"maximum": 4})]},
        {"allOf": [{"not": PAIR}]},
        {"maxProperties": 27},
        {"dependentSchemas": {"new": of("low", {"maximum": 4})}},
        {"dependencies": {"new": of("low", {"maximum": 4})}, "$schema": "http://json-schema.org/draft-07/schema#"},
        of("items", {"maxItems": 9}),
        of("items", {"minItems": 7}),
        of("items", {"uniqueItems": True}),
        of("items", {"contains": {"maximum": 2}}),
        of("items", {"contains": {"const": 0}, "minContains": 0, "maxContains": 1}),
        of("items", {"prefixItems": [*[True] * 9, {"minimum": 1}]}),
        {"$defs": {"short": {"maxItems": 9}}, "properties": {"items": {"$ref": "#/$defs/short"}}},
        of("items", {"enum": [EDITS[0]["items"], EDITS[1]["items"], [1, *range(100, 106), 2]]}),
    ],
    ids=str,
)
def test_two_edits_that_break_a_rule_only_together_bind_their_document(schema: dict[str, Any]) -> None:
    base = written(schema)
    edits = [edit for one in EDITS if not messages(SPEC, edit := written(schema, **one))]
    assert not messages(SPEC, base)
    broken = 0
    for ours, theirs in itertools.combinations(edits, 2):
        clean, merged = merge_lines(base, ours, theirs)
        if clean and messages(SPEC, merged):
            broken += 1
            assert binds(SPEC, base, ours) or binds(SPEC, base, theirs)
    assert broken


@pytest.mark.parametrize(
    ("schema", "ours", "bound"),
    [
        (of("low", {"type": "integer", "maximum": 9, "enum": [1, 5]}), {"low": 5}, False),
        ({"required": ["low", "high"], "additionalProperties": True}, {"low": 5}, False),
        (of("low", {"maximum": 9}), {"schema": of("low", {"maximum": 3})}, True),
        (None, {"low": 5}, False),
        (None, {"schema": {}}, True),
    ],
    ids=["of one place", "of every place", "another rule", "no schema", "a new schema"],
)
def test_edits_bind_their_document_only_by_rules_about_several_places(
    schema: Any, ours: dict[str, Any], bound: bool
) -> None:
    changed = {key: value for key, value in ours.items() if key != "schema"}
    assert binds(SPEC, written(schema), written(ours.get("schema", schema), **changed)) == bound
