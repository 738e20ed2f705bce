"""A queue much longer than what is held of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.events import MouseScrollDown

from benchmarks.dataset import project
from lattice_console.profile.folder import work_folder
from lattice_console.profile.left_off import Bookmark
from lattice_console.widgets.queue_list import QueueList
from lattice_console.widgets.queue_window import PAGE
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.support.changes import create

LENGTH = 3000


@pytest.fixture(scope="module")
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("long") / "large", LENGTH)


@pytest.fixture
async def console(office: Office) -> AsyncIterator[Console]:
    """A console that has the highest number first, so that numbers tell places."""
    settings = office.settings()
    Bookmark(work_folder(settings.project_id or "", settings.actor), print).keep(view="all", sort="-number")
    async with open_console(make_app(office, folder=False), (80, 24)) as console:
        yield console


def number(console: Console) -> int:
    """The number of the mutation under the cursor."""
    return int(console.selected[1:].split()[1])


def a_turn_of_the_wheel(listed: QueueList) -> MouseScrollDown:
    return MouseScrollDown(listed, x=5, y=5, delta_x=0, delta_y=1, button=0, shift=False, meta=False, ctrl=False)


def listed(console: Console) -> QueueList:
    return console.app.screen.query_one(QueueList)


async def test_only_a_window_of_it_is_held(console: Console) -> None:
    await console.sees(f"1 of {LENGTH}")
    assert len(list(listed(console).window)) <= 2 * PAGE


async def test_walking_down_and_up_again_passes_every_row_once(console: Console) -> None:
    assert number(console) == LENGTH
    for step in range(1, 30):
        await console.press("pagedown")
        await console.until(lambda: any(line.startswith(console.bar) for line in console.lines), "a row")
        position = listed(console).cursor
        assert number(console) == LENGTH - position
        assert position == step * 17
    for _ in range(29):
        await console.press("pageup")
    await console.until(lambda: any(line.startswith(console.bar) for line in console.lines), "a row")
    assert number(console) == LENGTH
    assert len(list(listed(console).window)) <= 8 * PAGE


async def test_the_end_and_the_top_are_one_key_away(console: Console) -> None:
    await console.press("G")
    await console.sees(f"{LENGTH} of {LENGTH}")
    await console.until(lambda: any(line.startswith(console.bar) for line in console.lines), "a row")
    assert number(console) == 1
    await console.press("k", "k")
    assert number(console) == 3
    await console.press("g")
    await console.until(lambda: any(line.startswith(console.bar) for line in console.lines), "a row")
    assert number(console) == LENGTH


async def test_deep_in_the_list_the_cursor_stays_on_its_row_when_others_come_in(
    console: Console, office: Office
) -> None:
    for _ in range(20):
        await console.press("pagedown")
    await console.until(lambda: any(line.startswith(console.bar) for line in console.lines), "a row")
    before, line = number(console), console.lines.index(console.selected)
    kim = await office.as_("kim")
    for at in range(7):
        await kim.mutations.create(title=f"New {at}", changes=[create(f"new/{at}.md")])
    await kim.close()
    await console.sees(f"All {LENGTH + 7:,}", f"of {LENGTH + 7}")
    await console.until(lambda: listed(console).cursor == LENGTH + 7 - before, "the cursor to move along")
    assert number(console) == before
    assert console.lines.index(console.selected) == line


async def test_the_wheel_looks_ahead_without_moving_the_cursor(console: Console, office: Office) -> None:
    await console.press("j")
    for _ in range(500):
        listed(console).post_message(a_turn_of_the_wheel(listed(console)))
    await console.until(lambda: f" {LENGTH - 1500} " in console.text, "the rows far down")
    assert listed(console).cursor == 1
    kim = await office.as_("kim")
    await kim.mutations.create(title="One more", changes=[create("new/one.md")])
    await kim.close()
    await console.sees(f"All {LENGTH + 1:,}")
    await console.until(lambda: f" {LENGTH - 1500} " in console.text, "the same rows")
    await console.press("j")
    await console.until(lambda: any(line.startswith(console.bar) for line in console.lines), "a row under the cursor")
    assert number(console) == LENGTH - 2
