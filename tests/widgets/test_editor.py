"""A text as it is typed: what stands on the screen at every width."""

import pytest
from textual.app import App, ComposeResult

from lattice_console.widgets.editor import Editor
from lattice_console.widgets.themes import DARK

WORDS = " ".join(f"word{number}" for number in range(150))


class Page(App[None]):
    """A text alone."""

    CSS = "Editor { height: auto; max-height: 10; }"

    def __init__(self, text: str) -> None:
        super().__init__(ansi_color=True)
        self.register_theme(DARK)
        self.theme = DARK.name
        self._text = text

    def compose(self) -> ComposeResult:
        yield Editor(self._text)


async def shown(text: str, *widths: int) -> list[str]:
    """What stands there in a terminal that has had those widths, one after the other."""
    first, *rest = widths
    app = Page(text)
    async with app.run_test(size=(first, 30)) as pilot:
        app.query_one(Editor).focus()
        await pilot.pause()
        for width in rest:
            await pilot.resize_terminal(width, 30)
            await pilot.pause(0.05)
        update = app.screen._compositor.render_update(full=True)
        strips = getattr(update, "strips")  # noqa: B009 - a full update has them; its type says less
        return ["".join(strip.text for strip in line).rstrip() for line in strips]


@pytest.mark.parametrize("widths", [(40, 50), (40, 60, 50), (100, 50)])
async def test_a_text_is_wrapped_anew_at_once_where_the_terminal_gets_another_width(widths: tuple[int, ...]) -> None:
    text = WORDS[:100]
    assert await shown(text, *widths) == await shown(text, widths[-1])


async def test_the_end_of_a_long_text_stays_in_sight_where_the_terminal_gets_narrower() -> None:
    lines = await shown(WORDS, 100, 50)
    assert any("word149" in line for line in lines)
