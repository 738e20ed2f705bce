"""Pictures of the queue. Each name says what the eye should see."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from lattice_console.contract.models.review import Anchor
from tests.screens.console import Console, make_app
from tests.screens.project import Office
from tests.screens.queue_house import STACK, stack_up

Looks = Callable[..., bool]
Steps = Callable[[Console], Awaitable[None]]

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 35), (200, 60)], ids=lambda size: "x".join(map(str, size)))


@pytest.fixture
def looks(snap_compare: Any, office: Office) -> Looks:
    """Compare the queue after some steps with its picture; `view` is where it was left off."""

    async def fill() -> None:
        await stack_up(office, approved=STACK)
        raj = await office.as_("raj")
        await raj.reviews.comment("M-7", text="Why?", anchor=Anchor(file_path="src/auth/session.py", line=3))
        await raj.close()

    def compare(steps: Steps, size: tuple[int, int] = (80, 24), *, view: str | None = None, **changed: Any) -> bool:
        asyncio.run(fill())
        app = make_app(office, view=view, settings=replace(office.settings(), **changed))

        async def before(pilot: Pilot[None]) -> None:
            console = Console(app, pilot)
            await console.sees("live", "All 13", "1 of ")
            await steps(console)
            await console.pilot.pause(0.2)

        return bool(snap_compare(app, terminal_size=size, run_before=before))

    return compare


async def _rest(console: Console) -> None:
    await console.sees("a approve", "/ filter")
    if console.app.size.width >= 120:
        await console.sees("M-13 Round up late fees", "docs/fees.md")


@SIZES
def test_what_waits_for_me_is_the_current_tab_with_counts_beside_all_of_them(
    looks: Looks, size: tuple[int, int]
) -> None:
    assert looks(_rest, size)


@SIZES
def test_stacks_hang_below_their_first_and_what_waits_for_me_is_bold(looks: Looks, size: tuple[int, int]) -> None:
    assert looks(_rest, size, view="all")


def test_without_colour_tabs_and_rows_are_told_apart_by_weight_and_line(
    looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert looks(_rest, view="all")


def test_a_poor_terminal_has_stacks_marks_and_orders_in_ascii(looks: Looks) -> None:
    async def steps(console: Console) -> None:
        await console.press("space", "j", "v", "j")
        await console.sees("2 rows in the range", "1 marked")

    assert looks(steps, view="all", ascii=True)


@SIZES
def test_marked_rows_have_a_diamond_and_the_last_line_counts_them(looks: Looks, size: tuple[int, int]) -> None:
    async def steps(console: Console) -> None:
        await console.press("space", "j", "space", "v", "j", "j")
        await console.sees("3 rows in the range", "2 marked", "a approve marked")

    assert looks(steps, size, view="all")


@SIZES
def test_what_a_filter_can_become_is_offered_beneath_it(looks: Looks, size: tuple[int, int]) -> None:
    async def steps(console: Console) -> None:
        await console.press("slash")
        await console.type("-author:agent-7 sta")
        await console.sees("status:  where it is in its life")

    assert looks(steps, size, view="all")


def test_the_wrong_word_of_a_filter_is_red_and_underlined_with_the_reason_beneath(looks: Looks) -> None:
    async def steps(console: Console) -> None:
        await console.press("slash")
        await console.type("refunds status:waiting author:me ")
        await console.sees("there is no status:waiting")

    assert looks(steps, view="all")


def test_an_empty_view_says_why_and_which_keys_lead_on(looks: Looks) -> None:
    async def steps(console: Console) -> None:
        await console.press("2")
        await console.sees("Nothing has changed", "all 13 mutations")

    assert looks(steps, view="all")


def test_a_filter_stands_at_the_right_and_the_order_at_its_column(looks: Looks) -> None:
    async def steps(console: Console) -> None:
        await console.press("slash")
        await console.type("is:open")
        await console.press("enter", "O")
        await console.type("title")
        await console.press("enter")
        await console.sees("/is:open", "TITLE↑")

    assert looks(steps, view="all")


@SIZES
def test_a_plan_for_several_says_what_will_happen_to_each_and_why_some_are_left_out(
    looks: Looks, size: tuple[int, int]
) -> None:
    async def steps(console: Console) -> None:
        await console.press("asterisk")
        await console.sees("◆ 13 marked")
        await console.press("e")
        await console.sees("Execute: 4 of 13 mutations", "Enter execute 4")

    assert looks(steps, size, view="all")


@SIZES
def test_a_report_says_what_was_done_and_what_was_not(looks: Looks, size: tuple[int, int]) -> None:
    async def steps(console: Console) -> None:
        root = console.app.session.settings.root
        assert root is not None
        await console.press("asterisk")
        await console.sees("◆ 13 marked")
        await console.press("e")
        await console.sees("Enter execute 4")
        (root / "docs").mkdir(exist_ok=True)
        (root / "docs/lines.md").write_text("mine\n")
        await console.press("enter")
        await console.sees("Execute: 1 done, 3 not done, 9 left out.")
        await console.press("g")

    assert looks(steps, size, view="all")
