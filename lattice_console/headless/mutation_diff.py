"""`lattice mutation diff`: a patchset as a patch that `git apply` takes, or two of them beside each other."""

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.comparison import Pair, between, within
from lattice_console.contract.models.mutation import Change, Mutation
from lattice_console.headless import options, patches
from lattice_console.headless.commands import Command
from lattice_console.headless.session import Session, connected
from lattice_console.merge.diff import Whitespace

F = TypeVar("F", bound=Callable[..., Any])

_SPAN = re.compile(r"(\d{1,9})\.\.(\d{1,9})?")


def _whitespace(name: Whitespace, *flags: str, help: str) -> Callable[[F], F]:
    return click.option(*flags, "whitespace", flag_value=name, help=help)


@click.command(
    "diff",
    cls=Command,
    examples=(
        "lattice mutation diff 12",
        "lattice mutation diff 12 --patchset 1 --stat",
        "lattice mutation diff 12 --patchsets 1..3 --word",
        "lattice mutation diff 12 --since-review -w",
        "lattice mutation diff 12 | git apply",
    ),
)
@options.mutation
@click.option(
    "--patchset", "number", metavar="N", type=click.IntRange(min=1), help="This patchset instead of the newest."
)
@click.option(
    "--patchsets", "span", metavar="A..B", help="What patchset B has otherwise than A; A.. compares with the newest."
)
@click.option(
    "--since-review",
    is_flag=True,
    help="What came since the last patchset that you reviewed; all of it if you did not.",
)
@click.option("--word", is_flag=True, help="By words: [-old-]{+new+} within lines, or coloured; for reading.")
@_whitespace("all", "-w", "--ignore-whitespace", help="Take no whitespace for a change.")
@_whitespace("amount", "-b", "--ignore-space-change", help="Do not take its amount for a change.")
@_whitespace("trailing", "--ignore-space-at-eol", help="Do not take it for a change at the ends of lines.")
@click.option("--stat", is_flag=True, help="Only the files, with the lines added and removed; takes --output.")
@options.output
@connected
async def diff(
    session: Session,
    backend: Backend,
    mutation: str,
    number: int | None,
    span: str | None,
    since_review: bool,
    word: bool,
    whitespace: Whitespace | None,
    stat: bool,
) -> None:
    """Print what a mutation changes.

    As a unified diff against its base, which `git apply` takes. Away from a terminal the bytes are those of the
    documents, whatever they are. On a terminal they are coloured, and control and bidi characters show as escapes.
    """
    output = session.output
    if output.shape != "table" and not stat:
        raise click.UsageError("A patch has one form. Take --output json with --stat, or `lattice mutation show`.")
    if (number is not None) + (span is not None) + since_review > 1:
        raise click.UsageError("Take one of --patchset, --patchsets and --since-review.")
    found = await backend.mutations.get(mutation)
    if since_review:
        pairs = await _since_review(session, backend, found)
    elif span is not None:
        pairs = await _between(backend, found, *_read_span(span, found))
    else:
        changes = await _changes(backend, found, number or found.patchset)
        pairs = [within(change) for change in changes]
        if not pairs:
            output.say(f"M-{found.number} is a record: it changes no file.")
    files = [await patches.load(backend, pair, whitespace or "exact") for pair in pairs]
    if stat:
        stats = await asyncio.to_thread(lambda: [file.stat() for file in files])
        output.many(stats, patches.STAT, empty="")
    else:
        await patches.show(output, files, word=word)


def _read_span(span: str, mutation: Mutation) -> tuple[int, int]:
    match = _SPAN.fullmatch(span)
    if match is None:
        raise click.UsageError(f"--patchsets {span}: write it as 1..3, or 1.. for the newest.")
    older, newer = int(match[1]), int(match[2] or mutation.patchset)
    if older >= newer:
        raise click.UsageError(
            f"--patchsets {span}: the earlier patchset comes first; M-{mutation.number} has {mutation.patchsets}."
        )
    return older, newer


async def _since_review(session: Session, backend: Backend, mutation: Mutation) -> list[Pair]:
    seen, current = mutation.seen, mutation.patchset
    if seen is None:
        session.output.say(f"You have not reviewed M-{mutation.number} yet: this is all of it.")
        return [within(change) for change in mutation.changes]
    if seen >= current:
        session.output.say(f"M-{mutation.number} is still at patchset {current}, which you reviewed.")
        return []
    session.output.say(f"Patchset {current} beside {seen}, which you reviewed.")
    return await _between(backend, mutation, seen, current)


async def _between(backend: Backend, mutation: Mutation, older: int, newer: int) -> list[Pair]:
    return between(await _changes(backend, mutation, older), await _changes(backend, mutation, newer))


async def _changes(backend: Backend, mutation: Mutation, number: int) -> Sequence[Change]:
    if number == mutation.patchset:
        return mutation.changes
    return (await backend.mutations.patchset(mutation.id, number)).changes
