"""Reading what changed, settling what was said, deciding and taking back, by keys on a real engine."""

import asyncio
from typing import Any

import pytest

from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.review import Anchor
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import NEW_SESSION, NEW_SPEC, REFUNDS, SESSION, Office
from tests.screens.reviewing import (
    SESSION_PATH,
    SPEC_PATH,
    acting,
    comments,
    drafted,
    mutation,
    on_line,
    opened,
    said,
)
from tests.support.changes import create, modify, rename

LONGER = NEW_SESSION.replace(b"hours=48", b"hours=72")


async def renewed(office: Office, session: bytes = LONGER) -> None:
    """Let ana make a second patchset of M-7, in which one file differs from the first."""
    async with acting(office, "ana") as ana:
        await ana.mutations.update(
            "M-7",
            changes=[
                modify(SPEC_PATH, NEW_SPEC),
                modify(SESSION_PATH, session),
                create("docs/logo.png", b"\x89PNG\0" * 80),
                rename("docs/old/sessions.md", "docs/sessions.md"),
            ],
        )


async def stacked(office: Office) -> None:
    """Let agent-7 stack two mutations, M-9 and M-10, on M-6."""
    async with acting(office, "agent-7") as agent:
        base = REFUNDS.replace(b"14 days", b"7 days")
        for number, text in ((6, b"\nNo fee.\n"), (9, b"\nNever.\n")):
            base += text
            changes = [modify("docs/refunds.md", base)]
            await agent.mutations.create(title=f"Stands on {number}", changes=changes, parents=[f"M-{number}"])


# -- comparisons


async def test_after_a_review_the_next_patchset_opens_on_what_came_since(console: Console, office: Office) -> None:
    await said(office, "kim", "M-7", "Why 48?", SESSION_PATH, 3)
    await renewed(office)
    await opened(console, "Raise the session")
    await console.sees("patchset 2 of 2 · since my review: 1 file", "1 Diff 1 file +1 −1", "hours=72")
    assert "Sessions expire" not in console.text
    await console.sees("Why 48?")
    await console.press("V")
    await console.sees("patchset 2 of 2 · full change", "1 Diff 4 files", "Sessions expire after 48 hours")
    await console.press("V")
    await console.sees("since my review: 1 file", "1 Diff 1 file")


async def test_without_an_earlier_review_the_key_says_so(console: Console) -> None:
    await opened(console, "Raise the session")
    await console.press("V")
    await console.sees("This is the full change. There is no earlier review of yours")
    await console.press("P")
    await console.sees("There is one patchset, which is shown whole.")


async def test_any_two_patchsets_are_compared(console: Console, office: Office) -> None:
    await renewed(office)
    await renewed(office, SESSION.replace(b"hours=24", b"hours=36"))
    await opened(console, "Raise the session")
    await console.press("P")
    await console.sees("patchset 3 whole", "from patchset 2 to 3", "from patchset 1 to 2")
    await console.type("1 to 2")
    await console.press("enter")
    await console.sees("from 1 to 2: 1 file", "hours=48", "hours=72")
    await console.press("P")
    await console.type("patchset 1 whole")
    await console.press("enter")
    await console.sees("showing patchset 1", "1 Diff 4 files")
    await console.press("G")
    await console.sees("hours=24", "hours=48")
    await console.press("a")
    await console.sees("Not approved: patchset 3 has replaced patchset 1, which you saw.")


async def test_a_remark_on_the_old_side_of_a_comparison_is_about_the_older_patchset(
    console: Console, office: Office
) -> None:
    await said(office, "kim", "M-7", "Why?", SPEC_PATH, 10)
    await renewed(office)
    await opened(console, "Raise the session")
    await console.sees("since my review")
    await drafted(console, "hours=48", "This was better")
    await console.press("ctrl+s", "ctrl+s")
    await console.sees("Sent 1 comment")
    found = next(one for one in await comments(office, "M-7") if one.text == "This was better")
    assert (found.patchset, found.anchor) == (1, Anchor(file_path=SESSION_PATH, line=3))


async def test_a_stale_vote_leads_to_what_changed_since(office: Office) -> None:
    await renewed(office)
    async with open_console(make_app(office, actor="agent-7")) as console:
        await opened(console, "Raise the session")
        await console.press("tab")
        await console.sees("✓' raj approves · patchset 1, outdated")
        await on_line(console, "raj approves")
        await console.press("enter")
        await console.sees("What changed since raj voted on patchset 1.", "from 1 to 2: 1 file", "hours=72")


async def test_how_diffs_are_shown_is_kept_for_the_next_time(office: Office) -> None:
    async with open_console(make_app(office), (130, 30)) as console:
        await opened(console, "Pay refunds")
        await console.sees("14 days.", "│")
        await console.press("s")
        await console.misses("│")
    async with open_console(make_app(office), (130, 30)) as console:
        await opened(console, "Pay refunds")
        await console.sees("14 days.")
        assert "│" not in console.text


async def test_a_running_console_shows_diffs_as_chosen_there_whatever_another_one_chooses(office: Office) -> None:
    async with open_console(make_app(office), (130, 30)) as one:
        await opened(one, "Pay refunds")
        await one.sees("14 days.", "│")
        async with open_console(make_app(office), (130, 30)) as other:
            await opened(other, "Pay refunds")
            await other.press("s")
            await other.misses("│")
        await one.press("escape")
        await one.sees("› Queue")
        await one.press("enter")
        await one.sees("1 Diff", "14 days.")
        assert "│" in one.text


# -- viewed marks


async def test_r_marks_a_file_as_viewed_and_goes_on_and_the_mark_outlives_a_patchset(office: Office) -> None:
    async with open_console(make_app(office)) as console:
        await opened(console, "Raise the session")
        await on_line(console, "user-auth.json")
        await console.press("r")
        await console.sees("1 Diff 4 files +5 −4 · 1 of 4 viewed")
        await console.on("docs/logo.png")
        await console.press("r", "r")
        await console.on("src/auth/session.py")
        await console.press("r")
        await console.sees("4 of 4 viewed", "Every file is viewed.")
    await renewed(office)
    async with open_console(make_app(office)) as console:
        await opened(console, "Raise the session")
        await console.sees("3 of 4 viewed")
        await on_line(console, "src/auth/session.py")
        assert "viewed" not in console.selected
        await console.press("r")
        await console.sees("4 of 4 viewed")
        await console.press("r")
        await console.sees("3 of 4 viewed")


async def test_in_the_tree_r_marks_the_file_under_its_cursor_and_goes_on_there(console: Console) -> None:
    await opened(console, "Raise the session")
    await console.press("f", "G", "r")
    await console.sees("1 of 4 viewed")
    assert "✓" in console.line("session.py")
    await console.on("user-auth.json")
    await console.press("r")
    await console.sees("2 of 4 viewed")
    assert "✓" in console.line("M user-auth.json")


# -- threads and suggestions


async def test_a_thread_is_resolved_opened_again_and_that_undone(console: Console, office: Office) -> None:
    thread = await said(office, "raj", "M-7", "Why 48?", SESSION_PATH, 3)
    await opened(console, "Raise the session")
    await console.press("greater_than_sign")
    await console.on("Why 48?")
    await console.press("T")
    await console.sees("Resolved the thread. u opens it again.", "· resolved")
    await console.press("u")
    await console.sees("The thread on M-7 is open again.")
    await console.misses("· resolved")
    await console.press("T")
    await console.sees("· resolved")
    assert [one.open for one in await comments(office, "M-7") if one.id == thread.id] == [False]


async def test_where_the_diff_has_no_thread_the_key_says_where_else_something_was_said(
    console: Console, office: Office
) -> None:
    async with acting(office, "raj") as raj:
        await raj.reviews.comment("M-6", text="Good idea.")
    await opened(console, "Pay refunds")
    await console.press("greater_than_sign")
    await console.sees("There is no thread below. 1 remark", "in the overview", "Tab turns to it.")
    await console.press("tab")
    await console.sees("Good idea.")


async def test_after_a_review_the_key_says_that_threads_stand_in_files_that_are_left_out(
    console: Console, office: Office
) -> None:
    await said(office, "kim", "M-7", "Why?", SPEC_PATH, 10)
    await renewed(office)
    await opened(console, "Raise the session")
    await console.sees("since my review")
    await console.press("greater_than_sign")
    await console.sees("There is no thread below.", "1 thread stands in", "shows all files.")


async def test_where_there_is_no_thread_or_suggestion_the_keys_say_so(console: Console) -> None:
    await opened(console, "Pay refunds")
    await console.press("T")
    await console.sees("There is no thread under the cursor")
    await console.press("i")
    await console.sees("There is no suggestion under the cursor")
    await console.press("I")
    await console.sees("There is no open suggestion to apply.")


async def test_a_suggestion_begins_with_the_lines_and_the_author_applies_it_with_one_key(office: Office) -> None:
    async with open_console(make_app(office)) as console:
        await opened(console, "Pay refunds")
        await on_line(console, "paid within 7 days")
        await console.press("c")
        await console.sees("Comment on", "ctrl+g suggest lines")
        await console.press("ctrl+g")
        await console.sees("Suggested instead of these lines:")
        await console.press(*["backspace"] * len("7 days."))
        await console.type("5 days.")
        await console.press("ctrl+s")
        await console.sees("draft: suggests", "+ A refund is paid within 5 days.")
        await console.press("A")
        await console.sees("Approve with suggestions: M-6", "+ A refund is paid within 5 days.")
        await console.press("ctrl+s")
        await console.sees("Approved M-6 with 1 comment.")
    async with open_console(make_app(office, actor="agent-7")) as console:
        await opened(console, "Pay refunds")
        await console.sees("kim now: suggests", "i apply")
        await console.press("greater_than_sign", "i")
        await console.sees("Make patchset 2 of M-6 with the suggestion of kim for docs/refunds.md, line 3")
        await console.sees("which outdates 1", "− A refund is paid within 7 days.")
        await console.press("enter")
        await console.sees("Applied 1 suggestion: this is patchset 2 now.", "patchset 2 of 2", "within 5 days")
    found = await mutation(office, "M-6")
    assert found.patchset == 2
    assert [(one.applied, one.open) for one in await comments(office, "M-6")] == [(2, False)]


async def test_whoever_applies_a_suggestion_stays_on_the_whole_change_at_its_line(office: Office) -> None:
    await said(office, "ana", "M-7", "For whom?", SPEC_PATH, 10)
    suggestion = "LIMIT = timedelta(hours=72)"
    await said(office, "kim", "M-7", "", SESSION_PATH, 3, suggestion=suggestion)
    async with open_console(make_app(office, actor="ana")) as console:
        await opened(console, "Raise the session")
        await console.press("G", "less_than_sign")
        await console.on("kim now: suggests")
        await console.press("i")
        await console.sees("Make patchset 2 of M-7 with the suggestion")
        await console.press("enter")
        await console.sees("this is patchset 2 now.", "1 Diff 4 files", "full change")
        await console.on("hours=72")


async def test_only_the_author_applies_a_suggestion_and_others_are_told_so(office: Office) -> None:
    await said(office, "kim", "M-6", "", "docs/refunds.md", 3, suggestion="A refund is paid at once.")
    async with open_console(make_app(office, actor="ana")) as console:
        await opened(console, "Pay refunds")
        await console.press("greater_than_sign", "i")
        await console.sees("Not applied: Only its author may")


async def test_a_suggestion_whose_lines_have_changed_is_refused_with_the_reason(office: Office) -> None:
    await said(office, "kim", "M-6", "", "docs/refunds.md", 3, suggestion="A refund is paid at once.")
    async with acting(office, "agent-7") as agent:
        await agent.mutations.update("M-6", changes=[modify("docs/refunds.md", REFUNDS.replace(b"14", b"9"))])
    async with open_console(make_app(office, actor="agent-7")) as console:
        await opened(console, "Pay refunds")
        await console.sees("line 3 of patchset 1, gone")
        await console.press("I")
        await console.sees("Make patchset 3 of M-6")
        await console.press("enter")
        await console.sees("Not applied: The suggestion", "have changed since patchset 1")


# -- the overview


async def test_the_overview_lists_threads_open_ones_first_and_enter_goes_to_the_line(
    console: Console, office: Office
) -> None:
    settled = await said(office, "raj", "M-7", "Settled by now", SESSION_PATH, 1)
    await said(office, "raj", "M-7", "Still open", SESSION_PATH, 8)
    async with acting(office, "raj") as raj:
        await raj.reviews.resolve("M-7", thread=settled.id)
    await opened(console, "Raise the session")
    await console.press("tab")
    await on_line(console, "src/auth/session.py:8")
    await console.sees("2 threads, 1 open", "Still open")
    assert console.text.index("Still open") < console.text.index("Settled by now")
    await console.press("enter")
    await console.on("Still open")
    await console.sees("return session.last_used")


async def test_enter_on_a_requirement_says_why_and_offers_what_would_satisfy_it(
    console: Console, office: Office
) -> None:
    await opened(console, "Pay refunds")
    await console.press("tab")
    await on_line(console, "approvals")
    await console.press("enter")
    await console.sees("Approvals: 0 of 1 approval: a member other than the author has to approve it.", "Enter approve")
    await console.press("enter")
    await console.sees("Approved M-6. e on it executes it.")
    assert (await mutation(office, "M-6")).status == "approved"
    await on_line(console, "specs valid")
    await console.press("enter")
    await console.sees("Specs valid: Every changed document can be read")


async def test_whose_turn_it_is_stands_in_the_head_and_why_in_the_overview(console: Console, office: Office) -> None:
    await opened(console, "Pay refunds")
    await console.sees("○ pending · your turn")
    await said(office, "raj", "M-6", "Which week?", "docs/refunds.md", 3)
    await console.sees("○ pending · agent-7's turn")
    await console.press("tab")
    await console.sees("Agent-7's turn: a thread waits for the author's answer.")


# -- verdicts taken back


async def test_u_takes_a_verdict_back_and_shift_u_gives_it_again(console: Console, office: Office) -> None:
    await console.go_to("Pay refunds")
    await console.press("a")
    await console.sees("Approved M-6.")
    await console.press("x")
    await console.sees("Request changes of M-6")
    await console.type("Wait.")
    await console.press("ctrl+s")
    await console.sees("Requested changes of M-6.")
    await console.press("u")
    await console.sees("Undone: the request for changes of M-6. It is approved.")
    await console.press("u")
    await console.sees("Undone: the approval of M-6. It is pending.")
    await console.press("u")
    await console.sees("There is nothing to undo.")
    await console.press("U", "U")
    await console.sees("Redone: the request for changes of M-6. It is pending.")
    current = [one for one in (await mutation(office, "M-6")).reviews if one.current]
    assert [(one.vote, one.comment) for one in current] == [("request_changes", "Wait.")]


async def test_a_rejection_is_taken_back(console: Console, office: Office) -> None:
    await console.go_to("Pay refunds")
    await console.press("X")
    await console.sees("Reject M-6")
    await console.type("No.")
    await console.press("ctrl+s")
    await console.sees("M-6 is rejected now.")
    await console.press("u")
    await console.sees("Undone: the rejection of M-6. It is pending.")
    assert (await mutation(office, "M-6")).status == "pending"


async def test_the_text_of_a_verdict_that_is_taken_back_is_there_for_the_next_one(
    console: Console, office: Office
) -> None:
    await console.go_to("Pay refunds")
    await console.press("x")
    await console.sees("Request changes of M-6")
    await console.type("Five days.")
    await console.press("ctrl+s")
    await console.sees("Requested changes of M-6.")
    await console.press("u")
    await console.sees("Undone: the request for changes of M-6.", "The text is kept.")
    await console.press("x")
    await console.sees("Request changes of M-6", "Five days.")
    await console.press("escape", "U")
    await console.sees("Redone: the request for changes of M-6.")
    await console.press("x")
    await console.sees("Request changes of M-6")
    assert "Five days." not in console.text


async def test_an_approval_that_is_taken_back_keeps_its_text_although_its_drafts_are_sent(
    console: Console, office: Office
) -> None:
    await opened(console, "Pay refunds")
    await drafted(console, "paid within 7 days", "Working days?")
    await console.press("a")
    await console.sees("Approve: M-6")
    await console.type("Fine otherwise.")
    await console.press("ctrl+s")
    await console.sees("Approved M-6 with 1 comment.")
    await console.press("u")
    await console.sees("Undone: the approval of M-6.", "The text is kept.")
    await console.press("a")
    await console.sees("Approve: M-6 Pay refunds within a week, without a comment.", "Fine otherwise.")
    await console.press("ctrl+s")
    await console.sees("Approved M-6. e on it executes it.")
    found = await mutation(office, "M-6")
    assert [(one.vote, one.comment) for one in found.reviews if one.current] == [("approve", "Fine otherwise.")]


async def test_a_rejection_that_is_taken_back_leaves_the_mutation_among_those_that_changed(office: Office) -> None:
    await said(office, "kim", "M-7", "Why 48?", SESSION_PATH, 3)
    await renewed(office)
    async with open_console(make_app(office, view="changed")) as console:
        await console.sees("Changed 1")
        await console.go_to("Raise the session")
        await console.press("X")
        await console.sees("Reject M-7")
        await console.type("No.")
        await console.press("ctrl+s")
        await console.sees("M-7 is rejected now.", "Changed 0")
        await console.press("u")
        await console.sees("Undone: the rejection of M-7.", "Changed 1")
        await opened(console, "Raise the session")
        await console.sees("since my review: 1 file")


async def test_after_a_new_start_u_takes_back_the_vote_on_the_mutation_under_the_cursor(office: Office) -> None:
    async with acting(office, "kim") as kim:
        await kim.reviews.vote("M-6", vote="approve")
    async with open_console(make_app(office)) as console:
        await console.go_to("Pay refunds")
        await console.press("u")
        await console.sees("Undone: the approval of M-6. It is pending.")


async def test_what_was_executed_is_not_undone_and_the_reason_is_said(console: Console) -> None:
    await console.go_to("Pay refunds")
    await console.press("a")
    await console.sees("Approved M-6.")
    await console.press("e")
    await console.sees("Execute M-6")
    await console.press("enter")
    await console.sees("Executed M-6")
    await console.press("u")
    await console.sees("Not undone: M-6 was executed since; b on it rolls it back.")


# -- from one to the next


async def test_the_next_one_is_approved_with_two_keys(console: Console, office: Office) -> None:
    await opened(console, "Raise the session")
    await console.press("J")
    await console.sees("M-6 Pay refunds within a week", "paid within 7 days")
    await console.press("a")
    await console.sees("Approved M-6.")
    assert (await mutation(office, "M-6")).status == "approved"
    await console.press("K")
    await console.sees("M-7 Raise the session limit")
    await console.press("escape")
    await console.on("Raise the session")


async def test_a_stack_stands_in_the_head_and_is_walked_with_parentheses(console: Console, office: Office) -> None:
    await stacked(office)
    await console.sees("Stands on 9")
    await opened(console, "Stands on 6")
    await console.sees("stack  ○ M-6  ○ M-9  ○ M-10")
    await console.press("left_parenthesis")
    await console.sees("M-6 Pay refunds within a week", "paid within 7 days")
    await console.press("left_parenthesis")
    await console.sees("It stands on no other mutation.")
    await console.press("right_parenthesis")
    await console.sees("M-9 Stands on 6")
    await console.press("right_parenthesis")
    await console.sees("M-10 Stands on 9", "Never.")
    await console.press("tab")
    await console.sees("Stack", "○ M-6 Pay refunds", "○ M-10 Stands on 9", "this one")


async def test_a_whole_stack_is_approved_and_executed_with_one_summary(console: Console, office: Office) -> None:
    await stacked(office)
    await console.sees("Stands on 9")
    await opened(console, "Stands on 6")
    await console.press("O")
    await console.sees("Approve the stack: 3 mutations")
    await console.press("enter")
    await console.sees("Approve: 3 of 3 mutations")
    await console.press("enter")
    await console.sees("Approve: 3 done.")
    await console.press("escape")
    await console.sees("✓ M-6  ✓ M-9  ✓ M-10")
    await console.press("O")
    await console.sees("Execute the stack: 3 mutations")
    assert "Approve the stack" not in console.text
    await console.press("enter")
    await console.sees("Execute: 3 of 3 mutations")
    await console.press("enter")
    await console.sees("Execute: 3 done.")
    for name in ("M-6", "M-9", "M-10"):
        assert (await mutation(office, name)).status == "completed"


async def test_of_a_stack_what_most_of_it_takes_is_offered_first_and_what_none_takes_is_not(
    console: Console, office: Office
) -> None:
    await stacked(office)
    async with acting(office, "raj") as raj:
        for name in ("M-6", "M-9"):
            await raj.reviews.vote(name, vote="approve")
    await console.sees("Stands on 9")
    await opened(console, "Stands on 6")
    await console.sees("✓ M-6  ✓ M-9  ○ M-10")
    await console.press("O")
    await console.sees("Execute the stack: 2 of 3 mutations", "Approve the stack: 1 of 3 mutations")
    lines = [line for line in console.lines if "the stack: " in line]
    assert ["Execute" in line for line in lines] == [True, False]
    await console.type("j")
    await console.sees("Backspace take a letter back   Esc leave")
    await console.press("enter", "backspace", "escape")
    async with acting(office, "agent-7") as agent:
        for name in ("M-10", "M-9", "M-6"):
            await agent.mutations.cancel(name, reason="Not now.")
    await console.sees("– M-6  – M-9")
    await console.press("O")
    await console.sees("Nothing can be done with the stack as a whole.", "Not approved: M-6:", "Not executed: M-6:")


async def test_a_verdict_is_sent_although_one_goes_on_at_once_and_the_next_key_is_for_what_is_gone_to(
    console: Console, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stacked(office)
    await console.sees("Stands on 9")
    await opened(console, "Pay refunds")
    await console.sees("stack  ○ M-6  ○ M-9")
    reviews = console.app.session.backend.reviews
    vote = reviews.vote

    async def slowly(*args: Any, **given: Any) -> Mutation:
        await asyncio.sleep(0.3)
        return await vote(*args, **given)

    monkeypatch.setattr(reviews, "vote", slowly)
    console.burst("a)a")
    await console.sees("Approved M-9.")
    assert [(await mutation(office, name)).status for name in ("M-6", "M-9")] == ["approved", "approved"]


async def test_y_copies_the_number_or_the_selected_lines_and_shift_y_the_command(console: Console) -> None:
    await opened(console, "Pay refunds")
    copied = console.app.session.folder / "copied.txt"
    await console.press("y")
    await console.sees("Copied M-6.")
    await console.press("Y")
    await console.sees("Copied lattice mutation show M-6.")
    assert copied.read_text() == "lattice mutation show M-6"
    await on_line(console, "paid within 7 days")
    await console.press("v", "j", "j", "y")
    await console.sees("Copied 3 lines.")
    assert copied.read_text().splitlines()[::2] == [
        "A refund is paid within 7 days.",
        "It goes to the card that was charged.",
    ]
