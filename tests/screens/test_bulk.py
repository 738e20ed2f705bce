"""Deciding on several mutations at once: what will happen to each, the reason once, what did, and taking it back."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from lattice_console.contract.models.mutation import Mutation, Status
from lattice_console.screens.bulk import BulkScreen
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.screens.queue_house import STACK, stack_up


async def states(office: Office, made: Sequence[Mutation]) -> list[Status]:
    kim = await office.as_("kim")
    try:
        return [(await kim.mutations.get(one.id)).status for one in made]
    finally:
        await kim.close()


async def mark_all(console: Console, filter: str, number: int) -> None:
    await console.press("slash")
    await console.type(filter)
    await console.press("enter")
    await console.sees(f"1 of {number}")
    await console.press("asterisk")
    await console.sees(f"◆ {number} marked")


async def test_a_plan_says_what_will_happen_to_each_and_why_some_are_left_out(office: Office) -> None:
    made = await stack_up(office)
    async with open_console(make_app(office)) as console:
        await mark_all(console, "-status:draft", 12)
        await console.press("a")
        await console.sees("Approve: 8 of 12 mutations", "4 left out, for the reason beneath", "Enter approve 8")
        await console.sees("Votes are for mutations under review; this one is rejected.")
        await console.sees("It is approved already, 1 of 1 approval; approve it by itself to add yours.")
        assert "left out" in console.line("Drop the password rule")
        assert console.line("Name the currency").rstrip().endswith("approve")
        await console.press("escape")
        await console.sees("◆ 12 marked")
    assert set(await states(office, made)) == {"pending"}


async def test_a_approves_all_that_is_marked_reports_it_and_u_takes_all_of_it_back(office: Office) -> None:
    made = await stack_up(office)
    async with open_console(make_app(office)) as console:
        await mark_all(console, "author:agent-7 status:pending", 8)
        await console.press("a")
        await console.sees("Approve: 8 of 8 mutations")
        await console.press("enter")
        await console.sees("Approve: 8 done.", "Approved M-9.")
        assert await states(office, made) == ["approved"] * 5
        await console.sees("u undo all of it")
        await console.press("u")
        await console.sees("Undone: 8 approvals.", "› Queue")
        await console.misses("marked")
    assert await states(office, made) == ["pending"] * 5


async def test_a_reason_is_asked_once_for_all(office: Office) -> None:
    made = await stack_up(office)
    async with open_console(make_app(office)) as console:
        await mark_all(console, "spec:payments currency or spec:payments fees", 2)
        await console.press("X")
        await console.sees("Reject: 2 of 2 mutations")
        await console.press("enter")
        await console.sees("Reject: 2 mutations, with one text for all of them.")
        await console.press("ctrl+s")
        await console.sees("A rejection needs its reason.")
        await console.type("Not this quarter.")
        await console.press("ctrl+s")
        await console.sees("Reject: 2 done.")
    assert (await states(office, made))[3:] == ["rejected", "rejected"]
    kim = await office.as_("kim")
    assert [(await kim.mutations.get(one.id)).reviews[0].comment for one in made[3:]] == ["Not this quarter."] * 2
    await kim.close()


async def test_a_stack_is_executed_parents_first_and_lands_in_the_folder(office: Office) -> None:
    made = await stack_up(office, approved=STACK)
    async with open_console(make_app(office)) as console:
        await mark_all(console, "stack:9", 3)
        await console.press("e")
        await console.sees("Execute: 3 of 3 mutations", "execute 1 file after M-9", "execute 1 file after M-10")
        places = [console.lines.index(console.line(title)) for title in STACK]
        assert places == sorted(places)
        await console.press("enter")
        await console.sees("Execute: 3 done.")
        await console.press("m")
        await console.sees("Esc close", "Execute: 3 done.", "Done: M-9, M-10, M-11.")
    assert (await states(office, made))[:3] == ["completed"] * 3
    assert (office.root / "docs/lines.md").read_text() == "".join(f"{title}\n" for title in STACK)


async def test_a_child_whose_parent_is_not_in_it_is_left_out(office: Office) -> None:
    await stack_up(office, approved=STACK)
    async with open_console(make_app(office)) as console:
        await mark_all(console, "stack:9 -invoice", 2)
        await console.press("e")
        await console.sees("Not executed: none of 2 mutations can be.", "execute that one first")
        await console.press("enter")
        await console.sees("none of them can be; each line says why")


async def test_what_cannot_be_done_any_more_is_reported_with_its_reason_and_the_rest_is_done(
    office: Office,
) -> None:
    made = await stack_up(office, approved=STACK)
    async with open_console(make_app(office)) as console:
        await mark_all(console, "status:approved", 4)
        await console.press("e")
        await console.sees("Execute: 4 of 4 mutations")
        (office.root / "docs").mkdir(exist_ok=True)
        (office.root / "docs/lines.md").write_text("mine\n")
        await console.press("enter")
        await console.sees("Execute: 1 done, 3 not done. What was not done stays marked.")
        await console.sees("docs/lines.md", "its parent M-9 is approved")
        await console.press("m")
        await console.sees("! Execute: 1 done, 3 not done.", "Done: M-7.", "M-9: ", "M-10: ", "M-11: ")
        await console.press("escape")
        await console.press("escape")
        await console.sees("◆ 3 marked")
    assert (await states(office, made))[:3] == ["approved"] * 3
    assert (office.root / "docs/lines.md").read_text() == "mine\n"


async def test_esc_stops_between_two_and_says_what_was_not_reached(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await stack_up(office)
    async with open_console(make_app(office)) as console:
        reviews = console.app.session.backend.reviews
        vote, go_on = reviews.vote, asyncio.Event()

        async def slowly(*args: Any, **given: Any) -> Mutation:
            await go_on.wait()
            return await vote(*args, **given)

        monkeypatch.setattr(reviews, "vote", slowly)
        await mark_all(console, "author:agent-7 label:billing", 3)
        await console.press("a")
        await console.sees("Approve: 3 of 3 mutations")
        await console.press("enter")
        await console.sees("0 of 3 done", "approving…", "Esc stop after this one")
        await console.press("escape")
        await console.sees("stopping after this one")
        go_on.set()
        await console.sees("Approve: 1 done, 2 not done.", "Stopped before it.")
    assert (await states(office, made))[:3] == ["approved", "pending", "pending"]


async def test_what_was_done_is_said_where_its_place_was_left_meanwhile(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await stack_up(office)
    async with open_console(make_app(office)) as console:
        reviews = console.app.session.backend.reviews
        vote, go_on = reviews.vote, asyncio.Event()

        async def slowly(*args: Any, **given: Any) -> Mutation:
            await go_on.wait()
            return await vote(*args, **given)

        monkeypatch.setattr(reviews, "vote", slowly)
        await mark_all(console, "label:billing", 3)
        await console.press("a")
        await console.sees("Approve: 3 of 3 mutations")
        await console.press("enter", "f2")
        await console.until(lambda: not isinstance(console.app.screen, BulkScreen), "the queue")
        go_on.set()
        await console.sees("Approve: 3 done.")
    assert (await states(office, made))[:3] == ["approved"] * 3


async def test_from_the_report_a_mutation_is_opened(office: Office) -> None:
    await stack_up(office)
    async with open_console(make_app(office)) as console:
        await mark_all(console, "label:billing", 3)
        await console.press("a")
        await console.sees("Approve: 3 of 3 mutations")
        await console.press("enter")
        await console.sees("Approve: 3 done.")
        await console.press("g", "enter")
        await console.sees("M-9 Split invoice lines", "1 Diff")
        await console.press("escape")
        await console.sees("Approve: 3 done.")


async def test_a_range_that_is_still_open_is_acted_on(office: Office) -> None:
    made = await stack_up(office)
    async with open_console(make_app(office)) as console:
        await console.go_to("Split invoice")
        await console.press("v", "j", "j", "a")
        await console.sees("Approve: 3 of 3 mutations")
        await console.press("enter")
        await console.sees("Approve: 3 done.")
    assert (await states(office, made))[:3] == ["approved"] * 3
