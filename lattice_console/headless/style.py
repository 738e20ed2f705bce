"""Colours by role. Words say everything already; colour only helps the eye."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TextIO

Role = Literal["added", "removed", "good", "bad", "warning", "muted", "accent", "strong"]

# Select Graphic Rendition: the terminal's own colours, so that its theme decides.
_CODES: Mapping[Role, str] = {
    "added": "32",
    "removed": "31",
    "good": "32",
    "bad": "31",
    "warning": "33",
    "muted": "2",
    "accent": "36",
    "strong": "1",
}


@dataclass(frozen=True)
class Palette:
    """What a stream can show."""

    colour: bool = False
    ascii: bool = False

    @property
    def ellipsis(self) -> str:
        """What stands for text that was left out."""
        return "..." if self.ascii else "…"

    def paint(self, role: Role | None, text: str) -> str:
        """`text` in the colour of its role, or as it is."""
        if role is None or not self.colour or not text:
            return text
        return f"\x1b[{_CODES[role]}m{text}\x1b[0m"

    @staticmethod
    def of(stream: TextIO, environ: Mapping[str, str], *, ascii: bool = False) -> "Palette":
        """Colour for a terminal alone, and never under `NO_COLOR` or on a dumb one."""
        colour = stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        return Palette(colour=colour, ascii=ascii)
