"""Rebasing from the keyboard, one mutation or several."""

from tests.screens.console import make_app, open_console
from tests.screens.project import Office
from tests.screens.resolving import LEDGER, OURS, THEIRS, clashing

CLEAN = LEDGER.replace(b"per_day: 1000", b"per_day: 5000")
PATH = "specs/ledger.yaml"


async def test_what_merges_by_itself_is_rebased_with_one_key_once_it_is_confirmed(office: Office) -> None:
    ours, _ = await clashing(office, {PATH: (LEDGER, CLEAN, THEIRS)})
    async with open_console(make_app(office, actor="ana")) as console:
        await console.go_to("Rename customer")
        await console.press("enter")
        await console.sees("= rebase")
        await console.press("equals_sign")
        await console.sees(f"Rebase M-{ours.number} Rename customer to account")
        await console.press("enter")
        await console.sees(f"Rebased M-{ours.number}: patchset 2 stands on what is there now.")
        await console.press("R")
        await console.misses("= rebase")
    kim = await office.as_("kim")
    [change] = (await kim.mutations.get(ours.id)).changes
    assert change.result_hash is not None
    assert await kim.documents.content(change.result_hash) == THEIRS.replace(b"per_day: 1000", b"per_day: 5000")
    await kim.close()


async def test_what_a_person_must_decide_is_offered_to_be_resolved_instead(office: Office) -> None:
    ours, _ = await clashing(office, {PATH: (LEDGER, OURS, THEIRS)})
    async with open_console(make_app(office, actor="ana")) as console:
        await console.go_to("Rename customer")
        await console.press("enter")
        await console.sees("M resolve")
        await console.press("equals_sign")
        await console.sees(f"Rebase M-{ours.number}")
        await console.press("enter")
        await console.sees("Not rebased: ", f"M-{ours.number} conflicts with what stands there now.")


async def test_nothing_to_rebase_says_so(office: Office) -> None:
    async with open_console(make_app(office)) as console:
        await console.go_to("Pay refunds")
        await console.press("equals_sign")
        await console.sees("There is nothing to rebase: it stands on what is there now.")


async def test_several_are_rebased_at_once_and_those_that_need_it_not_are_left_out(office: Office) -> None:
    await clashing(office, {PATH: (LEDGER, CLEAN, THEIRS)})
    async with open_console(make_app(office)) as console:
        await console.press("slash")
        await console.type("is:open -status:draft")
        await console.press("enter", "asterisk", "equals_sign")
        await console.sees("Rebase: 1 of ")
        await console.press("enter")
        await console.sees("Rebase: 1 done, 4 left out.")
