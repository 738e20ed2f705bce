"""Positions carried from one state of a document to another."""

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.merge.positions import Carried, Positions

# A number is a line that no other line equals, so that there is one true answer; each edit takes lines out at a
# place and puts new ones there.
Edit = tuple[int, int, int]
EDITS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5), st.integers(0, 5)), max_size=8)


def edited(lines: list[int], edits: list[Edit]) -> list[int]:
    fresh = 1000
    for place, out, come in edits:
        at = place % (len(lines) + 1)
        lines = [*lines[:at], *range(fresh, fresh + come), *lines[at + out :]]
        fresh += come
    return lines


def as_bytes(lines: list[int]) -> bytes:
    return b"".join(b"line %d\n" % line for line in lines)


@given(st.integers(0, 40), EDITS)
def test_every_line_is_carried_to_where_it_stands_or_is_gone(count: int, edits: list[Edit]) -> None:
    old = list(range(count))
    new = edited(old, edits)
    positions = Positions(as_bytes(old), as_bytes(new))
    for place, line in enumerate(old):
        assert positions.line(place + 1) == (new.index(line) + 1 if line in new else None)


@given(st.integers(1, 40), EDITS, st.data())
def test_a_range_is_carried_to_what_is_left_of_it(count: int, edits: list[Edit], data: st.DataObject) -> None:
    old = list(range(count))
    new = edited(old, edits)
    first = data.draw(st.integers(1, count))
    last = data.draw(st.integers(first, count))
    left = [new.index(line) + 1 for line in old[first - 1 : last] if line in new]
    carried = Positions(as_bytes(old), as_bytes(new)).carry(first, last)
    if not left:
        assert carried is None
    else:
        whole = new[left[0] - 1 : left[-1]] == old[first - 1 : last]
        assert carried == Carried(left[0], left[-1], whole)


def test_nothing_is_carried_into_a_binary_document() -> None:
    assert Positions(b"a\nb\n", b"a\0b\n").carry(1, 2) is None


def test_a_binary_document_that_did_not_change_keeps_its_lines() -> None:
    assert Positions(b"a\0\n", b"a\0\n").carry(1, 1) == Carried(1, 1, True)
