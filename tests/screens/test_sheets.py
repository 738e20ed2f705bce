"""The sheets at the foot: dialogs, pickers, messages, help."""

from lattice_console.screens.view_dialog import ViewDialog
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
