"""The keys of the place where the person is, made from its bindings."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lattice_console.screens.place import Command
from lattice_console.widgets.bottom_line import BottomLine

__all__ = ["HelpScreen"]

_ROOMS = {
    "act": "The mutation under the cursor",
    "list": "Move",
    "diff": "Move",
    "overview": "Move",
    "queue": "Here",
    "mutation": "Here",
    "dry_run": "Here",
    "place": "Here",
    "go": "Everywhere",
    "app": "Everywhere",
}
"""Headings by the first word of a binding's id."""


class HelpScreen(ModalScreen[None]):
    """Two columns of keys with what they do."""

    CSS_PATH = "help.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "leave", "Close", id="help.close", priority=True),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        groups: dict[str, list[Command]] = {}
        for command in self._commands:
            groups.setdefault(_ROOMS.get(command.id.partition(".")[0], "Here"), []).append(command)
        order = [name for name in dict.fromkeys(_ROOMS.values()) if name in groups]
        with VerticalScroll(id="sheet"):
            with Horizontal():
                yield Static(_column(order[:1], groups), markup=False)
                yield Static(_column(order[1:], groups), markup=False)
            line = BottomLine()
            line.help_key = ""
            line.hints = (("Esc", "close"), (":", "all of these by name"))
            yield line

    def action_leave(self) -> None:
        """Close the help."""
        self.dismiss()


def _column(names: Sequence[str], groups: dict[str, list[Command]]) -> Content:
    lines: list[Content] = []
    for name in names:
        if lines:
            lines.append(Content(""))
        lines.append(Content.assemble((name, "bold")))
        for command in groups[name]:
            keys = " ".join(command.keys[:2])
            lines.append(Content.assemble((f"{keys:>9}  ", "bold $accent"), command.name))
    return Content("\n").join(lines)
