"""Inert text in cells: measured, cut, wrapped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.cells import cells, cut, cut_front, fit, shorten_path, wrap
from lattice_console.text import inert
from tests.test_text import ANY_TEXT


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
