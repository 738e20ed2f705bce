"""Pictures of settling conflicts. Each name says what the eye should see."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from lattice_console.app import LatticeApp
from tests.screens.console import Console, make_app
from tests.screens.project import Office
from tests.screens.resolving import clashing, resolving
from tests.screens.test_resolve import CUSTOMERS, EMAIL, TIER

Looks = Callable[..., bool]
Steps = Callable[[Console], Awaitable[None]]

SMALL, MIDDLE, LARGE = (80, 24), (120, 35), (160, 50)
SIZES = pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=lambda size: "x".join(map(str, size)))


@pytest.fixture
def looks(snap_compare: Any, office: Office) -> Looks:
    """Compare the screen of ana, who resolves M-9, after some steps with its picture."""

    def compare(steps: Steps, size: tuple[int, int], app: LatticeApp | None = None) -> bool:
        app = app or make_app(office, actor="ana")

        async def before(pilot: Pilot[None]) -> None:
            console = Console(app, pilot)
            await console.sees("live")
            await console.until(lambda: console.bar in console.text, "a row under the cursor")
            await resolving(console)
            await console.until(lambda: "parses" in console.text or "p proposal" in console.text, "a verdict")
            await steps(console)
            await console.quiet()
            # How long a message stays depends on how long the steps took.
            app.clear_notifications()
            await pilot.pause()

        return bool(snap_compare(app, terminal_size=size, run_before=before))

    return compare


async def _nothing(console: Console) -> None:
    await console.sees("1 ours")


async def _second(console: Console) -> None:
    """Both in the first conflict; on the second, with theirs in sight."""
    await console.press("3", "right_square_bracket")
    await console.on("Conflict 2 of 2")
    if console.app.size.width < 120:
        await console.press("tab", "tab")
    await console.sees("1 of 2 conflicts open")


@SIZES
def test_three_sides_stand_above_the_result_and_every_change_against_the_base_shows(
    looks: Looks, office: Office, size: tuple[int, int]
) -> None:
    asyncio.run(clashing(office))
    assert looks(_nothing, size)


@SIZES
def test_what_was_chosen_bears_the_key_of_its_side_and_what_came_by_itself_too_but_quietly(
    looks: Looks, office: Office, size: tuple[int, int]
) -> None:
    asyncio.run(clashing(office))
    assert looks(_second, size)


@SIZES
def test_a_proposal_stands_beside_the_result_with_its_reason(
    looks: Looks, office: Office, size: tuple[int, int]
) -> None:
    asyncio.run(clashing(office, {"specs/ledger.json": (CUSTOMERS, EMAIL, TIER)}))

    async def steps(console: Console) -> None:
        await console.sees("p proposal")

    assert looks(steps, size)


def test_in_ascii_every_sign_is_a_letter_of_the_keyboard(looks: Looks, office: Office) -> None:
    asyncio.run(clashing(office))
    settings = replace(office.settings("ana"), ascii=True)
    assert looks(_second, SMALL, make_app(office, settings=settings))


def test_without_colours_signs_and_weights_tell_the_same(
    looks: Looks, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    asyncio.run(clashing(office))
    assert looks(_second, MIDDLE)


def test_in_light_colours_all_of_it_is_legible(looks: Looks, office: Office) -> None:
    asyncio.run(clashing(office))
    settings = replace(office.settings("ana"), theme="light")
    assert looks(_second, MIDDLE, make_app(office, settings=settings))


def test_what_is_to_stand_there_is_typed_below_with_the_sides_in_sight(looks: Looks, office: Office) -> None:
    asyncio.run(clashing(office))

    async def steps(console: Console) -> None:
        await _second(console)
        await console.press("2", "e")
        await console.sees("what is to stand there")

    assert looks(steps, SMALL)


@SIZES
def test_the_final_diff_says_what_becomes_of_what_stands_there(
    looks: Looks, office: Office, size: tuple[int, int]
) -> None:
    asyncio.run(clashing(office))

    async def steps(console: Console) -> None:
        await _second(console)
        await console.press("2", "ctrl+s")
        await console.sees("Final diff", "specs/ledger.yaml")

    assert looks(steps, size)
