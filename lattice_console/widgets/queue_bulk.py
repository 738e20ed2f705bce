"""The table of an act on several mutations: what will happen to each, or what did, and why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lattice_console.cells import cells, fit, wrap
from lattice_console.contract.models.mutation import MutationSummary
from lattice_console.text import inert
from lattice_console.widgets.row_view import Piece, RowView
from lattice_console.widgets.signs import Look, status_role

__all__ = ["BulkRow", "BulkTable"]


@dataclass(frozen=True, slots=True)
class BulkRow:
    """One mutation: what is said of it in a word or two, with a role, and a sentence that goes with it."""

    mutation: MutationSummary
    said: str
    role: str
    why: str = ""


class BulkTable(RowView):
    """A line for each mutation; a sentence stands beneath."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._rows: Sequence[BulkRow] = ()
        self._lines_of: list[tuple[int, str]] = []
        self._first: Mapping[str, int] = {}
        self._said = 0
        self._summary: Sequence[Piece] = ()

    def show(self, rows: Sequence[BulkRow], summary: Sequence[Piece], *, at: str | None = None) -> None:
        """Show rows under a summary, with the cursor on the mutation `at`; without one it stays."""
        self._rows, self._summary = rows, summary
        self._arrange()
        self.renew(self._first.get(at) if at is not None else None)

    def row_of(self, index: int) -> BulkRow | None:
        """What a line is about."""
        return self._rows[self._lines_of[index][0]] if index < len(self._lines_of) else None

    def _arrange(self) -> None:
        """Lay out the lines: one for each mutation, and those of its sentence."""
        width = max(20, self.size.width - 14)
        self._lines_of, first = [], {}
        self._said = max((cells(row.said) for row in self._rows), default=0)
        for at, row in enumerate(self._rows):
            first[row.mutation.id] = len(self._lines_of)
            self._lines_of.append((at, ""))
            self._lines_of += [(at, line) for line in (wrap(inert(row.why, lines=True), width) if row.why else [])]
        self._first = first

    def on_resize(self) -> None:
        self._arrange()
        super().on_resize()

    @property
    def total(self) -> int:
        return len(self._lines_of)

    def head(self, width: int) -> Sequence[Sequence[Piece]]:
        return (self._summary, [])

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        at, line = self._lines_of[index]
        row = self._rows[at]
        if line:
            return [(" " * 10 + line, "muted")]
        mutation, signs = row.mutation, self._look.signs
        number = str(mutation.number).rjust(5)
        title = fit(inert(mutation.title), max(8, width - 12 - self._said), signs.ellipsis)
        return [
            (f"{signs.status[mutation.status]} ", status_role(mutation.status)),
            (f"{number}   ", "muted"),
            (f"{title}  ", "plain"),
            (row.said, row.role),
        ]
