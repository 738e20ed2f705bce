"""The sheets at the foot: dialogs, pickers, messages, help; and messages that pass."""

from textual.widgets._toast import Toast

from lattice_console.screens.view_dialog import ViewDialog
from lattice_console.widgets.queue_list import QueueList
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office


async def test_the_first_dialog_of_a_session_lies_at_the_foot_whichever_it_is(console: Console) -> None:
    await console.press("slash")
    await console.type("is:open")
    await console.press("enter", "V")
    await console.sees("Save is:open", "Enter save")
    assert isinstance(console.app.screen, ViewDialog)
    assert "Enter save" in console.lines[-1]
    assert "› Queue" in console.lines[0]


async def test_a_picker_says_by_which_keys_it_is_left(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        for key, asked in ("O", "Order by what?"), ("colon", "What do you want to do?"):
            await console.press(key)
            await console.sees(asked, "Enter choose   Esc leave")
            await console.press("escape")
            await console.misses(asked)


async def test_a_message_covers_neither_the_count_of_rows_nor_the_keys(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        console.app.say("Not executed: something is in the way. " * 6, "warning")
        console.app.say("Approved M-1.")
        await console.sees("Approved M-1.")
        assert "1 of 8" in console.lines[-2]
        assert "? help" in console.lines[-1]


async def test_a_short_message_is_no_wider_than_its_words(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        console.app.say("Approved M-1.")
        await console.sees("Approved M-1.")
        assert console.app.screen.query_one(Toast).region.width < 20
        assert console.app.screen.query_one(QueueList).region.width == 80


async def test_messages_read_again_are_not_covered_by_those_that_pass(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        console.app.say("Approved M-1.")
        console.app.say("Not executed: no.", "warning")
        await console.press("m")
        await console.sees("Approved M-1.", "Not executed: no.", "Esc close")
        await console.until(lambda: console.text.count("Approved M-1.") == 1, "the message to stand there once")


async def test_help_of_the_queue_fits_the_smallest_terminal_whole(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        await console.press("question_mark")
        await console.sees("a A  Approve, with suggestions", "q ctrl+q  Quit", "Esc close")
        assert "The mutation under the cursor" in console.text


async def test_help_on_a_wide_terminal_wraps_nothing(office: Office) -> None:
    async with open_console(make_app(office), (200, 60)) as console:
        await console.press("question_mark")
        await console.sees("Approve, with suggestions", "Finish a failed rollback", "Copy number or selection", "Quit")


async def test_while_a_filter_is_typed_the_footer_names_a_key_that_does_not_type(console: Console) -> None:
    await console.press("slash")
    await console.until(lambda: "F1 help" in console.lines[-1], "F1 in the footer")
    await console.press("escape")
    await console.until(lambda: "? help" in console.lines[-1], "? in the footer")


async def test_a_long_message_read_again_goes_on_beneath_its_own_words(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        console.app.say("Not executed: something is in the way of it. " * 4, "warning")
        console.app.say("Approved M-1.")
        await console.press("m")
        await console.sees("Esc close")
        first = console.line("! Not executed").index("Not executed")
        after = console.lines[console.lines.index(console.line("! Not executed")) + 1]
        assert len(after) - len(after.lstrip()) == first


async def test_messages_do_not_leave_a_part_of_one_that_passed_above_them(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        console.app.say("Not executed: something is in the way. " * 8, "warning")
        await console.sees("Not executed")
        await console.press("m")
        await console.sees("Esc close")
        await console.until(lambda: not console.app.screen_stack[0].query(Toast), "the passing message to go")
