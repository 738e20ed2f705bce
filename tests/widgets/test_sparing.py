"""Painting only what has changed."""

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip

from lattice_console.cells import cells
from lattice_console.widgets.sparing import Sparing, difference

WIDTH = 24
STYLES = [None, Style(color="red"), Style(bgcolor="blue")]
# No piece begins with a mark: inert text has none without its letter.
TEXTS = st.text(alphabet="ab 你e\u0301", max_size=6).filter(lambda text: not text.startswith("\u0301"))
PIECES = st.lists(st.tuples(TEXTS, st.sampled_from(STYLES)), max_size=6)


def strip(pieces: list[tuple[str, Style | None]]) -> Strip:
    return Strip([Segment(text, style) for text, style in pieces]).crop(0, WIDTH).adjust_cell_length(WIDTH)


def painted(line: Strip) -> list[tuple[str, Style | None]]:
    """What is to be seen in each cell."""
    seen: list[tuple[str, Style | None]] = []
    for text, style, _ in line:
        for char in text:
            if cells(char):
                seen += [(char, style), *[("", style)] * (cells(char) - 1)]
            elif seen:
                seen[-1] = (seen[-1][0] + char, style)
    return [(" ", None) if text == " " and not (style and style.bgcolor) else (text, style) for text, style in seen]


@given(PIECES, PIECES)
def test_painting_the_difference_over_the_old_line_gives_the_new_one(
    old: list[tuple[str, Style | None]], new: list[tuple[str, Style | None]]
) -> None:
    before, after = strip(old), strip(new)
    first, end = difference(before, after)
    over = painted(before)
    over[first:end] = painted(after.crop(first, end))
    assert over == painted(after)


@given(PIECES)
def test_a_line_that_is_the_same_needs_no_paint(pieces: list[tuple[str, Style | None]]) -> None:
    assert difference(strip(pieces), strip(pieces)) == (0, 0)


class Poem(Sparing):
    DEFAULT_CSS = "Poem { width: 1fr; height: 1fr; }"

    def __init__(self, *lines: str) -> None:
        super().__init__()
        self.lines = list(lines)
        self.asked: list[Region] = []

    def draw(self) -> list[Content]:
        return [Content(line) for line in self.lines]

    def _set_dirty(self, *regions: Region) -> None:
        self.asked.extend(regions)
        super()._set_dirty(*regions)


class Reading(App[None]):
    def __init__(self, poem: Poem) -> None:
        super().__init__()
        self.poem = poem

    def compose(self) -> ComposeResult:
        yield self.poem


async def test_a_refresh_paints_the_changed_cells_and_nothing_else() -> None:
    poem = Poem("roses are red", "violets are blue", "")
    async with Reading(poem).run_test(size=(30, 6)) as pilot:
        await pilot.pause()
        poem.asked.clear()
        poem.lines = ["roses are red", "violets are gone", "quite"]
        poem.refresh()
        assert poem.asked == [Region(12, 1, 3, 1), Region(0, 2, 5, 1)]
        assert [poem.render_line(y).text.rstrip() for y in range(3)] == poem.lines


async def test_another_size_paints_everything_anew() -> None:
    poem = Poem("a line that is longer than the window")
    async with Reading(poem).run_test(size=(20, 6)) as pilot:
        await pilot.pause()
        assert poem.render_line(0).text == "a line that is longe"
        await pilot.resize_terminal(40, 8)
        await pilot.pause()
        assert poem.render_line(0).text.rstrip() == "a line that is longer than the window"
