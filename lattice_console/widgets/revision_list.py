"""The revisions of a document, newest first: what happened, who did it, when, and by which mutation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.message import Message

from lattice_console.cells import cut, fit, wrap
from lattice_console.contract.models.document import Revision
from lattice_console.text import count, inert
from lattice_console.widgets.row_view import Piece, RowView
from lattice_console.widgets.signs import Look

__all__ = ["RevisionList"]

_WORDS = {
    "baseline": "taken under review",
    "create": "created",
    "modify": "changed",
    "delete": "deleted",
    "rename": "renamed",
    "rollback": "rolled back",
}
_MARGIN = 20


class RevisionList(RowView):
    """Grows at its end as the cursor nears it."""

    KEEPS_MARK = True

    @dataclass
    class NearEnd(Message):
        """The cursor nears the end of what was read."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._revisions: Sequence[Revision] = ()
        self._count = 0
        self._titles: Mapping[int, str] = {}
        self._instead: Sequence[str] = ()

    @property
    def revision(self) -> Revision | None:
        """The revision under the cursor."""
        return self._revisions[self.cursor] if self.cursor < len(self._revisions) else None

    @property
    def before(self) -> Revision | None:
        """The revision that the one under the cursor followed; None where there was none."""
        below = self.cursor + 1
        return self._revisions[below] if below < len(self._revisions) else None

    def show(self, revisions: Sequence[Revision], count: int, titles: Mapping[int, str], *, keep: bool) -> None:
        """Show these of `count`, with the titles of their mutations; with `keep`, the cursor stays."""
        kept = self.revision.number if keep and self.revision else None
        self._revisions, self._count, self._titles = revisions, count, titles
        at = next((at for at, one in enumerate(revisions) if one.number == kept), 0)
        self.renew(at, None if keep else 0)

    def say_instead(self, lines: Sequence[str]) -> None:
        """Show inert words in place of revisions."""
        self._revisions, self._count, self._instead = (), 0, lines
        self.renew(0, 0)

    def _tell(self) -> None:
        super()._tell()
        if self._count > len(self._revisions) and self.cursor + _MARGIN >= len(self._revisions):
            self.post_message(self.NearEnd())

    # -- drawing

    @property
    def total(self) -> int:
        return len(self._revisions)

    def instead(self, width: int) -> Sequence[Sequence[Piece]]:
        return [[(f"   {part}", "muted")] for line in self._instead for part in wrap(line, max(20, width - 4))]

    def head(self, width: int) -> Sequence[Sequence[Piece]]:
        return [[(f" {count(self._count, 'revision')}" if self._count else "", "strong")]]

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        one, dots = self._revisions[index], self._look.signs.ellipsis
        who = fit(inert(one.actor.handle), 8 if width < 100 else 14, dots)
        lead = f"{one.number:>3}  {self._look.age(one.created_at):>4}  {who}  "
        what = fit(_WORDS[one.operation], 18)
        by = ""
        if one.mutation is not None:
            by = f"M-{one.mutation} {inert(self._titles.get(one.mutation, ''))}"
        return [(lead, "muted"), (f"{what}  ", "plain"), (cut(by, max(1, width - len(lead) - 20), dots), "plain")]
