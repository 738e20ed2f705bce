"""A folder that is moved away from under the console."""

import os

from tests.screens.console import Console
from tests.screens.project import Office


async def test_the_console_says_that_its_project_was_moved_and_goes_on_once_it_is_back(
    console: Console, office: Office
) -> None:
    await console.go_to("Pay refunds")
    away = office.root.with_name("away")
    os.rename(office.root, away)
    await console.press("R")
    await console.sees("was moved, removed or replaced")
    os.rename(away, office.root)
    raj = await office.as_("raj")
    await raj.reviews.vote("M-6", vote="approve")
    await raj.close()
    await console.press("R")
    await console.until(lambda: "✓" in console.line("Pay refunds"), "the row to be approved")
    assert not away.exists()
