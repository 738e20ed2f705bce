"""Untrusted text: inert, measured, cut."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.widgets.inert import cells, cut, cut_front, fit, inert, inert_bytes, shorten_path, wrap

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=())) | st.text(
    alphabet="ab \t\n\x1b\x9b\u202e\u200d\u200b\u0301\ufe0f👩你🇩🏽\udc80é"
)
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


def test_every_character_takes_the_cells_that_are_counted_for_it() -> None:
    for code in range(0x110000):
        shown = inert(chr(code))
        if len(shown) == 1:
            assert cells(shown) in (1, 2), f"U+{code:04X} {unicodedata.name(chr(code), '')}"


@given(ANY_TEXT, st.integers(0, 30))
def test_cut_text_fits_and_fitted_text_fills_exactly(text: str, width: int) -> None:
    shown = inert(text)
    assert cells(cut(shown, width)) <= width
    assert cells(cut_front(shown, width)) <= width
    assert cells(fit(shown, width)) == width
    if cells(shown) <= width:
        assert cut(shown, width) == shown
        assert fit(shown, width, right=True).endswith(shown)


@pytest.mark.parametrize(
    ("path", "width", "short"),
    [
        ("src/auth/session.py", 19, "src/auth/session.py"),
        ("src/auth/session.py", 18, "src/…/session.py"),
        ("a/b/c/d/e.yaml", 12, "a/…/d/e.yaml"),
        ("src/auth/session.py", 14, "…/session.py"),
        ("src/auth/session.py", 8, "session…"),
        ("README.md", 5, "READ…"),
    ],
)
def test_a_long_path_loses_its_middle(path: str, width: int, short: str) -> None:
    assert shorten_path(path, width) == short


@given(st.lists(st.text(alphabet="ab你.", min_size=1, max_size=9), min_size=1, max_size=6), st.integers(1, 40))
def test_a_shortened_path_fits(parts: list[str], width: int) -> None:
    assert cells(shorten_path("/".join(parts), width)) <= width


@given(st.text(alphabet="ab 你好\n", max_size=80), st.integers(2, 30))
def test_wrapped_lines_fit_and_lose_only_blanks(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize("width", [-3, 0, 1])
def test_a_width_that_holds_nothing_breaks_nothing(width: int) -> None:
    assert wrap("some words\nand more 你好", width) == ["some words", "and more 你好"]


def test_a_paragraph_of_a_hundred_thousand_characters_is_wrapped() -> None:
    text = "word 你好 " * 12_000
    lines = wrap(text, 76)
    assert all(cells(line) <= 76 for line in lines)
    assert " ".join(lines) == text.rstrip()
