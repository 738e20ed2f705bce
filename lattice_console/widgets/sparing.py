"""A widget that paints only the cells that have changed: what is written goes over SSH."""

from collections.abc import Sequence
from typing import Self

from rich.cells import get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

__all__ = ["Sparing", "difference"]

Cell = tuple[str, Style | None]
"""What stands in one cell; the second of a wide character is empty."""

_BLANK: Cell = (" ", None)


class Sparing(Widget):
    """Lines of content, cut at the widget's width. Subclasses give them in `draw`; a refresh paints the difference."""

    _drawn: Sequence[Strip] = ()

    def draw(self) -> Sequence[Content]:
        """The lines from the top; those that are missing are blank."""
        return ()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        if regions or layout or recompose or not repaint or not self._fits:
            if repaint and not regions:
                # Out of sight, or of another size: what was drawn then is no more.
                self._drawn = ()
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        before, self._drawn = self._drawn, self._strips()
        changed = [
            Region(first, y, end - first, 1)
            for y, (old, new) in enumerate(zip(before, self._drawn, strict=True))
            for first, end in [difference(old, new)]
            if first < end
        ]
        return super().refresh(*changed) if changed else self

    def render_line(self, y: int) -> Strip:
        if not self._fits:
            self._drawn = self._strips()
        return self._drawn[y]

    @property
    def _fits(self) -> bool:
        """Whether what was drawn last has the size that the widget has now."""
        width, height = self.size
        return height > 0 and len(self._drawn) == height and self._drawn[0].cell_length == width

    def _strips(self) -> list[Strip]:
        width, height = self.size
        lines = [Strip(_segments(line)).crop(0, width).adjust_cell_length(width) for line in list(self.draw())[:height]]
        return lines + [Strip.blank(width)] * (height - len(lines))


def _segments(line: Content) -> list[Segment]:
    return [Segment(text, style if style else None) for text, style, _ in line.render_segments() if text]


def difference(old: Strip, new: Strip) -> tuple[int, int]:
    """The cells from the first up to, and without, the one behind the last in which two lines of one width differ."""
    before, after = _cells(old), _cells(new)
    differing = [at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other]
    if not differing:
        return 0, 0
    first, end = differing[0], differing[-1] + 1
    # A wide character is painted whole, and no line is cut beside a mark: it would lose it.
    while first > 0 and not (
        _plain(before[first - 1]) and _plain(after[first - 1]) and before[first][0] and after[first][0]
    ):
        first -= 1
    while end < len(after) and not (_plain(after[end - 1]) and before[end][0] and after[end][0]):
        end += 1
    return first, end


def _plain(cell: Cell) -> bool:
    return len(cell[0]) == 1


def _cells(strip: Strip) -> list[Cell]:
    cells: list[Cell] = []
    for text, style, _ in strip:
        for char in text:
            size = get_character_cell_size(char)
            if size:
                blank = char == " " and (style is None or (style.bgcolor is None and not style.reverse))
                cells.append(_BLANK if blank else (char, style))
                cells.extend([("", style)] * (size - 1))
            elif cells:
                cells[-1] = (cells[-1][0] + char, style)
    return cells
