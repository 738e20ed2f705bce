"""`lattice queue`: what is under review, as the console's queue shows it."""

from collections.abc import Sequence

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import MutationSummary
from lattice_console.headless import completing, listing, options, views
from lattice_console.headless.commands import Command
from lattice_console.headless.session import Session, connected
from lattice_console.headless.table import Column
from lattice_console.text import age, count


def columns(ascii: bool) -> Sequence[Column[MutationSummary]]:
    """The queue's columns: `!` is what waits for you, a branch stands before what is stacked on others."""
    branch = "`-" if ascii else "└─"
    return (
        Column("", lambda row: "!" if row.mine else "", role=lambda row: "warning"),
        Column("ID", lambda row: f"M-{row.number}"),
        views.STATUS,
        Column(
            "TITLE", lambda row: f"{'  ' * (row.level - 1)}{branch} {row.title}" if row.level else row.title, gives=True
        ),
        Column("SPEC", lambda row: row.spec_id or "", gives=True),
        Column("AUTHOR", lambda row: row.author.handle, gives=True),
        Column("AGE", lambda row: age(row.created_at), right=True),
        Column("VOTES", lambda row: f"{row.approvals}/{row.approvals_required}", right=True),
        Column("OPEN", lambda row: str(row.threads or ""), right=True),
        Column("TURN", lambda row: "" if row.turn == "nobody" else row.turn),
    )


@click.command(
    "queue",
    cls=Command,
    filters=True,
    examples=(
        "lattice queue",
        "lattice queue --view awaiting",
        "lattice queue is:open -author:me age:>2d --sort -age",
        "lattice queue --view ready --output json | jq -r '.items[].number'",
    ),
    help=f"""Show the queue: open mutations, newest stack first.

    {listing.LANGUAGE} Without words and --view: all that is open. `!` marks what waits for you, OPEN counts threads.
    """,
)
@click.argument("filter", nargs=-1, shell_complete=completing.filters)
@listing.narrowing
@listing.ordered
@click.option("--limit", type=click.IntRange(min=1), default=30, show_default=True, help="At most so many.")
@options.output
@connected
async def command(
    session: Session,
    backend: Backend,
    filter: tuple[str, ...],
    narrowed: str | None,
    view: str | None,
    sort: str | None,
    limit: int,
) -> None:
    """Show the queue."""
    if not filter and narrowed is None and view is None:
        narrowed = "is:open"
    wanted, order = listing.asked(session, filter, narrowed, view, sort)
    listed = await listing.found(backend, wanted, order, limit)
    session.output.many(
        listed.items,
        columns(session.output.ascii),
        empty="Nothing matches. lattice mutation list shows what has ended as well.",
        facts={"total": listed.total, "has_more": listed.has_more},
    )
    if listed.has_more and session.output.shape == "table":
        session.output.say(f"{len(listed.items):,} of {count(listed.total, 'mutation')}; --limit N shows more.")
