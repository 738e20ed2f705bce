"""`lattice validate`: everything that the project tracks, or files as they lie on disk, checked."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from lattice_console.contract.errors import NotFound
from lattice_console.contract.models.document import CheckedDocument
from lattice_console.headless import completing, findings, folder
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.session import Session, current
from lattice_console.text import count


@click.command(
    "validate",
    cls=Command,
    examples=(
        "lattice validate",
        "lattice validate --strict --junit test-results.xml",
        "lattice validate --output sarif > lattice.sarif",
        "lattice validate . --strict",
    ),
)
@click.argument("paths", metavar="[PATH]...", nargs=-1, shell_complete=completing.files)
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
@findings.reports
def command(paths: tuple[str, ...], strict: bool, junit_file: Path | None) -> Exit:
    """Check all that the project tracks, or files on disk.

    Every document of the head: that it can be read, the rules of specs, the policy, and suppressions. With PATH, a
    file, directory or glob, the files there are checked as they are instead, with what lies in .lattice, as though
    they were all that is tracked: that takes no project, so it works in any clone. What git ignores is left out of
    directories and globs. Exits 10 on errors that are not suppressed; docs/checks.md lists the rules.
    """
    # `lattice --help` asks for every command.
    from lattice_console.ops import on_disk

    session = current()
    if not paths:
        documents = asyncio.run(_of_the_head(session))
        nothing = "Nothing is tracked, so nothing was checked. Next: lattice track"
    else:
        looked = asyncio.run(on_disk.check(session.start, paths))
        documents = looked.documents
        folder.tell_left_out(session.output, looked.left_out)
        nothing = "There is no file to check."
    if documents:
        nothing = f"Nothing was found in {count(len(documents), 'document')}."
    return findings.tell(session, documents, strict=strict, junit_file=junit_file, nothing=nothing)


async def _of_the_head(session: Session) -> Sequence[CheckedDocument]:
    from lattice_console.ops import on_disk

    try:
        settings = session.settings
    except NotFound as error:
        raise NotFound(error.code, f"{error.message}. Without a project: lattice validate PATH...") from None
    backend = await session.connect(settings)
    try:
        return await on_disk.every_document(backend)
    finally:
        await backend.close()
