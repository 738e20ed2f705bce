"""Lines of a document as they are shown."""

import itertools

from hypothesis import example, given
from hypothesis import strategies as st

from lattice_console.cells import cells
from lattice_console.text import inert_pieces
from lattice_console.widgets.diff_text import SHOWN, breaks, columns, text_of

PIECE = st.sampled_from(
    ["a", "\t", "é", "日", "\u202e", "\u200d", "\u0301", "\r", "\x1b", "\udcff", " ", "\N{GRINNING FACE}"]
)
LINE = st.lists(PIECE, max_size=20).map(lambda pieces: "".join(pieces).encode("utf-8", "surrogateescape"))


@given(LINE, st.data())
def test_bytes_have_the_columns_of_their_characters(line: bytes, data: st.DataObject) -> None:
    pieces = inert_pieces(line.removesuffix(b"\r"))
    first, end = sorted(data.draw(st.tuples(*[st.integers(0, len(pieces))] * 2)))
    at = [sum(size for size, _ in pieces[:number]) for number in (first, end)]
    shown = "".join(shown for _, shown in pieces[first:end])
    for start, stop in columns(line, [(at[0], at[1])] if first < end else []):
        assert text_of(line)[start:stop] == shown


def test_what_is_behind_the_part_that_is_shown_has_no_columns() -> None:
    line = b"a" * (SHOWN + 10)
    assert columns(line, [(SHOWN - 1, SHOWN + 5), (SHOWN + 6, SHOWN + 7)]) == [(SHOWN - 1, SHOWN)]
    assert columns(b"a\r", [(1, 2)]) == []


def test_an_overlong_line_is_cut_between_characters() -> None:
    assert text_of(b"a" * (SHOWN - 1) + "é".encode()) == "a" * (SHOWN - 1)


@given(LINE, st.integers(2, 8))
@example("日日\u200d日a".encode(), 6)
def test_lines_are_broken_where_they_are_full_and_lose_nothing(line: bytes, width: int) -> None:
    text = text_of(line)
    cuts = [0, *breaks(text, width), len(text)]
    pieces = [text[start:stop] for start, stop in itertools.pairwise(cuts)]
    assert "".join(pieces) == text
    assert all(cells(piece) <= width for piece in pieces)
    assert all(cells(piece) + cells(following[:1]) > width for piece, following in itertools.pairwise(pieces))
