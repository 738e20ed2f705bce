"""Pictures of reviewing. Each name says what the eye should see."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from lattice_console.app import LatticeApp
from lattice_console.contract.models.review import Anchor
from lattice_console.widgets.diff_view import DiffView
from tests.screens.console import Console, make_app
from tests.screens.project import NEW_SESSION, NEW_SPEC, NOON, REFUNDS, Office
from tests.screens.reviewing import SESSION_PATH, SPEC_PATH, drafted, on_line, opened
from tests.support.changes import create, modify, rename
from tests.support.clock import Clock

Looks = Callable[..., bool]
Steps = Callable[[Console], Awaitable[None]]

SMALL, LARGE = (80, 24), (160, 50)
BOTH = pytest.mark.parametrize("size", [SMALL, LARGE], ids=lambda size: "x".join(map(str, size)))


@pytest.fixture
def looks(snap_compare: Any, office: Office) -> Looks:
    """Compare the screen after some steps with its picture."""

    def compare(steps: Steps, size: tuple[int, int], app: LatticeApp | None = None) -> bool:
        app = app or make_app(office)

        async def before(pilot: Pilot[None]) -> None:
            console = Console(app, pilot)
            await console.sees("live", "Pay refunds")
            await steps(console)
            await console.until(lambda: _painted(console), "colours")
            # How long a message stays depends on how long the steps took.
            app.clear_notifications()
            await pilot.pause()

        return bool(snap_compare(app, terminal_size=size, run_before=before))

    return compare


def _painted(console: Console) -> bool:
    return all(view._missing() is None for view in console.app.screen_stack[-1].query(DiffView))


async def _discuss(office: Office) -> None:
    """Let people talk about M-7 for an hour: a thread, one with a suggestion, one settled, and a remark."""
    past = Office(office.root, Clock(NOON - timedelta(minutes=50)))
    raj, ana = await past.as_("raj"), await past.as_("ana")
    why = await raj.reviews.comment(
        "M-7", text="Why exactly 48? Our tokens live for 36.", anchor=Anchor(file_path=SPEC_PATH, line=10)
    )
    past.clock.advance(600)
    await ana.reviews.comment("M-7", text="Support asked for a whole weekend.", reply_to=why.id)
    past.clock.advance(600)
    await raj.reviews.comment(
        "M-7",
        text="Say it in days.",
        anchor=Anchor(file_path=SESSION_PATH, line=3),
        suggestion="LIMIT = timedelta(days=2)",
    )
    past.clock.advance(60)
    typo = await raj.reviews.comment("M-7", text="Typo above.", anchor=Anchor(file_path=SPEC_PATH, line=4))
    await ana.reviews.resolve("M-7", thread=typo.id)
    for backend in (raj, ana):
        await backend.close()


async def _renew(office: Office) -> None:
    """Let ana make a second patchset of M-7, in which a commented line is gone."""
    past = Office(office.root, Clock(NOON - timedelta(minutes=10)))
    ana = await past.as_("ana")
    changes = [
        modify(SPEC_PATH, NEW_SPEC.replace(b"48 hours", b"36 hours")),
        modify(SESSION_PATH, NEW_SESSION),
        create("docs/logo.png", b"\x89PNG\0" * 80),
        rename("docs/old/sessions.md", "docs/sessions.md"),
    ]
    await ana.mutations.update("M-7", changes=changes, message="As long as the tokens")
    await ana.close()


async def _stack(office: Office) -> None:
    past = Office(office.root, Clock(NOON - timedelta(minutes=30)))
    agent = await past.as_("agent-7")
    base = REFUNDS.replace(b"14 days", b"7 days")
    for title, text in (("Ask no fee for refunds", b"\nNo fee.\n"), ("Round refunds up", b"\nRounded up.\n")):
        base += text
        parents = ["M-6"] if text.startswith(b"\nNo") else ["M-9"]
        await agent.mutations.create(title=title, changes=[modify("docs/refunds.md", base)], parents=parents)
    await agent.close()


async def _talked_over(console: Console) -> None:
    await opened(console, "Raise the session")
    await drafted(console, '"Sessions can be ended"', "By whom?")
    await console.press("greater_than_sign")


@BOTH
def test_in_the_diff_threads_and_drafts_stand_under_their_lines_and_a_resolved_one_is_short(
    looks: Looks, office: Office, size: tuple[int, int]
) -> None:
    asyncio.run(_discuss(office))
    assert looks(_talked_over, size)


@BOTH
def test_a_comment_is_typed_under_what_it_is_about_with_the_suggested_lines_below(
    looks: Looks, size: tuple[int, int]
) -> None:
    async def steps(console: Console) -> None:
        await opened(console, "Raise the session")
        await on_line(console, "48 hours")
        await console.press("c")
        await console.sees("Comment on")
        await console.type("In days")
        await console.press("ctrl+g")
        await console.sees("Suggested instead")

    assert looks(steps, size)


def test_a_comment_on_a_value_names_its_pointer_above_the_field(looks: Looks) -> None:
    async def steps(console: Console) -> None:
        await opened(console, "Raise the session")
        await on_line(console, "48 hours")
        await console.press("c")
        await console.sees("Comment on")
        await console.press("ctrl+r")
        await console.sees("About the value")

    assert looks(steps, SMALL)


@BOTH
def test_before_a_verdict_all_drafts_and_open_threads_are_listed_above_the_field_of_its_text(
    looks: Looks, office: Office, size: tuple[int, int]
) -> None:
    asyncio.run(_discuss(office))

    async def steps(console: Console) -> None:
        await _talked_over(console)
        await drafted(console, "hours=48", "Two days?")
        await console.press("x")
        await console.sees("Request changes: M-7", "open threads")
        await console.press("tab", "space")

    assert looks(steps, size)


@BOTH
def test_the_overview_lists_whose_turn_it_is_drafts_and_threads_with_the_open_ones_first(
    looks: Looks, office: Office, size: tuple[int, int]
) -> None:
    asyncio.run(_discuss(office))

    async def steps(console: Console) -> None:
        await _talked_over(console)
        await console.press("tab")
        await console.quiet()
        await on_line(console, "user-auth.json:10")

    assert looks(steps, size)


@BOTH
def test_what_came_since_my_review_is_one_file_with_my_remark_on_its_old_side(
    looks: Looks, office: Office, size: tuple[int, int]
) -> None:
    async def say(office: Office) -> None:
        past = Office(office.root, Clock(NOON - timedelta(minutes=20)))
        kim = await past.as_("kim")
        anchor = Anchor(file_path=SPEC_PATH, line=10)
        await kim.reviews.vote("M-7", vote="approve", comment="Fine.")
        await kim.reviews.comment("M-7", text="Why 48?", anchor=anchor)
        await kim.close()

    asyncio.run(say(office))
    asyncio.run(_renew(office))

    async def steps(console: Console) -> None:
        await opened(console, "Raise the session")
        await console.sees("since my review")

    assert looks(steps, size)


@BOTH
def test_a_stack_is_a_line_of_signs_and_numbers_with_the_one_that_is_read_underlined(
    looks: Looks, office: Office, size: tuple[int, int]
) -> None:
    asyncio.run(_stack(office))

    async def steps(console: Console) -> None:
        await opened(console, "Ask no fee")
        await console.sees("stack")

    assert looks(steps, size)


def test_applying_a_suggestion_asks_with_the_lines_that_go_and_come(looks: Looks, office: Office) -> None:
    asyncio.run(_discuss(office))

    async def steps(console: Console) -> None:
        await opened(console, "Raise the session")
        await console.press("greater_than_sign", "greater_than_sign", "greater_than_sign")
        await console.on("Say it in days")
        await console.press("i")
        await console.sees("Make patchset 2")

    assert looks(steps, SMALL, make_app(office, actor="ana"))


def test_viewed_files_are_folded_and_counted(looks: Looks) -> None:
    async def steps(console: Console) -> None:
        await opened(console, "Raise the session")
        await on_line(console, "user-auth.json")
        await console.press("r")
        await console.sees("1 of 4 viewed")

    assert looks(steps, SMALL)
