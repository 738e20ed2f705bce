"""Signs, ages, numbers and keys."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from lattice_console.cells import cells
from lattice_console.contract.models.mutation import Status
from lattice_console.contract.models.project import Vote
from lattice_console.contract.models.requirement import RequirementState
from lattice_console.widgets.keys import printed_key
from lattice_console.widgets.signs import ASCII, UNICODE, Signs, moment, status_role

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("signs", [UNICODE, ASCII])
def test_every_state_has_a_sign_of_one_cell(signs: Signs) -> None:
    assert signs.status.keys() == set(get_args(Status))
    assert signs.requirement.keys() == set(get_args(RequirementState))
    assert signs.vote.keys() == set(get_args(Vote))
    for sign in (*signs.status.values(), *signs.requirement.values(), *signs.vote.values(), signs.bar, signs.comment):
        assert cells(sign) == 1


def test_states_that_ask_for_different_things_have_different_signs() -> None:
    for signs in (UNICODE, ASCII):
        distinct = {state: sign for state, sign in signs.status.items() if state != "expired"}
        assert len(set(distinct.values())) == len(distinct)


def test_the_twins_are_ascii() -> None:
    single = (ASCII.crumb, ASCII.dot, ASCII.ellipsis, ASCII.fold, ASCII.minus, ASCII.rule, ASCII.arrow, ASCII.bar)
    assert "".join((*single, *ASCII.status.values(), *ASCII.requirement.values(), *ASCII.vote.values())).isascii()


def test_every_status_has_a_role() -> None:
    assert {status_role(status) for status in get_args(Status)} <= {
        "plain",
        "muted",
        "good",
        "bad",
        "warning",
        "accent",
    }


def test_a_moment_is_full_and_says_its_zone() -> None:
    assert moment(NOW) == "2026-03-02 12:00 UTC"


@pytest.mark.parametrize(
    ("key", "printed"),
    [
        ("enter", "Enter"),
        ("question_mark", "?"),
        ("f2", "F2"),
        ("f", "f"),
        ("A", "A"),
        ("ctrl+s", "ctrl+s"),
        ("shift+tab", "shift+Tab"),
        ("right_square_bracket", "]"),
        ("down", "↓"),
    ],
)
def test_keys_are_printed_as_people_write_them(key: str, printed: str) -> None:
    assert printed_key(key) == printed


def test_arrows_have_words_where_only_ascii_is_drawn() -> None:
    assert printed_key("down", ascii=True) == "down"
