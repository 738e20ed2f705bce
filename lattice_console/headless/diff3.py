"""`lattice diff3`: a three-way merge of files as data, in which conflicts are no markers."""

import base64
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, Self

import click

from lattice_console.contract.models.base import Model
from lattice_console.headless import options, sides
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.output import Output
from lattice_console.headless.session import current as current_session
from lattice_console.headless.table import Column
from lattice_console.merge import merging
from lattice_console.text import count, inert


class Text(Model):
    """Bytes in JSON: as they are where they are UTF-8, else in base64."""

    text: str
    base64: bool

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Those bytes."""
        try:
            return cls(text=data.decode(), base64=False)
        except UnicodeDecodeError:
            return cls(text=base64.b64encode(data).decode(), base64=True)


class Lines(Model):
    """Neighbouring lines: the first one, from 1, and how many; without lines, the line before which they would be."""

    first: int
    lines: int

    @classmethod
    def of(cls, lines: merging.Range) -> Self:
        """Those lines."""
        return cls(first=lines.first, lines=lines.lines)

    def __str__(self) -> str:
        if self.lines == 0:
            return f"before {self.first:,}"
        return f"{self.first:,}" if self.lines == 1 else f"{self.first:,}-{self.first + self.lines - 1:,}"


class Conflict(Model):
    """A place to decide: its texts, and their lines in each file and in the merge with the base's texts."""

    pointer: str | None
    base: Text
    ours: Text
    theirs: Text
    base_lines: Lines
    our_lines: Lines
    their_lines: Lines
    result_lines: Lines

    @classmethod
    def of(cls, conflict: merging.Conflict) -> Self:
        """That conflict."""
        return cls(
            pointer=conflict.pointer,
            base=Text.of(conflict.base),
            ours=Text.of(conflict.ours),
            theirs=Text.of(conflict.theirs),
            base_lines=Lines.of(conflict.base_lines),
            our_lines=Lines.of(conflict.our_lines),
            their_lines=Lines.of(conflict.their_lines),
            result_lines=Lines.of(conflict.result_lines),
        )


class Proposal(Model):
    """What could stand in the place of a conflict, and what it brings; without a text, why only a person can tell."""

    text: Text | None
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, proposal: merging.Proposal) -> Self:
        """That proposal."""
        return cls(text=None if proposal.text is None else Text.of(proposal.text), reasons=proposal.reasons)


class RepeatedKey(Model):
    """A key that stands more than once in one mapping, and its lines."""

    pointer: str
    lines: tuple[int, ...]


class Rejection(Model):
    """Why a merge that its lines would allow is not taken; `content` is that merge."""

    reason: Literal["unreadable", "repeated_key", "invalid"]
    message: str
    line: int | None
    keys: tuple[RepeatedKey, ...]
    content: Text

    @classmethod
    def of(cls, rejection: merging.Rejection) -> Self:
        """That rejection."""
        return cls(
            reason=rejection.reason,
            message=rejection.message,
            line=rejection.line,
            keys=tuple(RepeatedKey(pointer=key.pointer, lines=key.lines) for key in rejection.keys),
            content=Text.of(rejection.content),
        )


class Unmergeable(Model):
    """Why the files have no lines to merge."""

    reason: Literal["binary", "too_large", "too_slow"]
    side: Literal["base", "ours", "theirs"] | None
    message: str


class Merge(Model):
    """A merge as data: its `content` where it is clean; else conflicts, and what is settled before, between, after.

    `proposals` are one for each conflict of a JSON or YAML document.
    """

    clean: bool
    content: Text | None
    conflicts: tuple[Conflict, ...]
    settled: tuple[Text, ...]
    rejected: Rejection | None
    unmergeable: Unmergeable | None
    proposals: tuple[Proposal, ...]

    @classmethod
    def of(cls, result: merging.MergeResult) -> Self:
        """That merge."""
        refused = result.unmergeable
        return cls(
            clean=result.clean,
            content=None if result.content is None else Text.of(result.content),
            conflicts=tuple(Conflict.of(conflict) for conflict in result.conflicts),
            settled=tuple(Text.of(text) for text in result.settled),
            rejected=Rejection.of(result.rejected) if result.rejected else None,
            unmergeable=Unmergeable(reason=refused.reason, side=refused.side, message=refused.message)
            if refused
            else None,
            proposals=tuple(Proposal.of(proposal) for proposal in result.proposals),
        )


_COLUMNS: Sequence[Column[Conflict]] = (
    Column("AT", lambda row: row.pointer or "", gives=True),
    Column("OURS", lambda row: str(row.our_lines)),
    Column("BASE", lambda row: str(row.base_lines)),
    Column("THEIRS", lambda row: str(row.their_lines)),
)


@click.command(
    "diff3",
    cls=Command,
    examples=(
        "lattice diff3 mine.yaml base.yaml theirs.yaml",
        "lattice diff3 a.json b.json c.json --output json | jq '.conflicts[].pointer'",
    ),
)
@sides.files
@options.output
def command(current: Path, base: Path, other: Path, path: str | None, limit: int) -> int:
    """Merge three files and tell what came of it.

    None of them changes. For scripts, with --output json: the merged content, or every conflict with its three texts,
    their lines, and the JSON pointer of what stands there. Text that is no UTF-8 comes in base64. Exits 0 for a clean
    merge, else 12.
    """
    session = current_session()
    merge = Merge.of(
        merging.three_way(*sides.read(session, current, base, other, limit), path=path or str(current), limit=limit)
    )
    session.output.one(merge, lambda: _lines(session.output, merge))
    return Exit.OK if merge.clean else Exit.CONFLICT


def _lines(output: Output, merge: Merge) -> Iterable[str]:
    if merge.clean:
        yield output.palette.paint("good", "clean")
        return
    reason = merge.unmergeable or merge.rejected
    told = count(len(merge.conflicts), "conflict") if merge.conflicts else "not merged"
    yield output.palette.paint("bad", told) + (f": {inert(reason.message)}" if reason else "")
    if merge.conflicts:
        yield from output.table(merge.conflicts, _COLUMNS)
