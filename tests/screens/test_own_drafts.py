"""Where the drafts that one has are found again: in the queue's rows, and at home."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from lattice_console.app import Mode
from lattice_console.profile.drafts import Draft, Drafts
from lattice_console.profile.folder import work_folder
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import NOON, Office
from tests.screens.reviewing import acting, drafted, kept, opened

ALL = pytest.mark.parametrize("size", [(80, 24), (120, 35), (200, 60)], ids=lambda size: "x".join(map(str, size)))


async def leave_drafts(office: Office, name: str, *texts: str) -> None:
    """Let kim have drafts on a mutation."""
    async with acting(office, "kim") as kim:
        mutation = await kim.mutations.get(name)
    keep = Drafts(work_folder(mutation.project_id, "kim"), print)
    for text in texts:
        keep.save(Draft(mutation_id=mutation.id, patchset=1, text=text, created_at=NOON))


async def test_a_row_with_drafts_has_a_mark_until_they_are_sent(console: Console, office: Office) -> None:
    await console.go_to("Pay refunds")
    assert "✎ Pay" not in console.text
    await console.press("enter")
    await console.sees("1 Diff", "▾ ")
    await drafted(console, "paid within 7 days", "Why not five?")
    await console.press("escape")
    await console.sees("› Queue", "✎ Pay refunds", "ctrl+s send 1 draft")
    await console.press("k")
    await console.on("Raise the session")
    await console.misses("send 1 draft")
    assert "✎ Pay refunds" in console.text
    await console.press("j")
    await console.sees("ctrl+s send 1 draft")
    await console.press("ctrl+s")
    await console.sees("Send 1 comment on M-6")
    await console.press("ctrl+s")
    await console.sees("Sent 1 comment on M-6.")
    await console.misses("✎ Pay refunds", "send 1 draft")


async def test_drafts_of_an_earlier_day_are_marked_at_the_start(office: Office) -> None:
    await leave_drafts(office, "M-7", "First.", "Second.")
    async with open_console(make_app(office)) as console:
        await console.sees("✎ Raise the session limit")
        await console.go_to("Raise the session")
        await console.sees("ctrl+s send 2 drafts")


async def test_what_sends_drafts_with_a_verdict_takes_the_mark_away(office: Office) -> None:
    await leave_drafts(office, "M-6", "Fine.")
    async with open_console(make_app(office)) as console:
        await console.sees("✎ Pay refunds")
        await console.go_to("Pay refunds")
        await console.press("a")
        await console.sees("with 1 comment")
        await console.press("ctrl+s")
        await console.sees("Approved M-6 with 1 comment.")
        await console.misses("✎ Pay refunds")


async def test_home_lists_what_i_have_drafts_on_and_enter_opens_it(office: Office) -> None:
    await leave_drafts(office, "M-3", "On a rejected one.")
    await leave_drafts(office, "M-7", "First.", "Second.")
    async with open_console(make_app(office, start="home")) as console:
        await console.sees("Your drafts  2", "on this machine, not sent yet")
        assert console.line("Drop the password rule").rstrip().endswith("1 draft")
        assert console.line("Raise the session limit").rstrip().endswith("2 drafts")
        await console.press("4", "j")
        await console.on("Raise the session")
        await console.press("enter")
        await console.sees("› M-7", "2 Overview 1 comment 2 drafts")


async def test_home_follows_the_drafts_and_without_any_says_nothing_of_them(office: Office) -> None:
    async with open_console(make_app(office, start="home")) as console:
        await console.sees("Awaiting me  4", "drafted M-8")
        assert "Your drafts" not in console.text
        await console.press("4")
        await console.sees("You have no drafts.")
        await console.press("f2")
        await console.sees("› Queue")
        await opened(console, "Pay refunds")
        await drafted(console, "paid within 7 days", "Why not five?")
        await console.press("f9")
        await console.sees("› Home", "Your drafts  1")
        await console.press("4", "enter")
        await console.sees("› M-6")
        await console.press("ctrl+s")
        await console.sees("Send 1 comment")
        await console.press("ctrl+s")
        await console.sees("Sent 1 comment")
        await console.press("escape")
        await console.sees("› Home")
        await console.misses("Your drafts")
        # The focus goes on to what comes next.
        await console.on("Name the plans")
    assert kept(office, "M-6") == ()


async def test_tab_goes_through_the_drafts_where_there_are_any(office: Office) -> None:
    await leave_drafts(office, "M-7", "First.")
    async with open_console(make_app(office, start="home")) as console:
        await console.sees("Your drafts  1", "drafted M-8")
        await console.press("tab")
        await console.on("Raise the session")
        await console.press("tab")
        await console.on("Name the plans")
        await console.press("shift+tab", "shift+tab")
        await console.on("@click")


@pytest.fixture
def looks(snap_compare: Any, office: Office) -> Callable[..., bool]:
    """Compare a place with drafts on two mutations with its picture."""

    async def fill() -> None:
        await leave_drafts(office, "M-6", "Why not five?")
        await leave_drafts(office, "M-7", "First.", "Second.")

    def compare(start: Mode, size: tuple[int, int], *words: str) -> bool:
        asyncio.run(fill())
        app = make_app(office, start=start)

        async def before(pilot: Pilot[None]) -> None:
            console = Console(app, pilot)
            await console.sees("live", *words)
            await console.press("j")
            await console.pilot.pause(0.3)

        return bool(snap_compare(app, terminal_size=size, run_before=before))

    return compare


@ALL
def test_home_has_a_list_of_what_i_have_drafts_on(looks: Callable[..., bool], size: tuple[int, int]) -> None:
    assert looks("home", size, "Your drafts  2", "drafted M-8")


@ALL
def test_rows_with_drafts_have_a_pencil_before_the_title(looks: Callable[..., bool], size: tuple[int, int]) -> None:
    assert looks("queue", size, "✎ Raise", "1 of 8")
