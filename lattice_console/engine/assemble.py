"""Builds an engine from settings."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from lattice_console.engine.engine import Engine
from lattice_console.engine.features.context import Limits, Surroundings, utc_now
from lattice_console.engine.stores.sqlite import SqliteStore


async def assemble(
    database: Path | None, *, limits: Limits | None = None, now: Callable[[], datetime] = utc_now
) -> Engine:
    """An engine on the SQLite file at `database`, made and migrated where needed; None keeps all in memory.

    `now` is its clock, in UTC. Raises SystemFailure saying what to do where the file cannot be used.
    """
    return Engine(await SqliteStore.open(database), Surroundings(limits=limits or Limits(), now=now))
