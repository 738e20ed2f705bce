"""`lattice db upgrade | check | copy`."""

import asyncio
from pathlib import Path

import click

from lattice_console import config
from lattice_console.headless import options
from lattice_console.headless.commands import Group
from lattice_console.headless.exits import Exit
from lattice_console.headless.session import current
from lattice_console.ops.progress import Progress
from lattice_console.text import count, inert

group = Group(
    "db",
    help="Look after the database itself.",
    examples=(
        "lattice db check",
        "lattice db copy --from sqlite:///.lattice/state/lattice.db --to postgresql://db.example/team",
    ),
)

_URL = click.option("--url", metavar="URL", help="The database; else the one that the settings say.")


@group.command("upgrade", examples=("lattice db upgrade", "lattice db upgrade --url postgresql://db.example/team"))
@_URL
@options.output
def upgrade(url: str | None) -> None:
    """Bring the tables to what this program works on.

    Whatever opens a database does so by itself. A SQLite file is copied into the backups folder beside it first.
    """
    from lattice_console.ops import db

    session = current()
    done = asyncio.run(db.upgrade(db.place(url, session.start, "--url")))
    session.output.one(done, lambda: [f"{done.found or 'new'} -> {done.now}"])
    if done.found == done.now:
        session.output.say("The tables were this program's already.")
    elif done.backup:
        session.output.say(f"A copy from before is {done.backup}.")


@group.command("check", examples=("lattice db check", "lattice db check --url sqlite:///copy.db --output json"))
@_URL
@options.output
def check(url: str | None) -> int:
    """Look through a whole database.

    Proves how it is stored (SQLite), every audit chain, that no event is missing, and the hash of every document. Exits
    10 on findings.
    """
    from lattice_console.ops import db

    session = current()
    found = asyncio.run(db.check(db.place(url, session.start, "--url")))
    session.output.one(
        found,
        lambda: [
            f"{'ok' if found.ok else 'broken'}: {count(found.projects, 'project')}, "
            f"{count(found.audit_rows, 'audit row')}, tables of {found.revision}"
            if found.revision
            else "broken: it cannot be read through",
            *(f"  {inert(problem)}" for problem in found.problems),
        ],
    )
    return Exit.OK if found.ok else Exit.FINDINGS


@group.command(
    "copy",
    examples=(
        "lattice db copy --from sqlite:///.lattice/state/lattice.db --to postgresql://db.example/team",
        "lattice db copy --from postgresql://db.example/team --to sqlite:///billing.db --project billing-specs",
    ),
)
@click.option("--from", "source", metavar="URL", required=True, help="The database that has the project.")
@click.option("--to", "target", metavar="URL", required=True, help="The database that gets it; made where needed.")
@click.option("--project", metavar="P", help="Its id or name, where the source has several.")
@options.output
def copy(source: str, target: str, project: str | None) -> None:
    """Copy a project to another database.

    With its history, people and audit log: all of it or nothing. What was copied is read again and compared, with the
    hash of every document and the audit chain. The source stays as it is, and what is written there meanwhile is not
    copied. A target that has the project refuses.
    """
    from lattice_console.ops import db

    session = current()
    taken, given = db.place(source, session.start, "--from"), db.place(target, session.start, "--to")
    with Progress("Copying") as progress:
        # Who runs it is who the settings say: there need be no project here.
        actor = config.at_root(config.find_root(session.start), actor=session.actor).actor
        done = asyncio.run(db.copy(taken, given, project=project, actor=actor, progress=progress))
    session.output.one(
        done,
        lambda: [
            f"{inert(done.name)}: {count(sum(done.rows.values()), 'row')}, {count(done.rows['blobs'], 'blob')}, "
            f"{count(done.rows['audit'], 'audit row')}, verified",
            f"  audit head  {done.audit_head}",
        ],
    )
    scheme = "sqlite" if isinstance(given, Path) else "postgresql"
    session.output.say(
        f"The source stays as it is. To work on the copy, set DATABASE_URL to the {scheme}:// URL of --to."
    )
