"""Builds an engine from settings."""

from pathlib import Path

from lattice_console.engine.engine import Engine
from lattice_console.engine.features.context import Limits, Surroundings
from lattice_console.engine.stores.sqlite import MEMORY, SqliteStore


def assemble(database: Path | None, *, limits: Limits | None = None) -> Engine:
    """An engine on the SQLite file at `database`, opened by its first call; None keeps all in memory."""
    return Engine(SqliteStore(database or MEMORY), Surroundings(limits=limits or Limits()))
