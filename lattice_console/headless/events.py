"""`lattice events`: what happened, and what happens now."""

from collections.abc import AsyncIterator, Callable, Sequence

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.event_filter import parse_event_filter
from lattice_console.contract.events import Event
from lattice_console.headless import completing, options
from lattice_console.headless.commands import Command
from lattice_console.headless.session import Session, connected
from lattice_console.headless.table import Column
from lattice_console.telling import tell

_SHOWN = 30
_PAGE = 1000
_WAIT = 30.0
"""Seconds that one question waits for an answer; then it is asked again."""

Matches = Callable[[Event], bool]

LINES: Sequence[Column[Event]] = (
    Column("SEQ", lambda row: str(row.seq), right=True),
    Column("AT (UTC)", lambda row: _at(row), role=lambda row: "muted"),
    Column("ACTOR", lambda row: row.actor.handle),
    Column("WHAT", lambda row: tell(row).sentence(), gives=True),
    Column("DETAIL", lambda row: _detail(row), gives=True),
)


@click.command(
    "events",
    cls=Command,
    examples=(
        "lattice events",
        "lattice events --mutation 12 --name mutation.reviewed --name mutation.commented",
        "lattice events --follow --name 'mutation.*' --output ndjson | jq -r '.data.number'",
        "lattice events --since 0 --output ndjson > events.ndjson",
    ),
)
@click.option(
    "--follow", is_flag=True, help="Print them as they happen, from now on or from --since, until Ctrl+C (exit 130)."
)
@click.option(
    "--name", "names", metavar="N", multiple=True, help="Only these, such as mutation.executed or 'spec.*'; repeatable."
)
@click.option(
    "--actor", metavar="A", shell_complete=completing.people, help="Only what this user did: a handle, e-mail or me."
)
@click.option("--mutation", metavar="ID", shell_complete=completing.mutations, help="Only what is about this one.")
@click.option("--since", metavar="SEQ", type=click.IntRange(min=0), help="From the event after this number on.")
@click.option(
    "--limit", type=click.IntRange(min=1), help=f"At most so many, then leave. Without --follow and --since: {_SHOWN}."
)
@options.output
@connected
async def command(
    session: Session,
    backend: Backend,
    follow: bool,
    names: tuple[str, ...],
    actor: str | None,
    mutation: str | None,
    since: int | None,
    limit: int | None,
) -> None:
    """Show what happened, oldest first.

    The last events, those after a number, or those to come. They are numbered without gaps: with --since a script goes
    on where it stopped, and misses none.
    """
    output = session.output
    if follow and output.shape == "json":
        raise click.UsageError("What never ends is no one object. Take --output ndjson with --follow.")
    wanted = parse_event_filter(f"name:{','.join(names)}").names if names else ()
    if since is None and not follow:
        events = await _last(backend, wanted, actor, mutation, limit or _SHOWN)
        output.many(events, LINES, empty="No event matches.", facts={"total": len(events)})
        return
    matches = await _matching(backend, wanted, actor, mutation)
    start = await backend.events.last() if since is None else since
    found: list[Event] = []
    async for event in _after(backend, start, follow):
        if not matches(event):
            continue
        found.append(event)
        if follow:
            output.line(event, lambda event=event: _line(event))  # type: ignore[misc] # bound here and now
        if limit is not None and len(found) >= limit:
            break
    if not follow:
        output.many(found, LINES, empty="No event matches.", facts={"total": len(found)})


async def _last(
    backend: Backend, names: Sequence[str], actor: str | None, mutation: str | None, limit: int
) -> list[Event]:
    events: list[Event] = []
    cursor: str | None = None
    while len(events) < limit:
        page = await backend.events.list(
            names=names, actor=actor, subject=mutation, cursor=cursor, limit=min(_PAGE, limit - len(events))
        )
        events.extend(page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    return events[::-1]


async def _after(backend: Backend, start: int, follow: bool) -> AsyncIterator[Event]:
    """Events after `start`, in order; with `follow` without end."""
    while True:
        found = await backend.events.since(start, wait=_WAIT if follow else 0.0)
        for event in found:
            start = event.seq
            yield event
        if not found and not follow:
            return


async def _matching(backend: Backend, names: Sequence[str], actor: str | None, mutation: str | None) -> Matches:
    """What tells the events that are meant; raises as `events.list` does for people and mutations that are not."""
    # It knows whom and what is meant, and refuses what is not there.
    await backend.events.list(actor=actor, subject=mutation, limit=1)
    subject = (await backend.mutations.get(mutation)).id if mutation else None
    handle = await _handle(backend, actor) if actor else None
    groups = tuple(name.removesuffix("*") for name in names if name.endswith("*"))

    def matches(event: Event) -> bool:
        return (
            (not names or event.name in names or bool(groups and event.name.startswith(groups)))
            and handle in (None, event.actor.handle)
            and subject in (None, event.subject)
        )

    return matches


async def _handle(backend: Backend, actor: str) -> str:
    if actor == "me":
        user = (await backend.team.whoami()).user
        return user.handle if user else actor
    if "@" in actor:
        members = await backend.team.list()
        return next((one.user.handle for one in members if (one.email or "").casefold() == actor.casefold()), actor)
    return actor


def _at(event: Event) -> str:
    return f"{event.at:%Y-%m-%d %H:%M:%S}"


def _detail(event: Event) -> str:
    return tell(event).detail.partition("\n")[0]


def _line(event: Event) -> str:
    """An event on a line of its own, where no column is known in advance."""
    parts = (f"{event.seq:>5}", _at(event), tell(event).sentence(), _detail(event))
    return "  ".join((*parts[:2], event.actor.handle, *(part for part in parts[2:] if part)))
