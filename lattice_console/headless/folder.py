"""`lattice status | track | restore | sync`: this folder beside the head."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from pydantic import BaseModel

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import Document
from lattice_console.contract.models.mutation import Status
from lattice_console.contract.models.project import Project
from lattice_console.headless import completing, options, views
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.output import Output
from lattice_console.headless.session import Session, connected
from lattice_console.headless.style import Role
from lattice_console.headless.table import Column
from lattice_console.text import count, inert

if TYPE_CHECKING:
    from lattice_console.workspace import Untrackable

_SHOWN = 10
"""How many files that are not in the head are named before they are only counted."""

_STRANGE = ("untracked", "untrackable")


class FileLine(BaseModel):
    """One path that is not as in the head, or what was done to it."""

    path: str
    state: str
    remark: str = ""


class Who(BaseModel):
    """The actor, where the name comes from, and the role; None for no member."""

    name: str
    source: str
    role: str | None


class FolderStatus(BaseModel):
    """Where a folder stands: `sequence` is the head's, `counts` has the files by state, `mutations` by status.

    `root` is None where there is no folder.
    """

    project: Project
    actor: Who
    root: str | None
    sequence: int
    clean: bool
    counts: dict[str, int]
    files: tuple[FileLine, ...]
    mutations: dict[Status, int]


class Done(BaseModel):
    """What a sync or a restore did, path by path."""

    sequence: int | None = None
    files: tuple[FileLine, ...]


_ROLES: dict[str, Role] = {"modified": "bad", "missing": "warning", "behind": "warning", "untracked": "muted"}

_FILES: Sequence[Column[FileLine]] = (
    Column("  STATE", lambda row: f"  {row.state}", role=lambda row: _ROLES.get(row.state)),
    Column("PATH", lambda row: row.path),
    Column("", lambda row: row.remark, role=lambda row: "muted"),
)

_DOCUMENTS: Sequence[Column[Document]] = (
    Column("PATH", lambda row: row.path),
    Column("BYTES", lambda row: f"{row.size:,}", right=True),
    Column("HASH", lambda row: row.hash[:12]),
)


@click.command(
    "status",
    cls=Command,
    examples=(
        "lattice status",
        "lattice status --exit-code || echo drift",
        "lattice status --output json | jq .counts",
    ),
)
@click.option("--all", "all_", is_flag=True, help="Name every file that is not in the head, not only the first few.")
@click.option("--exit-code", is_flag=True, help="Exit 20 where files hold what the project does not know.")
@options.output
@connected
async def status(session: Session, backend: Backend, all_: bool, exit_code: bool) -> int:
    """Show where you and this folder stand.

    modified: changed here since the last checkout. proposed: as in some patchset. behind: the head has moved on, sync
    brings it up. missing: gone from disk. untracked: not in the head.
    """
    settings = session.settings
    project = await backend.projects.get()
    actor = await backend.team.whoami()
    files = await session.checkout.status(backend, untracked=True) if session.has_folder else ()
    counts = Counter[str](file.state for file in files)
    found = FolderStatus(
        project=project,
        actor=Who(name=actor.name, source=settings.actor_source, role=actor.role),
        root=str(settings.root) if settings.root else None,
        sequence=project.sequence,
        clean=not any(state not in _STRANGE for state in counts),
        counts=dict(counts),
        files=tuple(FileLine(**asdict(file)) for file in files),
        mutations=await backend.mutations.counts(),
    )
    session.output.one(found, lambda: _status_lines(session.output, found, all_))
    return Exit.DRIFT if exit_code and counts["modified"] else Exit.OK


@click.command(
    "track",
    cls=Command,
    examples=("lattice track docs/ api.yaml", "lattice track 'specs/**/*.json'", "lattice track --all"),
)
@click.argument("paths", metavar="[PATH]...", nargs=-1, shell_complete=completing.files)
@click.option("--all", "all_", is_flag=True, help="Everything in the project's folder that can be tracked.")
@options.writes
@connected
async def track(session: Session, backend: Backend, paths: tuple[str, ...], all_: bool) -> None:
    """Bring files under review, as they are.

    Files, directories or globs get their first revision, a baseline. Later changes are proposed (`lattice mutation
    create --files`). What cannot be tracked is named and left out.
    """
    if bool(paths) == all_:
        raise click.UsageError("Name files, directories or globs, or take --all.")
    checkout = session.checkout
    wanted = [""] if all_ else [checkout.relative(path, session.start) for path in paths]
    baseline = await checkout.baseline(backend, wanted)
    tell_left_out(session.output, baseline.passed_over, more="; see lattice status --all")
    documents = await backend.documents.track(baseline.files, **session.guard) if baseline.files else ()
    session.output.many(
        documents,
        _DOCUMENTS,
        empty="Nothing new to track: all of it is tracked already.",
        facts={"total": len(documents)},
    )
    if documents:
        await checkout.sync(backend)
        session.output.say(
            f"Tracked {count(len(documents), 'file')}. Next: edit one, then lattice mutation create --title T --files F"
        )


def tell_left_out(output: Output, found: "Sequence[Untrackable]", more: str = "") -> None:
    """Name what a directory or a glob holds that cannot be a document; `more` follows where that is too much."""
    for left in found[:_SHOWN]:
        output.say(f"Left out: {left.path} {left.reason}.")
    if (rest := len(found) - _SHOWN) > 0:
        output.say(f"Left out: {count(rest, 'more file')}{more}.")


@click.command(
    "restore", cls=Command, examples=("lattice restore docs/a.yaml", "lattice restore 'docs/**'", "lattice restore .")
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, shell_complete=completing.files)
@options.output
@connected
async def restore(session: Session, backend: Backend, paths: tuple[str, ...]) -> None:
    """Put the head's content back.

    PATH is a file, a directory or a glob. What the project does not know is saved first, below
    .lattice/state/restored/.
    """
    checkout = session.checkout
    report = await checkout.restore(backend, [checkout.relative(path, session.start) for path in paths])
    saved = {one.path: f"saved first as {one.to}" for one in report.saved}
    done = Done(
        files=(
            *(FileLine(path=path, state="restored", remark=saved.get(path, "")) for path in report.restored),
            *(FileLine(path=path, state="unchanged") for path in report.unchanged),
        )
    )
    session.output.one(done, lambda: _done_lines(session.output, done, skip="unchanged"))
    session.output.say(
        f"Restored {count(len(report.restored), 'file')}; {len(report.unchanged):,} were as in the head. "
        "Next: lattice status"
    )


@click.command("sync", cls=Command, examples=("lattice sync", "lattice sync --output json"))
@options.output
@connected
async def sync(session: Session, backend: Backend) -> None:
    """Bring this folder to the head.

    Finishes what was cut off. What the project does not know (drift) is left alone and named; a missing file is not
    written again (`restore`).
    """
    report = await session.checkout.sync(backend)
    done = Done(
        sequence=report.sequence,
        files=tuple(
            FileLine(path=path, state=state)
            for state, paths in (
                ("written", report.written),
                ("removed", report.removed),
                ("drifted", report.drifted),
                ("missing", report.missing),
            )
            for path in paths
        ),
    )
    session.output.one(done, lambda: _done_lines(session.output, done))
    next_step = " Next: lattice status" if report.drifted or report.missing else ""
    session.output.say(
        f"This folder is at {report.sequence}: {len(report.written):,} written, {len(report.removed):,} removed, "
        f"{len(report.drifted):,} drifted, {len(report.missing):,} missing.{next_step}"
    )


def _done_lines(output: Output, done: Done, skip: str = "") -> Iterable[str]:
    files = [file for file in done.files if file.state != skip]
    return output.table(files, _FILES) if files else []


def _status_lines(output: Output, found: FolderStatus, all_: bool) -> Iterable[str]:
    who = found.actor
    role = who.role or "no member of this project"
    for title, value in (
        ("project", f"{found.project.name} ({found.project.type}){f' at {found.root}' if found.root else ''}"),
        ("actor", f"{who.name} ({role}), from {who.source}"),
        ("head", f"{found.sequence}"),
        ("mutations", ", ".join(f"{number:,} {views.words(status)}" for status, number in found.mutations.items())),
        ("folder", _folder_line(found.counts) if found.root else "none here"),
    ):
        if value:
            yield f"{output.palette.paint('muted', title.ljust(9))}  {inert(value)}"
    shown, left_out = _to_show(found.files, all_)
    if shown:
        yield ""
        yield from output.table(shown, _FILES)
    if left_out:
        yield output.palette.paint(
            "muted", f"  and {left_out:,} more that are not in the head; lattice status --all names them"
        )


def _folder_line(counts: dict[str, int]) -> str:
    if not counts:
        return "as the head"
    return ", ".join(f"{number:,} {state}" for state, number in sorted(counts.items()))


def _to_show(files: Sequence[FileLine], all_: bool) -> tuple[list[FileLine], int]:
    """The lines to name, and how many strange files are left out: there may be thousands."""
    known = [file for file in files if file.state not in _STRANGE]
    strange = [file for file in files if file.state in _STRANGE]
    shown = strange if all_ else strange[:_SHOWN]
    return known + shown, len(strange) - len(shown)
