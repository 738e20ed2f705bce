"""What an act leaves to be done, said before it is done; and the stack around it, executed parts included."""

from lattice_console.contract.models.mutation import Mutation
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.screens.queue_house import STACK, stack_up
from tests.support.changes import create
from tests.support.house import track

POLICY = {".lattice/workflows/code-review.json": b'{"review_requirements": {"min_reviewers": 2}}'}


async def marked(console: Console, filter: str, number: int) -> None:
    await console.press("slash")
    await console.type(filter)
    await console.press("enter")
    await console.sees(f"1 of {number}")
    await console.press("asterisk")
    await console.sees(f"◆ {number} marked")


async def beneath(console: Console, title: str) -> str:
    """The line beneath the one with that title."""
    await console.sees(title)
    return console.lines[console.lines.index(console.line(title)) + 1].strip()


async def opened(console: Console, title: str) -> None:
    await console.go_to(title)
    await console.press("enter")
    await console.sees("1 Diff", "stack  ")


async def test_a_plan_says_that_a_mutation_will_stay_pending_and_what_it_takes(office: Office) -> None:
    kim = await office.as_("kim")
    await track(kim, POLICY)
    await kim.close()
    await stack_up(office, approved=("Name the currency",))
    async with open_console(make_app(office)) as console:
        await marked(console, "spec:payments agent-7 -refunds or currency or fees", 2)
        await console.press("a")
        await console.sees("Approve: 2 of 2 mutations")
        assert await beneath(console, "Round up late fees") == "It stays pending: it takes 1 more approval."
        # With mine it has both.
        assert "pending" not in await beneath(console, "Name the currency")
        await console.press("enter")
        await console.sees("Approve: 2 done.", "Approved M-12. e on it executes it.", "It stays pending:")


async def test_a_plan_says_what_bars_the_execution_once_a_mutation_is_approved(office: Office) -> None:
    made = await stack_up(office)
    await renew(office, made[0])
    async with open_console(make_app(office)) as console:
        await marked(console, "Tax", 1)
        await console.press("a")
        await console.sees("Approve: 1 of 1 mutation")
        before = await beneath(console, "Tax per line")
        assert before.startswith("Before it can be executed: ")
        assert "M-9" in before
        await console.press("enter")
        await console.sees("Approve: 1 done.", before[:50])


async def test_rejecting_names_what_stands_on_it(office: Office) -> None:
    await stack_up(office)
    async with open_console(make_app(office)) as console:
        await marked(console, "Split or Tax", 2)
        await console.press("X")
        await console.sees("Reject: 2 of 2 mutations")
        said = "M-11 stands on it, and cannot be executed while it is rejected."
        assert await beneath(console, "Tax per line") == said
        # What is rejected with it is not told of.
        assert console.text.count("on it") == 1
        await console.press("escape", "escape", "backspace")
        await console.sees("of 13")
        await console.go_to("Tax per line")
        await console.press("X")
        await console.sees("Reject M-10: it is closed at once, and can be reopened. Why?", "M-11 stands on it")


async def test_an_executed_mutation_still_shows_what_stands_on_it(office: Office) -> None:
    made = await stack_up(office, approved=STACK)
    kim = await office.as_("kim")
    await kim.executions.execute(made[0].id)
    await kim.close()
    async with open_console(make_app(office)) as console:
        await opened(console, "Split invoice lines")
        await console.sees("stack  ● M-9  ✓ M-10  ✓ M-11")
        await console.press("2")
        await console.sees("Stack", "M-11 Round each line")
        await console.press("right_parenthesis")
        await console.sees("M-10 Tax per line", "stack  ● M-9  ✓ M-10  ✓ M-11")


async def test_a_decision_on_a_stack_leaves_out_what_is_executed_and_says_where_one_is(office: Office) -> None:
    made = await stack_up(office, approved=STACK[:1])
    kim = await office.as_("kim")
    await kim.executions.execute(made[0].id)
    await kim.close()
    async with open_console(make_app(office)) as console:
        await opened(console, "Tax per line")
        await console.press("O")
        await console.sees("Approve the stack: 2 mutations")
        await console.press("enter")
        await console.sees("Approve: 2 of 2 mutations")
        assert "› M-10 Tax per line › Approve 2 mutations" in console.lines[0]
        await console.press("escape")
        await console.sees("M-10 Tax per line", "1 Diff")
        assert "Queue" not in console.lines[0]


async def renew(office: Office, first: Mutation) -> None:
    """Give the lowest of the stack a newer patchset, with nothing that those above conflict with."""
    agent = await office.as_("agent-7")
    again = [create("docs/lines.md", f"{STACK[0]}\n".encode()), create("docs/more.md", b"More.\n")]
    await agent.mutations.update(first.id, changes=again, expected_version=first.version)
    await agent.close()


async def test_what_happens_to_its_parent_is_seen_at_once(office: Office) -> None:
    made = await stack_up(office, approved=STACK)
    async with open_console(make_app(office)) as console:
        await opened(console, "Tax per line")
        await console.sees("stack  ✓ M-9  ✓ M-10", "✗ parents")
        kim = await office.as_("kim")
        await kim.executions.execute(made[0].id)
        await kim.close()
        await console.sees("stack  ● M-9  ✓ M-10", "✓ parents")
