"""`lattice project list`: the projects that one is a member of, wherever one stands."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from lattice_console import config
from lattice_console.contract.models.project import Project
from lattice_console.headless import options
from lattice_console.headless.commands import Group
from lattice_console.headless.session import current
from lattice_console.headless.table import Column
from lattice_console.text import age

group = Group("project", help="Find one's projects.", examples=("lattice project list",))

_PROJECTS: Sequence[Column[Project]] = (
    Column("NAME", lambda row: row.name, gives=True),
    Column("TYPE", lambda row: row.type, gives=True),
    Column("CHANGED", lambda row: age(row.updated_at), right=True),
    Column("ID", lambda row: row.id),
)


@group.command(
    "list",
    examples=(
        "lattice project list",
        "DATABASE_URL=postgresql://db.example/team lattice project list",
    ),
)
@options.output
def listing() -> None:
    """List the projects that you are a member of.

    Of the database that holds here; needs no folder. LATTICE_PROJECT_ID takes the id of one, or its name.
    """
    session = current()
    settings = config.at_root(config.find_root(session.start), actor=session.actor)
    session.output.ascii = settings.ascii

    async def listed() -> tuple[Project, ...]:
        backend = await session.connect(replace(settings, project_id=None))
        try:
            return await backend.projects.list()
        finally:
            await backend.close()

    projects = asyncio.run(listed())
    session.output.many(
        projects,
        _PROJECTS,
        empty=f"{settings.actor} is a member of no project here. Start one with: lattice init",
        facts={"total": len(projects)},
    )
