"""Keys that come faster than what they open, or choose: they reach it, and run nothing of what was there before."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.events import Paste

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import SystemFailure
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.screens.reviewing import acting, drafted, kept, mutation, on_line, opened

COMMANDS = "aexXdbtZo"
"""Keys that approve, execute, reject and so on where they are commands."""


def waiting(
    connect: Callable[[], Awaitable[Backend]], gate: asyncio.Event, method: str = "get"
) -> Callable[[], Awaitable[Backend]]:
    """Opens Backends that answer to one method of mutations only while the gate is open."""

    async def open_one() -> Backend:
        backend = await connect()
        real = getattr(backend.mutations, method)

        async def wait(*args: Any, **kwargs: Any) -> Any:
            await gate.wait()
            return await real(*args, **kwargs)

        setattr(backend.mutations, method, wait)
        return backend

    return open_one


async def late(console: Console) -> None:
    """Wait until what keys wait for is so long in coming that it can be given up."""
    await console.until(
        lambda: (coming := console.app._coming) is not None and coming.is_late, "what keys wait for to be late"
    )


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
        await late(console)
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


# -- another list


async def approved(office: Office) -> list[int]:
    """The numbers of what kim approves of."""
    async with acting(office, "kim") as kim:
        page = await kim.mutations.list()
        found = [await kim.mutations.get(row.id) for row in page.items]
    votes = {one.number: [review.author.handle for review in one.reviews if review.current] for one in found}
    return [number for number, authors in votes.items() if "kim" in authors]


@asynccontextmanager
async def slow_queue(office: Office) -> AsyncIterator[tuple[Console, asyncio.Event]]:
    """The console with the cursor on M-6, which others proposed; lists are read only while the gate is open."""
    gate, settings = asyncio.Event(), office.settings()
    gate.set()
    app = make_app(office, open_backend=waiting(lambda: office.connect(settings), gate, "list"))
    async with open_console(app) as console:
        await console.go_to("Pay refunds")
        gate.clear()
        yield console, gate


@pytest.mark.parametrize(
    ("typed", "keys", "number"),
    [
        ("/author:ana\na", (), 7),
        ("/author:ana\n\na", (), 7),
        ("4a", (), 7),
        ("", ("shift+tab", "a"), 7),
        ("Otitle\nga", (), 5),
    ],
    ids=["filter", "filter, open", "view", "tab", "order"],
)
async def test_a_key_behind_the_choice_of_another_list_acts_on_a_row_of_that(
    office: Office, typed: str, keys: tuple[str, ...], number: int
) -> None:
    before = await approved(office)
    async with slow_queue(office) as (console, gate):
        console.burst(typed, *keys)
        await console.pilot.pause(0.3)
        gate.set()
        await console.sees(f"Approved M-{number}.")
    assert set(await approved(office)) == {*before, number}


async def test_what_is_typed_for_a_list_that_cannot_be_read_runs_nothing(office: Office) -> None:
    before, settings = await approved(office), office.settings()
    app = make_app(office, open_backend=failing(lambda: office.connect(settings)))
    async with open_console(app) as console:
        await console.go_to("Pay refunds")
        console.burst("/author:ana\nacq")
        await console.sees("The list is lost.", "R tries again.")
        await console.misses("Pay refunds")
        await console.press("a")
        await console.press("R")
        await console.on("Raise the session")
    assert await approved(office) == before


async def test_a_list_that_does_not_come_is_given_up_with_esc_and_then_no_row_of_the_one_before_is_meant(
    office: Office,
) -> None:
    before = await approved(office)
    async with slow_queue(office) as (console, gate):
        console.burst("4a")
        await late(console)
        await console.sees("reading the list")
        await console.press("escape", "a", "enter", "space")
        await console.sees("› Queue")
        await console.misses("marked")
        gate.set()
        await console.on("Raise the session")
    assert await approved(office) == before


def failing(connect: Callable[[], Awaitable[Backend]]) -> Callable[[], Awaitable[Backend]]:
    """Opens Backends that read the list of one author only the second time that it is asked for."""
    asked: list[str] = []

    async def open_one() -> Backend:
        backend = await connect()
        real = backend.mutations.list

        async def fail(*args: Any, **kwargs: Any) -> Any:
            if "ana" in str(kwargs.get("filter")) and not asked:
                asked.append("ana")
                raise SystemFailure("SYS_CONNECTION", "The list is lost.")
            return await real(*args, **kwargs)

        setattr(backend.mutations, "list", fail)  # noqa: B010 - a facet's type has no such attribute to assign to
        return backend

    return open_one
