"""The conflicts of a project, by document, and what is done about them from there."""

import json
from collections.abc import AsyncIterator

import pytest

from tests.screens.conflicting import conflicts
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.screens.resolving import PATH, clashing
from tests.screens.reviewing import acting
from tests.support.changes import create, delete, modify
from tests.support.depending import at, declare


@pytest.fixture
async def place(office: Office) -> AsyncIterator[Console]:
    """The console of kim, opened at the conflicts."""
    await conflicts(office)
    async with open_console(make_app(office, start="conflicts"), (120, 35)) as console:
        await console.sees("1 of 2", "Merge the two by hand")
        yield console


async def test_conflicts_stand_under_their_documents_which_count_them(place: Console) -> None:
    assert "specs/ledger.yaml" in place.line("1 error")
    assert "specs/plans.md" in place.line("1 warning")
    assert "M-9 Rename custom… against M-10, revision 2  customers" in place.line("✗ concurrent")
    assert "M-9 Rename customer to accou… against M-10, revision 2" in place.line("! concurrent")


async def test_f3_goes_there_from_the_queue_and_from_a_mutation(office: Office) -> None:
    await conflicts(office)
    async with open_console(make_app(office)) as console:
        await console.press("f3")
        await console.sees("› Conflicts", "All open conflicts", "1 of 2")
        await console.press("f2")
        await console.go_to("Rename customer")
        await console.press("enter")
        await console.sees("1 Diff")
        await console.press("f3")
        await console.sees("› Conflicts", "1 of 2")


async def test_beside_it_stands_what_is_the_matter_where_and_what_can_be_done(place: Console) -> None:
    assert "Concurrent modification · for a person" in place.text
    assert "1  Merge the two by hand, into a new" in place.text
    assert "Open M-10 Add customer tier" in place.text
    assert "customers" in place.line("base  ours  theirs") or "customers  " in place.text
    await place.press("j")
    await place.sees("Concurrent modification · merges by itself", "1  Rebase this one")


async def test_enter_opens_the_mutation_and_escape_leads_back_to_its_conflict(place: Console) -> None:
    await place.press("j", "enter")
    await place.sees("› M-9 Rename customer to account", "1 Diff")
    await place.press("escape")
    await place.sees("› Conflicts")
    await place.on("! concurrent")


async def test_m_opens_the_screen_where_it_is_merged_by_hand(place: Console) -> None:
    await place.press("M")
    await place.sees("› M-9 › Resolve specs/ledger.yaml", "Result")
    await place.press("escape")
    await place.sees("› Conflicts")


async def test_a_number_does_what_stands_behind_it(place: Console) -> None:
    await place.press("4")
    await place.sees("› M-10 Add customer tier")
    await place.press("escape")
    await place.sees("› Conflicts")
    await place.press("9")
    await place.sees("There are 4 things to do about it, and none has the number 9.")


async def test_tab_goes_to_what_can_be_done_and_enter_does_it(place: Console) -> None:
    await place.press("tab", "j", "j", "j", "enter")
    await place.sees("› M-10 Add customer tier")
    await place.press("escape")
    await place.sees("› Conflicts", "Enter do it")
    await place.press("escape")
    await place.sees("Enter M-9")
    await place.on("✗ concurrent")


async def test_what_merges_by_itself_is_rebased_from_here_once_one_agrees(office: Office) -> None:
    base = b"".join(b"%d\n" % number for number in range(20))
    ours, theirs = base.replace(b"\n3\n", b"\nours\n"), base.replace(b"\n15\n", b"\ntheirs\n")
    await clashing(office, {"docs/lines.md": (base, ours, theirs)})
    async with open_console(make_app(office, start="conflicts", actor="ana"), (120, 35)) as console:
        await console.sees("! concurrent", "1  Rebase this one")
        await console.press("1")
        await console.sees("Rebase M-9 Rename customer to account: what others changed since is merged")
        await console.press("enter")
        await console.sees("Rebased M-9: patchset 2 stands on what is there now.", "Nothing is in conflict.")


async def test_a_file_is_left_out_of_its_mutation_once_one_agrees_and_u_brings_it_back(place: Console) -> None:
    await place.press("2")
    await place.sees("Leave specs/ledger.yaml out of M-9 Rename customer to account: its next patchset")
    await place.press("enter")
    await place.sees("Patchset 2 of M-9 settles specs/ledger.yaml", "Nothing is in conflict.")
    await place.press("u")
    await place.sees("Undo the resolution of M-9")
    await place.press("enter")
    await place.sees("Undone: the resolution of M-9.", "✗ 1 error")


async def test_a_mutation_that_changes_nothing_else_is_to_be_cancelled_instead(office: Office) -> None:
    await clashing(office)
    async with open_console(make_app(office, start="conflicts"), (120, 35)) as console:
        await console.sees("2  Leave this file out of the mutation.")
        await console.press("2")
        await console.sees("M-9 changes nothing but specs/ledger.yaml: cancel it instead")


@pytest.fixture
async def needed(office: Office) -> AsyncIterator[Console]:
    """The conflicts of ana, who deletes the spec a, on which b depends."""
    async with acting(office, "kim") as kim, acting(office, "ana") as ana:
        await declare(kim, a="", b="a")
        await ana.mutations.create(title="Delete it", changes=[delete(at("a"))])
    async with open_console(make_app(office, start="conflicts", actor="ana"), (120, 35)) as console:
        await console.sees("2  Update what depends on it", "3  Modify the document instead")
        yield console


async def test_what_depends_on_it_is_edited_along_with_it_in_a_new_patchset(needed: Console, office: Office) -> None:
    await needed.press("2")
    await needed.sees("specs/b.json: what is typed here becomes part of patchset 2 of M-9.", '"a"')
    await needed.press(*["down"] * 5, "end", "backspace", "backspace", "backspace", "ctrl+s")
    await needed.sees("Patchset 2 of M-9 has specs/b.json as you typed it.", "Nothing is in conflict.")
    async with acting(office, "ana") as ana:
        changes = (await ana.mutations.get("M-9")).changes
        assert [(one.operation_type, one.file_path) for one in changes] == [("delete", at("a")), ("modify", at("b"))]
        edited = await ana.documents.content(changes[1].result_hash or "")
    assert json.loads(edited)["depends_on"] == []


async def test_what_no_merge_settles_says_so_where_one_would_merge_it(needed: Console) -> None:
    await needed.press("enter")
    await needed.sees("› M-9 Delete it", "1 Diff")
    await needed.press("M")
    await needed.sees("No merge settles it: specs/a.json: this one deletes the spec a")


async def test_a_document_is_modified_instead_of_deleted(needed: Console, office: Office) -> None:
    await needed.press("3")
    await needed.sees("specs/a.json: what is typed here becomes part of patchset 2 of M-9.")
    await needed.press("ctrl+s")
    await needed.sees("specs/a.json was left as it is.")
    await needed.press("3")
    await needed.sees("specs/a.json: what is typed here")
    await needed.press(*["down"] * 2, "end", *["left"] * 6, "backspace", "2", "ctrl+s")
    await needed.sees("Patchset 2 of M-9 has specs/a.json as you typed it.", "Nothing is in conflict.")
    async with acting(office, "ana") as ana:
        [change] = (await ana.mutations.get("M-9")).changes
        assert change.operation_type == "modify"
        assert b'"version": "2.0.0"' in await ana.documents.content(change.result_hash or "")


async def test_another_path_is_chosen_where_the_conflict_is_shown(office: Office) -> None:
    async with acting(office, "kim") as kim, acting(office, "ana") as ana, acting(office, "agent-7") as agent:
        await ana.mutations.create(title="Ours", changes=[create("docs/new.md", b"ours\n")])
        other = await agent.mutations.create(title="Theirs", changes=[create("docs/NEW.md", b"theirs\n")])
        await kim.reviews.vote(other.id, vote="approve")
        await kim.executions.execute(other.id)
    async with open_console(make_app(office, start="conflicts", actor="ana"), (120, 35)) as console:
        await console.sees("1  Choose another path in a new patchset.")
        await console.press("1")
        await console.sees("› M-9 › Resolve docs/new.md", "There is no such file here.")
        await console.press("1", "ctrl+s")
        await console.sees("docs/new.md: docs/new.md cannot be taken", "Where is it to be?")


async def test_a_filter_narrows_and_stays_until_escape_drops_it(place: Console) -> None:
    await place.press("slash")
    await place.type("severity:warn plans")
    await place.press("enter")
    await place.sees("/severity:warn plans", "1 of 1", "specs/plans.md")
    await place.misses("specs/ledger.yaml")
    await place.press("f2")
    await place.sees("› Queue")
    await place.press("f3")
    await place.sees("/severity:warn plans", "1 of 1")
    await place.press("escape")
    await place.sees("All open conflicts", "of 2")


async def test_tab_completes_the_filter_with_words_of_conflicts(place: Console) -> None:
    await place.press("slash")
    await place.type("sev")
    await place.press("tab", "tab")
    await place.sees("severity:error  a person must decide")
    await place.type("m-")
    await place.press("tab", "enter")
    await place.sees("/severity:error mutation:M-9", "1 of 1")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("type:rumour", "there is no type:rumour; known are concurrent_modification, dependency_violation"),
        ("whose:kim", "there is no filter whose:; known are path:, type:, severity:, mutation:"),
        ("M-99", "M-99"),
    ],
)
async def test_a_wrong_filter_says_in_place_what_is_wrong_and_can_be_mended(
    place: Console, typed: str, problem: str
) -> None:
    await place.press("slash")
    await place.type(typed)
    await place.press("enter")
    await place.sees(problem)
    assert "specs/ledger.yaml" in place.text
    await place.press("escape")
    await place.on("✗ concurrent")


async def test_a_filter_that_nothing_matches_says_what_drops_it(place: Console) -> None:
    await place.press("slash")
    await place.type("nowhere/")
    await place.press("enter")
    await place.sees("No conflict matches.", "Esc drops it")


async def test_without_a_conflict_it_says_what_would_stand_there(office: Office) -> None:
    async with open_console(make_app(office, start="conflicts"), (80, 24), row=False) as console:
        await console.sees("Nothing is in conflict.", "who meets whom")


async def test_what_comes_and_goes_leaves_the_cursor_on_its_conflict(place: Console, office: Office) -> None:
    await place.press("j")
    await place.on("! concurrent")
    ana = await office.as_("ana")
    paid = modify("docs/refunds.md", b"# Refunds\n\nNone.\n")
    await ana.mutations.create(title="Pay no refunds", changes=[paid])
    kim = await office.as_("kim")
    await kim.reviews.vote("M-6", vote="approve")
    await kim.executions.execute("M-6")
    await place.sees("docs/refunds.md", "3 of 3")
    await place.on("! concurrent")
    await kim.mutations.cancel("M-9")
    await place.sees("1 of 1")
    await place.misses(PATH)
    await ana.close()
    await kim.close()


async def test_a_mutation_lists_its_conflicts_and_enter_leads_to_one_of_them_in_their_place(office: Office) -> None:
    await conflicts(office)
    async with open_console(make_app(office), (100, 40)) as console:
        await console.go_to("Rename customer")
        await console.press("enter")
        await console.sees("1 Diff 2 files")
        await console.press("2")
        await console.sees("2 conflicts", "✗ specs/ledger.yaml: both change it", "! specs/plans.md: merged")
        for _ in range(30):
            if "specs/plans.md: merged" in console.selected:
                break
            await console.press("j")
        await console.press("enter")
        await console.sees("› Conflicts", "/M-9", "2 of 2")
        await console.on("! concurrent")


async def test_the_queue_counts_conflicts_where_there_are_any_and_filters_by_them(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        assert "≠" not in console.line("TITLE")
    await conflicts(office)
    async with open_console(make_app(office), (80, 24)) as console:
        assert "VOTES   ≠" in console.line("TITLE")
        assert console.line("Rename customer").rstrip().endswith("0/1   1")
        await console.press("slash")
        await console.type("has:conflict")
        await console.press("enter")
        await console.sees("1 of 1", "Rename customer")
        await console.press("slash")
        await console.type("-is:conflicted")
        await console.press("enter")
        await console.misses("Rename customer")


async def test_two_that_are_still_to_come_are_merged_by_hand_from_either_or_waited_for(office: Office) -> None:
    ana, agent = await office.as_("ana"), await office.as_("agent-7")
    for author, content in ((ana, b"# Refunds\n\nOurs.\n"), (agent, b"# Refunds\n\nTheirs.\n")):
        await author.mutations.create(title=f"Pay {len(content)}", changes=[modify("docs/refunds.md", content)])
        await author.close()
    async with open_console(make_app(office, start="conflicts", actor="agent-7"), (120, 35)) as console:
        await console.sees("docs/refunds.md", "✗ 3 errors", "of 3")
        await console.press("slash")
        await console.type("M-10")
        await console.press("enter")
        await console.sees("/M-10", "1 of 2")
        assert "M-10 Pay 19 against M-6 Pay refunds" in console.selected
        await console.press("2")
        await console.sees("Nothing is to be done until then")
        await console.press("1")
        await console.sees("› M-10 › Resolve docs/refunds.md with M-6")


async def test_u_takes_a_resolution_back_after_it_and_when_the_console_was_started_anew(office: Office) -> None:
    ours, _ = await clashing(office)
    async with open_console(make_app(office, start="conflicts", actor="ana"), (120, 35)) as console:
        await console.sees("1 of 1", "Merge the two by hand")
        await console.press("M")
        await console.sees("Result")
        await console.press("1", "right_square_bracket", "2", "ctrl+s")
        await console.sees("Final diff")
        await console.press("ctrl+s")
        await console.sees("Nothing is in conflict.", "u takes it back.")
        await console.press("u")
        await console.sees("Undo the resolution of M-9 Rename customer to account, which is not in sight here.")
        await console.press("enter")
        await console.sees("Undone: the resolution of M-9.", "1 of 1", "✗ concurrent")
        await console.press("U")
        await console.sees("Redo the resolution of M-9")
        await console.press("enter")
        await console.sees("Redone. Patchset 4 of M-9 settles specs/ledger.yaml.", "Nothing is in conflict.")
    async with open_console(make_app(office, actor="ana")) as console:
        await console.go_to("Rename customer")
        await console.press("enter")
        await console.sees("1 Diff")
        await console.press("u")
        await console.sees("Undo the resolution of M-9 (manual, by ana, now)")
        await console.press("escape", "M")
        await console.sees("Nothing is left to resolve in M-9.", "(manual, by ana, now): patchset 3")
        await console.press("enter")
        await console.sees("Undone: the resolution of M-9.")
    async with acting(office, "kim") as kim:
        after = await kim.mutations.get(ours.id)
    assert (after.patchset, after.status, after.conflicts) == (5, "needs_manual_resolution", 1)
