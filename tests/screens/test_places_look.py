"""Pictures of home, specs and activity. Each name says what the eye should see."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from lattice_console.app import LatticeApp, Mode
from lattice_console.widgets.document_view import DocumentView
from tests.screens.console import Console, make_app, pictured
from tests.screens.places import enrich, put_up_with
from tests.screens.project import Office

Compare = Callable[..., bool]
Steps = Callable[[Console], Awaitable[None]]

SMALL, MIDDLE, LARGE = (80, 24), (120, 35), (200, 60)
ALL = pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=lambda size: "x".join(map(str, size)))


@pytest.fixture
def looks(snap_compare: Any, office: Office) -> Compare:
    """Compare a place of a richer project, after some steps, with its picture."""

    def compare(start: Mode, steps: Steps, size: tuple[int, int], app: LatticeApp | None = None) -> bool:
        return pictured(snap_compare, app or make_app(office, start=start), steps, size, lambda: enrich(office))

    return compare


async def _home(console: Console) -> None:
    await console.sees(
        "Awaiting me  3", "executed M-10 Refund to the account", "○ pending" if _broad(console) else "○ 2"
    )


def _broad(console: Console) -> bool:
    return console.app.size.width >= 180


async def _activity(console: Console) -> None:
    await console.sees("executed M-10 Refund to the account", "following")
    await console.press("down", "down", "down")
    await console.on("voted to approve M-10")


async def _read(console: Console, words: str) -> None:
    await console.sees("10 documents", "✗4")
    await console.press("slash")
    await console.type(words)
    await console.sees("1 of 10 documents")
    await console.press("enter")


async def _findings(console: Console) -> None:
    await _read(console, "ledger")
    await console.press("enter", "right_square_bracket")
    await console.until(lambda: f"{console.bar}     ✗ 'owner' is a required" in console.text, "the cursor on a finding")
    view = console.app.screen.query_one(DocumentView)
    await console.until(lambda: view.document is not None and view.document.runs(0) is not None, "colours")


async def _dependencies(console: Console) -> None:
    await _read(console, "payments")
    await console.press("2")
    await console.sees("Depends on 2 specs")


async def _history(console: Console) -> None:
    await _read(console, "refunds")
    await console.press("3", "j")
    await console.sees("A refund is paid within 14 days.")


async def _tree(console: Console) -> None:
    await console.sees("10 documents", "✗4", "lines.py")
    if console.app.size.width >= 110:
        await console.sees("An account has an owner", "1 revision")
        view = console.app.screen.query_one(DocumentView)
        await console.until(lambda: view.document is not None and view.document.runs(0) is not None, "colours")


@ALL
def test_home_has_what_awaits_me_first_then_what_ran_then_what_happened(looks: Compare, size: tuple[int, int]) -> None:
    assert looks("home", _home, size)


@ALL
def test_the_event_log_has_a_sign_an_age_and_who_before_each_sentence(looks: Compare, size: tuple[int, int]) -> None:
    assert looks("activity", _activity, size)


@ALL
def test_the_tree_has_specs_in_bold_with_their_type_and_findings_at_the_right(
    looks: Compare, size: tuple[int, int]
) -> None:
    assert looks("specs", _tree, size)


@ALL
def test_findings_stand_in_red_beneath_coloured_lines_with_numbers(looks: Compare, size: tuple[int, int]) -> None:
    assert looks("specs", _findings, size)


def test_a_suppressed_finding_is_muted_with_owner_day_and_reason_beside_a_red_one(
    snap_compare: Any, office: Office
) -> None:
    async def steps(console: Console) -> None:
        await console.press("slash")
        await console.type("shop")
        await console.press("enter", "enter", "right_square_bracket")
        await console.until(lambda: console.selected.split()[1:2] == ["·"], "the cursor on the finding")
        view = console.app.screen.query_one(DocumentView)
        await console.until(lambda: view.document is not None and view.document.runs(0) is not None, "colours")

    why = "Clients of 1.x rely on it until they are all moved to carts of their own."
    app = make_app(office, start="specs")
    assert pictured(snap_compare, app, steps, SMALL, lambda: put_up_with(office, why))


@ALL
def test_dependencies_are_two_trees_with_circles_and_missing_specs_marked(
    looks: Compare, size: tuple[int, int]
) -> None:
    assert looks("specs", _dependencies, size)


@ALL
def test_the_history_has_revisions_above_and_the_change_of_one_below(looks: Compare, size: tuple[int, int]) -> None:
    assert looks("specs", _history, size)


def test_a_wrong_event_filter_has_its_error_in_red_under_the_field(looks: Compare) -> None:
    async def steps(console: Console) -> None:
        await console.sees("executed M-10 Refund to the account")
        await console.press("slash")
        await console.type("sub:kim")
        await console.press("enter")
        await console.sees("there is no filter sub:")

    assert looks("activity", steps, SMALL)


def test_home_in_the_light_theme_is_dark_on_light(looks: Compare, office: Office) -> None:
    app = make_app(office, settings=replace(office.settings(), theme="light"), start="home")
    assert looks("home", _home, MIDDLE, app)


def test_home_in_ansi_with_ascii_signs_has_sixteen_colours_and_ascii(looks: Compare, office: Office) -> None:
    app = make_app(office, settings=replace(office.settings(), theme="ansi", ascii=True), start="home")

    async def steps(console: Console) -> None:
        await console.sees("Awaiting me  3", "executed M-10", "o 2 pending")

    assert looks("home", steps, SMALL, app)


def test_without_colour_findings_are_marked_by_their_sign_and_place(
    looks: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert looks("specs", _findings, SMALL)
