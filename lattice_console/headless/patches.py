"""Files in two states, as patches: for `git apply`, for eyes, or as numbers of lines."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from lattice_console.contract.backend import Backend
from lattice_console.contract.comparison import Pair, State
from lattice_console.contract.models.mutation import Operation
from lattice_console.headless.output import Output
from lattice_console.headless.style import Palette, Role
from lattice_console.headless.table import Column
from lattice_console.headless.word_diff import plain, word_lines
from lattice_console.merge.diff import FileDiff, Whitespace, unified
from lattice_console.merge.diff import diff as compare
from lattice_console.text import inert_bytes


class FileStat(BaseModel):
    """What happens to one file: lines added and removed, none where the content is binary."""

    operation_type: Operation
    file_path: str
    new_path: str | None
    added: int
    removed: int
    binary: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """A file in two states, with their bytes; None for one in which it does not exist."""

    pair: Pair
    old: bytes | None
    new: bytes | None
    whitespace: Whitespace

    def patch(self) -> bytes:
        """What leads from the one to the other, as `git diff` says it."""
        return unified(
            self.old,
            self.new,
            old_path=None if self.old is None else self.pair.old.path,
            new_path=None if self.new is None else self.pair.new.path,
            whitespace=self.whitespace,
        )

    def compared(self) -> FileDiff:
        """The diff of the two."""
        return compare(self.old, self.new, whitespace=self.whitespace)

    def head(self) -> list[bytes]:
        """The lines of the patch before its hunks."""
        return self.patch().partition(b"@@ -")[0].split(b"\n")[:-1]

    def stat(self) -> FileStat:
        """Its size, without what it says."""
        pair, compared = self.pair, self.compared()
        return FileStat(
            operation_type=pair.operation,
            file_path=pair.old.path,
            new_path=pair.new.path if pair.new.path != pair.old.path else None,
            added=compared.added,
            removed=compared.removed,
            binary=compared.binary,
        )


STAT: Sequence[Column[FileStat]] = (
    Column("OPERATION", lambda row: row.operation_type),
    Column("ADDED", lambda row: "" if row.binary else f"+{row.added}", right=True, role=lambda row: "added"),
    Column("REMOVED", lambda row: "" if row.binary else f"-{row.removed}", right=True, role=lambda row: "removed"),
    Column("FILE", lambda row: row.file_path + (f" -> {row.new_path}" if row.new_path else "")),
    Column("", lambda row: "binary" if row.binary else ""),
)


async def load(backend: Backend, pair: Pair, whitespace: Whitespace = "exact") -> Compared:
    """Fetch the bytes of both states."""

    async def content(state: State) -> bytes | None:
        return None if state.hash is None else await backend.documents.content(state.hash)

    return Compared(pair, await content(pair.old), await content(pair.new), whitespace)


async def show(output: Output, files: Sequence[Compared], *, word: bool = False) -> None:
    """Print patches: their bytes as they are, or on a terminal harmless and in colours; by words where asked."""
    if output.cells is None:
        output.raw(await asyncio.to_thread(_plain, files, word))
    else:
        output.lines(await asyncio.to_thread(_shown, files, word, output.palette))


def _plain(files: Iterable[Compared], word: bool) -> bytes:
    if not word:
        return b"".join(file.patch() for file in files)
    lines = [
        line for file in files for line in (*file.head(), *(plain(pieces) for pieces in word_lines(file.compared())))
    ]
    return b"".join(line + b"\n" for line in lines)


def _shown(files: Iterable[Compared], word: bool, palette: Palette) -> list[str]:
    """The patch for eyes: harmless, and coloured by line, or by word."""

    def paint(role: Role | None, text: bytes) -> str:
        return palette.paint(role, inert_bytes(text))

    lines: list[str] = []
    for file in files:
        if not word:
            lines += [paint(_role(line), line) for line in file.patch().split(b"\n")[:-1]]
            continue
        lines += [paint(_role(line), line) for line in file.head()]
        for pieces in word_lines(file.compared()):
            # Where there are no colours, brackets say it.
            coloured = "".join(paint(role, text) for role, text in pieces)
            lines.append(coloured if palette.colour else inert_bytes(plain(pieces)))
    return lines


def _role(line: bytes) -> Role | None:
    if line.startswith((b"+++", b"---", b"diff --git", b"rename ", b"new file", b"deleted file", b"Binary ")):
        return "strong"
    if line.startswith(b"@@"):
        return "accent"
    if line.startswith(b"+"):
        return "added"
    return "removed" if line.startswith(b"-") else None
