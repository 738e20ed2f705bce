"""From settings to a Backend."""

from dataclasses import replace
from pathlib import Path

from lattice_console import config
from lattice_console.config import Settings
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import NotFound, ValidationFailed
from lattice_console.engine.gateways.hooks import FolderHooks
from lattice_console.profile.trusted_hooks import TrustedHooks

_NAMED = 5
"""Projects that an error names."""


async def connect(settings: Settings, *, actor: str | None = None) -> Backend:
    """The Backend that the settings say, for `actor` or else theirs; raises LatticeError saying what to do."""
    from lattice_console.backends import local
    from lattice_console.engine.assemble import assemble
    from lattice_console.engine.features.context import Limits

    _refuse_missing(settings)
    limits = Limits(document=settings.document_limit, lease=settings.lease)
    engine = await assemble(settings.servers, limits=limits, hooks=hooks_of(settings))
    name = actor or settings.actor
    try:
        project = await _project_id(local.bind(engine, actor=name, project=None, closes=False), settings)
    except BaseException:
        await engine.close()
        raise
    return local.bind(engine, actor=name, project=project)


def _refuse_missing(settings: Settings) -> None:
    """Raise NotFound (`NF_DATABASE`) where a folder that was set up has lost its database: none is made anew."""
    file = settings.servers.database
    if not isinstance(file, Path) or settings.root is None or config.bound_project(settings.root) is None:
        return
    if not file.exists() or file.stat().st_size == 0:
        from lattice_console.engine.stores.obstacles import way_back

        state = "is empty" if file.exists() else "is not there"
        raise NotFound("NF_DATABASE", f"The project's database {file} {state}. Nothing was changed. {way_back(file)}")


def hooks_of(settings: Settings) -> FolderHooks | None:
    """The hooks of the folder that the settings are about; None where there is no folder, or it is not set up."""
    if settings.root is None or settings.project_id is None:
        return None
    # What is told of a file that cannot be used, `lattice hooks list` tells as well: nothing is trusted then.
    trusted = TrustedHooks(settings.project_id, lambda _: None)
    return FolderHooks(settings.root, settings.project_id, trusted.state, seconds=settings.hook_seconds)


async def resolved(settings: Settings) -> Settings:
    """The settings with the project's id where they have its name; raises LatticeError."""
    if not settings.names_project:
        return settings
    backend = await connect(settings)
    try:
        return replace(settings, project_id=(await backend.projects.get()).id)
    finally:
        await backend.close()


async def _project_id(backend: Backend, settings: Settings) -> str | None:
    """The id of the project that the settings mean; raises NotFound and ValidationFailed (`NF_PROJECT`, `VAL_PROJECT`).

    A name is looked for among the actor's own projects.
    """
    if not settings.names_project:
        return settings.project_id
    mine = await backend.projects.list()
    meant = [project for project in mine if project.name == settings.project_id]
    if len(meant) == 1:
        return meant[0].id
    named = ", ".join(f"{project.name} ({project.id})" for project in (meant or mine)[:_NAMED])
    more = f" and {len(mine) - _NAMED} more" if not meant and len(mine) > _NAMED else ""
    if meant:
        raise ValidationFailed(
            "VAL_PROJECT",
            f"{len(meant)} of your projects are called {settings.project_id}; name one by its id: {named}.",
            field="project",
        )
    advice = f"Yours are {named}{more}." if mine else "You are a member of none there; an owner can add you."
    raise NotFound("NF_PROJECT", f"{settings.actor} is a member of no project {settings.project_id}. {advice}")
