"""Acting on mutations by keys, in the queue and in the mutation, on a real engine and a real folder."""

from pathlib import Path

import pytest

from lattice_console.contract.models.mutation import Mutation
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import NEW_SESSION, SESSION, Office


async def mutation(office: Office, name: str) -> Mutation:
    backend = await office.as_("kim")
    try:
        return await backend.mutations.get(name)
    finally:
        await backend.close()


async def test_a_approves_the_row_under_the_cursor_without_opening_it(console: Console, office: Office) -> None:
    await console.go_to("Pay refunds")
    await console.press("a")
    await console.sees("Approved M-6. e on it executes it.")
    assert console.line("Pay refunds").split()[0] == "▌✓"
    assert console.line("Pay refunds").split()[-1] == "1/1"
    assert (await mutation(office, "M-6")).status == "approved"


async def test_who_may_approve_but_not_execute_is_not_sent_to_do_it(office: Office) -> None:
    async with open_console(make_app(office, actor="raj")) as console:
        await console.go_to("Pay refunds")
        await console.press("a")
        await console.sees("Approved M-6. It can be executed now.")


async def test_an_approval_that_is_not_enough_says_what_is_missing(office: Office) -> None:
    async with open_console(make_app(office, actor="raj")) as console:
        await console.go_to("@click")
        await console.press("A")
        await console.sees("Approve M-4 with suggestions")
        await console.type("Shorter.")
        await console.press("ctrl+s")
        await console.sees("Approved M-4.")
    found = await mutation(office, "M-4")
    assert [(review.vote, review.comment) for review in found.reviews] == [("approve_with_suggestions", "Shorter.")]


async def test_nobody_approves_their_own_and_the_console_says_so(office: Office) -> None:
    async with open_console(make_app(office, actor="ana")) as console:
        await console.go_to("Raise the session")
        await console.press("a")
        await console.sees("Not approved: Your role does not allow it")


async def test_a_pending_mutation_is_not_executed_and_the_reason_is_said(console: Console) -> None:
    await console.go_to("Pay refunds")
    await console.press("e")
    await console.sees("Not executed: ", "0 of 1 approval: a member other than the author")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("b", "Not rolled back: "),
        ("t", "Not retried: "),
        ("o", "Not reopened: "),
        ("S", "Not submitted: "),
        ("w", "No vote withdrawn: You have no vote on the current patchset."),
        ("B", "Rollback not finished: "),
    ],
)
async def test_every_key_that_does_nothing_here_says_why(console: Console, key: str, said: str) -> None:
    await console.go_to("Pay refunds")
    await console.press(key)
    await console.sees(said)
    reason = console.line(said).partition(said.rstrip())[2].strip()
    assert reason or said.endswith(".")


async def test_a_rejection_needs_its_reason(console: Console, office: Office) -> None:
    await console.go_to("Pay refunds")
    await console.press("X")
    await console.sees("Reject M-6: it is closed at once")
    await console.press("ctrl+s")
    await console.sees("A rejection needs its reason.")
    await console.type("Too soon.")
    await console.press("ctrl+s")
    await console.sees("M-6 is rejected now.")
    found = await mutation(office, "M-6")
    assert (found.status, found.reviews[0].comment) == ("rejected", "Too soon.")


async def test_what_was_typed_is_there_again_after_leaving(console: Console) -> None:
    await console.go_to("Pay refunds")
    await console.press("x")
    await console.sees("Request changes of M-6")
    await console.type("Say when")
    await console.press("escape")
    await console.misses("Request changes of M-6")
    await console.press("x")
    await console.sees("Request changes of M-6", "Say when")
    await console.type(" it starts")
    await console.press("ctrl+s")
    await console.sees("Requested changes of M-6.")
    await console.press("x")
    await console.sees("Request changes of M-6")
    assert "Say when" not in console.text


async def test_letters_typed_in_a_field_do_nothing_else(console: Console, office: Office) -> None:
    await console.go_to("Pay refunds")
    await console.press("c")
    await console.sees("Comment on M-6")
    await console.type("aexbq")
    await console.press("f7")
    await console.sees("aexbq")
    await console.press("ctrl+s")
    await console.sees("Commented on M-6.")
    backend = await office.as_("kim")
    assert [comment.text for comment in await backend.reviews.comments("M-6")] == ["aexbq"]
    await backend.close()


async def test_e_asks_with_the_numbers_then_executes_and_the_file_on_disk_changes(
    console: Console, office: Office
) -> None:
    place = office.root / "src/auth/session.py"
    assert place.read_bytes() == SESSION
    await console.go_to("Raise the session")
    await console.press("e")
    await console.sees("Execute M-7: 4 files (+5 −4 lines) of billing-specs will change.", "Enter execute", "Esc leave")
    await console.press("enter")
    await console.sees("Executed M-7: 4 files changed. b on it rolls it back.")
    assert place.read_bytes() == NEW_SESSION
    assert (office.root / "docs/sessions.md").exists()
    assert console.line("Raise the session").split()[0] == "▌●"


async def test_leaving_the_question_executes_nothing(console: Console, office: Office) -> None:
    await console.go_to("Raise the session")
    await console.press("e")
    await console.sees("Execute M-7")
    await console.press("escape")
    await console.misses("Execute M-7")
    assert (await mutation(office, "M-7")).status == "approved"


async def test_b_rolls_back_with_a_reason(console: Console, office: Office) -> None:
    await console.go_to("Limit sign-ins")
    assert (office.root / "docs/limits.md").exists()
    await console.press("b")
    await console.sees("Roll back M-1: 1 file of billing-specs will be as before it.")
    await console.type("Too strict.")
    await console.press("ctrl+s")
    await console.sees("Rolled back M-1.")
    assert not (office.root / "docs/limits.md").exists()
    assert (await mutation(office, "M-1")).status == "rolled_back"


async def test_a_record_without_files_is_executed_and_rolled_back_without_counting_any(
    console: Console, office: Office
) -> None:
    await console.go_to("Deploy 1.4.2")
    await console.press("a")
    await console.sees("Approved M-5.")
    await console.press("e")
    await console.sees("Execute M-5 Deploy 1.4.2 to staging: it is a record, and changes no file.")
    await console.press("enter")
    await console.sees("Executed M-5. b")
    await console.press("enter")
    await console.sees("2 Overview", "execution", "completed · can be rolled back")
    await console.misses("execution_result", "0 files")
    await console.press("b")
    await console.sees("Roll back M-5 Deploy 1.4.2 to staging: it is a record, and no file changes. Why?")


async def test_a_local_edit_in_the_same_file_stops_the_execution_and_is_named(console: Console, office: Office) -> None:
    await console.go_to("Raise the session")
    await console.press("e")
    await console.sees("Execute M-7")
    (office.root / "src/auth/session.py").write_text("LIMIT = 1\n")
    await console.press("enter")
    await console.sees("Not executed: src/auth/session.py", "lattice restore")
    assert "Not executed: Not executed" not in console.text
    assert (office.root / "src/auth/session.py").read_text() == "LIMIT = 1\n"
    assert (await mutation(office, "M-7")).status == "approved"


async def test_a_local_edit_in_the_same_file_is_told_before_anything_is_asked(console: Console, office: Office) -> None:
    (office.root / "src/auth/session.py").write_text("LIMIT = 1\n")
    await console.go_to("Raise the session")
    await console.press("e")
    await console.sees("Not executed: src/auth/session.py changed on disk", "lattice restore")
    await console.misses("Execute M-7")
    await console.press("d")
    await console.sees("M-7 would not execute from here. In the way:", "✗ your folder", "src/auth/session.py changed")
    await console.press("escape", "enter")
    await console.sees("1 Diff")
    await console.press("2")
    await console.sees("✗ your folder", "src/auth/session.py changed on disk since the last checkout.")
    await console.sees("it is approved, but your folder holds its execution back.")
    await console.misses("can be executed")


async def test_several_are_executed_but_those_that_the_folder_holds_back(console: Console, office: Office) -> None:
    (office.root / "src/auth/session.py").write_text("LIMIT = 1\n")
    await console.go_to("Raise the session")
    await console.press("space", "e")
    await console.sees("Not executed: none of 1 mutation can be.", "src/auth/session.py changed on disk")


async def test_a_local_edit_in_another_file_is_left_untouched(console: Console, office: Office) -> None:
    other = office.root / "docs/refunds.md"
    other.write_text("mine\n")
    await console.go_to("Raise the session")
    await console.press("e")
    await console.sees("Execute M-7")
    await console.press("enter")
    await console.sees("Executed M-7")
    assert other.read_text() == "mine\n"


async def test_a_console_without_the_folder_executes_in_the_store(office: Office) -> None:
    async with open_console(make_app(office, folder=False)) as console:
        await console.go_to("Raise the session")
        await console.press("e")
        await console.sees("Execute M-7")
        await console.press("enter")
        await console.sees("Executed M-7")
    assert (office.root / "src/auth/session.py").read_bytes() == SESSION


async def test_a_dry_run_shows_what_would_change_and_changes_nothing(console: Console, office: Office) -> None:
    await console.go_to("Raise the session")
    await console.press("d")
    await console.sees("M-7 would execute: 4 files would change as below. Nothing was changed.", "user-auth.json")
    await console.sees("Esc back   ] next hunk")
    await console.press("escape")
    await console.sees("1 Diff" if "1 Diff" in console.text else "2 of 8")
    assert (await mutation(office, "M-7")).status == "approved"


async def test_a_dry_run_lists_everything_that_is_in_the_way(console: Console) -> None:
    await console.go_to("Pay refunds")
    await console.press("d")
    await console.sees("M-6 would not execute. In the way:", "approvals", "0 of 1 approval", "docs/refunds.md")


async def test_a_draft_is_submitted_and_a_rejected_one_reopened(console: Console, office: Office) -> None:
    await console.go_to("Tighten")
    await console.press("S")
    await console.sees("M-8 is pending now.")
    await console.go_to("Drop the password rule")
    await console.press("o")
    await console.sees("M-3 is pending now.")
    assert (await mutation(office, "M-3")).status == "pending"


async def test_a_vote_is_withdrawn(console: Console, office: Office) -> None:
    await console.go_to("Pay refunds")
    await console.press("a")
    await console.sees("Approved M-6")
    await console.press("w")
    await console.sees("Withdrew the vote on M-6. It is pending.")
    assert (await mutation(office, "M-6")).approvals == 0


async def test_y_copies_the_number(console: Console) -> None:
    await console.go_to("Pay refunds")
    await console.press("y")
    await console.sees("Copied M-6.")
    assert (console.app.session.folder / "copied.txt").read_text() == "M-6"


def test_the_folder_is_the_one_of_the_test(office: Office, tmp_path: Path) -> None:
    assert office.root.is_relative_to(tmp_path)


async def test_a_review_is_requested_of_who_may_review_and_was_not_asked(office: Office) -> None:
    async with open_console(make_app(office, actor="agent-7")) as console:
        await console.go_to("Pay refunds")
        for handle, other in ("raj", "kim"), ("kim", "raj"):
            await console.press("colon")
            await console.type("a review")
            await console.press("enter")
            await console.sees("Who is to review M-6?", f"{handle} (")
            assert "ana (" not in console.text
            assert (f"{other} (" in console.text) == (handle == "raj")
            await console.type(handle)
            await console.press("enter")
            await console.sees(f"Asked {handle} to review M-6.")
            await console.misses("Who is to review M-6?")
        await console.press("colon")
        await console.type("a review")
        await console.press("enter")
        await console.sees("No review requested of M-6: everybody who may was asked already")
    assert [person.handle for person in (await mutation(office, "M-6")).reviewers] == ["kim", "raj"]


async def test_no_review_is_requested_of_what_is_executed(console: Console) -> None:
    await console.go_to("Limit sign-ins")
    await console.press("colon")
    await console.type("a review")
    await console.press("enter")
    await console.sees("No review requested of M-1: it is completed.")
