"""Going through what waits for me: one key for each."""

import asyncio
from typing import Any

import pytest

from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.review import Anchor
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.screens.queue_house import stack_up
from tests.support.changes import create


async def test_after_a_verdict_the_row_leaves_and_the_cursor_is_on_the_next(office: Office) -> None:
    made = await stack_up(office)
    async with open_console(make_app(office, view=None)) as console:
        await console.sees("1 of 9")
        await console.on("Round up late fees")
        await console.press("a")
        await console.sees("Approved M-13", "1 of 8")
        await console.on("Name the currency")
        await console.press("a")
        await console.sees("Approved M-12", "1 of 7")
        await console.on("Split invoice lines")
        await console.sees("Awaiting me 7")
    kim = await office.as_("kim")
    assert [(await kim.mutations.get(one.id)).status for one in made[3:]] == ["approved", "approved"]
    await kim.close()


async def test_what_does_not_wait_for_me_stays_where_it_is(console: Console, office: Office) -> None:
    await console.go_to("Pay refunds")
    await console.press("a")
    await console.sees("Approved M-6", "3 of 8")
    await console.on("Pay refunds")


async def test_rows_that_wait_for_me_stand_out_among_others(console: Console) -> None:
    def weight(title: str) -> bool:
        y = next(at for at, line in enumerate(console.lines) if title in line)
        strip = console.app.screen.query_one("QueueList").render_line(y - 3)
        return any(title[:8] in segment.text and bool(segment.style and segment.style.bold) for segment in strip)

    await console.press("G")
    assert weight("Pay refunds")
    assert not weight("Raise the session")


async def test_open_threads_are_told_from_other_remarks(office: Office) -> None:
    raj = await office.as_("raj")
    await raj.reviews.comment("M-7", text="Why?", anchor=Anchor(file_path="src/auth/session.py", line=3))
    await raj.close()
    async with open_console(make_app(office)) as console:
        assert console.line("Raise the session").split()[-1] == "1/2"


async def test_a_key_pressed_again_before_the_row_has_left_decides_on_nothing_else(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await stack_up(office)
    async with open_console(make_app(office, view=None)) as console:
        await console.on("Round up late fees")
        reviews = console.app.session.backend.reviews
        vote, go_on = reviews.vote, asyncio.Event()

        async def slowly(*args: Any, **given: Any) -> Mutation:
            await go_on.wait()
            return await vote(*args, **given)

        monkeypatch.setattr(reviews, "vote", slowly)
        await console.press("a", "a")
        await console.sees("Not approved: approving M-13 is still under way.")
        go_on.set()
        await console.sees("Approved M-13", "1 of 8")
        await console.on("Name the currency")
    kim = await office.as_("kim")
    assert [one.title for one in made if (await kim.mutations.get(one.id)).status == "approved"] == [made[-1].title]
    await kim.close()


async def test_the_cursor_keeps_its_mutation_while_others_above_it_are_decided_and_taken_back(office: Office) -> None:
    await stack_up(office)
    async with open_console(make_app(office, view=None)) as console:
        await console.sees("1 of 9")
        # The cursor moves on with each mark.
        await console.press("space", "space", "space")
        await console.on("Tax per line")
        await console.press("a")
        await console.sees("Approve: 3 of 3 mutations")
        await console.press("enter")
        await console.sees("Approve: 3 done.")
        await console.press("escape")
        await console.sees("1 of 6")
        await console.on("Tax per line")
        await console.press("u")
        await console.sees("Undone: 3 approvals.", "4 of 9")
        await console.on("Tax per line")


async def test_a_row_that_has_left_is_under_the_cursor_again_once_its_verdict_is_taken_back(office: Office) -> None:
    await stack_up(office)
    async with open_console(make_app(office, view=None)) as console:
        await console.sees("1 of 9")
        await console.press("space", "space", "k")
        await console.on("Name the currency")
        await console.press("a")
        await console.sees("Approve: 2 of 2 mutations")
        await console.press("enter")
        await console.sees("Approve: 2 done.")
        await console.press("escape")
        await console.sees("1 of 7")
        await console.on("Split invoice lines")
        await console.press("u")
        await console.sees("Undone: 2 approvals.", "2 of 9")
        await console.on("Name the currency")


async def test_a_row_that_comes_back_does_not_draw_the_cursor_from_where_it_was_moved(office: Office) -> None:
    await stack_up(office)
    async with open_console(make_app(office, view=None)) as console:
        await console.on("Round up late fees")
        await console.press("a")
        await console.sees("Approved M-13", "1 of 8")
        await console.press("j")
        await console.on("Split invoice lines")
        await console.press("u")
        await console.sees("Undone: the approval of M-13.", "3 of 9")
        await console.on("Split invoice lines")


async def test_what_was_executed_stays_under_the_cursor_until_it_moves_so_that_b_rolls_it_back(office: Office) -> None:
    made = await stack_up(office, approved=("Name the currency", "Round up late fees"))
    async with open_console(make_app(office, view="ready")) as console:
        await console.sees("1 of 3")
        await console.on("Round up late fees")
        await console.press("e")
        await console.sees("Execute M-13")
        await console.press("enter")
        await console.sees("Executed M-13: 1 file changed. b on it rolls it back.", "Ready 2")
        await console.on("Round up late fees")
        # Read anew, because something happened elsewhere.
        ana = await office.as_("ana")
        await ana.mutations.create(title="Explain the refresh token", changes=[create("docs/token.md")])
        await ana.close()
        await console.sees("All 14")
        await console.on("Round up late fees")
        assert console.selected.split()[0] == "▌●"
        await console.press("b")
        await console.sees("Roll back M-13")
        await console.type("Too early.")
        await console.press("ctrl+s")
        await console.sees("Rolled back M-13.")
        await console.press("j")
        await console.misses("Round up late fees")
        await console.sees("1 of 2")
        await console.on("Name the currency")
    kim = await office.as_("kim")
    assert [(await kim.mutations.get(one.id)).status for one in made[3:]] == ["approved", "rolled_back"]
    await kim.close()


async def test_R_leaves_what_the_filter_means_and_a_key_behind_it_acts_on_a_row_of_that(office: Office) -> None:
    await stack_up(office, approved=("Name the currency", "Round up late fees"))
    async with open_console(make_app(office, view="ready")) as console:
        await console.on("Round up late fees")
        await console.press("e", "enter")
        await console.sees("Executed M-13", "Ready 2", "1 of 3")
        console.burst("Re")
        await console.sees("Execute M-12")
        await console.press("escape")
        await console.sees("1 of 2")
        await console.misses("Round up late fees")


async def test_what_only_stays_until_the_cursor_moves_is_none_of_all_that_match(office: Office) -> None:
    await stack_up(office, approved=("Name the currency", "Round up late fees"))
    async with open_console(make_app(office, view="ready")) as console:
        await console.on("Round up late fees")
        await console.press("e", "enter")
        await console.sees("Executed M-13", "Ready 2")
        await console.press("asterisk")
        await console.sees("◆ 2 marked")
