"""A widget of lines, of which it paints those that have changed: what is written goes over SSH."""

from collections.abc import Iterable
from typing import Self

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from lattice_console.widgets.sparing import difference

__all__ = ["LinePainter"]


class LinePainter(Widget):
    """Subclasses give each line in `draw_line`. A refresh paints the lines that differ from what was drawn last."""

    _drawn: list[Strip] = []  # noqa: RUF012 - never written to: the first drawing puts a list of its own in its place

    def draw_line(self, y: int) -> Strip:
        """The line, as wide as the widget; its last cell is blank."""
        return Strip.blank(self.size.width)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        if regions or layout or recompose or not repaint or not self._fits:
            if repaint and not regions:
                # Out of sight, or of another size: what was drawn then is no more.
                self._drawn = []
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        self.repaint(range(self.size.height))
        return self

    def repaint(self, lines: Iterable[int]) -> None:
        """Paint those of the lines that have changed; a line outside of the widget is none of them."""
        if not self._fits:
            self._drawn = []
            super().refresh()
            return
        height, changed = self.size.height, []
        for y in lines:
            if not 0 <= y < height or (strip := self.draw_line(y)) == self._drawn[y]:
                continue
            # Cells are compared in the first and the last line alone: of the rows between them most change as a whole.
            edge = y in (0, height - 1)
            # The last cell is left out: a region up to the next widget would draw a cell of that too.
            first, end = difference(self._drawn[y], strip) if edge else (0, self.size.width - 1)
            self._drawn[y] = strip
            if first < end:
                changed.append(Region(first, y, end - first, 1))
        if changed:
            super().refresh(*changed)

    def render_line(self, y: int) -> Strip:
        if not self._fits:
            self._drawn = [self.draw_line(at) for at in range(self.size.height)]
        return self._drawn[y]

    @property
    def _fits(self) -> bool:
        """Whether what was drawn last has the size that the widget has now."""
        width, height = self.size
        return height > 0 and len(self._drawn) == height and self._drawn[0].cell_length == width
