"""Pictures of the screens. Each name says what the eye should see."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from lattice_console.app import LatticeApp
from tests.screens.console import Console, make_app
from tests.screens.project import Office

Compare = Callable[..., bool]
Steps = Callable[[Console], Awaitable[None]]

SMALL, LARGE = (80, 24), (160, 50)
BOTH = pytest.mark.parametrize("size", [SMALL, LARGE], ids=lambda size: "x".join(map(str, size)))


@pytest.fixture
def looks(snap_compare: Any, office: Office) -> Compare:
    """Compare the screen after some steps with its picture."""

    def compare(steps: Steps, size: tuple[int, int], app: LatticeApp | None = None) -> bool:
        app = app or make_app(office)

        async def before(pilot: Pilot[None]) -> None:
            console = Console(app, pilot)
            await console.sees("live", "1 of 8")
            await steps(console)
            await console.press()

        return bool(snap_compare(app, terminal_size=size, run_before=before))

    return compare


async def _nothing(console: Console) -> None:
    await console.sees("S submit")


async def _session_row(console: Console) -> None:
    await console.go_to("Raise the session")
    await console.sees("e execute")
    if console.app.size.width >= 120:
        await console.sees("Sessions expire after 48 hours")


async def _diff(console: Console) -> None:
    await console.go_to("Raise the session")
    await console.press("enter")
    await console.sees("Sessions expire after 48 hours")
    await console.press("right_square_bracket")
    await console.sees("hunk 1 of 2")
    await console.until(lambda: _coloured(console), "colours")


def _coloured(console: Console) -> bool:
    from lattice_console.widgets.diff_view import DiffView

    return console.app.screen.query_one(DiffView)._missing() is None


async def _overview(console: Console) -> None:
    await console.go_to("Raise the session")
    await console.press("enter")
    await console.sees("Sessions expire after 48 hours")
    await console.press("tab")
    await console.sees("Requirements", "4 files")
    await console.quiet()


async def _hostile(console: Console) -> None:
    await console.go_to("@click")
    await console.press("enter")
    await console.sees("no newline at end of file")


@BOTH
def test_the_queue_has_the_accent_on_the_first_row_and_a_sign_before_every_title(
    looks: Compare, size: tuple[int, int]
) -> None:
    assert looks(_nothing, size)


@BOTH
def test_on_an_approved_row_the_footer_offers_execute_and_the_preview_its_first_hunk(
    looks: Compare, size: tuple[int, int]
) -> None:
    assert looks(_session_row, size)


@BOTH
def test_the_diff_has_tinted_lines_signs_both_line_numbers_and_folds(looks: Compare, size: tuple[int, int]) -> None:
    assert looks(_diff, size)


@BOTH
def test_the_overview_has_requirements_with_reasons_files_votes_and_comments(
    looks: Compare, size: tuple[int, int]
) -> None:
    assert looks(_overview, size)


def test_hostile_text_stands_there_escaped_and_coloured_like_any_other(looks: Compare) -> None:
    assert looks(_hostile, SMALL)


def test_an_applied_filter_stands_at_the_right_above_the_list(looks: Compare) -> None:
    async def steps(console: Console) -> None:
        await console.press("slash")
        await console.type("status:pending")
        await console.press("enter")
        await console.sees("1 of 3", "a approve")

    assert looks(steps, SMALL)


def test_a_question_is_one_sentence_with_numbers_and_two_keys_at_the_foot(looks: Compare) -> None:
    async def steps(console: Console) -> None:
        await _session_row(console)
        await console.press("e")
        await console.sees("Execute M-7")

    assert looks(steps, SMALL)


def test_a_reason_is_typed_under_the_sentence_that_says_what_will_happen(looks: Compare) -> None:
    async def steps(console: Console) -> None:
        await console.go_to("Pay refunds")
        await console.sees("a approve")
        await console.press("X")
        await console.sees("Reject M-6")
        await console.press("ctrl+s")
        await console.sees("A rejection needs its reason")

    assert looks(steps, SMALL)


def test_a_dry_run_lists_what_is_in_the_way_above_what_would_change(looks: Compare) -> None:
    async def steps(console: Console) -> None:
        await console.go_to("Pay refunds")
        await console.sees("a approve")
        await console.press("d")
        await console.sees("would not execute", "paid within 7 days")

    assert looks(steps, SMALL)


def test_help_fits_in_two_columns_of_keys(looks: Compare) -> None:
    async def steps(console: Console) -> None:
        await console.sees("S submit")
        await console.press("question_mark")
        await console.sees("Everywhere")

    assert looks(steps, SMALL)


def test_the_palette_lists_what_matches_with_keys_at_the_left(looks: Compare) -> None:
    async def steps(console: Console) -> None:
        await console.sees("S submit")
        await console.press("colon")
        await console.type("re")
        await console.sees("Request changes")

    assert looks(steps, SMALL)


def test_the_light_theme_is_dark_on_light_tints(looks: Compare, office: Office) -> None:
    assert looks(_diff, SMALL, make_app(office, settings=replace(office.settings(), theme="light")))


def test_the_ansi_theme_with_ascii_signs_has_nothing_but_sixteen_colours_and_ascii(
    looks: Compare, office: Office
) -> None:
    assert looks(_diff, SMALL, make_app(office, settings=replace(office.settings(), theme="ansi", ascii=True)))


def test_without_colour_the_cursor_is_reversed_and_signs_carry_the_meaning(
    looks: Compare, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert looks(_session_row, SMALL, make_app(office))
