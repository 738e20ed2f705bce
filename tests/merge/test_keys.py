"""Repeated keys of JSON and YAML: where they are, by pointer and lines, whatever the document is."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.merge.keys import REPEATED_LIMIT, repeated_keys
from lattice_console.merge.reading import DEPTH_LIMIT, EVENT_LIMIT, BeyondLimits, Syntax, Unreadable

JSON = b"""\xef\xbb\xbf{
  "a/b": {"x": 1, "y": ["{", "x", {"k~": "x,\\"", "k~": [2]}], "x": {}},
  "c": null,
  "\\u0063": "c",
  "d": 1, "d": 1, "d": 2
}
"""

YAML = b"""\xef\xbb\xbf# comment
a/b:
  x: 1
  y: [x, {k~: x,
    "k~": 2}]
  x: {}
"c": |
  c:
  c:
c: c
1: one
'1': again
? [c]
: {c: 1}
? {z: 1, z: 2}
: z
base: &base {c: 1}
ours:
  <<: *base
  c: 2
  <<: *base
"""


def test_keys_of_json_are_found_with_all_their_lines() -> None:
    found = repeated_keys("json", JSON)
    assert found == {"/a~1b/y/2/k~0": [2, 2], "/a~1b/x": [2, 2], "/c": [3, 4], "/d": [5, 5, 5]}


def test_keys_of_yaml_are_found_with_all_their_lines() -> None:
    found = repeated_keys("yaml", YAML)
    assert found == {
        "/a~1b/y/1/k~0": [4, 5],
        "/a~1b/x": [3, 6],
        "/c": [7, 10],
        "/1": [11, 12],
        "/?/z": [15, 15],
        "/ours/<<": [19, 21],
    }


def test_each_document_of_a_stream_has_keys_and_anchors_of_its_own() -> None:
    assert repeated_keys("yaml", b"a: &a 1\n---\na: 2\n---\na: 3\na: 4\n") == {"/a": [5, 6]}
    with pytest.raises(Unreadable, match="an alias names an anchor") as error:
        repeated_keys("yaml", b"a: &a 1\n---\na: *a\n")
    assert error.value.line == 3


@pytest.mark.parametrize("content", [b"", b"1", b"[1, {}]", b'"a"', b"{}", b'{"a": {"a": {"a": 1}}}'])
def test_most_documents_repeat_none(content: bytes) -> None:
    assert repeated_keys("yaml", content) == {}
    assert not content or repeated_keys("json", content) == {}


@pytest.mark.parametrize(
    ("syntax", "content", "line"),
    [
        ("json", b"", 1),
        ("json", b'{\n"a": 1,\n}', 3),
        ("json", b'{"a": 1}\n{"a": 1}', 2),
        ("json", b"{\n\xff: 1}", 2),
        ("yaml", b"a:\n  - b\n c: 1\n", 3),
        ("yaml", b"a: 1\nb: \xff\n", 2),
        ("yaml", b"a: 1\nb: *gone\n", 2),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(syntax: Syntax, content: bytes, line: int) -> None:
    with pytest.raises(Unreadable) as error:
        repeated_keys(syntax, content)
    assert error.value.line == line
    assert not isinstance(error.value, BeyondLimits)


@pytest.mark.parametrize(
    ("syntax", "content"),
    [
        ("json", b"[" * 10_000 + b"]" * 10_000),
        ("json", b"[" * (DEPTH_LIMIT + 1) + b"]" * (DEPTH_LIMIT + 1)),
        ("yaml", b"- " * 10_000),
        ("yaml", b"[" * (DEPTH_LIMIT + 1) + b"]" * (DEPTH_LIMIT + 1)),
        ("yaml", b"\n".join(b" " * level + b"a:" for level in range(DEPTH_LIMIT + 2))),
        ("json", b"1" * 2000),
        ("json", b"[" + b'{"a": 1, "a": 1},' * (REPEATED_LIMIT + 1) + b"1]"),
        ("yaml", b"a: 1\n" * (REPEATED_LIMIT + 2)),
    ],
)
def test_what_is_beyond_the_limits_says_so(syntax: Syntax, content: bytes) -> None:
    with pytest.raises(BeyondLimits):
        repeated_keys(syntax, content)


@pytest.mark.timeout(30)
def test_yaml_of_too_many_parts_is_beyond_the_limits() -> None:
    with pytest.raises(BeyondLimits, match="parts"):
        repeated_keys("yaml", b"- a\n" * EVENT_LIMIT)


def test_as_deep_as_the_limit_is_read() -> None:
    nested = b'{"a":' * DEPTH_LIMIT + b"1" + b"}" * DEPTH_LIMIT
    assert repeated_keys("json", nested) == repeated_keys("yaml", nested) == {}


KEYS = st.sampled_from(["a", "b", "/", "~1", '"', "{", "é", "\\", ","])
PAIRS = st.recursive(
    st.one_of(st.integers(-9, 9), KEYS),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.lists(st.tuples(KEYS, inner), max_size=4),
    max_leaves=20,
)
"""Data in which a list of pairs is a mapping, and a tuple a list."""


def _written(data: Any) -> str:
    if isinstance(data, tuple):
        return "[\n" + ",\n".join(_written(one) for one in data) + "]"
    if isinstance(data, list):
        return "{\n" + ",\n".join(f"{json.dumps(key)}: {_written(value)}" for key, value in data) + "}"
    return json.dumps(data)


def _counted(data: Any, pointer: str = "") -> Counter[str]:
    """How often each repeated key stands in a mapping, by the pointer that the mapping and it have."""
    if not isinstance(data, tuple | list):
        return Counter()
    inner = [(str(key), value) for key, value in (enumerate(data) if isinstance(data, tuple) else data)]
    names = [key for key, _ in inner] if isinstance(data, list) else []
    counts = Counter({_below(pointer, name): count for name, count in Counter(names).items() if count > 1})
    for key, value in inner:
        counts.update(_counted(value, _below(pointer, key)))
    return counts


def _below(pointer: str, key: str) -> str:
    return pointer + "/" + key.replace("~", "~0").replace("/", "~1")


@given(PAIRS)
def test_json_read_as_json_and_as_yaml_repeats_the_same_keys_in_the_same_lines(data: Any) -> None:
    content = _written(data).encode()
    found = repeated_keys("json", content)
    assert {pointer: len(lines) for pointer, lines in found.items()} == _counted(data)
    assert found == repeated_keys("yaml", content)


@given(st.binary(max_size=60) | st.text(alphabet='{}[]:,"a&*- \n?', max_size=60).map(str.encode))
def test_any_bytes_are_answered(content: bytes) -> None:
    syntaxes: tuple[Syntax, Syntax] = ("json", "yaml")
    for syntax in syntaxes:
        try:
            lines = [line for where in repeated_keys(syntax, content).values() for line in where]
        except Unreadable:
            continue
        assert all(1 <= line for line in lines)
