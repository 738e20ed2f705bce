"""`lattice mutation list | status | show | history`: what is there, and why it is as it is."""

from collections.abc import Sequence

import click

from lattice_console.contract import filters
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import NotFound
from lattice_console.contract.models.mutation import Mutation, Status, TimelineEntry
from lattice_console.contract.models.query import MutationFilter
from lattice_console.headless import advice, completing, listing, options, threads, views
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.session import Session, connected
from lattice_console.headless.table import Column
from lattice_console.text import age, count

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
    Column("DETAIL", lambda row: " ".join(row.detail.splitlines()), gives=True),
)


@click.command(
    "list",
    cls=Command,
    filters=True,
    examples=(
        "lattice mutation list",
        "lattice mutation list status:pending author:me session",
        "lattice mutation list --status approved --output json | jq -r '.items[].id'",
        "lattice mutation list --view changed --sort -updated",
        "lattice mutation list --all --output ndjson | wc -l",
    ),
    help=f"""List mutations, newest stack first.

    {listing.LANGUAGE}
    """,
)
@click.argument("filter", nargs=-1, shell_complete=completing.filters)
@click.option("--status", metavar="S", help="Only these statuses (several with commas); the same as status:S.")
@listing.narrowing
@listing.ordered
@click.option("--limit", type=click.IntRange(min=1), default=30, show_default=True, help="At most so many.")
@click.option("--all", "all_", is_flag=True, help="Every one, whatever --limit says.")
@options.output
@connected
async def list_(
    session: Session,
    backend: Backend,
    /,
    filter: tuple[str, ...],
    status: str | None,
    narrowed: str | None,
    view: str | None,
    sort: str | None,
    limit: int,
    all_: bool,
) -> None:
    """List mutations."""
    given = [*filter, *([f"status:{status}"] if status else [])]
    wanted, order = listing.asked(session, given, narrowed, view, sort)
    listed = await listing.found(backend, wanted, order, None if all_ else limit)
    narrow = bool(given or narrowed or view)
    session.output.many(
        listed.items,
        views.SUMMARY,
        empty="No mutation matches." if narrow else "There are no mutations yet. Next: lattice mutation create --help",
        facts={"total": listed.total, "has_more": listed.has_more},
    )
    if listed.has_more and session.output.shape == "table":
        session.output.say(f"{len(listed.items):,} of {count(listed.total, 'mutation')}; --all lists every one.")


@click.command(
    "status",
    cls=Command,
    examples=(
        "lattice mutation status",
        "lattice mutation status M-12",
        "lattice mutation status M-12 --exit-code && lattice mutation execute M-12",
    ),
)
@click.argument("mutation", metavar="[ID]", required=False, shell_complete=completing.mutations)
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

    Facts, whose turn it is and why, description, requirements with their reasons, files, versions of specs, advice, its
    stack, open threads and votes.
    """
    found = await backend.mutations.get(mutation)
    output = session.output
    if output.shape != "table":
        output.one(found, list)
        return
    output.lines(views.mutation_lines(output, found))
    advised = list(advice.lines(output, await backend.mutations.advice(found.id), few=found))
    if advised:
        output.lines(
            ["", output.palette.paint("muted", "  VERSIONS"), *(f"  {line}" if line else "" for line in advised)]
        )
    if found.parents or found.children:
        stacked = await listing.found(backend, MutationFilter(stack=found.stack))
        output.lines(views.stack_lines(output, found, stacked.items))
    if found.threads:
        comments = await backend.reviews.comments(found.id)
        output.lines(["", output.palette.paint("muted", "  OPEN THREADS")])
        told = threads.lines(output, threads.gather(comments, open=True), comments)
        output.lines(f"  {line}" if line else "" for line in told)
    if found.reviews:
        output.lines(views.vote_lines(output, found))


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
