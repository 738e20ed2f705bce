import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.merge.lines import FullLineIndex, LineIndex, split_lines

DATA = st.lists(st.sampled_from([b"", b"a", b"\r", b"\0", b"\x85", b"line\xff" * 3000]), max_size=12).map(b"\n".join)


@given(DATA)
def test_splitting_ends_lines_at_newlines_alone_and_loses_nothing(data: bytes) -> None:
    lines = split_lines(data)
    assert b"".join(lines) == data
    assert all(line.endswith(b"\n") for line in lines[:-1])
    assert all(line.find(b"\n") in (-1, len(line) - 1) and line for line in lines)


@given(DATA, st.data())
def test_the_index_finds_every_line_in_any_order(data: bytes, draw: st.DataObject) -> None:
    lines = split_lines(data)
    for index in (LineIndex(data), FullLineIndex(data)):
        assert index.count == len(lines)
        for number in draw.draw(st.permutations(range(len(lines)))):
            assert index.span(number, number + 1) == lines[number]
        assert index.span(0, len(lines)) == data
        assert index.offset(len(lines)) == index.offset(len(lines) + 5) == len(data)


@pytest.mark.parametrize("index_of", [LineIndex, FullLineIndex])
def test_line_ends_on_the_border_of_a_chunk_belong_to_their_lines(index_of: type[LineIndex]) -> None:
    data = b"x" * 4095 + b"\n" + b"\n" * 4096 + b"y"
    index = index_of(data)
    assert [index.offset(line) for line in (0, 1, 2, 4096, 4097, 4098)] == [0, 4096, 4097, 8191, 8192, 8193]
    assert index.count == 4098


def test_a_large_document_is_indexed_across_its_parts() -> None:
    data = b"".join(b"%d\n" % number for number in range(100_000)) + b"end"
    index = FullLineIndex(data)
    assert index.count == 100_001
    assert [index.span(line, line + 1) for line in (0, 54_321, 99_999, 100_000)] == [
        b"0\n",
        b"54321\n",
        b"99999\n",
        b"end",
    ]
