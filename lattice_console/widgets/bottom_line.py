"""The footer: the few keys that matter here and now, then the one for all of them."""

from textual import events
from textual.content import Content
from textual.reactive import reactive

from lattice_console.cells import cells
from lattice_console.widgets.keys import typed_key
from lattice_console.widgets.sparing import Sparing

__all__ = ["BottomLine"]


class BottomLine(Sparing):
    """One line of keys with their names; those that do not fit are left out from the right, the help never."""

    DEFAULT_CSS = """
    BottomLine { height: 1; }
    """

    hints: reactive[tuple[tuple[str, str], ...]] = reactive(())
    """Keys as they are printed, each with what it does."""

    help_key: reactive[str] = reactive("?")
    """The key that shows all of them."""

    def _shown(self) -> list[tuple[int, str, str]]:
        """The hints that fit, each with the cell where it begins."""
        room = self.size.width - cells(self._last)
        shown: list[tuple[int, str, str]] = []
        used = 1
        for key, name in self.hints:
            size = cells(key) + 1 + cells(name) + 3
            if used + size > room:
                break
            shown.append((used, key, name))
            used += size
        return shown

    @property
    def _last(self) -> str:
        return f"{self.help_key} help " if self.help_key else ""

    def draw(self) -> list[Content]:
        parts: list[str | tuple[str, str]] = [" "]
        used = 1
        for used, key, name in self._shown():
            parts += [(key, "bold $accent"), (f" {name}   ", "$muted")]
            used += cells(key) + 1 + cells(name) + 3
        parts.append(" " * max(0, self.size.width - used - cells(self._last)))
        if self.help_key:
            parts += [(self.help_key, "bold $accent"), (" help ", "$muted")]
        return [Content.assemble(*parts)]

    def on_click(self, event: events.Click) -> None:
        """A click on a key does what the key does."""
        key = next((key for start, key, name in reversed(self._shown()) if event.x >= start), "")
        if self.help_key and event.x >= self.size.width - cells(self._last):
            key = self.help_key
        if key:
            self.app.simulate_key(typed_key(key))
