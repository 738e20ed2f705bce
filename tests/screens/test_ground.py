"""What lies beneath the words: the terminal's own colours, save in sheets and in high contrast."""

from dataclasses import replace

from rich.style import Style

from lattice_console.widgets.themes import CONTRAST, DARK
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office


def styles(console: Console) -> list[list[tuple[str, Style]]]:
    """Each line of the screen in pieces with their styles."""
    screen = console.app.screen
    update = screen._compositor.render_update(full=True, screen_stack=console.app._background_screens)
    strips = getattr(update, "strips")  # noqa: B009 - a full update has them; its type says less
    return [[(piece.text, piece.style or Style.null()) for strip in line for piece in strip] for line in strips]


def ground(style: Style) -> str:
    """The colour beneath, or that of the words where both are reversed; `own` for the terminal's."""
    color = style.bgcolor
    return "own" if color is None or color.is_default else color.get_truecolor().hex


async def test_a_high_contrast_page_is_black_in_every_cell_with_white_words(office: Office) -> None:
    app = make_app(office, settings=replace(office.settings(), theme="contrast"))
    async with open_console(app, (120, 35)) as console:
        for key in ("", "enter", "tab", "f4", "f6", "f9"):
            await console.press(*([key] if key else []))
            await console.pilot.pause(0.3)
            pieces = [piece for line in styles(console) for piece in line]
            assert not [text for text, style in pieces if ground(style) == "own"], key
            assert not [text for text, style in pieces if style.color is None or style.color.is_default], key
        assert CONTRAST.background == "#000000"


async def test_a_page_leaves_the_terminal_its_own_colours_and_a_sheet_has_one_ground_to_its_foot(
    office: Office,
) -> None:
    async with open_console(make_app(office), (80, 24)) as console:
        await console.go_to("Raise the session")
        await console.press("e")
        await console.sees("Execute M-7")
        page, keys = styles(console)[1], styles(console)[-1]
        assert {ground(style) for _, style in page} == {"own"}
        assert {ground(style) for _, style in keys} == {DARK.variables["surface"]}


async def test_in_high_contrast_the_row_with_the_cursor_has_nothing_light_on_white(office: Office) -> None:
    app = make_app(office, settings=replace(office.settings(), theme="contrast"))
    async with open_console(app, (80, 24)) as console:
        await console.go_to("Name the plans")
        await console.press("k", "space", "k")
        row = next(line for line in styles(console) if line[0][0].startswith(console.bar))
        on_white = [style for text, style in row[1:] if ground(style) == "#ffffff" and text.strip()]
        assert on_white
        assert {style.color.get_truecolor().hex for style in on_white if style.color} == {"#000000"}
