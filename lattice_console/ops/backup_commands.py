"""`lattice backup` and `lattice restore-backup`."""

import asyncio
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lattice_console.headless import options
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.session import current
from lattice_console.ops.progress import Progress
from lattice_console.text import ago, count, inert

if TYPE_CHECKING:
    from lattice_console.ops.backup import Restored


@click.command("backup", cls=Command, examples=("lattice backup", "lattice backup /mnt/usb/billing.db --output json"))
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@options.output
def backup(file: Path | None) -> int:
    """Copy the project's database to FILE.

    Else into .lattice/state/backups. Nobody has to stop working. The copy is one moment's state, and is looked through:
    how it is stored, every audit chain, every event, the hash of every document. Exits 10 where that found something;
    the copy is kept nevertheless. A file that is there already is never written over.
    """
    from lattice_console.ops import backup as work

    session = current()
    database = work.place(session.settings)
    with Progress("Copying") as progress:
        target = (session.start / file).resolve() if file else None
        made = asyncio.run(work.backup(database, target, lambda done, total: progress(done, total, "pages")))
    session.output.one(made, lambda: [made.file, *(f"  {inert(problem)}" for problem in made.problems)])
    what = f"{made.bytes:,} bytes, {count(made.projects, 'project')}, {count(made.audit_rows, 'audit row')}"
    if made.ok:
        session.output.say(
            f"Copied and proved: {what}. To go back to it: lattice restore-backup {shlex.quote(made.file)}"
        )
        return Exit.OK
    session.output.say("The copy is not whole, as the database is not. See: lattice doctor")
    return Exit.FINDINGS


@click.command("restore-backup", cls=Command, examples=("lattice restore-backup /mnt/usb/billing.db",))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@options.output
def restore_backup(file: Path) -> None:
    """Put a backup in the place of the project's database.

    FILE is looked through first, and stays as it is. What the database held is kept in .lattice/state/backups. Consoles
    may stay open. The folder's files are then brought to the head; what the backup does not hold is never overwritten.
    In a clone of a colleague's folder, the backup makes it a project on this machine.
    """
    from lattice_console.ops import backup as work

    session = current()
    done = asyncio.run(work.restore(session.start, (session.start / file).resolve(), actor=session.actor))
    session.output.one(done, lambda: [_line(done)])
    if done.kept:
        session.output.say(f"What was there before is {done.kept}.")
    report = asyncio.run(work.follow(session.start, actor=session.actor))
    if report is not None:
        drifted = f" {count(len(report.drifted), 'file')} hold what it does not know and stayed." * bool(report.drifted)
        session.output.say(
            f"The folder is at its head: {len(report.written):,} written, {len(report.removed):,} removed.{drifted} "
            "Next: lattice status"
        )


def _line(done: "Restored") -> str:
    of = f"as of {done.as_of:%Y-%m-%d %H:%M:%S} UTC, {ago(done.as_of)}, " if done.as_of else ""
    return f"{inert(done.name)}: {of}{count(done.audit_rows, 'audit row')}, proved"
