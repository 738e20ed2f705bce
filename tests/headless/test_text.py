"""Untrusted text, ages and widths."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.headless.text import age, count, cut, inert, inert_lines, width

JOINERS = {"\u200c", "\u200d"}


def test_no_character_that_moves_hides_or_reorders_stays_alive() -> None:
    live = [
        f"U+{ord(char):04X}"
        for char in map(chr, range(0x110000))
        if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char not in JOINERS and inert(char) == char
    ]
    assert live == []


def test_ordinary_text_of_any_script_stays_as_it_is() -> None:
    text = "Grüße, مرحبا, שלום, नमस्ते, 你好, 👩\u200d💻 [bold]not markup[/bold] \\x1b"
    assert inert(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("two\nlines\tand\rmore", "two\\nlines\\tand\\rmore"),
        ("\x9b31m", "\\x9b31m"),
        ("abc\u202edef", "abc\\u202edef"),
        ("\udcff", "\\udcff"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_is_alive_is_shown_as_its_escape(text: str, shown: str) -> None:
    assert inert(text) == shown


@given(st.text())
def test_inert_text_is_one_line_and_making_it_inert_again_changes_nothing(text: str) -> None:
    once = inert(text)
    assert len(once.splitlines()) <= 1
    assert inert(once) == once


def test_lines_stay_lines_and_tabs_become_spaces() -> None:
    assert inert_lines("a\tb\n\x1bc") == ["a   b", "\\x1bc"]


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(seconds=-5), "now"),
        (timedelta(seconds=0), "now"),
        (timedelta(seconds=59), "59s"),
        (timedelta(minutes=4, seconds=59), "4m"),
        (timedelta(hours=2), "2h"),
        (timedelta(days=6, hours=23), "6d"),
        (timedelta(weeks=5), "5w"),
        (timedelta(days=800), "2y"),
    ],
)
def test_ages_are_short(ago: timedelta, shown: str) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert age(now - ago, now) == shown


@given(st.text(alphabet="abc 你好e\u0301👍", max_size=40), st.integers(0, 20))
def test_cut_text_fits_and_text_that_fits_is_not_cut(text: str, cells: int) -> None:
    shown = cut(text, cells)
    assert width(shown) <= cells
    if width(text) <= cells:
        assert shown == text


def test_a_number_stands_with_its_noun() -> None:
    assert [count(1, "file"), count(0, "file"), count(1204, "file")] == ["1 file", "0 files", "1,204 files"]
    assert count(2, "child", "children") == "2 children"
