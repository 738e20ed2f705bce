"""The colours that lie beneath what a widget draws."""

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

__all__ = ["Ground"]


class Ground(LineFilter):
    """Gives what a line leaves to the terminal the colours of its place, where that has colours of its own.

    Widgets that draw lines themselves style what they say, and leave the rest: so few bytes are written. A place has
    its own ground in a sheet, and everywhere in a theme with a page of its own; `ink` is the colour of text on that.
    """

    def __init__(self, ink: Color) -> None:
        super().__init__()
        self._ink = None if ink.ansi is not None else ink

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments on `background`; they themselves where that is the terminal's own."""
        if background.ansi is not None or not background.a:
            return segments
        return [
            segment if segment.control else Segment(segment.text, _on(segment.style, background, self._ink))
            for segment in segments
        ]


@lru_cache(1024)
def _on(style: Style | None, background: Color, ink: Color | None) -> Style:
    style = style or Style.null()
    fills = style.bgcolor is None or style.bgcolor.is_default
    inks = ink is not None and (style.color is None or style.color.is_default)
    return style + Style(
        bgcolor=background.rich_color if fills else None,
        color=ink.rich_color if inks and ink is not None else None,
    )
