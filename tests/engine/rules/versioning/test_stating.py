"""Another version in a document: those bytes, and no others."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.engine.rules import syntax
from lattice_console.engine.rules.versioning.stating import restating
from tests.engine.rules.json_like import TEXTS, VALUES

PLACES = {
    "JSON": (
        "a.json",
        '{"x": {"version": "0"},\n  "version" :"1.0.0"}',
        '{"x": {"version": "0"},\n  "version" :"2.0.0"}',
    ),
    "YAML, plain": ("a.yaml", "name: é\r\nversion: 1.0.0 # ours\r\n", "name: é\r\nversion: 2.0.0 # ours\r\n"),
    "YAML, in quotes": ("a.yml", "{a: [{version: 1}], version: '1.0.0'}", "{a: [{version: 1}], version: '2.0.0'}"),
    "YAML of a list of lists": (
        "a.yaml",
        "a:\n- - version: 1\n- b\nversion: 1.0.0",
        "a:\n- - version: 1\n- b\nversion: 2.0.0",
    ),
    "a byte order mark": ("a.yaml", '\ufeff"version": "1.0.0"\n', '\ufeff"version": "2.0.0"\n'),
    "front matter": (
        "a.md",
        "---\nversion: 1.0.0\n---\nversion: 1.0.0\n",
        "---\nversion: 2.0.0\n---\nversion: 1.0.0\n",
    ),
    "OpenAPI": (
        "a.yaml",
        "version: 1.0.0\nopenapi: 3.0.0\ninfo:\n  version: 1.0.0\n",
        "version: 1.0.0\nopenapi: 3.0.0\ninfo:\n  version: 2.0.0\n",
    ),
    "one that is said twice": ("a.yaml", "version: 1.0.0\nversion: 1.0.0\n", None),
    "one that others repeat": ("a.yaml", "version: &v 1.0.0\nb: *v\n", None),
    "a text of several lines": ("a.yaml", "version: >-\n  1.0.0\n", None),
    "an escape": ("a.json", r'{"version": "1\u002e0.0"}', None),
    "none": ("a.json", '{"b": 1}', None),
    "what is no document": ("a.txt", "version: 1.0.0", None),
    "what cannot be read": ("a.json", '{"version": "1.0.0"', None),
}


def restated(path: str, content: bytes, version: str) -> bytes | None:
    found = restating(path, content, version)
    return found.done(content) if found else None


@pytest.mark.parametrize(("path", "before", "after"), PLACES.values(), ids=PLACES)
def test_a_version_is_replaced_where_it_stands_in_plain_words(path: str, before: str, after: str | None) -> None:
    assert restated(path, before.encode(), "2.0.0") == (None if after is None else after.encode())


@given(st.dictionaries(TEXTS, VALUES), st.dictionaries(TEXTS, VALUES), st.sampled_from([None, 2]))
def test_a_document_says_another_version_and_else_the_same(
    before: dict[str, Any], after: dict[str, Any], indent: int | None
) -> None:
    data = {**before, "version": "1.0.0", **{key: value for key, value in after.items() if key not in ("openapi",)}}
    data = {**data, "version": "1.0.0", "info": 1}
    content = json.dumps(data, indent=indent, ensure_ascii=False).encode()
    for path in ("a.json", "a.yaml"):
        if syntax.parse(path, content).data == data:
            changed = restated(path, content, "2.0.0")
            assert changed is not None
            assert syntax.parse(path, changed).data == {**data, "version": "2.0.0"}
            assert len(changed) == len(content)
