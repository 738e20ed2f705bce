"""What the rules of specs say of a merge, seen without reading it where that can be."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lattice_console.engine.rules import dependencies, specs
from lattice_console.engine.rules.soundness import sound
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
    assert [*sound(PATH, base, ours, theirs)(merged)] == ["The name of a spec is the spec's own."]
