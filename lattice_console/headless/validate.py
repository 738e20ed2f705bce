"""`lattice validate`: everything that the project tracks, checked."""

from pathlib import Path

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import CheckedDocument
from lattice_console.headless import findings
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.session import Session, connected
from lattice_console.text import count

_PAGE = 500


@click.command(
    "validate",
    cls=Command,
    examples=(
        "lattice validate",
        "lattice validate --strict --junit test-results.xml",
        "lattice validate --output sarif > lattice.sarif",
    ),
)
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
@findings.reports
@connected
async def command(session: Session, backend: Backend, strict: bool, junit_file: Path | None) -> Exit:
    """Check all that the project tracks.

    Every document of the head: that it can be read, the rules of specs, the policy, and suppressions. Exits 10 on
    errors that are not suppressed; docs/checks.md lists the rules.
    """
    documents: list[CheckedDocument] = []
    cursor = None
    while True:
        page = await backend.documents.validate(cursor=cursor, limit=_PAGE)
        documents += page.items
        if not page.has_more:
            break
        cursor = page.next_cursor
    nothing = f"Nothing was found in {count(len(documents), 'document')}."
    if not documents:
        nothing = "Nothing is tracked, so nothing was checked. Next: lattice track"
    return findings.tell(session, documents, strict=strict, junit_file=junit_file, nothing=nothing)
