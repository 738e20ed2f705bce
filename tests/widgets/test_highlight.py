"""Syntax colours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.widgets.highlight import _LEXERS, highlight, lexer_name

NAMES = ["json", "yaml", "markdown", "python", "javascript", "sql", "toml", "bash"]
SOURCE = st.text(alphabet="ab{}[]:,\"'#- \\/*=1", max_size=40)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("specs/user-auth.json", "json"),
        ("a/b.YAML", "yaml"),
        ("src/auth/session.py", "python"),
        ("README.md", "markdown"),
        ("LICENSE", None),
        ("a.json/readme", None),
        ("logo.png", None),
    ],
)
def test_the_lexer_is_chosen_by_the_extension(path: str, name: str | None) -> None:
    assert lexer_name(path) == name


@pytest.mark.parametrize("name", NAMES)
@given(lines=st.lists(SOURCE, max_size=8))
def test_the_runs_of_a_line_join_to_the_line(name: str, lines: list[str]) -> None:
    shown = highlight(lines, name)
    assert ["".join(text for _, text in runs) for runs in shown] == lines


def test_every_lexer_that_is_named_exists() -> None:
    for extension in _LEXERS:
        name = lexer_name(f"a.{extension}")
        assert name is not None
        assert highlight(["a: 1"], name)


def test_keys_strings_and_numbers_have_their_roles() -> None:
    [runs] = highlight(['  "limit": 48, "unit": "hours"'], "json")
    assert ("key", '"limit"') in runs
    assert ("number", "48") in runs
    assert ("string", '"hours"') in runs


def test_an_overlong_line_stays_plain_and_so_do_its_neighbours_colours() -> None:
    long = '"' + "a" * 5000 + '"'
    shown = highlight(['{"a": 1}', long, '{"b": 2}'], "json")
    assert shown[1] == [("plain", long)]
    assert ("key", '"b"') in shown[2]
