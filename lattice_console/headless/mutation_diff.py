"""`lattice mutation diff`: a patchset as a patch that `git apply` takes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import click
from pydantic import BaseModel

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import Change, Operation
from lattice_console.headless import options
from lattice_console.headless.commands import Command
from lattice_console.headless.session import Session, connected
from lattice_console.headless.style import Palette, Role
from lattice_console.headless.table import Column
from lattice_console.merge.diff import diff as compare
from lattice_console.merge.diff import unified
from lattice_console.text import inert


class FileStat(BaseModel):
    """What a patchset does to one file: lines added and removed, none where the content is binary."""

    operation_type: Operation
    file_path: str
    new_path: str | None
    added: int
    removed: int
    binary: bool


@dataclass(frozen=True, slots=True)
class _File:
    change: Change
    old: bytes | None
    new: bytes | None

    def patch(self) -> bytes:
        change = self.change
        return unified(
            self.old,
            self.new,
            old_path=None if self.old is None else change.file_path,
            new_path=None if self.new is None else change.result_path,
        )

    def stat(self) -> FileStat:
        change, compared = self.change, compare(self.old, self.new)
        return FileStat(
            operation_type=change.operation_type,
            file_path=change.file_path,
            new_path=change.new_path,
            added=compared.added,
            removed=compared.removed,
            binary=compared.binary,
        )


_STAT: Sequence[Column[FileStat]] = (
    Column("OPERATION", lambda row: row.operation_type),
    Column("ADDED", lambda row: "" if row.binary else f"+{row.added}", right=True, role=lambda row: "added"),
    Column("REMOVED", lambda row: "" if row.binary else f"-{row.removed}", right=True, role=lambda row: "removed"),
    Column("FILE", lambda row: row.file_path + (f" -> {row.new_path}" if row.new_path else "")),
    Column("", lambda row: "binary" if row.binary else ""),
)


@click.command(
    "diff",
    cls=Command,
    examples=(
        "lattice mutation diff 12",
        "lattice mutation diff 12 --patchset 1 --stat",
        "lattice mutation diff 12 | git apply",
    ),
)
@options.mutation
@click.option(
    "--patchset", "number", metavar="N", type=click.IntRange(min=1), help="This patchset instead of the newest."
)
@click.option("--stat", is_flag=True, help="Only the files, with the lines added and removed; takes --output.")
@options.output
@connected
async def diff(session: Session, backend: Backend, mutation: str, number: int | None, stat: bool) -> None:
    """Print what a mutation changes.

    As a unified diff against its base, which `git apply` takes. Away from a terminal the bytes are those of the
    documents, whatever they are. On a terminal they are coloured, and
    control and bidi characters show as escapes.
    """
    output = session.output
    if output.shape != "table" and not stat:
        raise click.UsageError("A patch has one form. Take --output json with --stat, or `lattice mutation show`.")
    found = await backend.mutations.get(mutation)
    changes = (await backend.mutations.patchset(mutation, number)).changes if number else found.changes
    files = [await _load(backend, change) for change in changes]
    if not files:
        output.say(f"M-{found.number} is a record: it changes no file.")
    if stat:
        stats = await asyncio.to_thread(lambda: [file.stat() for file in files])
        output.many(stats, _STAT, empty="")
        return
    patch = await asyncio.to_thread(lambda: b"".join(file.patch() for file in files))
    if output.cells is None:
        output.raw(patch)
    else:
        output.lines(_shown(patch, output.palette))


async def _load(backend: Backend, change: Change) -> _File:
    old = await backend.documents.content(change.base_hash) if change.base_hash else None
    new = await backend.documents.content(change.result_hash) if change.result_hash else None
    return _File(change, old, new)


def _shown(patch: bytes, palette: Palette) -> Sequence[str]:
    """The patch for eyes: harmless, and coloured by line."""
    lines = patch.decode("utf-8", errors="replace").removesuffix("\n").split("\n") if patch else []
    return [palette.paint(_role(line), inert(line.expandtabs(8))) for line in lines]


def _role(line: str) -> Role | None:
    if line.startswith(("+++", "---", "diff --git", "rename ", "new file", "deleted file", "Binary ")):
        return "strong"
    if line.startswith("@@"):
        return "accent"
    if line.startswith("+"):
        return "added"
    return "removed" if line.startswith("-") else None
