"""What the rules of specs say of a merge, seen without reading it where that can be."""

import itertools
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lattice_console.engine.rules import dependencies, specs
from lattice_console.engine.rules.soundness import binds, shared_names, sound
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


TABLES = b"""name: a
version: 1.0.0
tables:
# 1
# 2
- name: t
  columns:
  # 3
  # 4
  - name: x
    type: int
  # 5
  # 6
  - name: y
    type: int
# 7
# 8
- name: r
  columns:
  - name: k
    type: int
    references: t.y
  # 9
  - {name: z, type: int}
"""
ENDPOINTS = b"""name: a
version: 1.0.0
endpoints:
# 1
# 2
- path: /a
  method: GET
# 3
# 4
- path: /b
  method: GET
"""
FIELDS = (
    ENDPOINTS
    + b"""  response:
    schema:
      of: string
# 5
# 6
schemas:
  User: string
"""
)


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        (TABLES, (b"tables:\n", b"tables:\n- name: u\n"), (b"name: r\n", b"name: u\n")),
        (TABLES, (b"t\n", b"t\n  indexes: [{name: i, columns: [x]}]\n"), (b"name: x\n", b"name: v\n")),
        (TABLES, (b"  columns:\n", b"  columns:\n  - {name: v, type: int}\n"), (b"name: x\n", b"name: v\n")),
        (TABLES, (b"  - name: x\n", b"  - name: w\n"), (b"t.y\n", b"t.x\n")),
        (ENDPOINTS, (b"endpoints:\n", b"endpoints:\n- {path: /c, method: GET}\n"), (b"path: /b\n", b"path: /c\n")),
        (ENDPOINTS, (b"endpoints:\n", b"endpoints:\n- {path: /b, method: PUT}\n"),
         (b"/b\n  method: GE", b"/b\n  method: PU")),
        (FIELDS, (b"  User: string\n", b"  Account: string\n"), (b"of: string\n", b"of: User\n")),
    ],
    ids=["table", "column of an index", "column", "reference", "path", "method", "schema"],
)  # fmt: skip
def test_a_value_that_a_rule_of_a_type_asks_for_is_judged(
    base: bytes, ours: tuple[bytes, bytes], theirs: tuple[bytes, bytes]
) -> None:
    sides = base, base.replace(*ours, 1), base.replace(*theirs)
    clean, merged = merge_lines(*sides)
    assert clean
    assert not set().union(*(messages(PATH, side) for side in sides))
    assert set(sound(PATH, *sides)(merged)) == messages(PATH, merged) != set()


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


FRAME = b"""type: generic
version: 1.0.0
0
endpoints:
1
schemas:
2
tables:
3
  - name: orders
    columns:
      - {name: n, type: int}
4
"""
PARTS: list[list[tuple[bytes, ...]]] = [
    [(b"name: a", b"name: b"), (b"depends_on: [b]", b"depends_on: []")],
    [
        (b"  - {path: '/a/{x}', method: GET, response: {schema: {of: User}}}",),
        (b"  - {path: '/a/{y}', method: get, response: {schema: {$ref: '#/schemas/User'}}}",),
        (
            b"  - {path: /b, method: GET, response: {schema: {$ref: '#/schemas/Team/boss'}}}",
            b"  - {path: /b, method: GET}",
        ),
        (b"  - {path: /b, method: PUT, response: {schema: {of: Shop}}}",),
    ],
    [(b"  User: {id: string}",), (b"  Team: {boss: User}", b"  Team: {head: User}")],
    [(b"  - {name: users, columns: [{name: id, type: int}, {name: mail, type: text}]}", b"  - {name: Orders}")],
    [
        (b"      - {name: id, type: int}",),
        (b"      - {name: ID, type: int}", b"      - {name: of, type: int, references: users.mail}"),
        (b"      - {name: shop, type: int, references: shops.id}",),
        (b"    indexes: [{name: i, columns: [id]}]",),
        (b"    constraints: [{name: c, type: unique, columns: [shop]}]",),
    ],
]
"""The lines in the place of each number, one of those that are given or none."""

CHOICES = [(*given, b"") for part in PARTS for given in part]
BASES = {
    "nearly nothing": (0, 1, 1, 1, 2, 1, 1, 2, 2, 1, 2, 1, 1, 1),
    "much": (0, 0, 0, 1, 2, 1, 0, 0, 0, 0, 2, 1, 1, 1),
    "more": (0, 0, 1, 1, 1, 1, 0, 1, 0, 0, 2, 0, 1, 1),
}


def composed(choices: Sequence[int]) -> bytes:
    """A document with so many lines of comments between its parts that edits of two of them merge."""
    document, chosen = FRAME, iter(choices)
    for number, part in enumerate(PARTS):
        lines = b"".join(b"%b\n# 3\n# 4\n" % (*given, b"")[next(chosen)] for given in part)
        document = document.replace(b"\n%d\n" % number, b"\n# 1\n# 2\n" + lines)
    return document


@pytest.mark.parametrize(("choices", "pairs"), zip(BASES.values(), (2, 6, 4), strict=True), ids=BASES)
def test_two_edits_that_break_a_rule_of_their_type_only_together_change_the_same_name(
    choices: tuple[int, ...], pairs: int
) -> None:
    base = composed(choices)
    edits = [
        composed((*choices[:at], choice, *choices[at + 1 :]))
        for at, given in enumerate(CHOICES)
        for choice in range(len(given))
        if choice != choices[at]
    ]
    assert not messages(PATH, base)
    broken = 0
    for ours, theirs in itertools.combinations([edit for edit in edits if not messages(PATH, edit)], 2):
        clean, merged = merge_lines(base, ours, theirs)
        if clean and messages(PATH, merged):
            broken += 1
            assert shared_names(PATH, base, ours) & shared_names(PATH, base, theirs)
    assert broken >= pairs


def test_edits_of_different_names_share_none() -> None:
    base = b"name: a\nendpoints:\n  - {path: /a, method: GET}\n  - {path: /b, method: GET}\n"
    ours = base.replace(b"/a, method: GET", b"/c, method: GET")
    theirs = base.replace(b"/b, method: GET", b"/d, method: GET")
    assert len(shared_names(PATH, base, ours)) == len(shared_names(PATH, base, theirs)) == 2
    assert not shared_names(PATH, base, ours) & shared_names(PATH, base, theirs)
    assert not shared_names(PATH, base, base.replace(b"name: a", b"# 1\nname: a"))


def test_an_edit_of_very_many_names_binds_its_document() -> None:
    base = b"name: a\nendpoints:\n"
    ours = base + b"".join(b"  - {path: /%d, method: GET}\n" % number for number in range(70))
    assert binds(PATH, base, ours)
    assert not binds(PATH, base, base + b"  - {path: /a, method: GET}\n")


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
