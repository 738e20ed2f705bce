"""The footer: the few keys that matter here and now, then the one for all of them."""

from textual.content import Content
from textual.reactive import reactive

from lattice_console.cells import cells
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

    def draw(self) -> list[Content]:
        width = self.size.width
        last = f"{self.help_key} help " if self.help_key else ""
        parts: list[str | tuple[str, str]] = [" "]
        used = 1
        for key, name in self.hints:
            size = cells(key) + 1 + cells(name) + 3
            if used + size + cells(last) > width:
                break
            parts += [(key, "bold $accent"), (f" {name}   ", "$muted")]
            used += size
        parts.append(" " * max(0, width - used - cells(last)))
        if last:
            parts += [(self.help_key, "bold $accent"), (" help ", "$muted")]
        return [Content.assemble(*parts)]
