"""What was done is taken back at once where it is in sight; elsewhere, the console asks first."""

from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.screens.queue_house import stack_up
from tests.screens.reviewing import mutation, opened


async def filtered(console: Console, text: str, seen: str) -> None:
    await console.press("slash")
    await console.type(text)
    await console.press("enter")
    await console.sees(f"/{text}", seen)


async def test_u_asks_before_it_takes_back_a_verdict_on_what_another_list_showed(
    console: Console, office: Office
) -> None:
    await console.go_to("Pay refunds")
    await console.press("a")
    await console.sees("Approved M-6.")
    await filtered(console, "author:ana", "1 of 2")
    await console.press("u")
    await console.sees("Undo the approval of M-6 Pay refunds within a week, which is not in sight here.")
    await console.press("escape")
    await console.misses("Undo the approval")
    assert (await mutation(office, "M-6")).status == "approved"
    console.burst("u\n")
    await console.sees("Undone: the approval of M-6. It is pending.")
    await console.press("U")
    await console.sees("Redo the approval of M-6 Pay refunds within a week, which is not in sight here.")
    await console.press("enter")
    await console.sees("Redone: the approval of M-6. It is approved.")
    await console.press("backspace")
    await console.sees("of 8")
    await console.press("u")
    await console.sees("Undone: the approval of M-6. It is pending.")


async def test_what_verdicts_have_taken_out_of_the_list_is_taken_back_at_once(office: Office) -> None:
    await stack_up(office)
    async with open_console(make_app(office, view=None)) as console:
        await console.on("Round up late fees")
        await console.press("a")
        await console.sees("Approved M-13", "1 of 8")
        await console.press("a")
        await console.sees("Approved M-12", "1 of 7")
        await console.press("j", "u")
        await console.sees("Undone: the approval of M-12. It is pending.")
        await console.press("u")
        await console.sees("Undone: the approval of M-13. It is pending.")


async def test_u_on_an_open_mutation_asks_before_it_takes_back_a_verdict_on_the_one_before(
    console: Console, office: Office
) -> None:
    await opened(console, "Raise the session")
    await console.press("a")
    await console.sees("Approved M-7.")
    await console.press("u")
    await console.sees("Undone: the approval of M-7.")
    await console.press("U")
    await console.sees("Redone: the approval of M-7.")
    await console.press("J")
    await console.sees("M-6 Pay refunds within a week", "paid within 7 days")
    await console.press("u")
    await console.sees("Undo the approval of M-7 Raise the session limit to 48 h, which is not in sight here.")
    await console.press("escape")
    assert any(one.author.handle == "kim" and one.current for one in (await mutation(office, "M-7")).reviews)


async def test_several_verdicts_that_are_taken_back_elsewhere_are_told_by_one_of_them(office: Office) -> None:
    await stack_up(office)
    async with open_console(make_app(office)) as console:
        await console.on("Round up late fees")
        await console.press("space", "space", "a")
        await console.sees("Approve: 2 of 2 mutations")
        await console.press("enter")
        await console.sees("Approve: 2 done.")
        await console.press("escape")
        await filtered(console, "author:ana", "1 of 2")
        await console.press("u")
        await console.sees("Undo 2 approvals. Not in sight here: M-12 Name the currency and 1 more.")
        await console.press("enter")
        await console.sees("Undone: 2 approvals.")
