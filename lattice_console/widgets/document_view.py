"""The content of one document, with what its schema has against it at the lines that are meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.cells import split_text
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from lattice_console.cells import cells, cut
from lattice_console.contract.models.spec import Finding
from lattice_console.widgets.diff_view import DiffView
from lattice_console.widgets.document_text import DocumentText, NoteRow
from lattice_console.widgets.highlight import Run
from lattice_console.widgets.row_view import Piece, RowView
from lattice_console.widgets.signs import Look

__all__ = ["DocumentView"]

_STEP = 16
_WIDEST = 4000


class DocumentView(RowView, inherit_bindings=False):
    """Lines with numbers and colours; a finding stands beneath its line, one of no line above all."""

    KEEPS_MARK = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "finding(1)", "Next finding", key_display="]", id="specs.next_finding"),
        Binding("left_square_bracket", "finding(-1)", "Previous finding", key_display="[", id="specs.previous_finding"),
        Binding("l,right", "sideways(1)", "Scroll right", id="specs.right"),
        Binding("h,left", "sideways(-1)", "Scroll left", id="specs.left"),
        # There is nothing to open in it.
        *(binding for binding in RowView.BINDINGS if isinstance(binding, Binding) and binding.id != "list.open"),
    ]

    @dataclass
    class Back(Message):
        """The person wants to be where documents are chosen."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._text: DocumentText | None = None
        self._findings: Sequence[Finding] = ()
        self._shift = 0
        self._instead: Sequence[str] = ()

    @property
    def document(self) -> DocumentText | None:
        """What is shown."""
        return self._text

    @property
    def line(self) -> int | None:
        """The line under the cursor, from 1; None where it is on a finding."""
        row = self._text.row(self.cursor) if self._text is not None and self.total else None
        return row + 1 if isinstance(row, int) else None

    def show(self, text: DocumentText, *, keep: bool) -> None:
        """Show a document from its top; with `keep`, the cursor and the place on the screen stay."""
        self._text = text
        self._instead = text.plain
        if not keep:
            self._shift, self._findings = 0, ()
        self._arrange()
        self.renew(None if keep else 0, None if keep else 0)
        self._want_colours()

    def find(self, findings: Sequence[Finding]) -> None:
        """Show what was found wrong with it; the line under the cursor stays where it is on the screen."""
        row = self._text.row(self.cursor) if self._text is not None and self.total else None
        above = self.cursor - int(self.scroll_offset.y)
        self._findings = findings
        self._arrange()
        if self._text is None or not isinstance(row, int) or row == 0:
            self.renew()
        else:
            at = self._text.row_of(row)
            self.renew(at, at - above)

    def say_instead(self, lines: Sequence[str]) -> None:
        """Show inert words in place of a document."""
        self._text, self._instead = None, lines
        self.renew(0, 0)

    def go_to(self, line: int) -> None:
        """Put the cursor on a line, counted from 1."""
        if self._text is not None:
            self.move_to(self._text.row_of(line - 1))

    # -- moving

    def action_finding(self, by: int) -> None:
        """Go to the next or the previous finding."""
        at = self._text.note_after(self.cursor, by) if self._text is not None else None
        if at is not None:
            self.move_to(at)
        else:
            further = " further" if self._findings else ""
            where = "down" if by > 0 else "up"
            self.post_message(DiffView.Refused(f"No finding{further} {where} from here."))

    def action_sideways(self, by: int) -> None:
        """Scroll sideways; left of the first column the document is left."""
        if by < 0 and not self._shift:
            self.post_message(self.Back())
            return
        self._shift = max(0, min(self._shift + by * _STEP, _WIDEST))
        self.refresh()

    def on_resize(self) -> None:
        self._arrange()
        super().on_resize()
        self._want_colours()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._want_colours()

    def _arrange(self) -> None:
        if self._text is not None:
            self._text.arrange(self._findings, max(20, self.size.width - self._gutter - 4))

    def _want_colours(self) -> None:
        text = self._text
        if text is None or not self.size.height:
            return
        top = int(self.scroll_offset.y)
        chunks = text.uncoloured(top - len(self._findings), top + self.size.height)
        if chunks:
            self.post_message(DiffView.Work("content", partial(text.colour, chunks), partial(self._coloured, text)))

    def _coloured(self, text: DocumentText, colours: dict[int, list[list[Run]]]) -> None:
        text.keep(colours)
        if text is self._text:
            self.refresh()

    # -- drawing

    @property
    def total(self) -> int:
        return self._text.total if self._text is not None else 0

    @property
    def _gutter(self) -> int:
        return max(3, len(str(self._text.lines if self._text is not None else 0))) + 2

    def instead(self, width: int) -> Sequence[Sequence[Piece]]:
        return [[], *([(f"   {line}", "muted")] for line in self._instead)]

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        if self._text is None:
            return ()
        row, signs = self._text.row(index), self._look.signs
        if isinstance(row, NoteRow):
            role, sign = "warning", "!"
            if row.finding.suppressed is not None:
                role, sign = "muted", signs.dot
            elif row.finding.severity == "error":
                role, sign = "bad", signs.requirement["unsatisfied"]
            return [(" " * self._gutter, "muted"), (f"{sign if row.first else ' '} ", role), (row.text, role)]
        number = f"{row + 1:>{self._gutter - 2}}  "
        runs = self._text.runs(row) or [("plain", self._text.text(row))]
        return [(number, "muted"), *self._cropped(runs, width - len(number))]

    def _cropped(self, runs: Sequence[Run], room: int) -> list[Piece]:
        """What of a line is in sight."""
        pieces: list[Piece] = []
        skip = self._shift
        for role, text in runs:
            size = cells(text)
            if skip >= size:
                skip -= size
                continue
            shown = split_text(text, skip)[1] if skip else text
            skip = 0
            size = cells(shown)
            if size > room:
                pieces.append((cut(shown, max(0, room), self._look.signs.ellipsis), f"syntax-{role}"))
                break
            pieces.append((shown, f"syntax-{role}"))
            room -= size
        return pieces

    def _selected(self, pieces: Sequence[Piece], width: int) -> Strip:
        # Colours stay legible: only the number is marked.
        role = "cursor" if self.has_focus else "kept"
        (gutter, _), *rest = pieces
        bar = self._look.signs.bar if self.has_focus else " "
        lead = [Segment(bar, self._style(role) + self._style("bar")), Segment(gutter, self._style(role))]
        return Strip([*lead, *(Segment(text, self._style(own)) for text, own in rest)]).adjust_cell_length(width)
