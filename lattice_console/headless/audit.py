"""`lattice audit log | verify | checkpoint`: the append-only record of what was done."""

from collections.abc import Sequence
from pathlib import Path

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.audit import AuditReport, AuditRow, Checkpoint
from lattice_console.headless import checkpoints, options
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


@group.command(
    "verify",
    examples=(
        "lattice audit verify",
        "lattice audit verify --output json | jq .head",
        "lattice audit verify --against ../safe/audit.json",
    ),
)
@click.option(
    "--against",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A checkpoint of `lattice audit checkpoint`: what was written by then must still be there.",
)
@options.output
@connected
async def verify(session: Session, backend: Backend, against: Path | None) -> int:
    """Recompute both chains, the project's and the installation's. Exits 10 when one does not hold.

    By itself a log cannot show that its end, or all of it, was replaced by somebody who owns the database: a
    checkpoint that is kept elsewhere can.
    """
    report = await backend.audit.verify(against=None if against is None else checkpoints.read(session.start / against))
    session.output.one(report, lambda: _lines(report))
    return _outcome(session, report)


@group.command(
    "checkpoint",
    examples=(
        "lattice audit checkpoint ../safe/audit.json",
        "lattice audit checkpoint --output json | ssh vault 'cat > audit.json'",
    ),
)
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@options.output
@connected
async def checkpoint(session: Session, backend: Backend, file: Path | None) -> int:
    """Verify both chains and say how far they come.

    That is what `lattice audit verify --against` takes. Keep it where whoever can change the database cannot. A FILE
    that is there already is verified against first, and replaced only where all of it still holds; else nothing is
    written, and the exit code is 10.
    """
    place = None if file is None else session.start / file
    before = checkpoints.read(place) if place is not None and place.exists() else None
    report = await backend.audit.verify(against=before)
    if not report.ok:
        session.output.lines(_lines(report))
        session.output.say("No checkpoint was made.")
        return _outcome(session, report)
    made = checkpoints.of(report)
    if place is not None:
        checkpoints.write(place, made)
        session.output.say(f"Wrote {file}. Check the log with it: lattice audit verify --against {file}")
    session.output.one(made, lambda: _heads(made))
    return Exit.OK


def _outcome(session: Session, report: AuditReport) -> Exit:
    if report.ok:
        return Exit.OK
    session.output.say(
        "The audit log is not what was written. Keep a copy of the database (.lattice/state/lattice.db, where there is "
        "no server), and compare it with a backup."
    )
    return Exit.FINDINGS


def _lines(report: AuditReport) -> list[str]:
    return [
        f"{'ok' if report.ok else 'broken'}: {count(report.rows, 'row')} of the project, "
        f"{count(report.installation_rows, 'row')} of the installation",
        *_heads(report),
        *(f"  {inert(problem)}" for problem in report.problems),
    ]


def _heads(kept: Checkpoint) -> list[str]:
    return [f"  project head       {kept.head}", f"  installation head  {kept.installation_head}"]
