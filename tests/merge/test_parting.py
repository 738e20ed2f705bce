"""A merge taken apart from its own text: the same conflicts, at the same lines, as by comparing its sides."""

import pytest
from hypothesis import example, given, settings

from lattice_console.merge import parting
from lattice_console.merge.merging import three_way
from lattice_console.merge.parting import merged_by_lines
from lattice_console.merge.regions import Texts, conflicting
from tests.merge.strategies import merges

BASE = b"a\nb\nc\nd\ne\n"


def test_where_conflicts_are_is_found_without_comparing_the_sides_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def unasked(sides: Texts) -> None:
        raise AssertionError(f"{sides} were compared")

    monkeypatch.setattr(parting, "conflicting", unasked)
    [conflict] = three_way(BASE, BASE.replace(b"c", b"ours"), b"new\n" + BASE.replace(b"c", b"theirs")).conflicts
    assert (conflict.base_lines, conflict.our_lines, conflict.their_lines) == ((3, 1), (3, 1), (4, 1))


@settings(max_examples=300, deadline=None)
@given(merges())
# In conflict are lines that stand in several places; lines like our markers; the end of a side with another line end.
@example((b"a\nb\n" * 9, b"a\nb\n" * 4 + b"a\nc\n" + b"a\nb\n" * 4, b"a\nb\n" * 4 + b"a\nd\n" + b"a\nb\n" * 4))
@example((BASE, BASE.replace(b"c", b"<" * 60 + b" ours"), BASE.replace(b"c", b"C")))
@example((BASE.replace(b"c", b"=" * 70), BASE, BASE.replace(b"c", b"=" * 60 + b"\n" + b"=" * 60)))
@example((b"a\r\nb\r\n", b"a\r\nx\r", b"a\r\ny"))
@example((BASE, BASE[:-2] + b"E", BASE[:-2] + b"F\r"))
def test_it_is_what_a_comparison_of_the_sides_says(sides: Texts) -> None:
    base, ours, theirs = sides
    if theirs not in (base, ours) and ours != base:
        assert merged_by_lines(sides) == conflicting(sides)
