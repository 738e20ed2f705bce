"""Taking a folder under review: its `.lattice`, its database, its first documents."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from lattice_console import config
from lattice_console.backends.connect import connect as connect_by_settings
from lattice_console.config import Settings
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import Conflict
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.project import Project
from lattice_console.workspace.checkout import Checkout

IGNORED = "state/\nlocal.json\n"
"""What of `.lattice` stays out of the team's git."""


async def init(
    root: Path,
    *,
    name: str,
    type: str = "generic",
    actor: str | None = None,
    connect: Callable[[Settings], Awaitable[Backend]] = connect_by_settings,
) -> Project:
    """Make `root` a project owned by the actor; raises Conflict (`CF_PROJECT`) where it is one on this machine.

    A `.lattice/config.json` that is there already is taken as it is. `connect` gives the Backends that are used.
    """
    folder = root / config.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    settings = config.at_root(root, actor=actor)
    if settings.project_id is not None:
        raise Conflict("CF_PROJECT", f"{root} is a project already. See: lattice status")
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text(IGNORED, encoding="utf-8")
    place = folder / "config.json"
    if not place.exists():
        place.write_text(json.dumps({"project": {"name": name, "type": type}}, indent=2) + "\n", encoding="utf-8")
    settings.state.mkdir(exist_ok=True)
    baseline = TrackedFile(path=f"{config.FOLDER}/config.json", content=place.read_bytes())
    backend = await connect(settings)
    try:
        project = await backend.projects.create(name=name, type=type, files=[baseline])
    finally:
        await backend.close()
    config.bind_project(root, project.id)
    backend = await connect(config.at_root(root, actor=actor))
    try:
        await Checkout(root).sync(backend)
    finally:
        await backend.close()
    return project
