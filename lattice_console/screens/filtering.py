"""What places with a filter above a list have in common: typing it, leaving it, and saying why nothing can be read."""

from collections.abc import Sequence
from typing import Protocol

from textual.widget import Widget

from lattice_console.contract.errors import LatticeError
from lattice_console.screens.place import Place
from lattice_console.text import inert
from lattice_console.widgets.filter_bar import FilterBar
from lattice_console.widgets.narrow_bar import NarrowBar

__all__ = ["close_filter", "open_filter", "say_unreachable"]


class _Telling(Protocol):
    def say_instead(self, lines: Sequence[str]) -> None: ...


def open_filter(place: Place, bar: FilterBar | NarrowBar, text: str) -> None:
    """Let a filter be typed, beginning with the one that is applied."""
    bar.open(text)
    place.add_class("-filtering")
    place.refresh_chrome()


def close_filter(place: Place, bar: FilterBar | NarrowBar, listed: Widget) -> None:
    """Go back from the filter to what it lets through."""
    bar.close()
    place.remove_class("-filtering")
    listed.focus()
    place.refresh_chrome()


def say_unreachable(place: Place, listed: _Telling, error: LatticeError, *, shown: bool) -> None:
    """Say why nothing can be read: in passing where something is shown, which stays, else in its place."""
    if shown:
        place.desk.say(error.message, "error")
    else:
        listed.say_instead([inert(error.message), "", "R tries again."])
