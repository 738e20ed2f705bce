"""The queue's order: stacks drawn as stacks, and lists sorted by a column."""

from lattice_console.widgets.queue_list import QueueList
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.screens.queue_house import stack_up


def titles(console: Console) -> list[str]:
    listed = console.app.screen.query_one(QueueList)
    return [row.title for row in listed.window]


async def click_head(console: Console, words: str) -> None:
    head = next(line for line in console.lines if "TITLE" in line)
    await console.pilot.click(QueueList, offset=(head.index(words) + 1, 0))


async def test_what_stands_on_others_is_drawn_below_them(office: Office) -> None:
    await stack_up(office)
    async with open_console(make_app(office)) as console:
        above, middle, below = (console.line(title) for title in ("Split invoice", "Tax per", "Round each"))
        assert "  Split invoice lines" in above
        assert "  └ Tax per line" in middle
        assert "    └ Round each line" in below
        first = console.lines.index(above)
        assert console.lines[first : first + 3] == [above, middle, below]


async def test_in_another_order_no_stack_is_drawn(office: Office) -> None:
    await stack_up(office)
    async with open_console(make_app(office)) as console:
        await click_head(console, "TITLE")
        await console.sees("TITLE↑")
        assert "├" not in console.text
        assert "└" not in console.text
        assert titles(console) == sorted(titles(console))


async def test_a_click_on_a_head_sorts_then_turns_the_order_round_then_goes_back_to_stacks(console: Console) -> None:
    await click_head(console, "AGE")
    await console.sees("↑AGE")
    assert titles(console)[0] == "Tighten the password rule"
    await click_head(console, "AGE")
    await console.sees("↓AGE")
    assert titles(console)[0] == "Limit sign-ins per minute"
    await click_head(console, "AGE")
    await console.misses("↓AGE", "↑AGE")
    assert titles(console)[0] == "Tighten the password rule"


async def test_O_asks_by_what_and_comma_turns_it_round(console: Console) -> None:
    await console.press("comma")
    await console.sees("Stacks have one order")
    await console.press("O")
    await console.sees("Stacks, the newest first", "Last change")
    await console.type("vot")
    await console.press("enter")
    await console.sees("VOTE↓")
    await console.press("comma")
    await console.sees("VOTE↑")
    await console.press("O", *"stacks", "enter")
    await console.misses("VOTE↑", "VOTE↓")


async def test_the_cursor_stays_on_its_mutation_in_another_order(console: Console) -> None:
    await console.go_to("Pay refunds")
    await click_head(console, "TITLE")
    await console.sees("TITLE↑")
    await console.on("Pay refunds")
