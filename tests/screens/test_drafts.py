"""Comments written as drafts by keys, kept on this machine, and sent alone or with a verdict."""

import pytest

from lattice_console.contract.models.review import Anchor
from lattice_console.profile.drafts import Draft, Drafts
from lattice_console.profile.folder import work_folder
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import NOON, REFUNDS, Office
from tests.screens.reviewing import (
    SESSION_PATH,
    SPEC_PATH,
    acting,
    comments,
    drafted,
    kept,
    losing,
    mutation,
    on_line,
    opened,
    said,
)
from tests.support.changes import modify

KEPT = "What you were typing is kept: it is there again where you typed it."


async def test_a_comment_on_a_line_is_a_draft_there_until_it_is_sent(console: Console, office: Office) -> None:
    await opened(console, "Pay refunds")
    await drafted(console, "paid within 7 days", "Why not five?")
    await console.sees("2 Overview 1 draft", "ctrl+s send 1 draft", "Draft kept: ctrl+s sends it")
    assert "edit" in console.line("draft:")
    assert await comments(office, "M-6") == ()
    await console.press("ctrl+s")
    await console.sees("Send 1 comment on M-6, without a verdict.", "docs/refunds.md, line 3", "Why not five?")
    await console.press("ctrl+s")
    await console.sees("Sent 1 comment on M-6.", "kim now: Why not five?")
    [comment] = await comments(office, "M-6")
    assert (comment.text, comment.anchor) == ("Why not five?", Anchor(file_path="docs/refunds.md", line=3))
    assert (await mutation(office, "M-6")).reviews == ()
    assert kept(office, comment.id) == ()


async def test_a_removed_line_is_commented_on_the_old_side(console: Console, office: Office) -> None:
    await opened(console, "Pay refunds")
    await drafted(console, "paid within 14 days", "Keep this.")
    await console.press("ctrl+s", "ctrl+s")
    await console.sees("Sent 1 comment")
    [comment] = await comments(office, "M-6")
    assert comment.anchor == Anchor(file_path="docs/refunds.md", side="old", line=3)


async def test_a_comment_says_in_the_queue_that_it_is_sent_at_once_and_in_the_diff_that_it_is_kept_as_a_draft(
    office: Office,
) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        await console.go_to("Pay refunds")
        await console.press("c")
        await console.sees("Comment on M-6 Pay refunds within a week. Sent at once.", "ctrl+s send at once")
        await console.press("escape")
        await opened(console, "Pay refunds")
        await on_line(console, "paid within 7 days")
        await console.press("c")
        await console.sees("line 3. A draft until your verdict.", "ctrl+s keep draft", "suggest lines")


async def test_at_the_next_hunk_one_comments_on_the_line_that_replaces_another(console: Console) -> None:
    await opened(console, "Pay refunds")
    await console.press("right_square_bracket", "c")
    await console.sees("Comment on docs/refunds.md, line 3.")
    await console.misses("old side", "removed")


async def test_in_the_tree_a_comment_is_about_the_file_under_its_cursor(console: Console) -> None:
    await opened(console, "Raise the session")
    await console.press("f", "G", "C")
    await console.sees("Comment on src/auth/session.py.")


async def test_a_range_is_commented_as_one_and_a_file_by_its_name(console: Console, office: Office) -> None:
    await opened(console, "Raise the session")
    await on_line(console, "48 hours")
    await console.press("v", "j", "j", "c")
    await console.sees(f"Comment on {SPEC_PATH}, lines 10-12.")
    await console.type("All three?")
    await console.press("ctrl+s")
    await console.sees("kim draft lines 10-12: All three?")
    await console.press("C")
    await console.sees(f"Comment on {SPEC_PATH}.")
    await console.type("A version is due.")
    await console.press("ctrl+s")
    await console.sees("draft: A version is due.")
    await console.press("ctrl+s")
    await console.sees("Send 2 comments on M-7", "lines 10-12", "the file")
    await console.press("ctrl+s")
    await console.sees("Sent 2 comments on M-7.", "kim now lines 10-12: All three?")
    found = {one.text: one.anchor for one in await comments(office, "M-7")}
    assert found["All three?"] == Anchor(file_path=SPEC_PATH, line=10, end_line=12)
    assert found["A version is due."] == Anchor(file_path=SPEC_PATH)


async def test_the_lines_that_a_comment_is_about_stand_above_its_dialog(office: Office) -> None:
    async with open_console(make_app(office), (80, 26)) as console:
        await opened(console, "Raise the session")
        await console.press("G", "v", "k", "k", "c")
        await console.sees("Comment on src/auth/session.py, lines 7-8.", "hours=48")
        above = console.text.partition("Comment on")[0]
        assert [line.strip(f"{console.bar} ") for line in above.splitlines() if line.startswith(console.bar)] == [
            '7   7       """When a session ends."""',
            "8     −     return session.started + LIMIT",
            "8 +     return session.last_used + LIMIT",
        ]
        await console.press("ctrl+g")
        await console.sees("Suggested instead of these lines:")
        await console.until(lambda: "When a session" in console.selected, "the first of them in sight")
        await console.press("escape")
        await console.misses("Comment on")
        await console.on("last_used")


async def test_a_range_begins_from_a_draft_at_the_line_above_it(console: Console) -> None:
    await opened(console, "Raise the session")
    await drafted(console, "48 hours", "Why 48?")
    await console.press("j")
    await console.on("kim draft: Why 48?")
    await console.press("c")
    await console.sees("keep draft")
    await console.press("escape", "v", "j", "j")
    await console.press("c")
    await console.sees(f"Comment on {SPEC_PATH}, lines 10-11.")
    await console.press("escape", "escape")
    await console.sees("› M-7")
    await console.on("Failed logins")
    await console.press("v", "k", "k", "c")
    await console.sees(f"Comment on {SPEC_PATH}, lines 10-11.")


async def test_in_the_overview_c_remarks_on_the_mutation_itself(console: Console, office: Office) -> None:
    await opened(console, "Pay refunds")
    await console.press("tab")
    await console.sees("Requirements")
    await console.press("c")
    await console.sees("Comment on M-6 Pay refunds within a week.")
    await console.type("Good idea.")
    await console.press("ctrl+s")
    await console.sees("1 draft", "on the mutation", "Good idea.")
    await console.press("ctrl+s", "ctrl+s")
    await console.sees("Sent 1 comment", "1 remark")
    assert [(one.text, one.anchor) for one in await comments(office, "M-6")] == [("Good idea.", None)]


async def test_a_comment_can_be_about_the_value_at_a_json_pointer(console: Console, office: Office) -> None:
    await opened(console, "Raise the session")
    await on_line(console, "48 hours")
    await console.press("c")
    await console.sees("ctrl+r: about the value at requirements › 3 instead.")
    await console.type("Too long.")
    await console.press("ctrl+r")
    await console.sees("About the value at requirements › 3, wherever it moves.")
    await console.press("ctrl+s")
    await console.sees("kim draft requirements › 3:", "Too long.")
    await console.press("ctrl+s", "ctrl+s")
    await console.sees("Sent 1 comment")
    found = next(one for one in await comments(office, "M-7") if one.text == "Too long.")
    assert found.anchor is not None
    assert found.anchor.pointer == "/requirements/3"


async def test_a_suggestion_for_a_removed_line_is_made_for_the_line_that_replaces_it(
    console: Console, office: Office
) -> None:
    await opened(console, "Pay refunds")
    await on_line(console, "paid within 14 days")
    await console.press("c")
    await console.sees("Comment on docs/refunds.md, line 3 before the change.", "ctrl+g suggest lines")
    await console.type("Between them.")
    await console.press("ctrl+g")
    await console.sees("Comment on docs/refunds.md, line 3, which stands there after the change.", "Between them.")
    await console.sees("Suggested instead of these lines:")
    await console.press(*["backspace"] * len("7 days."))
    await console.type("9 days.")
    await console.press("ctrl+s")
    await console.sees("Draft kept", "draft: Between them.")
    [draft] = kept(office, (await mutation(office, "M-6")).id)
    assert draft.anchor == Anchor(file_path="docs/refunds.md", line=3)
    assert (draft.text, draft.suggestion) == ("Between them.", "A refund is paid within 9 days.")


async def test_where_nothing_replaces_a_removed_line_the_key_says_what_can_be_suggested(
    console: Console, office: Office
) -> None:
    async with acting(office, "ana") as ana:
        shorter = REFUNDS.partition(b"It goes")[0]
        await ana.mutations.create(title="Leave the card out", changes=[modify("docs/refunds.md", shorter)])
    await console.sees("Leave the card out")
    await console.press("g")
    await opened(console, "Leave the card out")
    await on_line(console, "card that was charged")
    await console.press("c")
    await console.sees("before the change")
    await console.press("ctrl+g")
    await console.sees("Only lines as they are after the change can be suggested anew")


async def test_where_there_is_no_value_the_key_says_so(console: Console) -> None:
    await opened(console, "Pay refunds")
    await on_line(console, "paid within 7 days")
    await console.press("c")
    await console.sees("Comment on")
    await console.press("ctrl+r")
    await console.sees("There is no value of JSON or YAML at this line to point at.")


@pytest.mark.parametrize(("text", "said"), [("Half a thou", [KEPT]), ("", [])])
async def test_who_quits_while_typing_hears_on_the_way_out_that_the_text_is_kept(
    office: Office, capsys: pytest.CaptureFixture[str], text: str, said: list[str]
) -> None:
    async with open_console(make_app(office)) as console:
        await opened(console, "Pay refunds")
        await on_line(console, "paid within 7 days")
        await console.press("c")
        await console.sees("Comment on")
        await console.type(text)
        await console.press("ctrl+q")
    assert capsys.readouterr().err.splitlines() == said


async def test_what_was_typed_survives_esc_leaving_and_a_new_start(office: Office) -> None:
    async with open_console(make_app(office)) as console:
        await opened(console, "Pay refunds")
        await on_line(console, "paid within 7 days")
        await console.press("c")
        await console.sees("Comment on")
        await console.type("Half a thou")
        await console.press("escape")
        await console.sees("Kept as a draft: D drops it.", "draft: Half a thou")
    async with open_console(make_app(office)) as console:
        await opened(console, "Pay refunds")
        await console.sees("draft: Half a thou")
        await on_line(console, "paid within 7 days")
        await console.press("c")
        await console.sees("Half a thou", "keep draft")
        await console.type("ght")
        await console.press("ctrl+s")
        await console.sees("draft: Half a thought")
        assert console.text.count("draft: Half") == 1


async def test_a_draft_is_edited_with_enter_dropped_with_d_and_brought_back_with_u(console: Console) -> None:
    await opened(console, "Pay refunds")
    await drafted(console, "paid within 7 days", "One")
    await console.press("j")
    await console.on("draft: One")
    await console.press("enter")
    await console.sees("Comment on docs/refunds.md, line 3.")
    await console.type(" more")
    await console.press("ctrl+s")
    await console.sees("draft: One more")
    await console.press("D")
    await console.sees("Dropped the draft. u brings it back.")
    await console.misses("draft: One more")
    await console.press("u")
    await console.sees("The draft is back.", "draft: One more")
    await console.press("U")
    await console.sees("The draft is dropped.")
    await console.misses("draft: One more")


@pytest.mark.parametrize("key", ["E", "D"])
async def test_where_there_is_no_draft_the_keys_say_so(console: Console, key: str) -> None:
    await opened(console, "Pay refunds")
    await console.press(key)
    await console.sees("There is no draft under the cursor")


async def test_an_approval_lists_the_drafts_and_sends_all_in_one_step(console: Console, office: Office) -> None:
    await opened(console, "Pay refunds")
    await drafted(console, "paid within 7 days", "Say working days")
    await drafted(console, "It goes to the card", "Or the account")
    await said(office, "raj", "M-6", "Which week?", "docs/refunds.md", 1)
    await console.sees("Which week?")
    await console.press("a")
    await console.sees("Approve: M-6 Pay refunds within a week, with 2 comments.")
    await console.sees("line 3", "Say working days", "line 5", "Or the account", "1 open thread", "Which week?")
    await console.type("Fine otherwise.")
    await console.press("ctrl+s")
    await console.sees("Approved M-6 with 2 comments. e on it executes it.")
    found = await mutation(office, "M-6")
    assert [(one.vote, one.comment) for one in found.reviews] == [("approve", "Fine otherwise.")]
    texts = [one.text for one in await comments(office, "M-6")]
    assert texts == ["Which week?", "Say working days", "Or the account"]
    assert kept(office, found.id) == ()


async def test_before_the_verdict_a_draft_is_left_out_or_dropped(console: Console, office: Office) -> None:
    await opened(console, "Pay refunds")
    await drafted(console, "# Refunds", "First")
    await drafted(console, "paid within 7 days", "Second")
    await drafted(console, "It goes to the card", "Third")
    await console.press("A")
    await console.sees("Approve with suggestions: M-6", "First", "Third")
    await console.press("tab", "space")
    await console.sees("kept for later", "M-6 Pay refunds within a week, with 2 comments.")
    await console.press("j", "D")
    await console.misses("Second")
    await console.sees("with 1 comment.")
    await console.press("ctrl+s")
    await console.sees("Approved M-6 with 1 comment.", "draft: First")
    assert [one.text for one in await comments(office, "M-6")] == ["Third"]
    found = await mutation(office, "M-6")
    assert [draft.text for draft in kept(office, found.id)] == ["First"]


async def test_what_is_typed_before_a_verdict_is_its_text_and_touches_no_draft(
    console: Console, office: Office
) -> None:
    await opened(console, "Pay refunds")
    await drafted(console, "paid within 7 days", "First")
    await console.press("a")
    await console.sees("Approve: M-6", "Tab drafts")
    await console.type("Dont ")
    assert "with 1 comment." in console.text
    await console.press("ctrl+s")
    await console.sees("Approved M-6 with 1 comment.")
    assert [one.comment for one in (await mutation(office, "M-6")).reviews] == ["Dont"]


async def test_a_draft_dropped_before_a_verdict_comes_back_with_u_where_it_was(
    console: Console, office: Office
) -> None:
    await opened(console, "Pay refunds")
    await drafted(console, "# Refunds", "First")
    await drafted(console, "paid within 7 days", "Second")
    await console.press("a")
    await console.sees("Approve: M-6")
    await console.press("tab", "D", "D")
    await console.sees("There are no drafts.", "without a comment.", "u bring back")
    found = await mutation(office, "M-6")
    assert kept(office, found.id) == ()
    await console.press("u", "u")
    await console.sees("First", "Second", "with 2 comments.")
    await console.misses("u bring back")
    await console.sees("The draft is back.")
    assert {draft.text for draft in kept(office, found.id)} == {"First", "Second"}
    await console.press("escape")
    await console.misses("Approve: M-6")
    await console.press("u")
    await console.sees("There is nothing to undo.")


async def test_enter_among_the_drafts_says_which_key_it_takes(console: Console) -> None:
    await opened(console, "Pay refunds")
    await drafted(console, "paid within 7 days", "First")
    await console.press("a")
    await console.sees("Approve: M-6")
    await console.press("tab", "enter")
    await console.sees("Press ctrl+s to approve.")


async def test_a_request_for_changes_takes_a_draft_for_its_reason_but_needs_one_of_both(
    console: Console, office: Office
) -> None:
    await opened(console, "Pay refunds")
    await drafted(console, "paid within 7 days", "Five, please")
    await console.press("x")
    await console.sees("Request changes: M-6")
    await console.press("tab", "space", "ctrl+s")
    await console.sees("without a comment.", "The author needs to know what has to change.")
    await console.press("space", "ctrl+s")
    await console.sees("Requested changes of M-6 with 1 comment.")
    assert [one.vote for one in (await mutation(office, "M-6")).reviews] == ["request_changes"]


async def test_a_verdict_in_the_queue_takes_the_drafts_along_too(console: Console, office: Office) -> None:
    await opened(console, "Pay refunds")
    await drafted(console, "paid within 7 days", "Five?")
    await console.press("escape")
    await console.on("Pay refunds")
    await console.press("a")
    await console.sees("Approve: M-6 Pay refunds within a week, with 1 comment.", "Five?")
    await console.press("ctrl+s")
    await console.sees("Approved M-6 with 1 comment.")
    assert [one.text for one in await comments(office, "M-6")] == ["Five?"]


@pytest.mark.parametrize("verdict", [True, False])
async def test_a_lost_answer_loses_no_draft_and_sends_none_twice(office: Office, verdict: bool) -> None:
    settings = office.settings()
    open_backend = losing(lambda: office.connect(settings), "vote" if verdict else "comment")
    key = "a" if verdict else "ctrl+s"
    async with open_console(make_app(office, open_backend=open_backend)) as console:
        await opened(console, "Pay refunds")
        await drafted(console, "paid within 7 days", "Just once")
        await console.press(key)
        await console.sees("1 comment")
        await console.press("ctrl+s")
        await console.sees("The connection was lost.", "kim now: Just once")
        await console.misses("draft: Just once")
        await console.press("ctrl+s")
        await console.sees("There are no drafts on M-6.")
    assert [one.text for one in await comments(office, "M-6")] == ["Just once"]


@pytest.mark.parametrize("arrived", [True, False])
async def test_after_a_crash_while_sending_only_what_did_not_arrive_is_still_a_draft(
    office: Office, arrived: bool
) -> None:
    found = await mutation(office, "M-6")
    anchor = Anchor(file_path="docs/refunds.md", line=3)
    draft = Draft(mutation_id=found.id, patchset=1, text="Just once", anchor=anchor, created_at=NOON)
    drafts = Drafts(work_folder(found.project_id, "kim"), print)
    drafts.save(draft)
    drafts.keep_unsent(found.id, "sending", draft.id)
    await said(office, "kim" if arrived else "raj", "M-6", "Just once", "docs/refunds.md", 3)
    async with open_console(make_app(office)) as console:
        await opened(console, "Pay refunds")
        await console.sees("Just once", "2 Overview 1 comment " if arrived else "2 Overview 1 comment 1 draft")
    assert drafts.of(found.id) == (() if arrived else (draft,))


async def test_a_patchset_that_comes_while_a_verdict_is_written_stops_it_and_loses_nothing(
    console: Console, office: Office
) -> None:
    await opened(console, "Pay refunds")
    await drafted(console, "It goes to the card", "Always?")
    await console.press("x")
    await console.sees("Request changes: M-6")
    await console.type("See below.")
    async with acting(office, "agent-7") as agent:
        content = b"# Refunds\n\nA refund is paid at once.\n\nIt goes to the card that was charged.\n"
        await agent.mutations.update("M-6", changes=[modify("docs/refunds.md", content)])
    await console.press("ctrl+s")
    await console.sees("No changes requested: patchset 2 has replaced patchset 1, which you saw.")
    assert (await mutation(office, "M-6")).reviews == ()
    await console.press("R")
    await console.sees("paid at once", "draft: Always?")
    await console.press("x")
    await console.sees("Request changes: M-6", "patchset 1", "See below.")
    await console.press("ctrl+s")
    await console.sees("Requested changes of M-6 with 1 comment.")
    [comment] = await comments(office, "M-6")
    assert (comment.patchset, comment.place) == (1, Anchor(file_path="docs/refunds.md", line=5))


async def test_whoever_may_not_comment_is_told_so(office: Office) -> None:
    async with acting(office, "kim") as kim:
        await kim.team.add(user="nora", role="viewer")
    async with open_console(make_app(office, actor="nora")) as console:
        await opened(console, "Pay refunds")
        await on_line(console, "paid within 7 days")
        await console.press("c")
        await console.sees("Not commented: Your role does not allow it;")


async def test_a_reply_joins_its_thread(console: Console, office: Office) -> None:
    first = await said(office, "raj", "M-7", "Why 48?", SESSION_PATH, 3)
    await opened(console, "Raise the session")
    await console.press("greater_than_sign")
    await console.on("Why 48?")
    await console.press("c")
    await console.sees("Reply to raj.")
    await console.type("A weekend.")
    await console.press("ctrl+s")
    await console.sees("draft: A weekend.")
    await console.press("ctrl+s", "ctrl+s")
    await console.sees("Sent 1 comment")
    reply = next(one for one in await comments(office, "M-7") if one.text == "A weekend.")
    assert reply.thread == first.id
