"""The three files of a merge, as `git merge-file` takes them, for the commands that merge files."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from lattice_console.contract.errors import ValidationFailed
from lattice_console.headless.session import Session
from lattice_console.merge.merging import SIZE_LIMIT

F = TypeVar("F", bound=Callable[..., Any])


class Sides(NamedTuple):
    """What the three files hold."""

    base: bytes
    ours: bytes
    theirs: bytes


def files(function: F) -> F:
    """The arguments CURRENT, BASE and OTHER, and the options `--path` and `--limit`."""
    for name in ("other", "base", "current"):
        function = click.argument(name, type=click.Path(path_type=Path))(function)
    function = click.option(
        "--limit",
        metavar="BYTES",
        type=click.IntRange(min=1),
        default=SIZE_LIMIT,
        envvar="LATTICE_DOCUMENT_LIMIT",
        show_default=True,
        help="Merge no larger file than this.",
    )(function)
    return click.option(
        "--path", metavar="PATH", help="The document's name, which tells JSON and YAML (default: CURRENT)."
    )(function)


def read(session: Session, current: Path, base: Path, other: Path, limit: int) -> Sides:
    """Read the files; raises ValidationFailed for one that cannot be read, or has more than `limit` bytes."""
    ours, middle, theirs = (_read(session.start, file, limit) for file in (current, base, other))
    return Sides(middle, ours, theirs)


def _read(folder: Path, file: Path, limit: int) -> bytes:
    try:
        with (folder / file).open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            # A pipe tells no size.
            data = b"" if size > limit else stream.read(limit + 1)
    except OSError as error:
        raise ValidationFailed("VAL_FILE", f"{file} cannot be read: {error.strerror}.", field="file") from None
    if (size := max(size, len(data))) > limit:
        raise ValidationFailed(
            "VAL_FILE",
            f"{file} has {size:,} bytes or more, and {limit:,} are the most that are merged. Raise it with --limit.",
            field="file",
        )
    return data
