"""What one file of a mutation changes, as widgets take it: paths, both sides, and their diff."""

from dataclasses import dataclass, field, replace
from hashlib import sha256

from lattice_console.cells import shorten_path
from lattice_console.contract.models.mutation import Operation
from lattice_console.merge.diff import FileDiff, Whitespace, diff
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

    def compared(self, whitespace: Whitespace) -> "FileChange":
        """The same change with other whitespace ignored; compares anew, so it belongs off the event loop."""
        if self.diff.whitespace == whitespace or self.diff.binary:
            return self
        return replace(self, diff=diff(self.diff.old, self.diff.new, whitespace=whitespace))

    @property
    def two_sided(self) -> bool:
        """Whether there are two states that differ, to be shown beside each other."""
        return bool(self.diff.blocks) and self.diff.old is not None and self.diff.new is not None

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
        elif self.operation == "rename":
            words.append(f"{self._alike()} % unchanged")
        return ", ".join(word for word in words if word)

    @property
    def notes(self) -> list[str]:
        """All there is to say about the file in words, a sentence each."""
        words = [self.note] if self.note else []
        if self.diff.binary and not self.diff.identical:
            sides = [side for side in (self.diff.old, self.diff.new) if side is not None]
            words.append("sha256 " + " becomes ".join(sha256(side).hexdigest()[:16] for side in sides))
        if (
            not self.diff.binary
            and not self.diff.identical
            and not self.diff.blocks
            and self.diff.whitespace != "exact"
        ):
            words.append("only whitespace changed, which is not shown")
        return words

    def _alike(self) -> int:
        """The share of the larger side's bytes that are in lines which did not change, in percent."""
        compared = self.diff
        old, new = compared.old or b"", compared.new or b""
        changed = sum(len(compared.text("old", block.old, block.old + block.removed)) for block in compared.blocks)
        return 100 * (len(old) - changed) // max(len(old), len(new), 1)


def size(data: bytes) -> str:
    """A number of bytes in words."""
    for unit, amount in (("MB", 1_000_000), ("kB", 1000)):
        if len(data) >= amount:
            return f"{len(data) / amount:.1f} {unit}"
    return f"{len(data)} bytes"
