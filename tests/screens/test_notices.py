"""What is said to the person: one message at a time, gone with the next key, and there to be read again."""

from textual.events import MouseDown
from textual.widgets._toast import Toast

from lattice_console.widgets.queue_list import QueueList
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office

REFUSED = "Not executed: something is in the way. "


async def seen(console: Console, *words: str) -> None:
    """Wait until a message is there, and let the person look at it."""
    await console.sees(*words)
    await console.pilot.pause(0.35)


async def test_only_the_newest_message_passes(console: Console) -> None:
    console.app.say("Approved M-1.")
    await console.sees("Approved M-1.")
    console.app.say(REFUSED, "warning")
    console.app.say("Approved M-2.")
    await console.sees("Approved M-2.")
    await console.misses("Approved M-1.", REFUSED)


async def test_a_message_is_gone_at_the_next_key_and_can_be_read_again(console: Console) -> None:
    console.app.say(REFUSED, "error")
    await seen(console, REFUSED)
    await console.press("j")
    await console.misses(REFUSED)
    await console.press("m")
    await console.sees(REFUSED, "Esc close")


async def test_a_click_takes_a_message_away_as_a_key_does(console: Console) -> None:
    console.app.say(REFUSED, "error")
    await seen(console, REFUSED)
    console.app.post_message(MouseDown(console.app.screen, 10, 6, 0, 0, 1, False, False, False))
    await console.misses(REFUSED)


async def test_a_key_that_comes_before_a_message_can_be_seen_leaves_it(console: Console) -> None:
    console.app.say(REFUSED, "error")
    await console.sees(REFUSED)
    await console.press("j")
    await console.sees(REFUSED, "2 of 8")
    await console.pilot.pause(0.35)
    await console.press("j")
    await console.misses(REFUSED)


async def test_a_message_that_is_said_again_and_again_stands_there_once_and_is_counted(console: Console) -> None:
    for _ in range(5):
        console.app.say(REFUSED, "warning")
    await console.sees(REFUSED)
    assert console.text.count(REFUSED) == 1
    await console.press("m")
    await console.sees("! Not executed: something is in the way.  (5 times)", "Esc close")
    assert console.text.count(REFUSED) == 1


async def test_what_was_said_can_be_read_again(console: Console) -> None:
    console.app.say("Approved M-1.")
    console.app.say(REFUSED, "warning")
    console.app.say("Approved M-2.")
    await console.press("m")
    await console.sees("Approved M-1.", f"! {REFUSED}", "Approved M-2.", "Esc close")
    assert console.text.count("Approved M-2.") == 1
    await console.press("escape")
    await console.misses("Esc close")


async def test_what_is_said_while_the_messages_are_read_comes_on_top_of_them(console: Console) -> None:
    console.app.say("Approved M-1.")
    await console.press("m")
    await console.sees("Approved M-1.", "Esc close")
    console.app.say(REFUSED, "warning")
    await console.sees(f"! {REFUSED}")
    assert console.lines.index(console.line(REFUSED)) < console.lines.index(console.line("Approved M-1."))
    await console.press("escape")
    await console.misses("Esc close", REFUSED)


async def test_nothing_that_is_said_covers_the_palette_or_the_help_and_it_is_there_afterwards(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        for opens, there in (("colon", "What do you want to do?"), ("question_mark", "Esc close")):
            await console.press(opens)
            await console.sees(there)
            console.app.say(REFUSED * 3, "warning")
            await console.pilot.pause(0.35)
            assert REFUSED not in console.text
            await console.press("escape")
            await console.misses(there)
            await seen(console, REFUSED)
            await console.press("j")
            await console.misses(REFUSED)


async def test_a_message_never_covers_a_question(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        await console.go_to("Raise the session")
        await console.press("e")
        await console.sees("Execute M-7: 4 files")
        console.app.say("Something was said at length. " * 6, "warning")
        await console.sees("Execute M-7: 4 files", "Enter execute", "Something was said")


async def test_a_message_covers_neither_the_count_of_rows_nor_the_keys(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        console.app.say(REFUSED * 6, "warning")
        await console.sees(REFUSED)
        assert "1 of 8" in console.lines[-2]
        assert "? help" in console.lines[-1]


async def test_nothing_of_the_lines_beneath_follows_a_message(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        console.app.say("Not executed: something is in the way of it. " * 4, "warning")
        await console.sees("Not executed")
        assert console.app.screen.query_one(Toast).region.right == 80
        # A cell of its own at the end of even its longest line.
        assert all(line.endswith(" ") for line in console.lines if "▌ " in line[1:])


async def test_a_short_message_is_no_wider_than_its_words(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        console.app.say("Approved M-1.")
        await console.sees("Approved M-1.")
        assert console.app.screen.query_one(Toast).region.width < 20
        assert console.app.screen.query_one(QueueList).region.width == 80


async def test_a_long_message_read_again_goes_on_beneath_its_own_words(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        console.app.say("Not executed: something is in the way of it. " * 4, "warning")
        console.app.say("Approved M-1.")
        await console.press("m")
        await console.sees("Esc close")
        first = console.line("! Not executed").index("Not executed")
        after = console.lines[console.lines.index(console.line("! Not executed")) + 1]
        assert len(after) - len(after.lstrip()) == first


async def test_a_sheet_leaves_no_part_of_a_message_above_it(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        console.app.say(REFUSED * 8, "warning")
        await console.sees(REFUSED)
        # So soon that the message stays, beneath.
        await console.press("O")
        await console.sees("Order by what?")
        assert REFUSED not in console.text


async def test_a_letter_that_is_bound_nowhere_here_says_so_and_is_not_kept(console: Console) -> None:
    for key in "zW":
        await console.press(key)
        await console.sees(f"{key} does nothing here; ? lists the keys.")
    await console.press("j")
    await console.misses("does nothing here")
    await console.press("m")
    await console.sees("Nothing has been said yet.")


async def test_a_letter_that_is_typed_or_that_a_place_knows_is_no_dead_key(console: Console) -> None:
    await console.press("slash")
    await console.type("zW")
    await console.sees("/zW")
    await console.press("escape", "j", "k", "y")
    await console.sees("M-8")
    assert "does nothing here" not in console.text
