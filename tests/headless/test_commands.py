"""Several values behind one flag."""

import click
import pytest

from lattice_console.headless.commands import spread

FILES = frozenset({"--files"})


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("--files a b c --title T", "--files a --files b --files c --title T"),
        ("--files a --files b c", "--files a --files b --files c"),
        ("--files=a b", "--files a --files b"),
        ("--title T M-1 --files a", "--title T M-1 --files a"),
        ("--files a - --title T", "--files a --files - --title T"),
        ("--files a -- M-1", "--files a -- M-1"),
        ("M-1 -- --files a", "M-1 -- --files a"),
        ("", ""),
    ],
)
def test_a_flag_takes_every_value_up_to_the_next_option(typed: str, read: str) -> None:
    assert spread(typed.split(), FILES) == read.split()


@pytest.mark.parametrize("typed", ["--files", "--files --title T", "--files -- a"])
def test_a_flag_without_a_value_is_a_usage_error(typed: str) -> None:
    with pytest.raises(click.BadOptionUsage, match="--files"):
        spread(typed.split(), FILES)
