"""The commands that need more than a Backend, as `lattice` has them: thin, the work lies beside."""

import asyncio
import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click
from pydantic import BaseModel

from lattice_console import config
from lattice_console.cells import cut
from lattice_console.contract.backend import Backend
from lattice_console.contract.models.project import Project
from lattice_console.headless import options
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.session import Session, connected, current
from lattice_console.headless.style import Role
from lattice_console.headless.table import Column
from lattice_console.ops.progress import Progress
from lattice_console.text import count, inert

F = TypeVar("F", bound=Callable[..., Any])

_NO_TEMPLATE = "none"
_NAMED = 20
"""Paths that are told to people one by one, each cut to so many cells:"""
_PATH_CELLS = 200
_STATES: dict[str, Role] = {"ok": "good", "warning": "warning", "problem": "bad", "mended": "good"}

# What these functions need is imported in them: `lattice --help` asks for every command.


@click.command(
    "init",
    cls=Command,
    examples=(
        "lattice init",
        "lattice init --name billing-specs --type python --template api --git",
        "lattice -C ../billing init --name billing-specs",
        "DATABASE_URL=postgresql://db.example/team lattice init --project billing-specs",
    ),
)
@click.option(
    "--project",
    metavar="P",
    help="Join a project that is there already, by its id or its name: this folder becomes a checkout of it.",
)
@click.option("--name", metavar="N", help="The project's name; else the folder's.")
@click.option(
    "--type", "kind", metavar="K", help="generic (the default), python, javascript, ...: a word for people, no more."
)
@click.option(
    "--template",
    metavar="T",
    help="Propose a first spec from this template of `lattice spec create`, under the template's name; none (the "
    "default) proposes nothing.",
)
@click.option(
    "--git/--no-git",
    default=None,
    help="Make the folder a git repository, if it lies in none yet; not by default. Nothing is committed.",
)
@options.output
def init(project: str | None, name: str | None, kind: str | None, template: str | None, git: bool | None) -> None:
    """Make this folder a project.

    You become its owner. Asks for what is not given, on a terminal alone; elsewhere the defaults hold. Where
    DATABASE_URL is set, the project lies on that server. A folder whose .lattice/config.json names a project there, as
    a clone of a colleague's does, joins that.
    """
    from lattice_console.engine.rules.templates import TEMPLATES
    from lattice_console.ops import init as work

    session = current()
    root = session.start.resolve()
    if project is not None and (name, kind, template) != (None, None, None):
        raise click.UsageError("--project joins what is there: it takes no --name, --type and --template.")
    there = asyncio.run(work.find(root, project=project, actor=session.actor))
    if there is not None:
        _join(session, root, there)
        return
    asks = sys.stdin.isatty() and sys.stderr.isatty()
    known = (_NO_TEMPLATE, *sorted(TEMPLATES))
    if template is not None and template not in known:
        raise click.UsageError(f"There is no template {template}. Known are {', '.join(known)}.")
    if name is None:
        name = root.name or "project"
        if asks:
            name = click.prompt("Project name", default=name, err=True)
    if kind is None:
        kind = click.prompt("Project type", default="generic", err=True) if asks else "generic"
    if template is None and asks:
        template = click.prompt("Template of a first spec", default=_NO_TEMPLATE, type=click.Choice(known), err=True)
    if git is None and asks and not work.lies_in_git(root):
        git = click.confirm("Initialise git", default=False, err=True)
    made = asyncio.run(work.init(root, name=name, type=kind, actor=session.actor))
    settings = config.at_root(root, actor=session.actor)
    session.output.one(made, list)
    first = None
    if template not in (None, _NO_TEMPLATE):
        first = asyncio.run(work.first_spec(root, template, actor=session.actor))
    if git and not work.lies_in_git(root):
        work.begin_git(root)
        session.output.say(f"{root} is a git repository now. Commit .lattice with the rest; its state stays out of it.")
    on_server = settings.servers.kind == "postgres"
    trust = (
        f"it trusts whoever has the server's URL. {_keep_url(root)}"
        if on_server
        else "a project in a folder trusts whoever is at the machine."
    )
    session.output.say(
        f"{made.name} is a project now, at {root}{', on the Postgres server' if on_server else ''}. You are its owner: "
        f"{settings.actor}, from {settings.actor_source}; {trust} Next: "
        + (f"lattice mutation show M-{first.number}, the proposed spec" if first else "lattice track FILE...")
    )


def _join(session: Session, root: Path, project: Project) -> None:
    from lattice_console.ops import init as work

    report = asyncio.run(work.join(root, project, actor=session.actor))
    session.output.one(project, list)
    left = ""
    if report.drifted:
        named = ", ".join(report.drifted[:3]) + (", ..." if len(report.drifted) > 3 else "")
        left = (
            f" {count(len(report.drifted), 'file')} here held something else and stayed: {named}; see lattice status."
        )
    server = config.at_root(root, actor=session.actor).servers.kind == "postgres"
    session.output.say(
        f"{root} is a checkout of {project.name} now, with {count(len(report.written), 'file')} written.{left} "
        f"{f'{_keep_url(root)} ' if server else ''}Next: lattice"
    )


def _keep_url(root: Path) -> str:
    return f"Keep DATABASE_URL set, or write it as database.url into {root / config.FOLDER / 'local.json'}."


@click.command(
    "doctor",
    cls=Command,
    examples=("lattice doctor", "lattice doctor --repair", "lattice doctor --output json | jq .ok"),
)
@click.option("--repair", is_flag=True, help="Mend what can be mended without losing anything, and say what was done.")
@options.output
def doctor(repair: bool) -> int:
    """Find out what is wrong, and what to do.

    Looks at the program, the database, your membership, the audit log, the policy and the folder. Exits 10 when one of
    them has a problem; a warning lets you go on. What --repair mends of the database, it copies into the backups
    folder first.
    """
    from lattice_console.ops.check import Check
    from lattice_console.ops.doctor import doctor as work

    session = current()

    async def collected() -> list[Check]:
        return [check async for check in work(session.start, actor=session.actor, repair=repair)]

    columns: tuple[Column[Check], ...] = (
        Column("CHECK", lambda row: row.name),
        Column("STATE", lambda row: row.state, role=lambda row: _STATES[row.state]),
        Column("MESSAGE", lambda row: row.message),
    )
    checks = asyncio.run(collected())
    ok = all(check.state != "problem" for check in checks)
    session.output.many(checks, columns, empty="", facts={"ok": ok})
    return Exit.OK if ok else Exit.FINDINGS


class Refused(BaseModel):
    """A path that cannot be a document, and why."""

    path: str
    reason: str


class Imported(BaseModel):
    """What came of an import, in numbers of commits and mutations; `baseline` counts files."""

    commits: int
    imported: int
    executed: int
    pending: int
    skipped: int
    baseline: int
    refused: tuple[Refused, ...]


def _paths(function: F) -> F:
    """The options that say which documents of a history are meant."""
    for option in (
        click.option("--exclude", "excluded", metavar="GLOB", multiple=True, help="Not these; repeatable."),
        click.option("--paths", "globs", metavar="GLOB", multiple=True, help="Only these documents; repeatable."),
    ):
        function = option(function)
    return function


@click.command(
    "import-git",
    cls=Command,
    examples=(
        "lattice import-git ../history --leave-pending 40",
        "lattice import-git . --range v1.0..main --paths '*.yaml' --paths '*.md'",
    ),
)
@click.argument("repository", metavar="REPO", type=click.Path(path_type=Path))
@click.option("--range", "range_", metavar="A..B", help="Only the commits after A up to B; A comes in as a baseline.")
@_paths
@click.option(
    "--leave-pending", metavar="N", type=click.IntRange(min=0), default=0, help="Leave the last N for review."
)
@options.output
@connected
async def import_git(
    session: Session,
    backend: Backend,
    /,
    repository: Path,
    range_: str | None,
    globs: tuple[str, ...],
    excluded: tuple[str, ...],
    leave_pending: int,
) -> None:
    """Turn a git history into mutations.

    Goes along first parents; each commit becomes one, with its title, author and time, executed in order. Goes on
    where it was cut off; done again, it does nothing.
    """
    from lattice_console.ops.git_history import Selection
    from lattice_console.ops.import_git import import_git as work

    with Progress("Importing") as progress:
        report = await work(
            backend,
            (session.start / repository).resolve(),
            range=range_,
            selection=Selection(globs, excluded, session.settings.document_limit),
            leave_pending=leave_pending,
            progress=progress,
        )
    synced = await session.checkout.sync(backend) if session.has_folder else None
    refused = tuple(Refused(path=path, reason=reason) for path, reason in report.refused)
    made = Imported(**{**asdict(report), "refused": refused})
    session.output.one(made, lambda: _imported_lines(made))
    if synced and synced.drifted:
        session.output.say(
            f"{count(len(synced.drifted), 'file')} of this folder drifted and stayed; see lattice status."
        )
    session.output.say(
        f"Imported {count(report.imported, 'commit')}. Next: lattice mutation list status:pending"
        if report.pending
        else f"Imported {count(report.imported, 'commit')}. Next: lattice mutation list"
    )


def _imported_lines(made: Imported) -> Iterable[str]:
    yield f"{made.imported:>6,}  mutations of {count(made.commits, 'commit')}"
    yield f"{made.executed:>6,}  executed"
    yield f"{made.pending:>6,}  pending"
    if made.skipped:
        yield f"{made.skipped:>6,}  skipped: they change no document"
    if made.baseline:
        yield f"{made.baseline:>6,}  files tracked as the baseline"
    yield from _left_out(made.refused)


def _left_out(refused: Sequence[Refused]) -> Iterable[str]:
    for one in refused[:_NAMED]:
        yield f"  left out: {cut(inert(one.path), _PATH_CELLS)}: {inert(one.reason)}"
    if len(refused) > _NAMED:
        yield f"  left out: {count(len(refused) - _NAMED, 'other')}; --output json names all"


class Exported(BaseModel):
    """What came of an export, in commits; `skipped` are steps that change no document that was wanted."""

    commits: int
    new: int
    skipped: int
    refused: tuple[Refused, ...]


@click.command(
    "export-git",
    cls=Command,
    examples=(
        "lattice export-git ../history",
        "lattice export-git . --branch executed --exclude '.lattice/*'",
    ),
)
@click.argument("repository", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--branch", metavar="B", default="main", show_default=True, help="The branch that holds them.")
@_paths
@options.output
@connected
async def export_git(
    session: Session,
    backend: Backend,
    /,
    repository: Path,
    branch: str,
    globs: tuple[str, ...],
    excluded: tuple[str, ...],
) -> None:
    """Write what was executed as a git history.

    Each execution and each rollback becomes a commit in DIR, a git repository that is made where there is none, with
    author and time as they were; what import-git brought in is as it was. Done again, it adds what is new; a branch
    that holds other commits is left as it is.
    """
    from lattice_console.ops.export_git import export_git as work
    from lattice_console.ops.git_history import Selection

    with Progress("Exporting") as progress:
        report = await work(
            backend,
            (session.start / repository).resolve(),
            branch=branch,
            selection=Selection(globs, excluded),
            progress=progress,
        )
    refused = tuple(Refused(path=path, reason=reason) for path, reason in report.refused)
    made = Exported(**{**asdict(report), "refused": refused})
    session.output.one(made, lambda: _exported_lines(made))
    folder = shlex.quote(str(repository))
    if not made.commits:
        session.output.say("There is nothing to export: no step of the head changes a document that was asked for.")
        return
    done = f"Exported {count(made.new, 'commit')} to" if made.new else "Nothing new for"
    session.output.say(
        f"{done} the branch {inert(branch)} of {folder}. Next: git -C {folder} log {shlex.quote(branch)}"
    )


def _exported_lines(made: Exported) -> Iterable[str]:
    yield f"{made.commits:>6,}  commits"
    yield f"{made.new:>6,}  new"
    if made.skipped:
        yield f"{made.skipped:>6,}  steps skipped: they change no document that was asked for"
    yield from _left_out(made.refused)


@click.command(
    "demo",
    cls=Command,
    examples=("lattice demo", "lattice demo ../billing-demo", "lattice demo --no-console"),
)
@click.argument("place", metavar="[FOLDER]", required=False, type=click.Path(path_type=Path))
@click.option("--no-console", is_flag=True, help="Show the commands of a reviewer instead, as without a terminal.")
def demo(place: Path | None, no_console: bool) -> int:
    """Try it on a demonstration project.

    Builds the specs and the backlog of a billing team, 40 mutations in FOLDER (new or empty; else a temporary one),
    and opens the console on them as their owner, kim. Without a terminal it runs the commands that a reviewer would,
    each with its output, and exits 1 where one did not do what it should.
    """
    from lattice_console.ops.demo import OWNER, build
    from lattice_console.ops.demo_walk import owner, walk

    session = current()
    made = asyncio.run(build(session.start / place if place else None))
    click.echo(f"A project to try things on, with {len(made.numbers)} mutations. You are {OWNER}, its owner.")
    if not no_console and sys.stdin.isatty() and sys.stdout.isatty():
        code = session.console(owner(session, made))
    else:
        surprises = walk(click.get_current_context().find_root().command, session, made)
        code = Exit.ERROR if surprises else Exit.OK
        outcome = (
            f"{count(surprises, 'stop')} not as expected." if surprises else "Every command did what was expected."
        )
        click.echo(f"\n{outcome}")
    click.echo(f"The project stays where it is. To open it: lattice -C {shlex.quote(str(made.root))}")
    return code
