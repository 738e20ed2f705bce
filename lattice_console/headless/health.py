"""`lattice health`: every part that the project stands on, measured now."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import click

from lattice_console.contract.errors import SystemFailure
from lattice_console.contract.models.health import TRUTH, ComponentHealth, Health
from lattice_console.headless import options
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.output import Output
from lattice_console.headless.session import Session, current
from lattice_console.headless.style import Role
from lattice_console.headless.table import Column
from lattice_console.text import age, inert

_EXITS = {"healthy": Exit.OK, "degraded": Exit.FINDINGS, "unhealthy": Exit.ERROR}
_ROLES: dict[str, Role] = {"healthy": "good", "degraded": "warning", "unhealthy": "bad"}
_MEANING = {
    "healthy": "every part answers",
    "degraded": "all goes on, but a part does not answer",
    "unhealthy": "the database does not answer, and nothing can be written",
}


class _Part(ComponentHealth):
    name: str


_PARTS: Sequence[Column[_Part]] = (
    Column("  PART", lambda row: f"  {row.name}"),
    Column("STATE", lambda row: row.status, role=lambda row: _ROLES[row.status]),
    Column("LATENCY", lambda row: f"{row.latency_ms:,.1f} ms", right=True),
    Column("POOL", lambda row: _number(row.connections_in_pool), right=True),
    Column("RETRIES", lambda row: _number(row.retries), right=True),
    Column("LAG", lambda row: _number(row.lag), right=True),
    Column("EVENT", lambda row: _number(row.last_event), right=True),
)


@click.command("health", cls=Command, examples=("lattice health", "lattice health --output json | jq .status"))
@options.output
def command() -> int:
    """Measure every part that the project stands on.

    Database, replica, live updates, graph, and this folder; each with its latency, the connections open to it, how
    often a transaction was made again, how many events it is behind (the folder: executions), and its newest event.
    Exits 0 where all answer, 10 where all goes on without one that does not, and 1 where the database does not answer.
    """
    session = current()
    health = asyncio.run(_measured(session))
    session.output.one(health, lambda: _lines(session.output, health))
    return _EXITS[health.status]


async def _measured(session: Session) -> Health:
    start = datetime.now(UTC)
    try:
        backend = await session.connect(session.settings)
    except SystemFailure as error:
        # The truth could not even be opened: that is the answer.
        latency = (datetime.now(UTC) - start).total_seconds() * 1000
        gone = ComponentHealth(status="unhealthy", latency_ms=round(latency, 3), error=error.message, since=start)
        return Health.of(start, {TRUTH: gone})
    try:
        health = await backend.health.check()
        if session.settings.root is None or health.status == "unhealthy":
            return health
        return health.beside("workspace", await session.checkout.health(backend))
    finally:
        await backend.close()


def _lines(output: Output, health: Health) -> Iterable[str]:
    yield f"{output.palette.paint(_ROLES[health.status], health.status)}: {_MEANING[health.status]}"
    parts = [_Part(name=name, **dict(part)) for name, part in health.components.items()]
    yield from output.table(parts, _PARTS)
    for part in parts:
        if part.error:
            since = f" for {age(part.since)}" if part.since else ""
            yield inert(f"{part.name} unhealthy{since}: {part.error}")


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
