"""The dependencies of one spec or file, both ways, and the files that it governs."""

from collections.abc import Collection, Sequence

from lattice_console.cells import cells, wrap
from lattice_console.contract.models.spec import SpecGraph, SpecNode
from lattice_console.text import count, inert
from lattice_console.widgets.dependencies import Dependency, dependencies, governed
from lattice_console.widgets.row_view import Piece, RowView, spread
from lattice_console.widgets.signs import Look

__all__ = ["DependencyView"]


class DependencyView(RowView):
    """Two trees and the governed files under their headings; Enter opens the document under the cursor."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._rows: list[Dependency | str] = []
        self._instead: Sequence[str] = ()

    @property
    def path(self) -> str | None:
        """The document under the cursor; None where there is none."""
        row = self._row
        return row.node.path if row is not None else None

    def show(self, graph: SpecGraph, name: str) -> None:
        """Show the dependencies of the spec of that name, or of the file at that path."""
        down, up = dependencies(graph, name), dependencies(graph, name, reverse=True)
        self._rows = []
        files = governed(graph, name)
        for rows, some, none in (
            (down, "Depends on", "Depends on nothing else."),
            *([(files, "Governs", "")] if files else []),
            (up, "Depended on by", "Nothing else depends on it."),
        ):
            directly = [row.node for row in rows if row.level == 1]
            every = {row.node.name: row.node for row in rows if row.node.name != name}
            through = f", {_counted(every.values())} with what follows" if len(every) > len(directly) else ""
            further = f", and {graph.further:,} more further away" if rows is files and graph.further else ""
            self._rows += [f"{some} {_counted(directly)}{through}{further}" if rows else none, *rows, ""]
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
        elif row.repeated == "referring":
            facts = [("refers back here", "muted")]
        elif node.missing:
            facts = [(f"there is no such {'file' if node.type == 'file' else 'spec'}", "bad")]
        else:
            told = [inert(node.version)] if node.version else []
            told += [node.type, *(["governs it"] if row.governs else []), *(["as above"] if row.repeated else [])]
            facts = [(f" {self._look.signs.dot} ".join(told), "muted")]
        left: list[Piece] = [(lead, "muted"), (inert(node.name), "bad" if node.missing else "plain"), ("  ", "plain")]
        where = inert(node.path) if node.path and node.path != node.name else ""
        room = width - sum(cells(text) for text, _ in (*left, *facts)) - 3
        return spread([*left, *facts], [(where, "muted")] if where and cells(where) <= room else [], width)


def _counted(nodes: Collection[SpecNode]) -> str:
    """How many specs and files they are."""
    files = sum(node.type == "file" for node in nodes)
    kinds = ((len(nodes) - files, "spec"), (files, "file"))
    return " and ".join(count(number, noun) for number, noun in kinds if number)
