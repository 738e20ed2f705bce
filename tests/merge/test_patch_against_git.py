"""The applier and the real `git apply` on the same patches: the same verdict and the same bytes.

Where git accepts and the applier refuses, it is one of the two places where git joins two lines into one.
"""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lattice_console.merge.patch import PatchError, apply, parse
from tests.merge import git
from tests.merge.strategies import drifted_patches

JOINS_LINES = (
    "its last line has no newline, but in the file other lines follow",
    "it adds lines at the end, but the file's last line has no newline",
)
# Many cases share a process of git's, which costs more than all of them.
CASES = st.lists(drifted_patches().filter(lambda case: bool(case[1])), min_size=20, max_size=20)
SLOW = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
)


def outcome(base: bytes, hunks: bytes) -> tuple[bytes | None, str]:
    """What the applier makes of the hunks, or None and the reason."""
    [file] = parse(b"--- a/f\n+++ b/f\n" + hunks)
    try:
        return apply(base, file), ""
    except PatchError as error:
        return None, error.reason


def compare(cases: Sequence[tuple[bytes, bytes]]) -> None:
    for (base, hunks), theirs in zip(cases, git.apply_each(cases), strict=True):
        ours, reason = outcome(base, hunks)
        assert ours == theirs or reason in JOINS_LINES, (base, hunks, ours, theirs, reason)


@settings(SLOW, max_examples=30)
@given(CASES)
def test_a_patch_for_an_earlier_state_ends_as_with_git(cases: list[tuple[bytes, bytes]]) -> None:
    compare(cases)


@pytest.mark.soak
@settings(SLOW, max_examples=2500)
@given(CASES)
def test_fifty_thousand_patches_end_as_with_git(cases: list[tuple[bytes, bytes]]) -> None:
    compare(cases)
