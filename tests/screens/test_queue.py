"""The queue, driven by keys on a real engine."""

from dataclasses import replace

from lattice_console.widgets.queue_list import QueueList
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office


async def test_the_queue_opens_on_the_newest_mutation_and_says_how_many_there_are(console: Console) -> None:
    assert "Tighten the password rule" in console.selected
    assert "billing-specs › Queue" in console.lines[0]
    assert console.lines[0].rstrip().endswith("kim · local · live")
    await console.sees("All 8", "1 of 8")


async def test_a_row_shows_sign_number_title_spec_author_age_votes_and_comments(console: Console) -> None:
    row = console.line("Raise the session").split()
    assert row[:2] == ["✓", "7"]
    assert row[-5:] == ["user-auth", "ana", "1h", "1/1", "1"]


async def test_j_k_g_and_G_move_the_cursor(console: Console) -> None:
    await console.press("j", "j")
    await console.on("Pay refunds within a week")
    await console.press("k")
    await console.on("Raise the session limit")
    await console.press("G")
    await console.on("Limit sign-ins per minute")
    await console.sees("8 of 8")
    await console.press("g")
    await console.on("Tighten the password rule")


async def test_a_click_selects_a_row_and_a_double_click_opens_it(console: Console) -> None:
    row = console.lines.index(console.line("Pay refunds")) - 3
    await console.pilot.click(QueueList, offset=(10, row))
    await console.on("Pay refunds")
    assert "1 Diff" not in console.text
    await console.pilot.click(QueueList, offset=(10, row), times=2)
    await console.sees("M-6 Pay refunds", "1 Diff")


async def test_a_filter_narrows_the_queue_and_says_what_it_is(console: Console) -> None:
    await console.press("slash")
    await console.type("status:pending refunds")
    await console.press("enter")
    await console.misses("Tighten")
    await console.sees("/status:pending refunds", "1 of 1")
    assert "Pay refunds within a week" in console.selected


async def test_a_wrong_filter_says_in_place_what_is_allowed(console: Console) -> None:
    await console.press("slash")
    await console.type("status:waiting")
    await console.press("enter")
    await console.sees("there is no status:waiting", "pending, approved")
    await console.press("escape")
    await console.misses("there is no status")
    await console.sees("1 of 8")


async def test_leaving_the_filter_keeps_the_one_that_is_applied(console: Console) -> None:
    await console.press("slash")
    await console.type("author:agent")
    await console.press("escape", "slash")
    await console.type("author:ana")
    await console.press("enter")
    await console.sees("/author:ana", "1 of 2")
    await console.press("slash")
    await console.type("zzz")
    await console.press("escape")
    await console.sees("/author:ana", "1 of 2")


async def test_the_filter_stays_when_a_mutation_was_opened(console: Console) -> None:
    await console.press("slash")
    await console.type("author:ana")
    await console.press("enter")
    await console.sees("1 of 2")
    await console.press("j", "enter")
    await console.sees("1 Diff")
    await console.press("escape")
    await console.sees("/author:ana", "2 of 2")


async def test_an_empty_result_says_how_to_change_it(console: Console) -> None:
    await console.press("slash")
    await console.type("unheard-of")
    await console.press("enter")
    await console.sees("No mutation matches unheard-of", "/ changes the filter", "Backspace drops it")
    await console.press("backspace")
    await console.sees("1 of 8")


async def test_a_wide_terminal_shows_a_preview_that_follows_the_cursor(office: Office) -> None:
    async with open_console(make_app(office), (160, 50)) as console:
        await console.press("j")
        await console.sees("M-7 Raise the session limit", "✓ 1 of 1 approval", "Support asks for it")
        await console.sees("src/auth/session.py", "+2 −2", '+     "Sessions expire after 48 hours"')
        await console.press("j")
        await console.sees("M-6 Pay refunds within a week", "✗ approvals")
        await console.misses("M-7 Raise")


async def test_a_narrow_terminal_has_no_preview(console: Console) -> None:
    await console.press("j")
    await console.sees("Enter open")
    assert "Support asks for it" not in console.text


async def test_columns_go_before_the_title_does(office: Office) -> None:
    async with open_console(make_app(office), (44, 20)) as console:
        row = console.line("Raise the session")
        assert "user-auth" not in row
        assert "1h" in row
        assert "1/1" in row


async def test_resizing_brings_the_preview_and_takes_it_away(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        await console.press("j")
        for width, height, there in ((160, 50, True), (80, 24, False), (200, 60, True), (119, 30, False)):
            await console.pilot.resize_terminal(width, height)
            await (console.sees if there else console.misses)("Support asks for it")
            assert len(console.lines) == height
            assert "Raise the session limit" in console.selected
            assert console.lines[-1].rstrip().endswith("? help")


async def test_a_preview_is_there_when_the_terminal_grew_while_a_mutation_was_open(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        await console.press("j", "enter")
        await console.sees("1 Diff", "Support asks for it")
        await console.pilot.resize_terminal(160, 50)
        await console.press("escape")
        await console.sees("› Queue", "M-7 Raise the session limit", "Support asks for it")


async def test_a_poor_terminal_gets_the_ascii_twins_of_all_signs(office: Office) -> None:
    app = make_app(office, settings=replace(office.settings(), ascii=True))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        console = Console(app, pilot)
        await console.sees("live", "1 of 8")
        # What people wrote stays as they wrote it.
        assert "".join(line for line in console.lines if "@click" not in line).isascii()
        assert console.line("Tighten").startswith("|.")


async def test_who_is_no_member_hears_it_and_of_whom_the_name_nearly_is(office: Office) -> None:
    app = make_app(office, actor="agent7")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        console = Console(app, pilot)
        await console.sees("agent7 is no member of billing-specs, agent-7 is.", "agent7 · local · not open")
        for key in "acd":
            await console.press(key)
            await console.sees("There is no mutation under the cursor to do that to.")
            await console.press("j")
            await console.misses("There is no mutation")


async def test_where_no_row_has_a_spec_the_title_has_its_room_and_keeps_it_while_one_moves(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        await console.sees("SPEC")
        cut = console.line("Raise the session")
        await console.press("slash")
        await console.type("author:agent-7 -spec:payments -spec:deployment")
        await console.press("enter")
        await console.sees("1 of 3")
        await console.misses("SPEC")
        await console.press("G", "R")
        await console.sees("3 of 3")
        assert "SPEC" not in console.text
        await console.press("backspace")
        await console.sees("SPEC", "of 8")
        assert console.line("Raise the session").split() == cut.split()
