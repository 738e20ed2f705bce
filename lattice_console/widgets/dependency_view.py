"""The dependencies of one spec, both ways."""

from collections.abc import Sequence

from lattice_console.cells import cells, wrap
from lattice_console.contract.models.spec import SpecGraph
from lattice_console.text import count, inert
from lattice_console.widgets.dependencies import Dependency, dependencies
from lattice_console.widgets.row_view import Piece, RowView, spread
from lattice_console.widgets.signs import Look

__all__ = ["DependencyView"]


class DependencyView(RowView):
    """Two trees under their headings; Enter opens the spec under the cursor."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._rows: list[Dependency | str] = []
        self._instead: Sequence[str] = ()

    @property
    def path(self) -> str | None:
        """The document of the spec under the cursor; None where it has none."""
        row = self._row
        return row.node.path if row is not None else None

    def show(self, graph: SpecGraph, name: str) -> None:
        """Show the dependencies of the spec of that name."""
        down, up = dependencies(graph, name), dependencies(graph, name, reverse=True)
        self._rows = []
        for rows, some, none in (
            (down, "Depends on", "Depends on no other spec."),
            (up, "Depended on by", "No other spec depends on it."),
        ):
            directly = sum(1 for row in rows if row.level == 1)
            every = len({row.node.name for row in rows if row.node.name != name})
            through = f", {count(every, 'spec')} with what follows" if every > directly else ""
            self._rows += [f"{some} {count(directly, 'spec')}{through}" if rows else none, *rows, ""]
        self._rows.pop()
        self.renew(0, 0)

    def say_instead(self, lines: Sequence[str]) -> None:
        """Show inert words in place of dependencies."""
        self._rows, self._instead = [], lines
        self.renew(0, 0)

    @property
    def _row(self) -> Dependency | None:
        row = self._rows[self.cursor] if self.cursor < len(self._rows) else None
        return row if isinstance(row, Dependency) else None

    # -- drawing

    @property
    def total(self) -> int:
        return len(self._rows)

    def rest(self, index: int) -> bool:
        return isinstance(self._rows[index], Dependency)

    def instead(self, width: int) -> Sequence[Sequence[Piece]]:
        lines = [part for line in self._instead for part in wrap(line, max(20, width - 4))]
        return [[], *([(f"   {line}", "muted")] for line in lines)]

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        row, ascii = self._rows[index], self._look.ascii
        if isinstance(row, str):
            return [(row, "strong")]
        line, fork, end = ("|  ", "|- ", "`- ") if ascii else ("│  ", "├─ ", "└─ ")
        lead = "".join("   " if last else line for last in row.last[:-1]) + (end if row.last[-1] else fork)
        node = row.node
        facts: list[Piece]
        if row.repeated == "circle":
            facts = [("a circle: it leads back here", "warning")]
        elif node.missing:
            facts = [("there is no such spec", "bad")]
        else:
            told = [inert(node.version)] if node.version else []
            told += [node.type, *(["as above"] if row.repeated else [])]
            facts = [(f" {self._look.signs.dot} ".join(told), "muted")]
        left: list[Piece] = [(lead, "muted"), (inert(node.name), "bad" if node.missing else "plain"), ("  ", "plain")]
        where = inert(node.path or "")
        room = width - sum(cells(text) for text, _ in (*left, *facts)) - 3
        return spread([*left, *facts], [(where, "muted")] if where and cells(where) <= room else [], width)
