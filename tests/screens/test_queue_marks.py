"""Marking mutations in the queue."""

from collections.abc import Sequence

import pytest

from lattice_console.screens import queue_feed, queue_marking
from lattice_console.widgets import queue_marks
from lattice_console.widgets.queue_list import QueueList
from tests.screens.console import Console
from tests.screens.project import Office
from tests.support.changes import create


def marked(console: Console) -> Sequence[str]:
    """The titles that are marked, from the top."""
    listed = console.app.screen.query_one(QueueList)
    return [row.title for row in listed.window if row.id in listed.marks]


async def test_space_marks_the_row_and_goes_on_to_the_next(console: Console) -> None:
    await console.press("space", "j", "space")
    await console.sees("◆ 2 marked")
    assert marked(console) == ["Tighten the password rule", "Pay refunds within a week"]
    assert "◆" in console.line("Tighten")
    assert "◆" not in console.line("Raise the session")
    await console.press("k", "space")
    await console.sees("◆ 1 marked")
    assert "◆" not in console.line("Pay refunds")


async def test_v_marks_from_here_to_there_once_it_is_pressed_again(console: Console) -> None:
    await console.press("j", "v", "j", "j")
    await console.sees("3 rows in the range: v or Space marks them")
    assert marked(console) == []
    assert "◆" in console.line("Pay refunds")
    await console.press("v")
    await console.sees("◆ 3 marked")
    await console.misses("in the range")
    assert len(marked(console)) == 3


async def test_esc_leaves_the_range_then_takes_the_marks_off(console: Console) -> None:
    await console.press("space", "v", "j", "j")
    await console.sees("◆ 1 marked", "3 rows in the range")
    await console.press("escape")
    await console.misses("in the range")
    await console.sees("◆ 1 marked")
    await console.press("escape")
    await console.misses("marked", "◆")


async def test_marks_outlast_another_order_another_filter_and_what_others_do(console: Console, office: Office) -> None:
    await console.go_to("Pay refunds")
    await console.press("space", "O")
    await console.type("title")
    await console.press("enter")
    await console.sees("TITLE↑")
    assert marked(console) == ["Pay refunds within a week"]
    await console.press("slash")
    await console.type("author:ana")
    await console.press("enter")
    await console.sees("1 of 2", "◆ 1 marked")
    await console.press("backspace")
    ana = await office.as_("ana")
    await ana.mutations.create(title="Explain the refresh token", changes=[create("docs/token.md")])
    await ana.close()
    await console.sees("of 9", "◆ 1 marked")
    assert marked(console) == ["Pay refunds within a week"]


async def test_a_star_marks_all_that_match(console: Console) -> None:
    await console.press("slash")
    await console.type("status:pending")
    await console.press("enter")
    await console.sees("1 of 3")
    await console.press("asterisk")
    await console.sees("◆ 3 marked")
    assert len(marked(console)) == 3


async def test_where_more_match_than_can_be_marked_it_says_how_many(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (queue_marks, queue_feed, queue_marking):
        monkeypatch.setattr(module, "MARK_LIMIT", 5)
    await console.press("asterisk")
    await console.sees("Marked 5 of 8 mutations: no more can be at once.", "◆ 5 marked")
    await console.press("G", "space")
    await console.sees("Not all were marked: 5 can be at once.")
