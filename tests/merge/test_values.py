"""Edits that replace plain values: what merges with one is as sound as it is without it."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lattice_console.merge._libgit2 import merge_lines
from lattice_console.merge.keys import repeated_keys
from lattice_console.merge.reading import Syntax, Unreadable
from lattice_console.merge.values import replaced_values

LINES: dict[Syntax, list[bytes]] = {
    "yaml": [
        b"a: 1\n",
        b"b: two words\n",
        b"c:\n",
        b"  a: 1\n",
        b"  b: x\n",
        b"- a: 1\n",
        b"  - b: 1\n",
        b"d: |\n",
        b"e: {f: 1,\n",
        b"  f: 2\n",
        b"}\n",
        b'g: "\n',
        b'"\n',
        b"# a: 1\n",
        b"? a\n",
        b": 1\n",
        b"---\n",
        b"h: &x\n",
        b"i: *x\n",
    ],
    "json": [
        b'"a": 1,\n',
        b'"b": "words",\n',
        b'"c": {\n',
        b' "a": 1\n',
        b"},\n",
        b"}\n",
        b"{\n",
        b'"d": [1,\n',
        b'{"e": 1,\n',
        b'"a": 1}\n',
        b"]\n",
        b",\n",
        b'"\n',
    ],
}


def said(syntax: Syntax, content: bytes) -> object:
    """Whether a document can be read, and which keys it repeats where."""
    try:
        return repeated_keys(syntax, content)
    except Unreadable:
        return "unreadable"


@pytest.mark.parametrize("syntax", ["yaml", "json"])
@given(data=st.data())
def test_what_merges_with_values_alone_is_as_sound_as_without_them(syntax: Syntax, data: st.DataObject) -> None:
    """In each of the documents that libgit2 merges: also where the other side has made a text of the values' lines."""
    pool = LINES[syntax]
    base = data.draw(st.lists(st.sampled_from(pool), min_size=3, max_size=12))
    ours = list(base)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(ours)))
        ours[at : at + data.draw(st.integers(0, 2))] = data.draw(st.lists(st.sampled_from(pool), max_size=2))
    theirs = [line.replace(b"1", b"7") if data.draw(st.booleans()) else line for line in base]
    sides = b"".join(base), b"".join(ours), b"".join(theirs)
    assume(replaced_values(f"a.{syntax}", sides[0], sides[2]) is not None)
    clean, merged = merge_lines(*sides)
    assume(clean)
    assert said(syntax, merged) == said(syntax, sides[1])


BASE = b"a: 1\nb:\n  - c: x y\n    d: z\n"

JSON = b'{\n"a": 1,\n "b": "x: y",\n"c": [1]\n}\n'


@pytest.mark.parametrize(
    ("after", "keys"),
    [
        (JSON.replace(b"1,", b"-20.5,"), {"a"}),
        (JSON.replace(b'"x: y"', b"true"), {"b"}),
        (JSON.replace(b"1,", b"01,"), None),
        (JSON.replace(b"1,", b"1"), None),
        (JSON.replace(b"1,", b"{},"), None),
        (JSON.replace(b"x", b"\\n"), None),
        (JSON.replace(b"[1]", b"[2]"), None),
        (JSON.replace(b'"a"', b'"e"'), None),
    ],
)
def test_the_same_of_json(after: bytes, keys: set[str] | None) -> None:
    assert replaced_values("a.json", JSON, after) == keys


@pytest.mark.parametrize(
    ("after", "keys"),
    [
        (BASE.replace(b"x y", b"y"), {"c"}),
        (BASE.replace(b"1", b"2").replace(b"z", b"2.5"), {"a", "d"}),
        (BASE, set()),
        (BASE.replace(b"a:", b"e:"), None),
        (BASE.replace(b"1", b"'1'"), None),
        (BASE.replace(b"1", b"|"), None),
        (BASE.replace(b"1", b"1 # one"), None),
        (BASE.replace(b"1", b"b: 1"), None),
        (BASE.replace(b"    d", b"   d"), None),
        (BASE.replace(b"- c", b"c"), None),
        (BASE.replace(b"a: 1\n", b"a: 1\r\n"), None),
        (BASE + b"e: 1\n", None),
        (BASE.replace(b"a: 1\n", b""), None),
    ],
)
def test_only_a_plain_value_for_a_plain_value_counts(after: bytes, keys: set[str] | None) -> None:
    assert replaced_values("a.yaml", BASE, after) == keys
    assert replaced_values("a.md", BASE, after) == keys
    assert replaced_values(None, BASE, after) is None
