"""Settling conflicts on the screen: sides, choices, the result, and the patchset that comes of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.screens.resolving import OURS, clashing, resolving
from tests.screens.reviewing import acting, mutation

WIDE, SMALL = (160, 50), (80, 24)


@asynccontextmanager
async def _at(
    office: Office, size: tuple[int, int] = WIDE, actor: str = "ana", title: str = "Rename customer"
) -> AsyncIterator[Console]:
    async with open_console(make_app(office, actor=actor), size) as console:
        await resolving(console, title)
        yield console


async def test_taking_a_side_of_each_conflict_and_applying_makes_a_patchset_on_what_stands_there(
    office: Office,
) -> None:
    ours, theirs = await clashing(office)
    async with _at(office) as console:
        await console.sees(
            "2 of 2 conflicts open", f"M-{ours.number}", f"M-{theirs.number} Add customer tier · agent-7", "executed"
        )
        await console.press("1")
        await console.sees("1 of 2 conflicts open")
        await console.press("right_square_bracket", "2")
        await console.sees("2 conflicts settled", "apply, after the final diff")
        await console.press("ctrl+s")
        await console.sees("Final diff", "make patchset 2")
        await console.press("ctrl+s")
        await console.sees("Resolved: patchset 2")
    after = await mutation(office, ours.id)
    assert after.patchset == 2
    assert not any(one.name == "base_current" and one.blocks for one in after.requirements)
    async with acting(office, "kim") as kim:
        content = await kim.documents.content(after.changes[0].result_hash or "")
    # Ours in the first conflict, theirs in the second; what only one of them changed came by itself.
    expected = OURS.replace(b"due: 30 days", b"due: 21 days").replace(b"within: 30 days", b"within: 14 days")
    assert content == expected


async def test_its_key_opens_the_conflicts_from_within_the_mutation_too(office: Office) -> None:
    await clashing(office)
    async with open_console(make_app(office, actor="ana"), WIDE) as console:
        await console.go_to("Rename customer")
        await console.press("enter")
        await console.sees("1 Diff")
        await console.press("M")
        await console.sees("Resolve", "Result")
