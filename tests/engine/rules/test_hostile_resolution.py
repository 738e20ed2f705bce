"""Settling a change on what stands there now ends soon and clearly, whatever the three sides hold."""

import pytest

from lattice_console.engine.rules.resolution import Open, Place, Settled, Sides, settle
from lattice_console.merge.merging import three_way
from tests.merge.hostile import all_cases

CASES = all_cases()


@pytest.mark.parametrize("name", CASES)
def test_hostile_sides_are_settled_where_they_merge_and_else_open_with_a_reason(name: str) -> None:
    path, base, ours, theirs = CASES[name]
    sides = Sides("modify", path, None, base, ours, Place(path, theirs))
    outcome = settle(sides, "neither")
    assert isinstance(outcome, Settled) == three_way(base, ours, theirs, path=path).clean
    if isinstance(outcome, Open):
        assert outcome.why
        assert all(isinstance(settle(sides, side), Settled) for side in ("ours", "theirs"))
