"""Text from mutations does nothing but stand there."""

import re

from tests.screens.console import Console, make_app, open_console
from tests.screens.project import HOSTILE, Office

ESCAPED = "⟨U+202E⟩"
LIVE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]")


def harmless(console: Console) -> None:
    """Nothing on the screen can move the cursor, and every line has the width of the terminal."""
    assert [line for line in console.lines if LIVE.search(line)] == []


async def test_a_hostile_title_is_inert_wherever_it_stands(office: Office) -> None:
    assert "\u202e" in HOSTILE
    async with open_console(make_app(office), (160, 50)) as console:
        await console.go_to("@click")
        await console.sees("[@click=app.leave]press[/]", ESCAPED, "[bold]now[/bold]")
        harmless(console)
        # A click on markup that was taken for an action would leave the app.
        row = next(at for at, line in enumerate(console.lines) if "[@click" in line)
        for column in range(8, 40, 4):
            await console.pilot.click(offset=(column, row))
        assert console.app.is_running
        await console.press("enter")
        await console.sees("M-4 [@click=app.leave]press[/]", "1 Diff")
        harmless(console)
        await console.press("tab")
        await console.sees("Requirements")
        harmless(console)
        await console.press("c")
        await console.sees("Comment on M-4 [@click")
        harmless(console)


async def test_hostile_content_is_shown_byte_by_byte(office: Office) -> None:
    async with open_console(make_app(office)) as console:
        await console.go_to("@click")
        await console.press("enter")
        await console.sees("⟨U+001B⟩[31mred⟨U+001B⟩[0m", "bidi ⟨U+202E⟩ here", "⟨FF⟩⟨FE⟩ bytes", "⟨U+009B⟩31m")
        harmless(console)
        await console.press("escape")
        await console.sees("Queue")
        await console.press("d")
        await console.sees("⟨U+001B⟩[31mred")
        harmless(console)


async def test_a_hostile_reason_in_a_message_is_inert(console: Console) -> None:
    console.app.say("Not executed: [red]x[/red] \x1b[2J \u202e gone", "error")
    await console.sees("Not executed: [red]x[/red] ⟨U+001B⟩[2J ⟨U+202E⟩ gone")
    harmless(console)
