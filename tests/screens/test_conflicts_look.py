"""Pictures of the conflicts. Each name says what the eye should see."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from lattice_console.app import LatticeApp
from tests.screens.conflicting import conflicts
from tests.screens.console import Console, make_app, pictured
from tests.screens.project import Office

Compare = Callable[..., bool]
Steps = Callable[[Console], Awaitable[None]]

SIZES = [(80, 24), (120, 35), (160, 50)]
ALL = pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))


@pytest.fixture
def looks(snap_compare: Any, office: Office) -> Compare:
    """Compare the conflicts, after some steps, with their picture."""

    def compare(steps: Steps, size: tuple[int, int], *, some: bool = True, app: LatticeApp | None = None) -> bool:
        app = app or make_app(office, start="conflicts")
        return pictured(snap_compare, app, steps, size, (lambda: conflicts(office)) if some else None)

    return compare


async def _all(console: Console) -> None:
    await console.sees("1 of 2", "Merge the two by hand")


async def _doing(console: Console) -> None:
    await _all(console)
    await console.press("j", "tab")
    await console.sees("Rebase this one", "Enter do it")


@ALL
def test_conflicts_stand_by_document_and_the_one_under_the_cursor_says_what_can_be_done(
    looks: Compare, size: tuple[int, int]
) -> None:
    assert looks(_all, size)


@ALL
def test_tab_leads_to_what_can_be_done_and_the_conflict_stays_marked(looks: Compare, size: tuple[int, int]) -> None:
    assert looks(_doing, size)


def test_without_conflicts_it_says_what_would_stand_there(looks: Compare) -> None:
    async def steps(console: Console) -> None:
        await console.sees("Nothing is in conflict.")

    assert looks(steps, (80, 24), some=False)


def test_in_ascii_signs_and_rules_have_their_twins(looks: Compare, office: Office) -> None:
    app = make_app(office, start="conflicts", settings=replace(office.settings(), ascii=True))
    assert looks(_all, (120, 35), app=app)
