"""Specs: the tree, the content with its findings, dependencies, history."""

import time
from collections.abc import AsyncIterator
from typing import Any, NoReturn

import pytest
from textual.events import AppFocus

from lattice_console.contract.errors import SystemFailure
from lattice_console.screens.reading_specs import matching
from lattice_console.widgets.document_paths import DocumentPaths
from tests.screens.console import Console, make_app, open_console
from tests.screens.places import enrich, put_up_with
from tests.screens.project import HOSTILE_CONTENT, Office
from tests.support.changes import delete, modify
from tests.support.house import track


@pytest.fixture
async def specs(office: Office) -> AsyncIterator[Console]:
    """The console of kim, opened at the specs of a richer project, too narrow for tree and document at once."""
    await enrich(office)
    async with open_console(make_app(office, start="specs"), size=(80, 24)) as console:
        await console.sees("10 documents", "✗4 database")
        yield console


@pytest.fixture
async def wide(office: Office) -> AsyncIterator[Console]:
    """The same, with room for both."""
    await enrich(office)
    async with open_console(make_app(office, start="specs"), size=(140, 40)) as console:
        await console.sees("10 documents", "✗4 database")
        yield console


async def find(console: Console, words: str) -> None:
    """Narrow the tree to what has these words, and go there."""
    await console.press("slash")
    await console.type(words)
    await console.sees(" of 10 documents")
    await console.press("enter")


async def test_a_key_behind_a_filter_opens_what_was_found(specs: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(*given: Any) -> DocumentPaths:
        time.sleep(0.3)
        return matching(*given)

    monkeypatch.setattr("lattice_console.screens.specs.matching", slowly)
    specs.burst("/ledger\n\n")
    await specs.sees("› .lattice/specs/ledger.yaml")


async def test_the_tree_marks_specs_with_their_type_and_their_findings(specs: Console) -> None:
    assert "✗2 requirements" in specs.line("accounts.json")
    assert "✗4 database" in specs.line("ledger.yaml")
    assert specs.line("payments.json").split()[-1] == "api"
    assert specs.line("refunds.md").split() == ["refunds.md"]


async def test_folders_with_but_one_folder_in_them_are_one(specs: Console) -> None:
    assert "▾ billing/invoices/" in specs.text


async def test_the_cursor_begins_on_the_first_spec(specs: Console) -> None:
    await specs.on("accounts.json")


async def test_folders_close_and_open_and_say_what_is_in_them(specs: Console) -> None:
    await specs.press("g", "left")
    await specs.on("▸ .lattice/")
    assert specs.selected.split()[-2:] == ["✗7", "5"]
    await specs.misses("ledger.yaml")
    await specs.press("right")
    await specs.sees("ledger.yaml")
    await specs.press("right", "right")
    await specs.on("accounts.json")
    await specs.press("left")
    await specs.on("▾ specs/")
    await specs.press("minus")
    await specs.misses("accounts.json", "refunds.md")
    await specs.press("plus")
    await specs.sees("accounts.json", "lines.py")


async def test_typing_narrows_the_tree_by_path_name_and_type(specs: Console) -> None:
    await specs.press("slash")
    await specs.type("DOCS md")
    await specs.sees("3 of 10 documents", "sessions.md")
    await specs.misses("ledger.yaml")
    await specs.press("ctrl+u")
    await specs.type("database")
    await specs.sees("1 of 10 documents", "ledger.yaml")
    await specs.press("ctrl+u")
    await specs.type("findings")
    await specs.sees("3 of 10 documents", "accounts.json")
    await specs.press("ctrl+u")
    await specs.type("nothing like it")
    await specs.sees("No document matches.", "Esc shows all")
    await specs.press("escape")
    await specs.sees("10 documents", "refunds.md")


async def test_what_drifts_in_the_folder_is_marked_in_the_tree_and_above_the_document(
    specs: Console, office: Office
) -> None:
    path = office.root / "docs/refunds.md"
    before = path.read_bytes()
    path.write_text("mine\n")
    specs.app.post_message(AppFocus())
    await specs.sees("1 file drifted")
    assert specs.line("refunds.md").split() == ["refunds.md", "drifted"]
    await specs.press("minus")
    await specs.sees("1 drifted 3")
    await find(specs, "drifted")
    await specs.sees("1 of 10 documents")
    await specs.press("enter")
    await specs.sees("docs/refunds.md   ! drifted")
    path.write_bytes(before)
    specs.app.post_message(AppFocus())
    await specs.misses("drifted")
    await specs.sees("docs/refunds.md   revision")


async def test_right_reads_the_document_and_left_comes_back(specs: Console) -> None:
    await find(specs, "refunds")
    await specs.press("right")
    await specs.sees("› Specs › docs/refunds.md", "  3  A refund is paid within 10 days.", "revision 3")
    await specs.press("left")
    await specs.on("refunds.md")


async def test_findings_stand_beneath_their_lines_and_a_key_leads_from_one_to_the_next(specs: Console) -> None:
    await find(specs, "ledger")
    await specs.press("enter")
    await specs.sees("1 Content 4 findings", "✗ 4 errors")
    at = specs.lines.index(specs.line("- name: entries"))
    assert "'description' is a required property" in specs.lines[at + 1]
    await specs.press("right_square_bracket")
    await specs.on("'owner' is a required property")
    await specs.press("right_square_bracket")
    await specs.on("It depends on what depends on it: accounts, ledger, payments.")
    await specs.press("right_square_bracket")
    await specs.on("It depends on plans, which is no spec here")
    await specs.press("right_square_bracket")
    await specs.on("'description' is a required property")
    await specs.press("right_square_bracket")
    await specs.sees("No finding further down from here.")
    await specs.on("'description' is a required property")
    await specs.press("left_square_bracket", "left_square_bracket", "left_square_bracket")
    await specs.on("'owner' is a required property")


async def test_what_is_suppressed_is_told_as_that_and_does_not_count(office: Office) -> None:
    await put_up_with(office, "Old.")
    async with open_console(make_app(office, start="specs"), size=(140, 24)) as console:
        await console.press("slash")
        await console.type("shop")
        await console.press("enter", "enter")
        await console.sees("✗ 1 error   1 suppressed", "1 Content 2 findings")
        line = console.line("Suppressed by").rstrip()
        assert line.endswith("  Suppressed by kim until 2999-12-31: Old.")


async def test_path_and_line_are_copied(specs: Console) -> None:
    await find(specs, "refunds")
    await specs.press("y")
    await specs.sees("docs/refunds.md.")
    await specs.press("right", "j")
    await specs.on("  2")
    await specs.press("y")
    await specs.sees("docs/refunds.md:2")


async def test_dependencies_go_both_ways_mark_circles_and_lead_to_the_spec(specs: Console) -> None:
    await find(specs, "payments")
    await specs.press("2")
    await specs.sees("Depends on 2 specs, 4 specs with what follows", "Depended on by 1 spec")
    assert "a circle: it leads back here" in specs.line("payments  a")
    assert "there is no such spec" in specs.line("plans")
    await specs.on("ledger")
    await specs.press("enter")
    await specs.sees("› Specs › .lattice/specs/ledger.yaml", "Depends on 2 specs")
    await specs.on("accounts")


async def test_a_file_that_nothing_refers_to_says_so(specs: Console) -> None:
    await find(specs, "config")
    await specs.press("2")
    await specs.sees("Depends on nothing else.", "Nothing else depends on it.")


async def test_a_file_shows_what_refers_to_it_and_what_it_refers_to(office: Office) -> None:
    await enrich(office)
    kim = await office.as_("kim")
    files = {
        "api/openapi.yaml": b"openapi: 3.1.0\ninfo: {title: Shop, version: 1.2.0}\nx: {$ref: schemas/user.yaml}\n",
        "api/schemas/user.yaml": b"x: {$ref: money.json}\ny: {$ref: gone.json}\n",
        "api/schemas/money.json": b"{}",
    }
    await track(kim, files)
    await kim.close()
    async with open_console(make_app(office, start="specs"), size=(80, 24)) as console:
        await console.sees("13 documents")
        await console.press("slash")
        await console.type("user.yaml")
        await console.sees("1 of 13 documents")
        await console.press("enter", "2")
        await console.sees("Depends on 2 files", "Depended on by 1 spec")
        assert "there is no such file" in console.line("gone.json")
        assert "file" in console.line("money.json")
        await console.press("j")
        await console.on("api/schemas/money.json")
        await console.press("enter")
        await console.sees(
            "› Specs › api/schemas/money.json", "Depended on by 1 file, 1 spec and 1 file with what follows"
        )


async def test_a_tab_that_could_not_be_read_says_why_and_is_read_again_by_a_key(
    specs: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, asked = specs.app.session.backend, 0

    async def fail(*args: object, **given: object) -> NoReturn:
        nonlocal asked
        asked += 1
        raise SystemFailure("SYS_DATABASE_ERROR", "The database does not answer; a moment later it may.")

    with monkeypatch.context() as broken:
        broken.setattr(backend.specs, "graph", fail)
        broken.setattr(backend.documents, "history", fail)
        await find(specs, "user-auth.json")
        await specs.press("2")
        await specs.until(lambda: asked == 2, "both to have failed")
        await specs.pilot.pause(0.35)
        # It stays when what was said in passing has gone.
        await specs.press("1", "2")
        await specs.sees("The database does not answer; a moment later it may.", "R tries again.")
        await specs.press("3")
        await specs.sees("The database does not answer; a moment later it may.", "R tries again.")
        # The content is there all the same.
        await specs.press("1")
        await specs.sees('"requirements": [')
    await specs.press("R", "2")
    await specs.sees("Depended on by")
    await specs.press("3")
    await specs.sees("1 revision")
    assert "does not answer" not in specs.text


async def test_a_document_that_could_not_be_read_leaves_nothing_of_the_one_before_on_any_tab(
    wide: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    await find(wide, "user-auth.json")
    await wide.press("2")
    await wide.sees("Depended on by")
    await wide.press("escape", "slash", "ctrl+u")
    backend = wide.app.session.backend

    async def fail(*args: object, **given: object) -> NoReturn:
        raise SystemFailure("SYS_DATABASE_ERROR", "The database does not answer.")

    monkeypatch.setattr(backend.documents, "get", fail)
    await find(wide, "refunds")
    for tab in "2", "3", "1":
        await wide.press(tab)
        await wide.sees("The database does not answer.", "R tries again.")
        assert "Depended on by" not in wide.text


async def test_the_history_says_who_changed_it_when_by_which_mutation_and_what(specs: Console) -> None:
    await find(specs, "refunds")
    await specs.press("3")
    await specs.sees("3 revisions", "M-10 Refund to the account", "+ It goes to the account it came from.")
    assert "kim" in specs.selected
    await specs.press("j")
    await specs.sees("− A refund is paid within 14 days.", "+ A refund is paid within 10 days.")
    await specs.press("enter")
    await specs.sees("› M-9 Refund within ten days")
    await specs.press("escape")
    await specs.sees("› Specs › docs/refunds.md")
    await specs.press("j", "enter")
    await specs.sees("No mutation made this revision", "+ A refund is paid within 14 days.")


async def test_tab_goes_to_the_change_and_escape_back_step_by_step(specs: Console) -> None:
    await find(specs, "refunds")
    await specs.press("3")
    await specs.sees("+ It goes to the account")
    await specs.press("tab", "right_square_bracket")
    await specs.press("escape")
    await specs.press("j")
    await specs.on("M-9 Refund within ten days")
    await specs.press("escape")
    await specs.on("refunds.md")


async def test_beside_a_wide_tree_the_document_follows_the_cursor(wide: Console) -> None:
    await find(wide, "refunds")
    await wide.sees("A refund is paid within 10 days.")
    await wide.press("slash")
    await wide.press("ctrl+u")
    await wide.type("accounts")
    await wide.press("enter")
    await wide.sees("An account has an owner", "accounts.json")
    await wide.press("tab", "j")
    assert any(f"{wide.bar}  2  " in line for line in wide.lines)


async def test_what_others_execute_appears_in_the_tree_and_in_the_document(wide: Console, office: Office) -> None:
    await find(wide, "refunds")
    await wide.sees("A refund is paid within 10 days.")
    await wide.press("escape", "tab", "j", "j")
    await wide.sees("10 documents")
    agent, kim = await office.as_("agent-7"), await office.as_("kim")
    await track(kim, {"docs/new.md": b"# New\n"})
    made = await agent.mutations.create(
        title="At once", changes=[modify("docs/refunds.md", b"# Refunds\n\nAt once.\n")]
    )
    await kim.reviews.vote(made.id, vote="approve")
    await kim.executions.execute(made.id)
    await wide.sees("11 documents", "new.md", "  3  At once.", "revision 4")
    made = await agent.mutations.create(title="Drop it", changes=[delete("docs/refunds.md")])
    await kim.reviews.vote(made.id, vote="approve")
    await kim.executions.execute(made.id)
    await wide.sees("10 documents", "There is no document docs/refunds.md in the head")
    await agent.close()
    await kim.close()


async def test_hostile_bytes_are_shown_inert_and_binary_is_told_in_words(office: Office) -> None:
    kim = await office.as_("kim")
    await track(kim, {"docs/evil.txt": HOSTILE_CONTENT, "docs/[@click=app.leave]x[/].md": b"x\n", "logo.png": b"\0\1"})
    await kim.close()
    async with open_console(make_app(office, start="specs"), size=(140, 40)) as console:
        await console.press("slash")
        await console.type("evil")
        await console.press("enter")
        await console.sees("⟨U+001B⟩[31mred", "⟨U+202E⟩", "⟨FF⟩")
        await console.press("slash", "ctrl+u")
        await console.type("logo")
        await console.press("enter")
        await console.sees("It is binary: 2 bytes.")
        await console.press("slash", "ctrl+u")
        await console.type("click")
        await console.press("enter")
        await console.sees("[@click=app.leave]x[/].md")


async def test_ten_thousand_documents_open_folder_by_folder(office: Office) -> None:
    kim = await office.as_("kim")
    names = [f"area-{at % 40}/part-{at % 400}/note-{at}.md" for at in range(10_000)]
    for start in range(0, len(names), 1000):
        await track(kim, {name: b"x\n" for name in names[start : start + 1000]})
    await kim.close()
    async with open_console(make_app(office, start="specs"), size=(80, 24)) as console:
        await console.sees("10,006 documents", "user-auth.json")
        await console.press("slash")
        await console.type("note-9999")
        await console.sees("1 of 10,006 documents", "note-9999.md")
        await console.press("enter", "enter")
        await console.sees("› Specs › area-39/part-399/note-9999.md")
