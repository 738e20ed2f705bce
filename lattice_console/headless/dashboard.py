"""`lattice dashboard`: what waits, how much there is, what ran, what happened."""

import sys
from collections.abc import Iterable

import click
from click.core import ParameterSource
from pydantic import BaseModel

from lattice_console.contract.backend import Backend
from lattice_console.contract.events import Event
from lattice_console.contract.models.mutation import MutationSummary, Status
from lattice_console.contract.models.query import MutationFilter
from lattice_console.headless import events, options, queue, views
from lattice_console.headless.commands import Command
from lattice_console.headless.output import Output
from lattice_console.headless.session import Session, connected, current
from lattice_console.headless.table import Column
from lattice_console.text import age, count

_SHOWN = 10

_RAN = (
    Column[MutationSummary]("ID", lambda row: f"M-{row.number}"),
    views.STATUS,
    Column[MutationSummary]("TITLE", lambda row: row.title, gives=True),
    Column[MutationSummary]("AGO", lambda row: age(row.updated_at), right=True),
)


class Waiting(BaseModel):
    """What awaits the actor: the oldest first, `total` of them."""

    total: int
    items: tuple[MutationSummary, ...]


class Dashboard(BaseModel):
    """Where a project stands. `oldest` is the one that has been open longest; `activity` is newest first."""

    awaiting: Waiting
    counts: dict[Status, int]
    oldest: MutationSummary | None
    ran: tuple[MutationSummary, ...]
    activity: tuple[Event, ...]


@click.command(
    "dashboard",
    cls=Command,
    examples=("lattice dashboard", "lattice dashboard --output json | jq .awaiting.total"),
)
@options.output
@click.pass_context
def command(ctx: click.Context) -> int | None:
    """Open the console at Home, or print what it shows.

    What awaits you, how many mutations there are in each state, the oldest that is open, what ran and failed lately,
    and the last events. With --output, and away from a terminal, it is printed.
    """
    session = current()
    asked = ctx.get_parameter_source("output") == ParameterSource.COMMANDLINE
    if not asked and sys.stdin.isatty() and sys.stdout.isatty():
        session.place = "home"
        return session.console(session)
    return _print()


@connected
async def _print(session: Session, backend: Backend) -> None:
    awaiting = await backend.mutations.list(filter=MutationFilter(condition=("awaiting",)), sort="-age", limit=_SHOWN)
    oldest = await backend.mutations.list(filter=MutationFilter(condition=("open",)), sort="-age", limit=1)
    ended = MutationFilter(status=("completed", "failed", "rolled_back", "rollback_failed"))
    ran = await backend.mutations.list(filter=ended, sort="-updated", limit=_SHOWN)
    found = Dashboard(
        awaiting=Waiting(total=awaiting.total, items=awaiting.items),
        counts=await backend.mutations.counts(),
        oldest=next(iter(oldest.items), None),
        ran=ran.items,
        activity=(await backend.events.list(limit=_SHOWN)).items,
    )
    session.output.one(found, lambda: _lines(session.output, found))
    first = next(iter(found.awaiting.items), None)
    step = f"lattice mutation show M-{first.number}" if first else "lattice queue"
    session.output.say(f"{count(found.awaiting.total, 'mutation')} waiting for you. Next: {step}")


def _lines(output: Output, found: Dashboard) -> Iterable[str]:
    def title(text: str) -> str:
        return output.palette.paint("strong", text)

    yield title(f"AWAITING YOU ({found.awaiting.total:,})")
    if found.awaiting.items:
        yield from output.table(found.awaiting.items, queue.columns(output.ascii)[1:])
    yield ""
    yield title("STATES")
    yield (
        ", ".join(f"{number:,} {views.words(status)}" for status, number in found.counts.items()) or "no mutations yet"
    )
    if found.oldest is not None:
        yield f"oldest open: {views.head_line(output, found.oldest)}, {age(found.oldest.created_at)}"
    if found.ran:
        yield ""
        yield title("RAN AND FAILED LATELY")
        yield from output.table(found.ran, _RAN)
    yield ""
    yield title("ACTIVITY")
    yield from output.table(found.activity, events.LINES)
