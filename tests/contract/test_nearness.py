"""Names that are near to what was mistyped."""

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.nearness import edits, known_are

NAMES = st.text(alphabet="abc-", max_size=8)


@given(NAMES, NAMES, NAMES)
def test_edits_are_a_distance(one: str, other: str, third: str) -> None:
    assert (edits(one, other) == 0) == (one == other)
    assert edits(one, other) == edits(other, one)
    assert edits(one, third) <= edits(one, other) + edits(other, third)


def test_the_nearest_name_is_told_first_whatever_its_case() -> None:
    assert known_are("Anna", ["raj", "agent-7", "ana", "kim"]).startswith("known are ana, ")
    assert known_are("KIM", ["raj", "kim"]) == "known are kim, raj"


def test_of_many_names_some_are_told_and_of_none_nothing() -> None:
    assert known_are("a", "abcdefgh") == "known are a, b, c, d, e, f and 2 more"
    assert known_are("a", ()) == ""
