"""From settings to a quick look at a project."""

from pathlib import Path

from lattice_console.config import Settings
from lattice_console.engine.stores.glance import FileGlance
from lattice_console.engine.stores.glance_postgres import PostgresGlance


def glance(settings: Settings) -> FileGlance | PostgresGlance | None:
    """A look at the project for its actor; None where it lies in this process alone."""
    database, project = settings.servers.database, settings.project_id
    if database is None or project is None:
        return None
    if isinstance(database, Path):
        return FileGlance(database, project, settings.actor)
    return PostgresGlance(database, project, settings.actor)
