"""Finding text in a diff."""

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.merge.diff import Side
from lattice_console.merge.lines import split_lines
from lattice_console.widgets import diff_search
from lattice_console.widgets.diff_document import DiffDocument, LineRow
from lattice_console.widgets.diff_layout import DiffLayout
from lattice_console.widgets.diff_search import Hit, Search, following, place_of
from lattice_console.widgets.file_change import FileChange

LINES = st.lists(st.sampled_from([b"ab", b"Ab", b"ba b", b"c\xff", b"", b"\xc3\xa9ab"]), max_size=30).map(b"\n".join)
TEXTS = st.tuples(LINES, LINES)


def document(*texts: tuple[bytes, bytes]) -> DiffDocument:
    return DiffDocument([FileChange.between("modify", f"{at}.txt", None, *text) for at, text in enumerate(texts)])


@given(st.lists(TEXTS, min_size=1, max_size=3), st.sampled_from(["ab", "Ab", "b", "é", "nowhere", "."]))
def test_hits_are_the_lines_with_the_text_in_the_order_in_which_they_are_shown(
    texts: list[tuple[bytes, bytes]], text: str
) -> None:
    shown = document(*texts)
    layout = DiffLayout(shown)
    layout.show_everything(True)
    expected = []
    for row in map(layout.row, range(layout.total)):
        if isinstance(row, LineRow):
            side, line = ("old", row.old) if row.new is None else ("new", row.new)
            content = split_lines(texts[row.file][side == "new"])[line or 0].decode(errors="surrogateescape")
            if (text in content) if text != text.lower() else (text in content.lower()):
                expected.append((row.file, side == "new", line))
    found = Search(shown, text).run()
    assert [(hit.file, hit.new, hit.line) for hit in found.hits] == expected


def test_lines_are_counted_across_the_pieces_that_are_searched_at_a_time() -> None:
    text = b"".join(b"line %d\n" % number for number in range(50_000))
    assert len(text) > 5 * diff_search._PIECE
    found = Search(document((text, text.replace(b"line 7\n", b"row 7\n"))), "99").run()
    assert [hit.line for hit in found.hits] == [number for number in range(50_000) if "99" in str(number)]


def test_going_on_goes_round_at_the_ends_and_tells() -> None:
    hits = [Hit(0, 0, True, line) for line in (3, 5, 9)]
    after = [following(hits, Hit(0, 0, True, line), 1) for line in (0, 3, 4, 9)]
    assert after == [(0, False), (1, False), (1, False), (0, True)]
    before = [following(hits, Hit(0, 0, True, line), -1) for line in (0, 3, 4, 10)]
    assert before == [(2, True), (2, True), (0, False), (2, False)]


@given(TEXTS, st.sampled_from(["old", "new"]))
def test_places_come_in_the_order_of_rows_whichever_side_is_stood_on(text: tuple[bytes, bytes], side: Side) -> None:
    shown = document(text)
    layout = DiffLayout(shown)
    places = [place_of(shown, layout.spot(row, side)) for row in range(layout.total)]
    assert places == sorted(places)
    assert places == [place_of(shown, layout.spot(row)) for row in range(layout.total)]
