"""A short list of mutations, such as what awaits somebody."""

from collections.abc import Mapping, Sequence

from lattice_console.cells import cells, fit
from lattice_console.contract.models.mutation import MutationSummary
from lattice_console.text import inert
from lattice_console.widgets.pieces import status_words
from lattice_console.widgets.row_view import Piece, RowView, spread
from lattice_console.widgets.signs import Look, status_role

__all__ = ["MutationRows"]


class MutationRows(RowView):
    """Under its name: sign, number, title, who and when; `since` is the time that counts, `created` or `updated`."""

    def __init__(self, look: Look, name: str, instead: Sequence[str], *, created: bool, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._heading = name
        self._instead = instead
        self._created = created
        self._rows: Sequence[MutationSummary] | None = None
        self._count = 0
        self._remark = ""
        self._notes: Mapping[str, str] = {}

    @property
    def row(self) -> MutationSummary | None:
        """The mutation under the cursor."""
        return self._rows[self.cursor] if self._rows and self.cursor < len(self._rows) else None

    def show(
        self, rows: Sequence[MutationSummary], count: int, remark: str = "", notes: Mapping[str, str] | None = None
    ) -> None:
        """Show these of `count`, with an inert remark beside the name; the cursor stays on its mutation.

        `notes` are inert, too; by the mutation's id, they stand in place of its time and votes.
        """
        kept = self.row
        self._rows, self._count, self._remark, self._notes = rows, count, remark, notes or {}
        again = next((at for at, row in enumerate(rows) if kept is not None and row.id == kept.id), None)
        self.renew(again)

    @property
    def total(self) -> int:
        return len(self._rows or ())

    def head(self, width: int) -> Sequence[Sequence[Piece]]:
        left: list[Piece] = [(f" {self._heading}", "title" if self.has_focus else "strong")]
        if self._count:
            left.append((f"  {self._count:,}", "strong"))
        # Beneath this line stand the rows.
        hidden = self._count - max(1, self.size.height - 1)
        more = f"and {hidden:,} more" if self.size.height and hidden > 0 else ""
        remark = f" {self._look.signs.dot} ".join(said for said in (self._remark, more) if said)
        return [spread(left, [(remark, "muted"), (" ", "plain")], width)]

    def instead(self, width: int) -> Sequence[Sequence[Piece]]:
        if self._rows is None:
            return []
        return [[(f"   {line}", "muted")] for line in self._instead]

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        row = (self._rows or ())[index]
        signs = self._look.signs
        number = str(row.number).rjust(max(3, *(len(str(one.number)) for one in self._rows or ())))
        tail = [fit(inert(row.author.handle), 8 if width < 100 else 14, signs.ellipsis)]
        if row.id in self._notes:
            tail.append(self._notes[row.id].rjust(max(map(cells, self._notes.values()))))
        elif self._created:
            votes = f"{row.approvals}/{row.approvals_required}" if row.approvals_required else ""
            tail += [self._look.age(row.created_at).rjust(4), votes.rjust(4)]
        else:
            tail = [status_words(row.status).ljust(15), self._look.age(row.updated_at).rjust(4)]
        end = "  " + "  ".join(tail)
        title = fit(inert(row.title), max(1, width - 5 - len(number) - cells(end)), signs.ellipsis)
        return [
            (signs.status[row.status], status_role(row.status)),
            (f"  {number}  ", "muted"),
            (title, "plain"),
            (end, "muted"),
        ]
