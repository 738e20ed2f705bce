"""What a word of a filter can become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.filters import KEYS, parse
from lattice_console.widgets.filter_completion import complete, meaning

KNOWN = {"author": ["me", "ana", "agent-7"], "spec": ["user-auth", "user data", "payments"], "label": ["a,b"]}


def texts(typed: str, cursor: int | None = None) -> list[str]:
    return [one.text for one in complete(typed, len(typed) if cursor is None else cursor, KNOWN)]


def test_between_words_every_key_is_offered() -> None:
    assert texts("") == [f"{key}:" for key in KEYS]
    assert texts("status:pending ") == [f"{key}:" for key in KEYS]


def test_the_beginning_of_a_key_or_of_a_value_becomes_either() -> None:
    assert texts("st") == ["status:", "stack:", "is:stacked"]
    assert texts("await") == ["is:awaiting"]
    assert texts("pend") == ["status:pending"]
    assert "author:ana" in texts("an")


def test_behind_a_key_come_its_values_those_that_begin_so_first() -> None:
    assert texts("author:") == ["author:me", "author:ana", "author:agent-7"]
    assert texts("author:a") == ["author:ana", "author:agent-7"]
    assert texts("spec:auth") == ["spec:user-auth"]
    assert texts("is:r") == ["is:reviewed", "is:ready"]


def test_a_value_with_blanks_is_quoted_and_one_with_a_comma_too() -> None:
    assert 'spec:"user data"' in texts("spec:user")
    assert texts("label:") == ['label:"a,b"']


def test_the_last_of_several_values_is_completed_and_none_is_named_twice() -> None:
    assert texts("author:me,an") == ["author:me,ana"]
    assert texts("author:me,") == ["author:me,ana", "author:me,agent-7"]


def test_a_number_of_an_age_gets_its_unit() -> None:
    assert texts("age:>3") == ["age:>3m", "age:>3h", "age:>3d", "age:>3w"]


def test_a_value_means_what_its_key_does_where_it_has_no_meaning_of_its_own() -> None:
    assert meaning("is:awaiting") == "waits for you"
    assert meaning("stack:9") == meaning("stack:") == "all of the stack that this mutation is in"


def test_in_the_middle_of_a_word_nothing_is_offered() -> None:
    assert texts("status:pending", 4) == []


@pytest.mark.parametrize(
    ("typed", "cursor", "becomes"),
    [
        ("st", 2, ("status:", 7)),
        ("-au", 3, ("-author:", 8)),
        ("pend refunds", 4, ("status:pending refunds", 15)),
        ("author:a", 8, ("author:ana ", 11)),
        ("-author:ag", 10, ("-author:agent-7 ", 16)),
    ],
)
def test_what_is_taken_stands_in_place_of_the_word_with_the_cursor_behind_it(
    typed: str, cursor: int, becomes: tuple[str, int]
) -> None:
    assert complete(typed, cursor, KNOWN)[0].applied(typed) == becomes


@given(
    st.lists(
        st.sampled_from(["st", "author:", "is:", "has:v", "-vote:", "spec:u", "label:", "age:>2", "x "]), max_size=4
    )
)
def test_every_value_that_is_offered_can_be_read(parts: list[str]) -> None:
    typed = " ".join(parts)
    for one in complete(typed, len(typed), KNOWN):
        done, cursor = one.applied(typed)
        assert done[:cursor].rstrip().endswith(one.text)
        if one.text.endswith(":"):
            continue
        try:
            parse(done[one.start : cursor])
        except ValidationFailed as error:
            raise AssertionError(f"{done!r} cannot be read") from error
