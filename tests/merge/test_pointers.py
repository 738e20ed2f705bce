"""The pointer of a line: what the engine finds at a pointer begins at, or around, that line."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.engine.rules import syntax
from lattice_console.merge.pointers import pointer_at, pointers_at

KEYS = st.text(alphabet="abc/~ é", min_size=1, max_size=4)
SCALARS = st.one_of(st.integers(-9, 9), st.booleans(), st.text(alphabet="xyz: -#\n", max_size=8))
TREES = st.dictionaries(
    KEYS,
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)),
    min_size=1,
    max_size=4,
)

BLOCKS = b"""a: 1
b:
  - x: 1
    y: 2
  -
    z: |
      text
      more
  - k
c: {d: 1, e: [1,
  2]}
# comment
f:
- g
"""


def _resolved(data: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        data = data[int(key)] if isinstance(data, list) else data[key]
    return data


def _check(path: str, content: bytes, data: Any) -> None:
    for line in range(1, content.count(b"\n") + 1):
        pointer = pointer_at(path, content, line)
        if pointer is None:
            continue
        _resolved(data, pointer)
        first, last = syntax.spans(syntax.kind_of(path), content, {pointer})[pointer]
        assert first <= line <= last


@given(TREES)
def test_in_json_the_pointer_of_a_line_names_a_value_that_the_engine_finds_there(tree: dict[str, Any]) -> None:
    content = (json.dumps(tree, indent=2, ensure_ascii=False) + "\n").encode()
    _check("a.json", content, tree)


@given(TREES)
def test_in_yaml_the_pointer_of_a_line_names_a_value_that_the_engine_finds_there(tree: dict[str, Any]) -> None:
    content = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True).encode()
    _check("a.yaml", content, tree)


@given(TREES)
def test_every_line_of_a_json_object_but_the_outermost_brackets_has_a_pointer(tree: dict[str, Any]) -> None:
    content = (json.dumps(tree, indent=2) + "\n").encode()
    lines = content.count(b"\n")
    assert all(pointer_at("a.json", content, line) for line in range(2, lines))


def test_the_outermost_value_that_begins_on_a_line_is_meant_else_the_innermost_around_it() -> None:
    found = [pointer_at("a.yaml", BLOCKS, line) for line in range(1, 15)]
    assert found[:9] == ["/a", "/b", "/b/0", "/b/0/y", "/b", "/b/1", "/b/1/z", "/b/1/z", "/b/2"]
    assert found[9:] == ["/c", "/c/e/1", None, "/f", "/f/0"]


def test_there_is_none_in_other_files_and_in_what_cannot_be_read() -> None:
    assert pointer_at("a.py", b"a: 1\n", 1) is None
    assert pointer_at("a.json", b"{\n  'a: [\n", 2) is None
    assert pointer_at("a.yaml", b"", 1) is None
    assert pointer_at("a.yaml", b"just text\n", 1) is None


@given(TREES, st.integers(0, 200), st.sampled_from(["a.json", "a.yaml"]))
def test_several_lines_are_found_as_each_is_alone_also_where_the_document_breaks_off(
    tree: dict[str, Any], cut: int, path: str
) -> None:
    content = json.dumps(tree, indent=1).encode() if path == "a.json" else yaml.safe_dump(tree).encode()
    for text in (content, content[:cut], content[:cut] + b"\n ]: {" + content[cut:]):
        lines = list(range(1, text.count(b"\n") + 3))[::-1]
        assert pointers_at(path, text, lines) == [pointer_at(path, text, line) for line in lines]


def test_a_document_is_read_as_deep_as_documents_may_nest() -> None:
    content = b"\n".join(b" " * level + b"a:" for level in range(1000))
    assert pointers_at("a.yaml", content, [1, 200, 900]) == ["/a", "/a" * 200, None]


@pytest.mark.timeout(30)
def test_a_document_of_endless_depth_takes_no_room_for_its_pointers() -> None:
    assert pointers_at("a.yaml", b"- " * 1_000_000 + b"\n- b\n", [2]) == [None]
