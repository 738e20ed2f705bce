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

_ACTS, _MOVE, _HERE, _EVERYWHERE = "The mutation under the cursor", "Move", "Here", "Everywhere"

_HEADINGS = {"act": _ACTS, "list": _MOVE, "diff": _MOVE, "overview": _MOVE, "go": _EVERYWHERE, "app": _EVERYWHERE}
"""By the first word of a binding's id; the rest belongs to the place."""


class HelpScreen(ModalScreen[None]):
    """Two columns of keys with what they do."""

    CSS_PATH = "help.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "leave", "Close", id="help.close"),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        groups: dict[str, list[Command]] = {}
        for command in self._commands:
            groups.setdefault(_HEADINGS.get(command.id.partition(".")[0], _HERE), []).append(command)
        with VerticalScroll(id="sheet"):
            with Horizontal():
                yield Static(_column((_ACTS, _EVERYWHERE), groups), markup=False)
                yield Static(_column((_MOVE, _HERE), groups), markup=False)
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
        if name not in groups:
            continue
        if lines:
            lines.append(Content(""))
        lines.append(Content.assemble((name, "bold")))
        for command in groups[name]:
            keys = " ".join(command.keys[:2])
            lines.append(Content.assemble((f"{keys:>9}  ", "bold $accent"), command.name))
    return Content("\n").join(lines)
