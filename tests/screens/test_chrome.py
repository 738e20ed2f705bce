"""Header, footer, help, palette, quitting."""

import pytest
from textual.binding import Binding

from lattice_console.app import LatticeApp
from lattice_console.screens.dialog import ConfirmDialog, ReasonDialog
from lattice_console.screens.dry_run import DryRunScreen
from lattice_console.screens.help import HelpScreen
from lattice_console.screens.mutation import MutationScreen
from lattice_console.screens.palette import PaletteScreen
from lattice_console.screens.queue import QueueScreen
from lattice_console.widgets.bottom_line import BottomLine
from lattice_console.widgets.diff_view import DiffView
from lattice_console.widgets.editor import Editor
from lattice_console.widgets.filter_bar import FilterBar
from lattice_console.widgets.legend import legend
from lattice_console.widgets.overview import Overview
from lattice_console.widgets.queue_list import QueueList
from lattice_console.widgets.signs import ASCII, UNICODE
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office

OURS = (
    LatticeApp,
    QueueScreen,
    MutationScreen,
    DryRunScreen,
    HelpScreen,
    PaletteScreen,
    ConfirmDialog,
    ReasonDialog,
    QueueList,
    DiffView,
    Overview,
    FilterBar,
    Editor,
)
OWNED_BY_BROWSERS_OR_LINE_EDITING = {"ctrl+d", "ctrl+k", "ctrl+a", "ctrl+w", "ctrl+t", "ctrl+n", "f5"}


def bindings(kind: type) -> list[Binding]:
    return list(Binding.make_bindings(kind.__dict__.get("BINDINGS", [])))


def test_every_binding_of_ours_has_an_id_so_that_it_can_be_bound_anew() -> None:
    assert [(kind.__name__, binding.key) for kind in OURS for binding in bindings(kind) if not binding.id] == []


def test_no_key_of_ours_belongs_to_a_browser_or_to_line_editing() -> None:
    ours = [kind for kind in OURS if kind is not Editor]
    taken = [(kind.__name__, binding.key) for kind in ours for binding in bindings(kind)]
    assert [key for key in taken if key[1] in OWNED_BY_BROWSERS_OR_LINE_EDITING] == []


def test_f_keys_are_priority_bindings_and_letters_never_are() -> None:
    for kind in OURS:
        for binding in bindings(kind):
            if len(binding.key) == 1:
                assert not binding.priority, (kind, binding.key)
    assert all(b.priority for b in bindings(LatticeApp) if b.key in ("f1", "f2"))


def test_a_text_field_leaves_f6_and_f7_alone() -> None:
    assert not {"f6", "f7"} & {binding.key for binding in bindings(Editor)}


async def test_help_is_made_from_the_keys_of_the_place(console: Console) -> None:
    await console.press("question_mark")
    await console.sees("The mutation under the cursor", "Move", "Everywhere", "a A  Approve, with suggestions")
    await console.sees("/ Backspace  Filter, drop")
    await console.press("escape")
    await console.misses("The mutation under the cursor")
    await console.go_to("Pay refunds")
    await console.press("enter")
    await console.sees("paid within 7 days")
    await console.press("f1")
    await console.sees("] [  Next hunk, previous", "Tab shift+Tab  Diff or overview")
    assert "Filter" not in console.text
    await console.press("f1")
    await console.misses("Next hunk")


async def test_help_fits_the_smallest_terminal(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        await console.go_to("Pay refunds")
        for opens, there in ((), "Quit"), (("enter",), "Quit"):
            await console.press(*opens)
            await console.sees("paid within" if opens else "? help")
            await console.press("question_mark")
            await console.sees("Approve", "Esc close")
            await console.press("end")
            await console.sees(there, "Esc close")
            await console.press("escape")


async def test_the_palette_does_an_action_by_its_name(console: Console) -> None:
    await console.go_to("Pay refunds")
    await console.press("colon")
    await console.sees("What do you want to do?")
    await console.type("appr")
    await console.sees("Approve with suggestions")
    assert "Roll back" not in console.text
    await console.press("enter")
    await console.sees("Approved M-6")


async def test_the_palette_has_every_key_of_the_place_by_name(console: Console) -> None:
    await console.press("ctrl+p")
    await console.type("cancel")
    await console.sees("Z  Cancel the mutation")
    await console.press("enter")
    await console.sees("Cancel M-8 Tighten the password rule")


async def test_the_palette_changes_the_theme(console: Console) -> None:
    await console.press("colon")
    await console.type("theme light")
    await console.press("enter")
    await console.until(lambda: console.app.theme == "lattice-light", "the light theme")


async def test_the_footer_names_the_keys_that_matter_for_the_row(console: Console) -> None:
    await console.go_to("Pay refunds")
    await console.sees("a approve", "x request changes", "Enter open", "/ filter", "? help")
    await console.go_to("Limit sign-ins")
    await console.sees("b roll back")
    assert "a approve" not in console.text


async def test_q_leaves(console: Console) -> None:
    await console.press("q")
    await console.until(lambda: not console.app.is_running, "the app to end")


async def test_q_leaves_at_once_even_with_something_typed(console: Console) -> None:
    await console.go_to("Pay refunds")
    await console.press("x")
    await console.sees("Request changes of M-6")
    await console.type("When?")
    await console.press("escape")
    await console.press("q")
    await console.until(lambda: not console.app.is_running, "the app to end")


async def test_a_click_on_a_key_in_the_footer_does_what_the_key_does(console: Console) -> None:
    await console.sees("Enter open")
    footer = console.lines[-1]
    await console.pilot.click(BottomLine, offset=(footer.index("/ filter"), 0))
    await console.until(lambda: console.app.screen.has_class("-filtering"), "the filter to open")
    await console.press("escape")
    await console.pilot.click(BottomLine, offset=(len(footer.rstrip()) - 2, 0))
    await console.sees("The mutation under the cursor")


async def test_a_handler_that_fails_ends_the_console_with_a_sentence_and_a_log(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    app = make_app(office)

    def fail() -> None:
        raise ZeroDivisionError("by a defect")

    async def run() -> None:
        async with app.run_test(size=(100, 30)) as pilot:
            app.call_later(fail)
            await pilot.pause(0.2)

    with pytest.raises(ZeroDivisionError):
        await run()
    log = app.session.settings.state / "lattice.log"
    assert "ZeroDivisionError: by a defect" in log.read_text(encoding="utf-8")
    told = " ".join(capsys.readouterr().err.split())
    assert told.startswith("Something went wrong that should not have (ZeroDivisionError); the log has more under")
    assert "Traceback" not in told


async def test_a_place_can_be_gone_to_from_within_a_dialog_which_is_left_with_its_text(console: Console) -> None:
    await console.go_to("Pay refunds")
    await console.press("x")
    await console.sees("Request changes of M-6")
    await console.type("When?")
    await console.press("f9")
    await console.sees("Home", "Awaiting me")
    assert not [worker for worker in console.app.workers if worker.group == "acts" and not worker.is_finished]
    await console.press("f2")
    await console.go_to("Pay refunds")
    await console.press("x")
    await console.sees("When?")


async def test_help_tells_what_the_signs_mean_and_it_fits_the_smallest_terminal(office: Office) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        await console.press("question_mark")
        await console.sees("Tab what the signs mean")
        await console.press("tab")
        await console.sees("Tab keys", "A mutation", "○  pending: under review", "◆  marked", "✎ 1/3  one thread open")
        await console.sees(
            "A requirement", "✗  not satisfied", "▲  failed", "↺  rolled back", "–  cancelled or expired"
        )
        await console.sees("In a change", "┃  what was remarked on the line")
        assert "Approve" not in console.text
        await console.press("tab")
        await console.sees("a A  Approve, with suggestions")


def test_every_sign_of_a_status_or_a_requirement_is_in_the_legend_in_ascii_too() -> None:
    for signs in (UNICODE, ASCII):
        lines = [line.plain for group in legend(signs) for line in group]
        for sign in {*signs.status.values(), *signs.requirement.values()}:
            assert any(line.lstrip().startswith(f"{sign}  ") for line in lines), sign


async def test_the_header_leaves_out_the_requirements_that_do_not_apply(office: Office) -> None:
    async with open_console(make_app(office), (120, 30)) as console:
        await console.go_to("Deploy 1.4.2")
        await console.press("enter")
        await console.sees("0 of 1 approval")
        mutation = await console.app.session.backend.mutations.get("M-5")
        idle = [one.name.replace("_", " ") for one in mutation.requirements if one.state == "not_applicable"]
        assert idle
        assert not any(name in console.lines[2] for name in idle)
        assert "more" not in console.lines[2]
