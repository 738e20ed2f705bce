"""Edits that replace plain values: what merges with one is as sound as it is without it."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lattice_console.merge._libgit2 import merge_lines
from lattice_console.merge.keys import repeated_keys
from lattice_console.merge.reading import Unreadable
from lattice_console.merge.values import replaced_values

LINES = [
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
]
lines = st.lists(st.sampled_from(LINES), min_size=3, max_size=12)


def said(content: bytes) -> object:
    """Whether YAML can be read, and which keys it repeats where."""
    try:
        return repeated_keys("yaml", content)
    except Unreadable:
        return "unreadable"


@given(lines, st.data())
def test_what_merges_with_values_alone_is_as_sound_as_without_them(base: list[bytes], data: st.DataObject) -> None:
    """In each of the documents that libgit2 merges: also where the other side has made a text of the values' lines."""
    ours = list(base)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(ours)))
        ours[at : at + data.draw(st.integers(0, 2))] = data.draw(st.lists(st.sampled_from(LINES), max_size=2))
    theirs = [line.replace(b"1", b"7 x") if data.draw(st.booleans()) else line for line in base]
    sides = b"".join(base), b"".join(ours), b"".join(theirs)
    assume(replaced_values("a.yaml", sides[0], sides[2]) is not None)
    clean, merged = merge_lines(*sides)
    assume(clean)
    assert said(merged) == said(sides[1])


BASE = b"a: 1\nb:\n  - c: x y\n    d: z\n"


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
    assert replaced_values("a.json", BASE, after) is None
    assert replaced_values(None, BASE, after) is None
