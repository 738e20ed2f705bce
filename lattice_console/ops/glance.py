"""From settings to a quick look at a project."""

from pathlib import Path

from lattice_console.config import Settings
from lattice_console.engine.stores.glance import FileGlance


def glance(settings: Settings) -> FileGlance | None:
    """A look at the project for its actor; None where it lies in no file."""
    database = settings.servers.database
    if not isinstance(database, Path) or settings.project_id is None:
        return None
    return FileGlance(database, settings.project_id, settings.actor)
