"""`lattice merge-file`: git's three-way merge of files, which git can take for its own merges."""

import os
from pathlib import Path

import click

from lattice_console.contract.errors import SystemFailure, ValidationFailed
from lattice_console.headless import sides
from lattice_console.headless.commands import Command
from lattice_console.headless.session import current as current_session
from lattice_console.merge.file_merge import merge_file
from lattice_console.merge.marked import MARKER_SIZE, Favor, Labels, Style
from lattice_console.merge.merging import Unmergeable

FAILURE = 255
"""The exit code of a merge that could not be made, as git has it; the codes below count conflicts."""

_MOST = 127


@click.command(
    "merge-file",
    cls=Command,
    failure=FAILURE,
    examples=(
        "lattice merge-file mine.yaml base.yaml theirs.yaml",
        "lattice merge-file -p --diff3 -L mine -L base -L theirs a.json b.json c.json",
        "lattice merge-file --structured --path api.yaml mine base theirs",
    ),
)
@sides.files
@click.option("-p", "--stdout", "to_stdout", is_flag=True, help="Write to stdout instead of CURRENT.")
@click.option("--diff3", "style", flag_value="diff3", help="Show the base's lines in a conflict as well.")
@click.option("--zdiff3", "style", flag_value="zdiff3", help="The same, without what both sides begin or end with.")
@click.option("--ours", "favor", flag_value="ours", help="Take our lines instead of a conflict.")
@click.option("--theirs", "favor", flag_value="theirs", help="Take their lines instead of a conflict.")
@click.option("--union", "favor", flag_value="union", help="Take the lines of both sides instead of a conflict.")
@click.option(
    "--marker-size",
    metavar="N",
    type=click.IntRange(max=65534),
    default=MARKER_SIZE,
    help="The length of markers.",
    show_default=True,
)
@click.option(
    "--structured", is_flag=True, help="Take what the keys and items of JSON and YAML say, where lines conflict."
)
@click.option("-q", "--quiet", is_flag=True, help="Do not tell about conflicts.")
@click.option("-L", "labels", metavar="NAME", multiple=True, help="What markers call CURRENT, then BASE, then OTHER.")
def command(
    current: Path,
    base: Path,
    other: Path,
    path: str | None,
    limit: int,
    to_stdout: bool,
    style: Style | None,
    favor: Favor | None,
    marker_size: int,
    structured: bool,
    quiet: bool,
    labels: tuple[str, ...],
) -> int:
    """Merge into CURRENT what changed from BASE to OTHER.

    Arguments, result and exit codes are those of `git merge-file`: 0 for a clean merge, else the number of conflicts
    (127 for more), and 255 for an error. A merge of JSON, YAML or front matter that would be clean, but could not be
    read or would repeat a key, is shown as conflicts where git sees none. What --structured takes is told on stderr;
    people choose otherwise in about one case of five, so look at it.
    """
    session = current_session()
    merged = merge_file(
        *sides.read(session, current, base, other, limit),
        path=path or str(current),
        limit=limit,
        style=style or "merge",
        favor=favor,
        labels=_labels(labels, (current, base, other)),
        marker_size=marker_size if marker_size > 0 else MARKER_SIZE,
        structured=structured,
    )
    if isinstance(merged, Unmergeable):
        if merged.side is None:
            raise ValidationFailed("VAL_FILE", f"{current} is not merged: {merged.message}.", field="file")
        file = {"ours": current, "base": base, "theirs": other}[merged.side]
        if merged.reason == "binary":
            raise ValidationFailed("VAL_BINARY", f"Cannot merge binary files: {file}", field="file")
        raise ValidationFailed("VAL_FILE", f"{file} is too large: {merged.message}.", field="file")
    if to_stdout:
        session.output.raw(merged.content)
    else:
        _write(session.start / current, merged.content)
    if not quiet:
        for conflict, proposal in merged.taken:
            at = conflict.pointer or f"line {conflict.our_lines.first:,}"
            session.output.say(f"{path or current}: took a proposal at {at}: {'; '.join(proposal.reasons)}")
        if merged.rejected:
            session.output.say(f"{path or current}: {merged.rejected.message}")
    return min(merged.conflicts, _MOST)


def _labels(given: tuple[str, ...], files: tuple[Path, Path, Path]) -> Labels:
    if len(given) > len(files):
        raise click.UsageError("Too many labels: -L names CURRENT, then BASE, then OTHER.")
    named = [*given, *(str(file) for file in files[len(given) :])]
    ours, base, theirs = (os.fsencode(name) for name in named)
    return ours, base, theirs


def _write(file: Path, content: bytes) -> None:
    """Write into the file itself, whose owner, mode and links stay."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise SystemFailure("SYS_FILE", f"{file} cannot be written: {error.strerror}.") from None
