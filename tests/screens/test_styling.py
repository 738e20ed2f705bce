"""Widgets are styled as they are mounted and when the colours change, and no more often: styling all takes its time."""

from collections import Counter
from unittest.mock import patch

from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

from lattice_console.screens.home import HomeScreen
from lattice_console.screens.specs import SpecsScreen
from lattice_console.widgets.queue_list import QueueList
from lattice_console.widgets.themes import DARK, LIGHT
from lattice_console.widgets.top_line import TopLine
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office


async def styled(console: Console, *keys: str, until: str) -> Counter[str]:
    """How often each header is styled until something stands there after some keys, by its place."""
    found = Counter[str]()
    apply = Stylesheet.apply

    def counting(sheet: Stylesheet, node: DOMNode, **more: object) -> None:
        if isinstance(node, TopLine):
            found[type(node.screen).__name__] += 1
        apply(sheet, node, **more)  # type: ignore[arg-type]  # passed on as they came

    with patch.object(Stylesheet, "apply", counting):
        await console.press(*keys)
        await console.sees(until)
    return found


async def test_going_to_a_place_the_first_time_styles_it_once_and_coming_back_nothing(office: Office) -> None:
    async with open_console(make_app(office, start="home"), (160, 50)) as console:
        first = await styled(console, "f4", until="› Specs")
        assert first[SpecsScreen.__name__] == 1
        assert first[HomeScreen.__name__] <= 1
        assert not await styled(console, "f9", until="› Home")
        assert not await styled(console, "f4", until="› Specs")


async def test_a_place_that_was_left_has_the_new_colours_when_one_comes_back(office: Office) -> None:
    async with open_console(make_app(office)) as console:
        rows = console.app.screen.query_one(QueueList)

        def good() -> str:
            return rows.get_component_styles("queue-list--good").color.hex.lower()

        assert good() == DARK.variables["good"]
        await console.press("f9")
        await console.sees("› Home")
        await console.press("colon")
        await console.type("Theme light")
        await console.press("enter")
        await console.until(lambda: console.app.theme == LIGHT.name, "the other theme")
        await console.press("f2")
        await console.sees("› Queue")
        await console.until(lambda: good() == LIGHT.variables["good"], "the colours of the other theme")
