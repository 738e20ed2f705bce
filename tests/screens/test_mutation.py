"""One mutation, read by keys on a real engine."""

from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.support.changes import modify


async def opened(console: Console, title: str) -> None:
    await console.go_to(title)
    await console.press("enter")
    await console.sees("1 Diff", "2 Overview")


async def test_a_mutation_opens_on_its_diff_headed_by_its_description(console: Console) -> None:
    await opened(console, "Raise the session")
    await console.sees(
        "M-7 Raise the session limit to 48 h", "✓ approved · your turn · ana · 1h · user-auth · patchset 1 · security"
    )
    await console.sees("✓ 1 of 1 approval", "Support asks for it every week")
    await console.sees("1 Diff 4 files +5 −4", ".lattice/specs/user-auth.json", "+3 −2", "1 of 4")
    await console.sees(
        "⋯ 6 unchanged lines", '−     "Sessions expire after 24 hours"', '+     "Sessions expire after 48 hours"'
    )


async def test_requirements_that_block_come_first(console: Console) -> None:
    await opened(console, "Pay refunds")
    await console.sees("✗ 0 of 1 approval")
    assert console.line("0 of 1 approval").strip().startswith("✗ 0 of 1 approval")


async def test_brackets_jump_between_hunks_and_braces_between_files(console: Console) -> None:
    await opened(console, "Raise the session")
    await console.sees("Sessions expire after 48 hours")
    await console.press("right_square_bracket")
    await console.on('"Sessions expire after 48 hours"')
    await console.sees("user-auth.json · hunk 1 of 2")
    await console.press("right_curly_bracket")
    await console.on("docs/logo.png")
    await console.misses("· hunk")
    await console.press("right_square_bracket")
    await console.on("LIMIT = timedelta(hours=48)")
    await console.sees("src/auth/session.py · hunk 2 of 2")
    await console.press("left_curly_bracket", "left_curly_bracket")
    await console.on("docs/old/sessions.md → docs/sessions.md")
    await console.press("left_square_bracket")
    await console.on('"Sessions expire after 48 hours"')


async def test_a_search_in_vain_is_said_and_gone_with_enter(console: Console) -> None:
    await opened(console, "Raise the session")
    await console.sees("Sessions expire after 48 hours")
    await console.press("right_square_bracket")
    await console.sees("user-auth.json · hunk 1 of 2")
    await console.press("slash")
    await console.type("zzzz")
    await console.sees("no match for zzzz")
    await console.press("enter")
    await console.sees("There is no match for zzzz.", "user-auth.json · hunk 1 of 2")
    await console.misses("· no match for zzzz")


async def test_a_search_does_not_go_on_in_the_next_mutation(console: Console) -> None:
    await opened(console, "Raise the session")
    await console.press("slash")
    await console.type("48")
    await console.press("enter")
    await console.sees("match 1 of 2")
    await console.press("J")
    await console.sees("M-6 Pay refunds", "7 days")
    await console.misses("match")


async def test_binary_files_and_renames_are_said_plainly(console: Console) -> None:
    await opened(console, "Raise the session")
    await console.press("G")
    await console.sees("docs/logo.png", "new, binary, 400 bytes")
    await console.sees("docs/old/sessions.md → docs/sessions.md", "renamed, content unchanged")


async def test_a_carriage_return_and_a_missing_newline_are_shown(console: Console) -> None:
    await opened(console, "@click")
    await console.sees("31m^M", "no newline at end of file")


async def test_tab_turns_to_the_overview_and_back(console: Console) -> None:
    await opened(console, "Raise the session")
    await console.press("tab")
    await console.sees("Requirements", "Nobody objects.", "4 files", "raj approves · patchset 1")
    await console.press("G")
    await console.sees("Does the refresh token follow?", "Facts", "What happened")
    await console.press("tab")
    await console.misses("Requirements")
    await console.sees("Support asks for it every week")


async def test_a_mutation_without_files_opens_on_the_overview(console: Console) -> None:
    await opened(console, "Deploy 1.4.2")
    await console.sees("1 Diff no files", "Requirements", "environment", "staging")


async def test_esc_goes_back_to_the_queue_on_the_same_row(console: Console) -> None:
    await opened(console, "Pay refunds")
    await console.press("escape")
    await console.on("Pay refunds")
    await console.sees("› Queue")


async def test_f2_goes_to_the_queue_from_anywhere(console: Console) -> None:
    await opened(console, "Pay refunds")
    await console.press("d")
    await console.sees("Dry run")
    await console.press("f2")
    await console.sees("› Queue", "3 of 8")


async def test_acts_work_in_the_mutation_too_and_its_screen_follows(console: Console) -> None:
    await opened(console, "Pay refunds")
    await console.press("a")
    await console.sees("Approved M-6", "✓ approved", "✓ 1 of 1 approval", "e execute")
    await console.press("e")
    await console.sees("Execute M-6: 1 file (+1 −1 lines)")
    await console.press("enter")
    await console.sees("Executed M-6", "● completed", "b roll back")


async def test_ones_own_new_patchset_is_shown_at_once(console: Console, office: Office) -> None:
    await opened(console, "Pay refunds")
    await console.sees("paid within 7 days", "patchset 1")
    kim = await office.as_("kim")
    await kim.mutations.update("M-6", changes=[modify("docs/refunds.md", b"# Refunds\n\nAt once.\n")])
    await kim.close()
    await console.sees("At once.", "patchset 2 of 2")
    await console.misses("has replaced")


async def test_a_new_patchset_does_not_replace_what_is_being_read(console: Console, office: Office) -> None:
    await opened(console, "Pay refunds")
    await console.sees("paid within 7 days")
    agent = await office.as_("agent-7")
    await agent.mutations.update("M-6", changes=[modify("docs/refunds.md", b"# Refunds\n\nAt once.\n")])
    await agent.close()
    await console.sees("Patchset 2 has replaced patchset 1", "paid within 7 days")
    await console.press("a")
    await console.sees("Not approved: patchset 2 has replaced patchset 1, which you saw.")
    await console.press("R")
    await console.sees("At once.", "patchset 2 of 2")
    await console.press("a")
    await console.sees("Approved M-6")


async def test_a_comment_of_somebody_else_appears_in_the_open_overview(console: Console, office: Office) -> None:
    await opened(console, "Pay refunds")
    await console.press("tab")
    await console.sees("Requirements")
    raj = await office.as_("raj")
    await raj.reviews.comment("M-6", text="Which week?")
    await raj.close()
    await console.sees("Which week?", "2 Overview 1 comment")


async def test_everything_holds_on_the_smallest_and_on_a_large_terminal(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        await opened(console, "Raise the session")
        for width, height in ((80, 24), (200, 60), (120, 35), (80, 24)):
            await console.pilot.resize_terminal(width, height)
            await console.sees("✓ 1 of 1 approval", "? help")
            assert {len(line) for line in console.lines} == {width}
