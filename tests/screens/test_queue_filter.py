"""Typing a filter: completion, what is wrong where it stands, earlier filters, and that it stays."""

import pytest
from textual.widgets import Input

from lattice_console.widgets.filter_bar import FilterBar
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.screens.queue_house import stack_up


def typed(console: Console) -> str:
    return console.app.screen.query_one(FilterBar).query_one(Input).value


def wrong(console: Console) -> str:
    """The word that is marked as wrong."""
    marked = console.app.screen.query_one(FilterBar).wrong
    return "" if marked is None else typed(console)[marked.start : marked.stop]


async def test_an_empty_line_offers_every_key_and_says_what_the_keys_do(console: Console) -> None:
    await console.press("slash")
    await console.sees("status:  author:  spec:", "Tab completes", "Enter applies", "↑ earlier ones", "Esc leaves")


async def test_tab_takes_the_first_that_is_offered_then_its_values(console: Console) -> None:
    await console.press("slash")
    await console.type("au")
    await console.sees("author:  who proposed it; me is you")
    await console.press("tab")
    assert typed(console) == "author:"
    await console.sees("author:me  author:agent-7  author:ana  author:kim  author:raj")
    await console.press("tab", "tab", "tab")
    assert typed(console) == "author:ana "
    await console.press("shift+tab")
    assert typed(console) == "author:agent-7 "
    await console.press("enter")
    await console.sees("/author:agent-7", "1 of 5")


async def test_a_value_alone_finds_its_key(console: Console) -> None:
    await console.press("slash")
    await console.type("awa")
    await console.press("tab")
    assert typed(console) == "is:awaiting "
    await console.sees("waits for you")
    await console.type("-user")
    await console.press("tab", "enter")
    await console.sees("/is:awaiting -spec:user-auth", "1 of 3")


async def test_any_mutation_of_a_stack_finds_all_of_it(office: Office) -> None:
    await stack_up(office)
    async with open_console(make_app(office)) as console:
        await console.press("slash")
        await console.type("stack:")
        await console.sees("stack:9  all of the stack that this mutation is in")
        await console.type("M-11")
        await console.press("enter")
        await console.sees("1 of 3", "Split invoice lines", "Tax per line", "Round each line")


async def test_labels_and_stacks_in_sight_are_offered(office: Office) -> None:
    await stack_up(office)
    async with open_console(make_app(office)) as console:
        await console.press("slash")
        await console.type("bill")
        await console.sees("label:billing")
        await console.press("tab")
        await console.type("stack:")
        await console.sees("stack:9")
        await console.press("tab", "enter")
        await console.sees("/label:billing stack:9", "1 of 3")


async def test_while_a_word_is_typed_that_can_become_one_nothing_is_wrong(console: Console) -> None:
    await console.press("slash")
    for typing in ("status:", "pen"):
        await console.type(typing)
        assert wrong(console) == ""
    await console.press("tab")
    await console.type("or")
    assert wrong(console) == ""


async def test_a_wrong_word_is_marked_where_it_stands_and_nothing_typed_is_lost(console: Console) -> None:
    await console.press("slash")
    await console.type("refunds status:waiting ")
    await console.sees("there is no status:waiting; known are draft, pending, approved")
    assert wrong(console) == "status:waiting"
    await console.press("enter")
    assert typed(console) == "refunds status:waiting "
    for _ in range(8):
        await console.press("backspace")
    assert wrong(console) == ""
    await console.type("pend")
    await console.press("tab", "enter")
    await console.sees("/refunds status:pending", "1 of 1")


async def test_a_name_that_nobody_has_is_doubted_while_it_is_typed_and_where_nothing_matches(console: Console) -> None:
    await console.press("slash")
    await console.type("author:an")
    await console.misses("Nobody here")
    await console.type("na")
    await console.sees("Nobody here is called anna; known are ana,")
    await console.press("enter")
    await console.sees("No mutation matches author:anna", "Nobody here is called anna; known are ana,")


async def test_actor_is_as_good_as_author(console: Console) -> None:
    await console.press("slash")
    await console.type("actor:an")
    await console.press("tab", "enter")
    await console.sees("/author:ana", "1 of 2")


async def test_all_known_values_are_told_in_80_columns(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        await console.press("slash")
        await console.type("status:waiting ")
        await console.sees("known are draft", "rollback_failed", "expired, cancelled.")


async def test_earlier_filters_are_called_back_those_that_were_left_as_well(console: Console) -> None:
    for text in ("author:ana", "refunds"):
        await console.press("slash")
        await console.type(text)
        await console.press("enter")
        await console.sees(f"/{text}")
    await console.press("slash")
    await console.type("half a tho")
    await console.press("escape", "slash")
    assert typed(console) == "refunds"
    await console.press("up")
    assert typed(console) == "half a tho"
    await console.press("up", "up")
    assert typed(console) == "author:ana"
    await console.press("down", "down", "down")
    assert typed(console) == "refunds"


async def test_the_filter_the_view_and_the_order_are_there_again_after_a_restart(office: Office) -> None:
    async with open_console(make_app(office)) as console:
        await console.press("1")
        await console.sees("1 of 4")
        await console.press("slash")
        await console.type("-spec:user-auth")
        await console.press("enter")
        await console.sees("1 of 3")
        await console.press("O")
        await console.type("title")
        await console.press("enter")
        await console.sees("TITLE↑")
    async with open_console(make_app(office)) as console:
        await console.sees("/-spec:user-auth", "1 of 3", "TITLE↑", "Awaiting me 4")
        await console.sees("filtered: Backspace drops the filter   by title: O orders anew")
        await console.press("backspace")
        await console.sees("1 of 4   by title: O orders anew", "TITLE↑")
        await console.press("O", *"stacks", "enter")
        await console.misses("orders anew")


async def test_a_filter_that_is_left_at_once_by_quitting_is_kept(office: Office) -> None:
    async with open_console(make_app(office)) as console:
        await console.press("1")
        await console.press("2")
        await console.press("q")
    async with open_console(make_app(office), row=False) as console:
        await console.sees("Nothing has changed since you reviewed it")


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_nothing_moves_while_a_filter_is_typed(office: Office, size: tuple[int, int]) -> None:
    async with open_console(make_app(office), size) as console:
        await console.press("slash")
        await console.sees("Tab completes")
        where = [at for at, line in enumerate(console.lines) if "TITLE" in line]
        await console.type("status:waiting ")
        await console.sees("there is no status:waiting")
        assert [at for at, line in enumerate(console.lines) if "TITLE" in line] == where
