"""What one file of a mutation changes, as widgets take it: paths, both sides, and their diff."""

from dataclasses import dataclass, field

from lattice_console.cells import shorten_path
from lattice_console.contract.models.mutation import Operation
from lattice_console.merge.diff import FileDiff, diff
from lattice_console.text import inert
from lattice_console.widgets.signs import Look

__all__ = ["FileChange"]


@dataclass(frozen=True, slots=True, eq=False)
class FileChange:
    """One file: `new_path` is None save for a rename; `error` says why a dry run could not do it."""

    operation: Operation
    path: str
    new_path: str | None
    diff: FileDiff = field(repr=False)
    error: str | None = None

    @staticmethod
    def between(
        operation: Operation,
        path: str,
        new_path: str | None,
        old: bytes | None,
        new: bytes | None,
        error: str | None = None,
    ) -> "FileChange":
        """The change from `old` to `new`; compares them, so it belongs off the event loop."""
        return FileChange(operation, path, new_path, diff(old, new), error)

    @property
    def result_path(self) -> str:
        """Where the file is afterwards."""
        return self.new_path or self.path

    def label(self, width: int, look: Look) -> str:
        """The path in at most `width` cells, a rename as `old → new`."""
        dots = look.signs.ellipsis
        path = inert(self.path)
        if self.new_path is None:
            return shorten_path(path, width, dots)
        arrow, new = f" {look.signs.arrow} ", inert(self.new_path)
        room = max(2, width - len(arrow))
        first = shorten_path(path, max(room // 2, room - len(new)), dots)
        return f"{first}{arrow}{shorten_path(new, room - len(first), dots)}"

    @property
    def note(self) -> str:
        """What there is to say where lines cannot be shown, or besides them; empty where the lines say all."""
        old, new = self.diff.old, self.diff.new
        words = [{"create": "new", "delete": "deleted", "rename": "renamed", "modify": ""}[self.operation]]
        if self.diff.binary:
            words += ["binary", " becomes ".join(size(side) for side in (old, new) if side is not None)]
        elif b"" in (old, new) and None in (old, new):
            words.append("empty")
        elif self.diff.identical:
            words.append("content unchanged")
        return ", ".join(word for word in words if word)


def size(data: bytes) -> str:
    """A number of bytes in words."""
    for unit, amount in (("MB", 1_000_000), ("kB", 1000)):
        if len(data) >= amount:
            return f"{len(data) / amount:.1f} {unit}"
    return f"{len(data)} bytes"
