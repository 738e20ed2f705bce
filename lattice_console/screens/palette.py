"""Everything that can be done here, by its name."""

from collections.abc import Sequence

from lattice_console.screens.picker import Choice, PickDialog
from lattice_console.screens.place import Command

__all__ = ["PaletteScreen"]


class PaletteScreen(PickDialog[Command]):
    """Every action of the place, with its keys."""

    def __init__(self, commands: Sequence[Command]) -> None:
        choices = [Choice(command.name, command, " ".join(command.keys[:2])) for command in commands]
        super().__init__("What do you want to do?", choices)
