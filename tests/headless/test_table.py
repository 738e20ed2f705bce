"""Tables: aligned, quiet, cut only where a terminal is too narrow."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.cells import cells
from lattice_console.headless.style import Palette
from lattice_console.headless.table import Column, layout

Pair = tuple[str, int]

COLUMNS: Sequence[Column[Pair]] = (
    Column("NAME", lambda row: row[0], gives=True),
    Column("N", lambda row: str(row[1]), right=True, role=lambda row: "good"),
)


def test_words_stand_to_the_left_and_numbers_to_the_right() -> None:
    lines = layout(COLUMNS, [("one", 1), ("a longer name", 1000)], Palette(), None)
    assert lines == [
        "NAME              N",
        "one               1",
        "a longer name  1000",
    ]


def test_a_narrow_terminal_cuts_the_columns_that_give() -> None:
    lines = layout(COLUMNS, [("a title that is far too long", 1000)], Palette(), 20)
    assert lines == ["NAME               N", "a title that…   1000"]
    assert layout(COLUMNS, [("a title that is far too long", 1)], Palette(ascii=True), 20)[1] == "a title that i...  1"


def test_without_a_terminal_nothing_is_cut() -> None:
    assert layout(COLUMNS, [("x" * 500, 1)], Palette(), None)[1].startswith("x" * 500)


def test_colour_takes_no_room_and_is_there_only_where_the_palette_has_it() -> None:
    plain = layout(COLUMNS, [("one", 1)], Palette(), None)
    coloured = layout(COLUMNS, [("one", 1)], Palette(colour=True), None)
    assert coloured[1] == "one   \x1b[32m1\x1b[0m"
    assert plain[1] == "one   1"


@given(st.lists(st.tuples(st.text(max_size=30), st.integers()), max_size=5))
def test_no_text_breaks_the_lines_of_a_table(rows: list[Pair]) -> None:
    lines = layout(COLUMNS, rows, Palette(), None)
    assert len(lines) == len(rows) + 1
    assert len("\n".join(lines).splitlines()) == len(lines)


@given(st.lists(st.text(alphabet="ab你 ", max_size=60), max_size=5), st.integers(20, 60))
def test_a_table_with_a_column_that_gives_is_never_wider_than_the_terminal(names: list[str], room: int) -> None:
    assert all(cells(line) <= room for line in layout(COLUMNS, [(name, 1) for name in names], Palette(), room))
