"""Keys that come faster than what they open: they reach it, and run nothing below it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.events import Paste

from lattice_console.contract.backend import Backend
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.screens.reviewing import acting, drafted, kept, mutation, on_line, opened

COMMANDS = "aexXdbtZo"
"""Keys that approve, execute, reject and so on where they are commands."""


def waiting(connect: Callable[[], Awaitable[Backend]], gate: asyncio.Event) -> Callable[[], Awaitable[Backend]]:
    """Opens Backends that read no mutation before the gate is open."""

    async def open_one() -> Backend:
        backend = await connect()
        real = backend.mutations.get

        async def get(*args: Any, **kwargs: Any) -> Any:
            await gate.wait()
            return await real(*args, **kwargs)

        setattr(backend.mutations, "get", get)  # noqa: B010 - a facet's type has no such attribute to assign to
        return backend

    return open_one


async def test_what_is_typed_behind_the_colon_stands_in_the_palette_whole(console: Console) -> None:
    console.burst(":undo the")
    await console.sees("undo the", "Undo the verdict", "Enter choose")


async def test_a_command_is_found_and_run_however_fast_it_is_typed(console: Console) -> None:
    console.burst(":activity\n")
    await console.sees("› Activity")


async def test_a_text_typed_before_its_dialog_is_there_is_sent_whole_and_runs_no_command(
    console: Console, office: Office
) -> None:
    await console.go_to("Pay refunds")
    console.burst("xFive days, else execute", "ctrl+s")
    await console.sees("Requested changes of M-6.")
    found = await mutation(office, "M-6")
    assert [(one.vote, one.comment) for one in found.reviews] == [("request_changes", "Five days, else execute")]
    assert found.status == "pending"


async def test_a_filter_typed_at_once_is_applied_whole(console: Console) -> None:
    console.burst("/author:ana\n")
    await console.sees("/author:ana", "Raise the session")
    await console.misses("Pay refunds")


async def test_a_comment_typed_at_once_is_a_draft_whole(console: Console, office: Office) -> None:
    await opened(console, "Pay refunds")
    await on_line(console, "paid within 7 days")
    console.burst(f"c{COMMANDS}", "ctrl+s")
    await console.sees(f"draft: {COMMANDS}")
    found = await mutation(office, "M-6")
    assert [draft.text for draft in kept(office, found.id)] == [COMMANDS]
    assert (found.status, found.reviews) == ("pending", ())


async def test_the_text_of_an_approval_with_drafts_is_sent_whole(console: Console, office: Office) -> None:
    await opened(console, "Pay refunds")
    await drafted(console, "paid within 7 days", "Five?")
    console.burst("aDont  care", "ctrl+s")
    await console.sees("Approved M-6 with 1 comment.")
    assert [one.comment for one in (await mutation(office, "M-6")).reviews] == ["Dont  care"]


async def test_behind_a_dialog_that_is_left_keys_are_commands_again(console: Console) -> None:
    await console.go_to("Raise the session")
    console.burst("xNo", "escape", "j")
    await console.on("Pay refunds")
    await console.misses("Request changes of")


async def test_what_is_typed_for_a_dialog_that_is_refused_runs_nothing(office: Office) -> None:
    async with acting(office, "kim") as kim:
        await kim.team.add(user="nora", role="viewer")
    async with open_console(make_app(office, actor="nora")) as console:
        await console.go_to("Pay refunds")
        console.burst("xjjmq!")
        await console.sees("No changes requested")
        await console.on("Pay refunds")
        await console.press("j")
        await console.until(lambda: "Pay refunds" not in console.selected, "the cursor to move")


async def test_keys_wait_for_a_dialog_that_is_long_in_coming(office: Office) -> None:
    gate, settings = asyncio.Event(), office.settings()
    app = make_app(office, open_backend=waiting(lambda: office.connect(settings), gate))
    async with open_console(app) as console:
        await console.go_to("Pay refunds")
        console.burst("xToo long")
        await console.pilot.pause(0.3)
        await console.on("Pay refunds")
        gate.set()
        await console.sees("Request changes of M-6", "Too long")


@pytest.mark.parametrize(("key", "place"), [("escape", "› Queue"), ("f6", "› Activity")])
async def test_a_dialog_that_does_not_come_is_given_up_with_esc_or_by_going_elsewhere(
    office: Office, key: str, place: str
) -> None:
    gate, settings = asyncio.Event(), office.settings()
    app = make_app(office, open_backend=waiting(lambda: office.connect(settings), gate))
    async with open_console(app) as console:
        await console.go_to("Pay refunds")
        console.burst(f"x{COMMANDS}")
        await console.pilot.pause(1.2)
        await console.press(key)
        await console.sees(place)
        gate.set()
        await console.press("m")
        await console.sees("Nothing has been said yet.")
        assert "Request changes of" not in console.text


async def test_a_paste_where_there_is_no_field_runs_nothing_and_says_so(console: Console, office: Office) -> None:
    await console.go_to("Pay refunds")
    console.app.post_message(Paste(COMMANDS))
    await console.sees("Nothing was pasted: there is no field for it here.")
    found = await mutation(office, "M-6")
    assert (found.status, found.reviews) == ("pending", ())


async def test_a_paste_right_behind_a_key_lands_in_what_the_key_opens(console: Console, office: Office) -> None:
    await console.go_to("Pay refunds")
    console.burst("x")
    console.app.post_message(Paste("Five\ndays"))
    console.burst("!", "ctrl+s")
    await console.sees("Requested changes of M-6.")
    assert [one.comment for one in (await mutation(office, "M-6")).reviews] == ["Five\ndays!"]
