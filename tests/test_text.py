"""Untrusted text made inert, ages, and numbers with their nouns."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.cells import cells
from lattice_console.text import age, ago, count, inert, inert_bytes, inert_lines, inert_pieces, pointed

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=())) | st.text(
    alphabet="ab \t\n\x1b\x9b\u202e\u200d\u200b\u0301\ufe0f👩你🇩🏽\udc80é"
)
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MOVES = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words, and 你好 as well", "plain words, and 你好 as well"),
        ("\x1b[31mred\x1b[0m", "⟨U+001B⟩[31mred⟨U+001B⟩[0m"),
        ("\x9b31m", "⟨U+009B⟩31m"),
        ("a\nb\tc", "a⟨U+000A⟩b⟨U+0009⟩c"),
        ("gnp.\u202eexe", "gnp.⟨U+202E⟩exe"),
        ("no\u200bthing", "no⟨U+200B⟩thing"),
        ("‼\ufe0f", "‼⟨U+FE0F⟩"),
        ("👩\u200d💻", "👩⟨U+200D⟩💻"),
        ("نمی\u200cشد", "نمی\u200cشد"),
        ("e\u0301t\u0301e\u0301", "e\u0301t\u0301e\u0301"),
        ("\u0301first", "⟨U+0301⟩first"),
        ("[b]not markup[/b]", "[b]not markup[/b]"),
        ("\udcff", "⟨FF⟩"),
        ("\ud800", "⟨U+D800⟩"),
    ],
)
def test_what_could_act_is_shown_by_its_number(text: str, shown: str) -> None:
    assert inert(text) == shown


def test_heaped_marks_are_shown_after_the_fourth() -> None:
    assert inert("z" + "\u0336" * 6) == "z" + "\u0336" * 4 + "⟨U+0336⟩⟨U+0336⟩"


def test_lines_stay_lines_and_tabs_reach_their_stops() -> None:
    assert inert("a\tb\n\tc\rd", lines=True) == "a   b\n    c⟨U+000D⟩d"


@given(ANY_TEXT)
def test_inert_text_moves_nothing_and_is_itself_inert(text: str) -> None:
    once = inert(text)
    joiners = "\u200c\u200d"
    assert not MOVES.search(once.translate(dict.fromkeys(map(ord, joiners))))
    assert inert(once) == once
    assert len(once.splitlines()) <= 1


@given(ANY_TEXT)
def test_the_quick_look_lets_nothing_pass_that_the_long_one_would_not(text: str) -> None:
    assert inert(text) == "".join(inert(text + "\x00").rsplit("⟨U+0000⟩", 1)) or text.endswith(("\u200c", "\u200d"))


@given(st.binary())
def test_bytes_of_any_kind_become_one_inert_line(line: bytes) -> None:
    assert not MOVES.search(inert_bytes(line).replace("\u200c", "").replace("\u200d", ""))


@given(st.binary() | ANY_TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_the_pieces_of_a_line_are_the_line(line: bytes) -> None:
    pieces = inert_pieces(line)
    assert "".join(shown for _, shown in pieces) == inert_bytes(line)
    assert sum(size for size, _ in pieces) == len(line)


def test_every_piece_has_the_bytes_that_it_shows() -> None:
    line = "é\tx\u202e".encode() + b"\xff"
    assert inert_pieces(line) == [(2, "é"), (1, "   "), (1, "x"), (3, "⟨U+202E⟩"), (1, "⟨FF⟩")]


def test_every_character_takes_the_cells_that_are_counted_for_it() -> None:
    for code in range(0x110000):
        char = chr(code)
        name = f"U+{code:04X} {unicodedata.name(char, '')}"
        if inert(char) == char:
            assert cells(char) in (1, 2), name
        elif inert(f"a{char}") == f"a{char}":
            assert cells(f"a{char}") == 1, name


def test_lines_stay_apart() -> None:
    assert inert_lines("a\tb\n\x1bc") == ["a   b", "⟨U+001B⟩c"]


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(seconds=-30), "now"),
        (timedelta(seconds=4), "now"),
        (timedelta(seconds=40), "40s"),
        (timedelta(minutes=4, seconds=59), "4m"),
        (timedelta(hours=2), "2h"),
        (timedelta(days=3), "3d"),
        (timedelta(days=13, hours=23), "13d"),
        (timedelta(weeks=5), "5w"),
        (timedelta(days=800), "2y"),
    ],
)
def test_ages_are_short(ago: timedelta, shown: str) -> None:
    assert age(NOW - ago, NOW) == shown
    assert len(shown) <= 4


def test_an_age_counts_to_this_moment_where_no_other_is_named() -> None:
    assert age(datetime.now(UTC) - timedelta(hours=2, minutes=30)) == "2h"
    assert ago(datetime.now(UTC) - timedelta(hours=2, minutes=30)) == "2h ago"
    assert ago(datetime.now(UTC)) == "just now"


def test_a_number_stands_with_its_noun() -> None:
    assert [count(1, "file"), count(0, "file"), count(1204, "file")] == ["1 file", "0 files", "1,204 files"]
    assert count(2, "child", "children") == "2 children"


@pytest.mark.parametrize(
    ("pointer", "shown"),
    [
        ("/paths/~1payments~1{id}~1refunds/post/operationId", "paths › /payments/{id}/refunds › post › operationId"),
        ("/requirements/3", "requirements › 3"),
        ("/~01/a~0b", "~1 › a~b"),
        ("/a//b", 'a › "" › b'),
        ("/\x1b", "⟨U+001B⟩"),
    ],
)
def test_a_pointer_is_told_as_the_keys_on_the_way(pointer: str, shown: str) -> None:
    assert pointed(pointer, "›") == shown
