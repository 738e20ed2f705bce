"""Everything that can be done here, by its name."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from lattice_console.screens.place import Command

__all__ = ["PaletteScreen"]


class PaletteScreen(ModalScreen[Command | None]):
    """Type some letters of a name, choose with the arrows, do it with Enter."""

    CSS_PATH = "palette.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="palette.close", priority=True),
        Binding("down", "move(1)", "Next", id="palette.next", priority=True),
        Binding("up", "move(-1)", "Previous", id="palette.previous", priority=True),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands
        self._shown: list[Command] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            yield Input(placeholder="What do you want to do?")
            yield OptionList(markup=False)

    def on_mount(self) -> None:
        field = self.query_one(Input)
        field.cursor_blink = False
        field.focus()
        self.query_one(OptionList).can_focus = False
        self._narrow("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._narrow(event.value)

    def _narrow(self, text: str) -> None:
        words = text.lower().split()
        self._shown = [command for command in self._commands if all(word in command.name.lower() for word in words)]
        # What begins with the text comes first.
        self._shown.sort(key=lambda command: not command.name.lower().startswith(text.lower().strip()))
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(_line(command)) for command in self._shown)
        options.highlighted = 0 if self._shown else None

    def action_move(self, by: int) -> None:
        """Choose the next or the previous name."""
        options = self.query_one(OptionList)
        if self._shown:
            options.highlighted = ((options.highlighted or 0) + by) % len(self._shown)

    @on(Input.Submitted)
    def _entered(self) -> None:
        at = self.query_one(OptionList).highlighted
        self.dismiss(self._shown[at] if at is not None and at < len(self._shown) else None)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._shown[event.option_index])

    def action_leave(self) -> None:
        """Close the palette."""
        self.dismiss(None)


def _line(command: Command) -> Content:
    return Content.assemble((f"{' '.join(command.keys[:2]):>9}  ", "bold $accent"), command.name)
