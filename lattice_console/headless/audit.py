"""`lattice audit log | verify`: the append-only record of what was done."""

from collections.abc import Sequence

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.audit import AuditReport, AuditRow
from lattice_console.headless import options
from lattice_console.headless.commands import Group
from lattice_console.headless.exits import Exit
from lattice_console.headless.session import Session, connected
from lattice_console.headless.table import Column
from lattice_console.text import age, count, inert

_PAGE = 1000

group = Group(
    "audit", help="Read and prove the append-only log.", examples=("lattice audit log", "lattice audit verify")
)

_LOG: Sequence[Column[AuditRow]] = (
    Column("SEQ", lambda row: str(row.sequence), right=True),
    Column("AGE", lambda row: age(row.at), right=True),
    Column("ACTOR", lambda row: row.actor),
    Column("ACTION", lambda row: row.action),
    Column("SUBJECT", lambda row: row.subject, gives=True),
    Column("HASH", lambda row: row.hash[:12]),
)


@group.command("log", examples=("lattice audit log", "lattice audit log --limit 1000 --output ndjson"))
@click.option("--limit", type=click.IntRange(min=1), default=30, show_default=True, help="At most so many rows.")
@options.output
@connected
async def log(session: Session, backend: Backend, limit: int) -> None:
    """List what was done in this project, newest first. JSON has the exact text that was hashed."""
    rows: list[AuditRow] = []
    cursor: str | None = None
    while True:
        page = await backend.audit.log(cursor=cursor, limit=min(_PAGE, limit - len(rows)))
        rows.extend(page.items)
        cursor = page.next_cursor
        if cursor is None or not page.has_more or len(rows) >= limit:
            break
    session.output.many(
        rows, _LOG, empty="Nothing was done yet.", facts={"total": page.total, "has_more": page.has_more}
    )
    if page.has_more and session.output.shape == "table":
        session.output.say(f"{len(rows):,} of {count(page.total, 'row')}; --limit N lists more.")


@group.command("verify", examples=("lattice audit verify", "lattice audit verify --output json | jq .head"))
@options.output
@connected
async def verify(session: Session, backend: Backend) -> int:
    """Recompute both chains, the project's and the installation's. Exits 10 when one does not hold."""
    report = await backend.audit.verify()
    session.output.one(report, lambda: _lines(report))
    if not report.ok:
        session.output.say(
            "The audit log was changed after it was written. Keep a copy of .lattice/state/lattice.db, and compare "
            "it with a backup."
        )
    return Exit.OK if report.ok else Exit.FINDINGS


def _lines(report: AuditReport) -> list[str]:
    return [
        f"{'ok' if report.ok else 'broken'}: {count(report.rows, 'row')} of the project, "
        f"{count(report.installation_rows, 'row')} of the installation",
        f"  project head       {report.head}",
        f"  installation head  {report.installation_head}",
        *(f"  {inert(problem)}" for problem in report.problems),
    ]
