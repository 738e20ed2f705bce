"""`lattice mutation list | status | show | history`: what is there, and why it is as it is."""

from collections.abc import Sequence

import click

from lattice_console.contract import filters
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import NotFound
from lattice_console.contract.models.mutation import Mutation, MutationSummary, Status, TimelineEntry
from lattice_console.headless import options, views
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.session import Session, connected
from lattice_console.headless.table import Column
from lattice_console.text import age, count

_PAGE = 1000

_EXITS: dict[Status, Exit] = {
    "draft": Exit.PENDING,
    "pending": Exit.PENDING,
    "in_progress": Exit.PENDING,
    "approved": Exit.OK,
    "completed": Exit.OK,
    "needs_manual_resolution": Exit.CONFLICT,
    "rejected": Exit.BLOCKED,
    "expired": Exit.BLOCKED,
    "cancelled": Exit.BLOCKED,
    "failed": Exit.FAILED,
    "rolled_back": Exit.FAILED,
    "rollback_failed": Exit.FAILED,
}

_TIMELINE: Sequence[Column[TimelineEntry]] = (
    Column("AGE", lambda row: age(row.at), right=True, role=lambda row: "muted"),
    Column("ACTOR", lambda row: row.actor.handle),
    Column("WHAT", lambda row: row.summary),
    Column("DETAIL", lambda row: row.detail, gives=True),
)


@click.command(
    "list",
    cls=Command,
    examples=(
        "lattice mutation list",
        "lattice mutation list status:pending author:me session",
        "lattice mutation list --status approved --output json | jq -r '.items[].id'",
        "lattice mutation list --all --output ndjson | wc -l",
    ),
)
@click.argument("filter", nargs=-1)
@click.option("--status", metavar="S", help="Only these statuses (several with commas); the same as status:S.")
@click.option("--limit", type=click.IntRange(min=1), default=30, show_default=True, help="At most so many.")
@click.option("--all", "all_", is_flag=True, help="Every one, whatever --limit says.")
@options.output
@connected
async def list_(
    session: Session, backend: Backend, filter: tuple[str, ...], status: str | None, limit: int, all_: bool
) -> None:
    """List mutations, newest first.

    FILTER words narrow the list: status: author: spec: type: label: path: with values parted by commas, and text to
    look for in title and number. `author:me` are one's own.
    """
    words = [_quoted(word) for word in filter] + ([f"status:{status}"] if status else [])
    wanted = filters.parse(" ".join(words))
    rows: list[MutationSummary] = []
    cursor: str | None = None
    while True:
        size = _PAGE if all_ else min(_PAGE, limit - len(rows))
        page = await backend.mutations.list(filter=wanted, cursor=cursor, limit=size)
        rows.extend(page.items)
        cursor = page.next_cursor
        if cursor is None or not page.has_more or (not all_ and len(rows) >= limit):
            break
    session.output.many(
        rows,
        views.SUMMARY,
        empty="No mutation matches." if words else "There are no mutations yet. Next: lattice mutation create --help",
        facts={"total": page.total, "has_more": page.has_more},
    )
    if page.has_more and session.output.shape == "table":
        session.output.say(f"{len(rows):,} of {count(page.total, 'mutation')}; --all lists every one.")


@click.command(
    "status",
    cls=Command,
    examples=(
        "lattice mutation status",
        "lattice mutation status M-12",
        "lattice mutation status M-12 --exit-code && lattice mutation execute M-12",
    ),
)
@click.argument("mutation", metavar="[ID]", required=False)
@click.option(
    "--exit-code",
    is_flag=True,
    help="Exit 0 when approved without blockers or completed, 8 while drafted, under review or running, 11 when "
    "something else stands in the way or it was rejected, cancelled or expired, 12 when a conflict waits for a "
    "person, 13 when it failed or was rolled back.",
)
@options.output
@connected
async def status(session: Session, backend: Backend, mutation: str | None, exit_code: bool) -> int:
    """Show where a mutation stands.

    Its status, and every requirement with its reason. Without ID: your newest one.
    """
    found = await backend.mutations.get(mutation or await _newest_own(backend))

    def lines() -> Sequence[str]:
        return [
            views.head_line(session.output, found),
            *views.requirement_lines(session.output, found.requirements),
        ]

    session.output.one(found, lines)
    return _exit(found) if exit_code else Exit.OK


@click.command("show", cls=Command, examples=("lattice mutation show 12", "lattice mutation show M-12 --output json"))
@options.mutation
@options.output
@connected
async def show(session: Session, backend: Backend, mutation: str) -> None:
    """Show one mutation whole.

    Facts, description, requirements with their reasons, files and votes.
    """
    found = await backend.mutations.get(mutation)
    session.output.one(found, lambda: views.mutation_lines(session.output, found))


@click.command(
    "history", cls=Command, examples=("lattice mutation history 12", "lattice mutation history 12 --output ndjson")
)
@options.mutation
@options.output
@connected
async def history(session: Session, backend: Backend, mutation: str) -> None:
    """Show what happened to a mutation, oldest first."""
    entries = await backend.mutations.timeline(mutation)
    session.output.many(entries, _TIMELINE, empty="Nothing has happened to it yet.")


async def _newest_own(backend: Backend) -> str:
    page = await backend.mutations.list(filter=filters.parse("author:me"), limit=1)
    if not page.items:
        raise NotFound("NF_MUTATION", "You have proposed no mutation yet. Name one: lattice mutation status ID.")
    return page.items[0].id


def _exit(mutation: Mutation) -> Exit:
    if mutation.status == "approved" and mutation.blockers:
        return Exit.BLOCKED
    return _EXITS[mutation.status]


def _quoted(word: str) -> str:
    """A word of the shell as one word of the filter language: what the shell's quotes held together stays together."""
    if not any(char.isspace() for char in word) or '"' in word:
        return word
    key, colon, value = word.partition(":")
    return f'{key}:"{value}"' if colon and key in filters.KEYS else f'"{word}"'
