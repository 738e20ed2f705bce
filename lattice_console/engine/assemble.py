"""Builds an engine from settings."""

from pathlib import Path

from lattice_console.engine.engine import Engine
from lattice_console.engine.features.context import Limits, Surroundings
from lattice_console.engine.stores.sqlite import SqliteStore


async def assemble(database: Path | None, *, limits: Limits | None = None) -> Engine:
    """An engine on the SQLite file at `database`, made and migrated where needed; None keeps all in memory.

    Raises SystemFailure saying what to do where the file cannot be used.
    """
    return Engine(await SqliteStore.open(database), Surroundings(limits=limits or Limits()))
