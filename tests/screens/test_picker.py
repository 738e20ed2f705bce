"""Choosers, and the fields that are typed in: what they say, and how they are seen without colour."""

import pytest
from rich.style import Style
from textual.widgets import OptionList, TextArea

from lattice_console.screens.picker import PickDialog
from lattice_console.widgets.queue_list import QueueList
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office


def styles(console: Console, words: str) -> list[Style]:
    """How the first line with these words is drawn, cell by cell."""
    app = console.app
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    strips = getattr(update, "strips")  # noqa: B009 - a full update has them; its type says less
    at = next(at for at, line in enumerate(console.lines) if words in line)
    return [segment.style or Style() for strip in strips[at] for segment in strip for _ in segment.text]


async def test_a_chooser_says_that_no_name_has_the_letters_and_stays_open(console: Console) -> None:
    await console.press("O")
    await console.sees("Last change")
    await console.press("j")
    await console.sees("Nothing matches “j”.")
    await console.press("enter")
    await console.pilot.pause()
    assert isinstance(console.app.screen, PickDialog)
    await console.press("backspace")
    await console.sees("Last change")
    await console.misses("Nothing matches")
    await console.type("vot")
    await console.press("enter")
    await console.sees("VOTE↓")


async def test_the_palette_says_that_nothing_matches(console: Console) -> None:
    await console.press("colon")
    await console.type("zz[b]")
    await console.sees("Nothing matches “zz[b]”.")
    await console.press("enter", "escape")
    await console.until(lambda: console.app.focused is console.app.screen.query_one(QueueList), "the list again")


@pytest.mark.parametrize("key", ["O", "colon"])
async def test_without_colour_the_chosen_line_is_reversed(
    office: Office, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_console(make_app(office)) as console:
        await console.press(key, "down")
        options = console.app.screen.query_one(OptionList)
        await console.until(lambda: options.highlighted == 1, "the second line to be chosen")
        first, chosen = (str(options.get_option_at_index(at).prompt).strip() for at in (0, 1))
        assert all(style.reverse for style in styles(console, chosen))
        assert not all(style.reverse for style in styles(console, first))


async def test_without_colour_a_line_to_type_in_is_underlined(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_console(make_app(office)) as console:
        await console.press("O", *"votes")
        await console.sees("votes")
        assert sum(bool(style.underline) for style in styles(console, "votes")) > 90
        await console.press("escape", "slash", *"votes")
        await console.sees("votes")
        assert sum(bool(style.underline) for style in styles(console, "votes")) > 90


async def test_without_colour_a_text_to_type_has_an_edge(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_console(make_app(office)) as console:
        await console.go_to("Raise the session")
        await console.press("x")
        await console.sees("What has to change?")
        area = console.app.screen.query_one(TextArea).region
        assert {line[area.x] for line in console.lines[area.y : area.bottom]} == {"│"}


async def test_without_colour_the_chosen_count_at_home_is_reversed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_console(make_app(office, start="home")) as console:
        await console.sees("drafted M-8")
        await console.press("0")
        await console.sees("Enter in the queue")
        line, drawn = console.line("3 pending"), styles(console, "3 pending")
        assert all(style.reverse for style in drawn[line.index("3 pending") :][:9])
        assert not any(style.reverse for style in drawn[line.index("1 approved") :])
