"""`lattice view list | save | remove`: filters with a name, kept on this machine for every project."""

from collections.abc import Sequence

import click
from pydantic import BaseModel

from lattice_console.contract import filters
from lattice_console.contract.backend import Backend
from lattice_console.contract.models.query import SORTS
from lattice_console.headless import completing, options
from lattice_console.headless.commands import Group
from lattice_console.headless.listing import saved_views
from lattice_console.headless.session import Session, connected, current
from lattice_console.headless.table import Column
from lattice_console.profile.views import BUILT_IN, View

group = Group(
    "view",
    help="Name filters, and list them with how many mutations they hold. They are yours, on this machine.",
    short_help="Saved filters, with counts.",
    examples=("lattice view list", "lattice view save payments 'spec:payments is:open'"),
)


class ViewLine(BaseModel):
    """A view; `count` is how many mutations of this project it holds, None where that was not asked."""

    name: str
    title: str
    filter: str
    sort: str
    built_in: bool
    count: int | None = None


_VIEWS: Sequence[Column[ViewLine]] = (
    Column("NAME", lambda row: row.name),
    Column("COUNT", lambda row: "" if row.count is None else f"{row.count:,}", right=True),
    Column("FILTER", lambda row: row.filter or "(everything)", gives=True),
    Column("SORT", lambda row: row.sort),
    Column("", lambda row: "built in" if row.built_in else "", role=lambda row: "muted"),
)


def _line(view: View, count: int | None = None) -> ViewLine:
    return ViewLine(
        name=view.slug,
        title=view.name,
        filter=view.filter,
        sort=view.sort,
        built_in=view in BUILT_IN,
        count=count,
    )


@group.command("list", examples=("lattice view list", "lattice view list --output json | jq '.items[].count'"))
@options.output
@connected
async def list_(session: Session, backend: Backend) -> None:
    """List the views, with counts.

    Each with how many mutations of this project it holds.
    """
    lines = []
    for view in saved_views(session).all():
        counts = await backend.mutations.counts(filter=filters.parse(view.filter))
        lines.append(_line(view, sum(counts.values())))
    session.output.many(lines, _VIEWS, empty="", facts={"total": len(lines)})


@group.command(
    "save",
    examples=(
        "lattice view save payments 'spec:payments is:open'",
        "lattice view save 'Old ones' 'is:open age:>7d' --sort -age",
    ),
)
@click.argument("name")
@click.argument("filter", shell_complete=completing.filters)
@click.option("--sort", metavar="S", type=click.Choice(SORTS), help="The order of its list, such as -age.")
@options.output
def save(name: str, filter: str, sort: str | None) -> None:
    """Save FILTER as the view NAME.

    In the place of the one that has the name. FILTER is one argument.
    """
    session = current()
    views = saved_views(session)
    view = View(name, filter, sort or "")
    views.save(view)
    session.output.one(_line(view), list)
    session.output.say(f"Saved the view {view.slug}. Next: lattice queue --view {view.slug}")


@group.command("remove", examples=("lattice view remove payments",))
@click.argument("name", shell_complete=completing.views)
@options.output
def remove(name: str) -> None:
    """Forget a view that you saved. Those built in stay."""
    session = current()
    view = saved_views(session).remove(name)
    session.output.one(_line(view), list)
    session.output.say(f"Removed the view {view.slug}. Next: lattice view list")
