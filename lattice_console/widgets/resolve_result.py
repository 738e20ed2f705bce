"""The result of a merge as it is now: each line with whose it is, and what is still open."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.geometry import Region, Size
from textual.message import Message

from lattice_console.cells import cells
from lattice_console.text import count, inert
from lattice_console.widgets.document_text import DocumentText
from lattice_console.widgets.resolve_layout import Part, ResolveLayout, ResultRow
from lattice_console.widgets.resolve_rows import WIDE, ResolveRows, changed, fitted
from lattice_console.widgets.row_view import Piece, RowView, crop, spread
from lattice_console.widgets.signs import Look

__all__ = ["ResolveResult"]

_APART = 4
"""Cells between what is said of the result, and what is proposed."""


class ResolveResult(ResolveRows, can_focus=False):
    """Follows the cursor of the sides; its head says whether the result can stand, and what is proposed."""

    @dataclass
    class Pointed(Message):
        """A row of the result was clicked."""

        row: int

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._verdict: tuple[str, bool] = ("", True)
        self._offer: tuple[str, str] | None = None
        self._place: tuple[str, bool] = ("", True)

    def show(self, layout: ResolveLayout) -> None:
        """Show the result of a merge."""
        self.shown, self._verdict, self._place = layout, ("", True), ("", True)
        self.renew(0, 0)

    def rearrange(self, row: int) -> None:
        """Follow other choices, with the mark on a row; where neither scrolls, only what changes is drawn."""
        self.virtual_size = Size(self.size.width, self.total + self._edges)
        self.set_reactive(RowView.cursor, row)
        self._reveal()

    def refresh_line(self, y: int) -> None:
        """Draw one line of the widget anew."""
        self.refresh(Region(0, y, self.size.width, 1))

    def judge(self, verdict: str, good: bool) -> None:
        """Say whether the result can stand as it is."""
        if self._verdict != (verdict, good):
            self._verdict = (verdict, good)
            self.refresh_line(0)

    def offer(self, offer: tuple[str, str] | None) -> None:
        """Say what is to be known of the conflict under the cursor, behind the key that it is about; inert."""
        if self._offer != offer:
            self._offer = offer
            self.refresh_line(0)

    def tell_place(self, place: str, *, settled: bool) -> None:
        """Say, in inert words, where the document is to be, where that was to be chosen; empty where it was not."""
        if self._place != (place, settled):
            self._place = (place, settled)
            self.refresh_line(0)

    def follow(self, row: int, top: int | None, shift: int) -> None:
        """Put the mark on a row; with `top`, that row comes first, as long as the mark stays in sight."""
        if shift != self.shift:
            self.shift = shift
            self.refresh()
        if top is not None:
            self._scroll_so(max(min(top, row), row - self._lines + 1))
        self.move_to(row)

    def in_sight(self) -> Sequence[tuple[DocumentText, int, int]]:
        """The documents that lines in sight come from, each with its first line and its last."""
        layout, found = self.shown, dict[int, tuple[DocumentText, int, int]]()
        if layout is None:
            return ()
        top = int(self.scroll_offset.y)
        for index in range(top, min(top + self._lines, layout.result_total)):
            row = layout.result_row(index)
            if row.offset is not None:
                document, line, _ = layout.source(row.part, row.offset)
                _, first, _ = found.get(id(document), (document, line, line))
                found[id(document)] = (document, min(first, line), line)
        return list(found.values())

    def clicked(self, index: int, event: events.Click) -> None:
        self.post_message(self.Pointed(index))

    # -- drawing

    @property
    def total(self) -> int:
        return self.shown.result_total if self.shown is not None else 0

    def head(self, width: int) -> Sequence[Sequence[Piece]]:
        layout = self.shown
        if layout is None:
            return [[]]
        signs, total = self._look.signs, len(layout.conflicts)
        still, settled = layout.open, layout.settled
        left: list[Piece] = [(" Result", "strong")]
        dot: Piece = (f" {signs.dot} ", "muted")
        if still:
            left += [dot, (f"{still} of {count(total, 'conflict')} open", "warning-strong")]
        elif total:
            left += [dot, (f"{count(total, 'conflict')} settled", "good")]
        place, decided = self._place
        if place:
            left += [dot, (place, "good" if decided else "warning-strong")]
        words, good = self._verdict
        # Where there is little room, what can be done comes before what is well.
        if words and not (good and self._offer and width < WIDE):
            left += [dot, (words, "muted" if good else "bad")]
        if settled and not self._offer:
            left += [dot, (f"{settled} settled by themselves", "muted")]
        left = crop(left, width - 1, signs.ellipsis)
        room = width - sum(cells(text) for text, _ in left) - _APART
        if not self._offer or room < _APART:
            return [left]
        key, words = self._offer
        offer = crop([(f"{key} " if key else "", "chosen"), (words, "accent")], room, signs.ellipsis)
        return [spread(left, [*offer, (" ", "plain")], width)]

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        layout = self.shown
        if layout is None:
            return ()
        row = layout.result_row(index)
        part = layout.parts[row.part]
        digits = max(3, len(str(layout.lines)))
        if row.offset is None:
            return [(" " * (digits + 1), "muted"), *self._instead(layout, row, part, width - digits - 1)]
        document, line, sign = layout.source(row.part, row.offset)
        decided, still = part.conflict is not None, layout.is_open(part)
        edge = self._look.signs.quote if decided and not still else " "
        role = "chosen" if decided and not still else "muted"
        lead: list[Piece] = [
            (f"{row.number:>{digits}} ", "muted"),
            (edge, role),
            (f"{'?' if still else sign or ' '} ", "warning-strong" if still else role),
        ]
        text = changed(document.text(line), document.runs(line), (), "muted" if still else "plain")
        return [*lead, *fitted(text, width - digits - 4, self.shift, self._look.signs.ellipsis)]

    def _instead(self, layout: ResolveLayout, row: ResultRow, part: Part, width: int) -> list[Piece]:
        """What stands where the result has no line: what is to be decided, or that lines go."""
        signs = self._look.signs
        if layout.is_open(part):
            words = f"{signs.status['needs_manual_resolution']} Nothing is chosen yet"
            more = ": what both started from stands here." if part.base[1] and not layout.apart else "."
            return fitted([(f" {words}", "warning-strong"), (more, "warning")], width, 0, signs.ellipsis)
        sign, told = layout.gone(part)
        gone = part.base[1]
        words = f"{signs.minus} {count(gone, 'line')} of the base gone" if gone else "no line here"
        words = inert(told) or words
        decided = part.conflict is not None
        edge = signs.quote if decided else " "
        role = "chosen" if decided else "muted"
        return fitted([(edge, role), (f"{sign or ' '} ", role), (words, "muted")], width, 0, signs.ellipsis)
