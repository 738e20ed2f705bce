"""Settling conflicts on the screen: sides, choices, the result, and the patchset that comes of it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.geometry import Region
from textual.widget import Widget

from lattice_console.contract.models.mutation import ChangeInput, Mutation
from lattice_console.contract.models.resolution import ResolvedFile
from lattice_console.screens.resolve import ResolveScreen
from lattice_console.screens.resolve_loading import OtherClashes
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.screens.resolving import OURS, PATH, THEIRS, clashing, resolving
from tests.screens.reviewing import acting, mutation
from tests.support.changes import create, delete, modify, rename

WIDE, SMALL = (160, 50), (80, 24)


@asynccontextmanager
async def _at(
    office: Office, size: tuple[int, int] = WIDE, actor: str = "ana", title: str = "Rename customer"
) -> AsyncIterator[Console]:
    async with open_console(make_app(office, actor=actor), size) as console:
        await resolving(console, title)
        yield console


async def test_taking_a_side_of_each_conflict_and_applying_makes_a_patchset_on_what_stands_there(
    office: Office,
) -> None:
    ours, theirs = await clashing(office)
    async with _at(office) as console:
        await console.sees(
            "2 of 2 conflicts open", f"M-{ours.number}", f"M-{theirs.number} Add customer tier · agent-7", "executed"
        )
        await console.press("1")
        await console.sees("1 of 2 conflicts open")
        await console.press("right_square_bracket", "2")
        await console.sees("2 conflicts settled", "apply, after the final diff")
        await console.press("ctrl+s")
        await console.sees("Final diff", "make patchset 2")
        await console.press("ctrl+s")
        await console.sees("Patchset 2 of M-", "settles")
    after = await mutation(office, ours.id)
    assert after.patchset == 2
    assert not any(one.name == "base_current" and one.blocks for one in after.requirements)
    async with acting(office, "kim") as kim:
        content = await kim.documents.content(after.changes[0].result_hash or "")
    # Ours in the first conflict, theirs in the second; what only one of them changed came by itself.
    expected = OURS.replace(b"due: 30 days", b"due: 21 days").replace(b"within: 30 days", b"within: 14 days")
    assert content == expected


async def _content(office: Office, name: str, path: str = PATH) -> bytes:
    """What the newest patchset of a mutation makes of a document."""
    async with acting(office, "kim") as kim:
        found = await kim.mutations.get(name)
        [change] = [one for one in found.changes if one.result_path == path]
        return await kim.documents.content(change.result_hash or "")


async def _apply(console: Console) -> None:
    await console.press("ctrl+s")
    await console.sees("Final diff", "make patchset 2")
    await console.press("ctrl+s")
    await console.sees("Patchset 2 of M-", "settles")


async def test_the_heads_of_both_sides_say_who_made_them_and_when(office: Office) -> None:
    await clashing(office)
    async with _at(office) as console:
        await console.sees("2 of 2 conflicts open")
        head = console.line("base what both started from")
        assert "1 M-9 Rename customer to account · ana · 4h" in head
        assert "2 M-10 Add customer tier · agent-7 · " in head


async def test_a_conflict_is_named_by_where_it_stands_in_the_document(office: Office) -> None:
    await clashing(office)
    async with _at(office) as console:
        await console.sees("Conflict 1 of 2 · customers", "Conflict 2 of 2 · invoices › due")


async def test_both_are_taken_ours_first_and_with_the_key_again_theirs_first(office: Office) -> None:
    ours, _ = await clashing(office)
    async with _at(office) as console:
        await console.sees("3 both")
        await console.press("3")
        await console.sees("both, ours first", "3 theirs first")
        await console.press("3")
        await console.sees("both, theirs first")
        await console.press("right_square_bracket", "0")
        await console.sees("base taken")
        await _apply(console)
    expected = THEIRS.replace(b"customers:\n  tier: text\n", b"customers:\n  tier: text\naccounts:\n")
    expected = expected.replace(b"due: 21 days", b"due: 14 days").replace(b"per_day: 1000", b"per_day: 5000")
    assert await _content(office, ours.id) == expected


async def test_the_result_shows_whose_each_line_is_also_where_nobody_had_to_choose(office: Office) -> None:
    await clashing(office)
    async with _at(office) as console:
        await console.press("1")
        await console.sees("ours taken")
        found = [re.match(r".\s*\d+ [ ┃]([012 ]) \s*(\w+)", line) for line in console.lines]
        signs = {match[2]: match[1] for match in found if match}
        assert {signs["accounts"], signs["per_day"]} == {"1"}
        assert (signs["within"], signs["name"]) == ("2", " ")


async def test_what_was_chosen_is_undone_step_by_step_and_done_again(office: Office) -> None:
    await clashing(office)
    async with _at(office) as console:
        await console.press("1", "right_square_bracket", "2")
        await console.sees("2 conflicts settled")
        await console.press("u")
        await console.sees("1 of 2 conflicts open", "ours taken")
        await console.press("u")
        await console.sees("2 of 2 conflicts open")
        await console.press("u")
        await console.sees("There is nothing to undo")
        await console.press("U", "U")
        await console.sees("2 conflicts settled", "theirs taken")
        await console.press("U")
        await console.sees("There is nothing to redo")


async def test_a_conflict_is_settled_by_typing_what_is_to_stand_there(office: Office) -> None:
    ours, _ = await clashing(office)
    async with _at(office) as console:
        await console.press("1", "right_square_bracket", "1", "e")
        await console.sees("what is to stand there", "due: 30 days")
        await console.type(" net")
        await console.press("ctrl+s")
        await console.sees("edited", "due: 30 days net")
        await _apply(console)
    assert b"\n  due: 30 days net\n  currency: EUR\n" in await _content(office, ours.id)


async def test_what_was_typed_and_left_is_there_again(office: Office) -> None:
    await clashing(office)
    async with _at(office) as console:
        await console.press("e")
        await console.sees("what is to stand there")
        await console.type("# why?")
        await console.press("escape")
        await console.misses("what is to stand there")
        await console.sees("2 of 2 conflicts open")
        await console.press("e")
        await console.sees("# why?")


async def test_choices_are_there_again_after_leaving_and_after_a_crash(office: Office) -> None:
    await clashing(office)
    async with _at(office) as console:
        await console.press("1")
        await console.sees("1 of 2 conflicts open")
        await console.press("escape")
        await console.misses("Result ·")
        await resolving(console)
        await console.sees("1 of 2 conflicts open", "ours taken")
        # Nothing is said goodbye to: what is on the disk now is all that another start finds.
        await console.app.session.settled()
        async with _at(office) as other:
            await other.sees("1 of 2 conflicts open", "ours taken")
            await other.press("u")
            await other.sees("2 of 2 conflicts open")


async def test_nothing_is_applied_while_a_conflict_is_open_and_the_cursor_goes_there(office: Office) -> None:
    ours, _ = await clashing(office)
    async with _at(office) as console:
        await console.press("right_square_bracket", "2", "ctrl+s")
        await console.sees("Not applied: 1 conflict still open")
        await console.on("Conflict 1 of 2")
    assert (await mutation(office, ours.id)).patchset == 1


async def test_the_final_diff_can_be_left_and_the_choices_stay(office: Office) -> None:
    ours, _ = await clashing(office)
    async with _at(office) as console:
        await console.press("1", "right_square_bracket", "2", "ctrl+s")
        await console.sees("Final diff", "becomes patchset 2")
        await console.press("escape")
        await console.sees("2 conflicts settled")
        await console.press("u")
        await console.sees("1 of 2 conflicts open")
    assert (await mutation(office, ours.id)).patchset == 1


async def test_a_result_that_does_not_parse_or_repeats_a_key_is_told_at_once(office: Office) -> None:
    files = {"specs/a.json": (b'{\n  "a": 1\n}\n', b'{\n  "a": 2\n}\n', b'{\n  "a": 3\n}\n')}
    await clashing(office, files)
    async with _at(office) as console:
        await console.sees("parses, no key twice")
        await console.press("3")
        await console.sees("line 3: ")
        await console.press("e")
        await console.sees("what is to stand there")
        await console.press("up", "end", "comma", "ctrl+s")
        await console.sees("/a stands there 2 times")
        await console.press("1")
        await console.sees("parses, no key twice")


SPEC_PATH = ".lattice/specs/limits.json"
SPEC = b"""{
  "name": "limits",
  "version": "1.0.0",

  "most": 99,

  "schema": {"properties": {"most": {"maximum": 10}}, "not": {"required": ["strict", "lax"]}}
}
"""


async def test_whether_the_schema_holds_is_told_as_one_chooses_and_above_the_final_diff(office: Office) -> None:
    files = {SPEC_PATH: (SPEC, SPEC.replace(b"99", b"9"), SPEC.replace(b"99", b"8"))}
    await clashing(office, files)
    async with _at(office) as console:
        await console.press("1")
        await console.sees("1 conflict settled", "parses, no key twice, schema holds")
        await console.press("0")
        await console.sees("line 5: 99 is greater than the maximum of 10")
        await console.press("ctrl+s")
        await console.sees("Final diff", f"{SPEC_PATH}, line 5: 99 is greater")


async def test_what_merges_by_lines_and_breaks_the_schema_is_for_a_person(office: Office) -> None:
    base = SPEC.replace(b"99", b"9")
    ours = base.replace(b'"version"', b'"strict": true,\n  "version"')
    theirs = base.replace(b'"schema"', b'"lax": true,\n  "schema"')
    mine, _ = await clashing(office, {SPEC_PATH: (base, ours, theirs)})
    async with _at(office) as console:
        await console.sees("it breaks a rule that each side keeps", "2 of 2 conflicts open")
        await console.press("1", "right_square_bracket", "1")
        await console.sees("2 conflicts settled", "schema holds")
        await _apply(console)
    assert await _content(office, mine.id, SPEC_PATH) == ours


async def test_at_a_small_terminal_one_side_is_shown_and_tab_turns_to_the_others(office: Office) -> None:
    await clashing(office)
    async with _at(office, SMALL) as console:
        await console.sees("accounts:", "ana · 4h", "Tab base")
        await console.press("tab")
        await console.sees("base what both started from", "Tab theirs")
        await console.press("tab")
        await console.sees("tier: text", "agent-7", "Tab ours")
        await console.press("shift+tab")
        await console.sees("base what both started from")


async def test_keys_that_take_a_side_do_nothing_away_from_a_conflict_and_say_so(office: Office) -> None:
    await clashing(office)
    async with _at(office) as console:
        await console.press("g", "1")
        await console.sees("There is no conflict under the cursor. ] and [ go to one.")
        assert "1 ours  " not in console.lines[-1]
        await console.press("right_square_bracket")
        await console.sees("1 ours")


async def test_both_parts_of_the_screen_go_to_a_conflict_together(office: Office) -> None:
    base = b"".join(b"key-%d: value\n" % number for number in range(400))
    ours = base.replace(b"key-20: value", b"key-20: ours").replace(b"key-380: value", b"key-380: ours")
    theirs = base.replace(b"key-20: value", b"key-20: theirs").replace(b"key-380: value", b"key-380: theirs")
    await clashing(office, {"specs/long.yaml": (base, ours, theirs)})
    async with _at(office) as console:
        await console.press("right_square_bracket")
        await console.on("Conflict 2 of 2")
        await console.sees("key-380: ours", "381  ?")
        assert console.text.count("key-379: value") == 4
        await console.press("left_square_bracket", "1", "n")
        await console.on("Conflict 2 of 2")
        await console.press("n")
        await console.sees("There is no open conflict below")


async def test_a_mutation_that_fits_what_stands_there_has_nothing_to_resolve(office: Office) -> None:
    async with open_console(make_app(office), WIDE) as console:
        await console.go_to("Pay refunds")
        await console.press("M")
        await console.sees("Nothing to resolve: every change of M-6 fits what stands there now.")


async def test_where_both_changes_fit_there_is_nothing_to_choose_and_the_final_diff_is_a_key_away(
    office: Office,
) -> None:
    files = {"docs/a.md": (b"one\n\ntwo\n\nthree\n", b"One\n\ntwo\n\nthree\n", b"one\n\ntwo\n\nThree\n")}
    ours, _ = await clashing(office, files)
    async with _at(office) as console:
        await console.sees("2 settled by themselves", "apply, after the final diff")
        await _apply(console)
    assert await _content(office, ours.id, "docs/a.md") == b"One\n\ntwo\n\nThree\n"


async def test_all_files_of_a_mutation_are_settled_before_any_becomes_a_patchset(office: Office) -> None:
    files = {name: (b"x\n", b"our %s\n" % name.encode(), b"their\n") for name in ("docs/a.md", "docs/b.md")}
    ours, _ = await clashing(office, files)
    async with _at(office) as console:
        await console.sees("Resolve docs/a.md 1 of 2", "} next file")
        await console.press("1", "ctrl+s")
        await console.sees("Not applied: 1 conflict in docs/b.md still open", "Resolve docs/b.md 2 of 2")
        await console.press("2")
        await _apply(console)
    # What is theirs in the end is no change any more.
    after = await mutation(office, ours.id)
    assert [change.result_path for change in after.changes] == ["docs/a.md"]


async def test_where_theirs_is_taken_everywhere_nothing_is_left_to_propose(office: Office) -> None:
    ours, _ = await clashing(office, {"docs/a.md": (b"x\n", b"y\n", b"z\n")})
    async with _at(office) as console:
        await console.press("2", "ctrl+s")
        await console.sees("Not applied: nothing of M-9 would be left")
    assert (await mutation(office, ours.id)).patchset == 1


async def test_who_may_not_change_the_mutation_can_look_and_is_told_why_nothing_is_applied(office: Office) -> None:
    ours, _ = await clashing(office)
    async with _at(office, actor="raj") as console:
        await console.press("1", "right_square_bracket", "1", "ctrl+s")
        await console.sees("Not applied: ")
    assert (await mutation(office, ours.id)).patchset == 1


async def test_binary_sides_are_told_by_size_and_taken_whole(office: Office) -> None:
    files = {"docs/logo.png": (b"\x89PNG\0base", b"\x89PNG\0ours!", b"\x89PNG\0theirs!")}
    ours, _ = await clashing(office, files)
    async with _at(office) as console:
        await console.sees("It is binary: 10 bytes.", "It is binary: 12 bytes.")
        await console.press("3")
        await console.sees("These sides cannot stand one after the other")
        await console.press("e")
        await console.sees("Binary sides cannot be typed")
        await console.press("1")
        await console.sees("1 conflict settled")
        await _apply(console)
    assert await _content(office, ours.id, "docs/logo.png") == b"\x89PNG\0ours!"


async def test_line_ends_of_the_document_survive_typing(office: Office) -> None:
    files = {"docs/a.md": (b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n", b"a\r\nbb\r\nc\r\n")}
    ours, _ = await clashing(office, files)
    async with _at(office) as console:
        await console.press("1", "e")
        await console.sees("what is to stand there")
        await console.type("!\nand")
        await console.press("ctrl+s")
        await console.sees("edited")
        await _apply(console)
    assert await _content(office, ours.id, "docs/a.md") == b"a\r\nB!\r\nand\r\nc\r\n"


async def test_text_of_the_sides_is_shown_inert(office: Office) -> None:
    await clashing(office, {"docs/a.md": (b"x\n", b"[red]\x1b[31mours\n", b"\xe2\x80\xaetheirs\n")})
    async with _at(office) as console:
        await console.sees("[red]⟨U+001B⟩[31mours", "⟨U+202E⟩theirs")


async def test_the_mutation_offers_its_conflicts_and_its_key_opens_them_from_within_it(office: Office) -> None:
    await clashing(office)
    async with open_console(make_app(office, actor="ana"), WIDE) as console:
        await console.go_to("Rename customer")
        await console.sees("M resolve")
        await console.press("enter")
        await console.sees("1 Diff", "M resolve")
        await console.press("M")
        await console.sees("Resolve", "Result")


async def test_all_of_the_first_conflict_is_in_sight_where_the_sides_have_few_rows(office: Office) -> None:
    base = b"".join(b"line %d\n" % number for number in range(1, 30))
    ours = base.replace(b"line 7\nline 8\n", b"mine 7\nmine 8\n")
    theirs = base.replace(b"line 7\nline 8\n", b"yours 7\nyours 8\n")
    await clashing(office, {"docs/lines.md": (base, ours, theirs)})
    async with _at(office, SMALL) as console:
        await console.sees("Conflict 1 of 1", "mine 7", "mine 8", "line 9")


CUSTOMERS = b'{\n  "customers": {\n    "id": "uuid",\n    "name": "text"\n  }\n}\n'
EMAIL = CUSTOMERS.replace(b'"id": "uuid",', b'"id": "uuid",\n    "email": "text",')
TIER = CUSTOMERS.replace(b'"id": "uuid",', b'"id": "uuid",\n    "tier": "text",')


async def test_a_proposal_is_offered_with_its_reason_taken_with_a_key_and_undone(office: Office) -> None:
    ours, _ = await clashing(office, {"specs/a.json": (CUSTOMERS, EMAIL, TIER)})
    async with _at(office) as console:
        await console.sees("p proposal: adds /customers/tier as theirs does", "p proposal   e edit")
        await console.press("p")
        await console.sees("proposal taken", '"tier": "text"')
        await console.misses("p proposal")
        await console.press("u")
        await console.sees("1 of 1 conflict open", "p proposal")
        await console.press("U")
        await _apply(console)
    merged = EMAIL.replace(b'"email": "text",', b'"email": "text",\n    "tier": "text",')
    assert await _content(office, ours.id, "specs/a.json") == merged


async def _settled_before(office: Office, name: str, content: bytes, path: str = PATH) -> None:
    """Let ana settle it by hand, and take that back."""
    async with acting(office, "ana") as ana:
        await ana.conflicts.resolve(name, strategy="manual", files=[ResolvedFile(path=path, content=content)])
        await ana.conflicts.undo(name)


async def test_how_it_was_settled_before_is_offered_with_where_it_came_from_and_applied_by_nobody(
    office: Office,
) -> None:
    ours, _ = await clashing(office)
    by_hand = OURS.replace(b"due: 30 days", b"due: 25 days").replace(b"within: 30 days", b"within: 14 days")
    await _settled_before(office, ours.id, by_hand)
    async with _at(office) as console:
        await console.sees("2 of 2 conflicts open", "p as in M-9 · ana · now · Rename customer to account")
        await console.press("right_square_bracket", "p")
        await console.sees("taken as in M-9", "due: 25 days")
        await console.press("u")
        await console.sees("2 of 2 conflicts open", "p as in M-9")
        # What is offered first stands there already by the key of its side.
        await console.press("left_square_bracket", "1")
        await console.misses("p as in M-9")
        await console.press("n", "p", "ctrl+s")
        await console.sees("Final diff", "make patchset 4")
        await console.press("ctrl+s")
        await console.sees("Patchset 4 of M-9 settles")
    assert await _content(office, ours.id) == by_hand


async def test_what_was_settled_before_and_no_longer_holds_is_offered_with_what_is_wrong(office: Office) -> None:
    path, base = ".lattice/specs/s.json", b'{"name": "s",\n"version": "1.0.0",\n"type": "generic"}\n'
    ours, _ = await clashing(office, {path: (base, base.replace(b"1.0.0", b"1.1.0"), base.replace(b"1.0.0", b"2.0.0"))})
    await _settled_before(office, ours.id, base.replace(b'"1.0.0"', b"nothing"), path)
    async with _at(office) as console:
        await console.sees("p as in M-9 · ana · now · but then: ")
        await console.press("p")
        await console.sees("taken as in M-9", '"version": nothing', "line 2: ")


async def test_where_nothing_is_proposed_the_key_says_so(office: Office) -> None:
    await clashing(office, {"docs/a.md": (b"x\n", b"y\n", b"z\n")})
    async with _at(office) as console:
        await console.sees("1 ours")
        await console.press("p")
        await console.sees("Nothing is proposed here. Take a side, or type (e).")


async def _deleted(office: Office, ours: bytes | None, theirs: bytes | None) -> Mutation:
    """Let ana do one thing to the refunds, and agent-7 another that is executed; None for bytes deletes them."""
    path = "docs/old/sessions.md"

    def change(content: bytes | None) -> ChangeInput:
        return delete(path) if content is None else modify(path, content)

    async with acting(office, "ana") as ana, acting(office, "agent-7") as agent, acting(office, "kim") as kim:
        mine = await ana.mutations.create(title="Rename customer", changes=[change(ours)])
        other = await agent.mutations.create(title="Their way", changes=[change(theirs)])
        await kim.reviews.vote(other.id, vote="approve")
        await kim.executions.execute(other.id)
        return mine


async def test_what_they_deleted_and_we_changed_is_a_question_and_ours_creates_it_again(office: Office) -> None:
    ours = await _deleted(office, b"# Sessions\n\nThey end soon.\n", None)
    async with _at(office) as console:
        await console.sees("There is no such file here.", "They end soon.", "deleted", "1 of 1 conflict open")
        await console.press("3")
        await console.sees("These sides cannot stand one after the other")
        await console.press("2")
        await console.sees("the file goes")
        await console.press("1")
        await console.sees("ours taken")
        await _apply(console)
    [change] = (await mutation(office, ours.id)).changes
    assert change.operation_type == "create"
    assert await _content(office, ours.id, "docs/old/sessions.md") == b"# Sessions\n\nThey end soon.\n"


async def test_what_we_delete_and_they_changed_is_a_question_and_ours_deletes_it_all_the_same(office: Office) -> None:
    ours = await _deleted(office, None, b"# Sessions\n\nThey never end.\n")
    async with _at(office) as console:
        await console.sees("There is no such file here.", "They never end.", "1 of 1 conflict open")
        await console.press("1")
        await console.sees("the file goes")
        await _apply(console)
    [change] = (await mutation(office, ours.id)).changes
    assert (change.operation_type, change.result_hash) == ("delete", None)


async def test_what_is_executed_meanwhile_is_merged_anew_and_choices_stay_where_they_fit(office: Office) -> None:
    await clashing(office)
    async with _at(office) as console:
        await console.press("1", "right_square_bracket", "2")
        await console.sees("2 conflicts settled")
        async with acting(office, "agent-7") as agent, acting(office, "kim") as kim:
            more = THEIRS.replace(b"due: 21 days", b"due: 20 days")
            other = await agent.mutations.create(title="Again", changes=[modify(PATH, more)])
            await kim.reviews.vote(other.id, vote="approve")
            await kim.executions.execute(other.id)
        await console.sees("What stands there has changed", "1 of 2 conflicts open", "due: 20 days", "on 1 more")
        await console.on("Conflict 2 of 2")
        await console.sees("ours taken")


async def test_what_stands_on_another_that_is_to_come_is_settled_with_what_that_makes_of_it(office: Office) -> None:
    async with acting(office, "ana") as ana:
        below = await ana.mutations.create(title="Below", changes=[modify("docs/refunds.md", b"a\nb\n")])
        above = await ana.mutations.create(
            title="Rename customer", changes=[modify("docs/refunds.md", b"a\nB\n")], parents=[below.id]
        )
        await ana.mutations.update(below.id, changes=[modify("docs/refunds.md", b"a\nbb\n")])
    async with _at(office) as console:
        await console.sees("1 of 1 conflict open")
        assert "bb" in console.text
        await console.press("1")
        await console.sees("ours taken")
        await _apply(console)
    after = await mutation(office, above.id)
    assert not any(one.name == "base_current" and one.blocks for one in after.requirements)


async def test_why_both_were_made_is_told_with_a_key(office: Office) -> None:
    await clashing(office)
    async with _at(office) as console:
        await console.press("w")
        await console.sees("M-9 Rename customer to account", "Sales speaks of accounts since spring.")
        await console.sees("M-10 Add customer tier", "Nothing more was said about it.")


async def test_where_a_clean_merge_by_lines_was_refused_the_reason_is_told(office: Office) -> None:
    base = b'{\n  "a": 1,\n  "b": 2,\n  "c": 3,\n  "d": 4\n}\n'
    ours = base.replace(b'"a": 1,', b'"a": 1,\n  "new": 1,')
    theirs = base.replace(b'"c": 3,', b'"c": 3,\n  "new": 2,')
    await clashing(office, {"specs/a.json": (base, ours, theirs)})
    async with _at(office) as console:
        await console.sees("merged line by line, it repeats a key: /new in lines", "2 of 2 conflicts open")
        await console.press("1", "right_square_bracket", "1")
        await console.sees("2 conflicts settled", "parses, no key twice")


async def test_a_click_on_the_result_goes_there_on_the_sides(office: Office) -> None:
    await clashing(office)
    async with _at(office) as console:
        await console.sees("2 of 2 conflicts open")
        line = next(y for y, line in enumerate(console.lines) if "? " in line and "due: 14 days" in line)
        await console.pilot.click(offset=(30, line))
        await console.on("due: 30 days")


async def test_from_what_blocks_the_mutation_enter_leads_to_its_conflicts(office: Office) -> None:
    await clashing(office)
    async with open_console(make_app(office, actor="ana"), WIDE) as console:
        await console.go_to("Rename customer")
        await console.press("enter")
        await console.sees("1 Diff")
        await console.press("tab")
        for _ in range(10):
            if "base current" in console.selected:
                break
            await console.press("j")
        await console.press("enter")
        await console.sees("Base current: ", "Enter resolve")
        await console.press("enter")
        await console.sees("2 of 2 conflicts open")


async def test_two_that_are_still_to_come_are_settled_by_standing_on_the_other(office: Office) -> None:
    async with acting(office, "ana") as ana, acting(office, "agent-7") as agent:
        ours = await ana.mutations.create(title="Ours", changes=[modify("docs/refunds.md", b"# Refunds\n\nours\n")])
        other = await agent.mutations.create(title="Other", changes=[modify("docs/refunds.md", b"# Refunds\n\nxyz\n")])
    async with open_console(make_app(office, actor="ana"), WIDE) as console:
        session = console.app.session
        loader = OtherClashes(session, await session.backend.mutations.get(other.id))
        clashes = await loader.load(await session.backend.mutations.get(ours.id))
        console.app.push_screen(ResolveScreen(session, clashes, loader))
        await console.sees("with M-10", "M-10 Other · agent-7 · still to come", "1 of 1 conflict open")
        await console.press("w")
        await console.sees("Enter opens M-10.")
        await console.press("enter")
        await console.sees("› M-10 Other", "1 Diff")
        await console.press("escape")
        await console.sees("1 of 1 conflict open")
        await console.press("3", "ctrl+s")
        await console.sees("stacked on M-10, which is executed first")
        await console.press("ctrl+s")
        await console.sees("Patchset 2 of M-9 settles")
    after = await mutation(office, ours.id)
    assert [parent.number for parent in after.parents] == [other.number]
    assert await _content(office, ours.id, "docs/refunds.md") == b"# Refunds\n\nours\nxyz\n"


async def _meeting(office: Office, ours: ChangeInput, theirs: ChangeInput) -> Mutation:
    """Let ana propose a change, and agent-7 another one that is executed then."""
    async with acting(office, "ana") as ana, acting(office, "agent-7") as agent, acting(office, "kim") as kim:
        mine = await ana.mutations.create(title="Rename customer", changes=[ours])
        other = await agent.mutations.create(title="Their way", changes=[theirs])
        await kim.reviews.vote(other.id, vote="approve")
        await kim.executions.execute(other.id)
        return mine


async def test_what_both_create_is_settled_line_by_line_and_changes_what_stands_there(office: Office) -> None:
    ours = await _meeting(office, create("docs/new.md", b"one\nours\n"), create("docs/new.md", b"one\ntheirs\n"))
    async with _at(office) as console:
        await console.sees("nothing: both create it", "1 of 1 conflict open")
        await console.press("e")
        await console.sees("what is to stand there")
        await console.press("ctrl+a")
        await console.press("escape", "1")
        await console.sees("ours taken")
        await _apply(console)
    [change] = (await mutation(office, ours.id)).changes
    assert change.operation_type == "modify"
    assert await _content(office, ours.id, "docs/new.md") == b"one\nours\n"


async def test_what_they_renamed_is_settled_at_its_new_name(office: Office) -> None:
    old, new = "docs/old/sessions.md", "docs/sessions.md"
    theirs = rename(old, new, b"# Sessions\n\nThey end late.\n")
    ours = await _meeting(office, modify(old, b"# Sessions\n\nThey end soon.\n"), theirs)
    async with _at(office) as console:
        await console.sees("They end late.", "1 of 1 conflict open")
        await console.press("1")
        await console.sees("ours taken")
        await _apply(console)
    assert await _content(office, ours.id, new) == b"# Sessions\n\nThey end soon.\n"


async def test_which_name_it_gets_is_chosen_where_both_renamed_it(office: Office) -> None:
    old = "docs/old/sessions.md"
    ours = await _meeting(office, rename(old, "docs/a.md"), rename(old, "docs/b.md"))
    async with _at(office) as console:
        await console.sees("path open", "r where is it to be? both rename it, to docs/a.md and to docs/b.md")
        await console.press("ctrl+s")
        await console.sees("Where is it to be?", "ours  docs/a.md", "theirs  docs/b.md")
        await console.press("down", "enter")
        await console.sees("at docs/b.md")
        await console.press("u")
        await console.sees("path open")
        await console.press("r")
        await console.sees("Where is it to be?")
        await console.press("enter")
        await console.sees("at docs/a.md")
        await _apply(console)
    [change] = (await mutation(office, ours.id)).changes
    assert (change.operation_type, change.file_path, change.new_path) == ("rename", "docs/b.md", "docs/a.md")


async def test_a_taken_path_is_a_question_and_another_one_is_typed(office: Office) -> None:
    old, wanted = "docs/old/sessions.md", "docs/sessions.md"
    ours = await _meeting(office, rename(old, wanted), create(wanted, b"# Theirs\n"))
    async with _at(office) as console:
        await console.sees("path open", "docs/sessions.md cannot be taken")
        await console.press("r")
        await console.sees("theirs  docs/old/sessions.md")
        await console.press("down", "enter")
        await console.sees("docs/old/sessions.md: docs/sessions.md cannot be taken")
        await console.press("enter")
        await console.sees("That one is taken: type another path.")
        await console.press("home")
        await console.type("../")
        await console.press("enter")
        await console.sees("The path '../docs/sessions.md' ")
        await console.press("home", "delete", "delete", "delete", "end", "x", "enter")
        await console.sees("at docs/sessions.mdx")
        await _apply(console)
    [change] = (await mutation(office, ours.id)).changes
    assert (change.operation_type, change.file_path, change.new_path) == ("rename", old, "docs/sessions.mdx")


async def test_what_both_create_can_be_created_beside_theirs(office: Office) -> None:
    ours = await _meeting(office, create("docs/new.md", b"one\nours\n"), create("docs/new.md", b"one\ntheirs\n"))
    async with _at(office) as console:
        await console.sees("1 of 1 conflict open", "r path")
        await console.press("r", "down", "enter")
        await console.sees("Where is docs/new.md to be?")
        await console.press("home")
        await console.type("my-")
        await console.press("enter")
        await console.sees("at my-docs/new.md")
        await _apply(console)
    [change] = (await mutation(office, ours.id)).changes
    assert (change.operation_type, change.file_path) == ("create", "my-docs/new.md")
    assert await _content(office, ours.id, "my-docs/new.md") == b"one\nours\n"


async def test_enter_opens_the_mutation_on_the_other_side_and_escape_leads_back(office: Office) -> None:
    await clashing(office)
    async with _at(office) as console:
        await console.press("1", "enter")
        await console.sees("› M-10 Add customer tier", "1 Diff")
        await console.press("escape")
        await console.sees("1 of 2 conflicts open", "ours taken")


async def test_a_move_of_the_cursor_draws_its_bar_and_nothing_else(office: Office) -> None:
    await clashing(office)
    async with _at(office) as console:
        await console.press("g")
        await console.until(lambda: not console.app.session.keeping._typing, "quiet")
        await console.pilot.pause(0.3)
        drawn: list[tuple[str, Region]] = []
        for widget in console.app.screen.query(Widget):

            def refresh(*regions: Region, widget: Widget = widget, **more: bool) -> Widget:
                drawn.extend((type(widget).__name__, region) for region in regions or (widget.region,))
                return type(widget).refresh(widget, *regions, **more)

            setattr(widget, "refresh", refresh)  # noqa: B010 - watched, and passed on
        await console.press("j")
        await console.on("name: ledger")
        assert {name for name, _ in drawn} == {"ResolveSides", "ResolveResult"}
        assert sum(region.area for _, region in drawn) == 4
