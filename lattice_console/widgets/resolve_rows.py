"""What the sides of a merge and its result have in common: how their lines are drawn, and moved through."""

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from rich.cells import split_text
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from lattice_console.cells import cells, cut
from lattice_console.merge.words import Span
from lattice_console.widgets.diff_styles import LINE_STYLES, component_classes, component_css
from lattice_console.widgets.diff_text import columns
from lattice_console.widgets.document_text import DocumentText
from lattice_console.widgets.highlight import Run
from lattice_console.widgets.resolve_layout import ResolveLayout
from lattice_console.widgets.row_view import Piece, RowView
from lattice_console.widgets.signs import Look
from lattice_console.widgets.sparing import difference

__all__ = ["WIDE", "ResolveRows", "changed", "fitted", "words_of"]

WIDE = 120
"""Columns from which all sides stand beside each other."""

_STYLES = {
    **LINE_STYLES,
    "chosen": "color: $accent; text-style: bold;",
    "head": "background: $surface; color: $surface-text;",
    "turned": "color: $accent; text-style: bold underline;",
    "warning-strong": "color: $warning; text-style: bold;",
}


class ResolveRows(RowView):
    """Rows of a `ResolveLayout`; a role may name several, parted by blanks, whose styles are laid upon each other."""

    KEEPS_MARK = True

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("resolve", _STYLES)

    DEFAULT_CSS = "ResolveRows { height: 1fr; " + component_css("resolve", _STYLES) + "}"

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.shown: ResolveLayout | None = None
        self.shift = 0
        self._styles: dict[str, Style] = {}

    def refresh_row(self, index: int) -> None:
        """Draw what a move of the cursor changes of a row: its bar."""
        line = index - self.scroll_offset.y
        if 0 <= line < self._lines:
            self.refresh(Region(0, line + self._above, 1, 1))

    def drawn(self) -> list[Strip]:
        """What stands on each line now: for `refresh_changed`, once something has changed."""
        return [self.render_line(y) for y in range(self.size.height)]

    def refresh_changed(self, before: Sequence[Strip]) -> None:
        """Draw only the cells anew that differ from what was `drawn` before."""
        after = self.drawn()
        if len(before) != len(after):
            self.refresh()
            return
        changes = [(y, old, new) for y, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
        found = [(y, *difference(old, new)) for y, old, new in changes]
        regions = [Region(first, y, end - first, 1) for y, first, end in found if first < end]
        if regions:
            self.refresh(*regions)

    def _mark(self) -> None:
        self.refresh_row(self.cursor)

    def _selected(self, pieces: Sequence[Piece], width: int) -> Strip:
        # Colours stay legible: only the bar says where the cursor is.
        bar = Segment(self._look.signs.bar, self._style("bar"))
        rest = [Segment(text, self._style(role)) for text, role in pieces]
        return Strip([bar, *rest]).adjust_cell_length(width)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    def _style(self, role: str) -> Style:
        style = self._styles.get(role)
        if style is None:
            style = Style.null()
            for name in role.split():
                style += self.get_component_rich_style(f"resolve--{name}", partial=True)
            self._styles[role] = style
        return style


def changed(text: str, runs: Sequence[Run] | None, spans: Sequence[Span], kind: str) -> list[Piece]:
    """A line in its colours, laid on the style of its kind; `spans` are the columns of the words that changed."""
    if runs is None or sum(len(piece) for _, piece in runs) != len(text):
        runs = [("plain", text)]
    pieces: list[Piece] = []
    at = 0
    for role, piece in runs:
        end = at + len(piece)
        cuts = sorted({at, end, *(cut for span in spans for cut in span if at < cut < end)})
        for start, stop in pairwise(cuts):
            word = f" {kind}-word" if any(first <= start and stop <= last for first, last in spans) else ""
            pieces.append((text[start:stop], f"{kind} syntax-{role}{word}"))
        at = end
    return pieces


def words_of(document: DocumentText, line: int, spans: Sequence[Span], text: str) -> Sequence[Span]:
    """The columns of changed bytes of a line; none where all of it changed, as its background says."""
    found = columns(document.span(line, line + 1).removesuffix(b"\n"), spans)
    if len(found) == 1 and found[0][0] <= len(text) - len(text.lstrip()) and found[0][1] >= len(text):
        return ()
    return found


def fitted(pieces: Sequence[Piece], width: int, shift: int, ellipsis: str, fill: str = "plain") -> list[Piece]:
    """Pieces in exactly `width` cells, without the first `shift`; what is longer ends in `ellipsis`."""
    shown: list[Piece] = []
    for text, role in pieces:
        size = cells(text)
        if shift >= size:
            shift -= size
            continue
        rest = split_text(text, shift)[1] if shift else text
        shift, size = 0, cells(rest)
        if size > width:
            shown.append((cut(rest, max(0, width), ellipsis), role))
            width -= cells(shown[-1][0])
            break
        shown.append((rest, role))
        width -= size
    if width > 0:
        shown.append((" " * width, fill))
    return shown
