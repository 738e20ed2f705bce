"""Which line of the new side stands for one of the old side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.merge.diff import diff
from lattice_console.widgets.diff_units import new_line, unit_of

LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n"]), max_size=12)


@given(LINES, LINES)
def test_an_unchanged_line_stands_for_itself_and_a_replaced_one_for_what_is_in_its_place(
    old: list[bytes], new: list[bytes]
) -> None:
    compared = diff(b"".join(old), b"".join(new))
    for line, text in enumerate(old):
        unit, there = unit_of(compared, "old", line), new_line(compared, line)
        if there is None:
            assert unit % 2
            assert not compared.blocks[unit // 2].added
        else:
            assert unit_of(compared, "new", there) == unit
            assert unit % 2 or new[there] == text


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (b"a\nb\nc\n", b"a\nx\ny\nc\n", [0, 1, 3]),
        (b"a\nb\nc\nd\n", b"a\nx\nd\n", [0, 1, 1, 2]),
        (b"a\nb\nc\n", b"a\nc\n", [0, None, 1]),
    ],
)
def test_lines_of_a_replaced_block_stand_for_each_other_in_order(old: bytes, new: bytes, found: list[int]) -> None:
    compared = diff(old, new)
    assert [new_line(compared, line) for line in range(compared.count("old"))] == found
