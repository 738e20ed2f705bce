"""Taking a folder under review: its `.lattice`, its database, its first documents."""

import json
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from lattice_console import config
from lattice_console.backends.connect import connect as connect_by_settings
from lattice_console.config import Settings
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import Conflict, NotFound, SystemFailure
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.project import Project
from lattice_console.engine.features.context import new_id
from lattice_console.workspace import Checkout, SyncReport

IGNORED = "state/\nlocal.json\n"
"""What of `.lattice` stays out of the team's git."""

_GIT_TIME = 30
"""Seconds that git may take."""


async def find(
    root: Path,
    *,
    project: str | None = None,
    actor: str | None = None,
    connect: Callable[[Settings], Awaitable[Backend]] = connect_by_settings,
) -> Project | None:
    """The project that is there already and that `root` is to become a checkout of; None where one is to be made.

    That is `project` (an id or a name), else what LATTICE_PROJECT_ID names, else, on a server, what the folder's
    `.lattice/config.json` names. Raises Conflict (`CF_PROJECT`) where `root` is a project on this machine, NotFound
    where there is no project that was asked for, and NotAllowed for who is no member of it.
    """
    _refuse_bound(root)
    settings = config.at_root(root, actor=actor)
    wanted = project or settings.project_id
    if wanted is None:
        return None
    backend = await connect(replace(settings, project_id=wanted))
    try:
        return await backend.projects.get()
    except NotFound:
        if wanted == config.declared_project(root):
            return None
        raise NotFound(
            "NF_PROJECT",
            f"There is no project {wanted} where DATABASE_URL points. To make a new one, run lattice init without "
            "--project and LATTICE_PROJECT_ID.",
        ) from None
    finally:
        await backend.close()


async def join(
    root: Path,
    project: Project,
    *,
    actor: str | None = None,
    connect: Callable[[Settings], Awaitable[Backend]] = connect_by_settings,
) -> SyncReport:
    """Make `root` a checkout of a project that is there already; returns what came of it.

    A file that is in the way, and holds what the project does not know, stays. Raises Conflict (`CF_PROJECT`) where
    `root` is a project on this machine, or its `.lattice/config.json` names another one.
    """
    _refuse_bound(root)
    declared = config.declared_project(root)
    if declared not in (None, project.id):
        raise Conflict(
            "CF_PROJECT",
            f"{root / config.FOLDER / 'config.json'} names another project, {declared}. Take an empty folder.",
        )
    (root / config.FOLDER).mkdir(parents=True, exist_ok=True)
    _write_new(root / config.FOLDER / ".gitignore", IGNORED)
    settings = config.at_root(root, actor=actor)
    backend = await connect(replace(settings, project_id=project.id))
    try:
        report = await Checkout(root, settings.document_limit).sync(backend)
    finally:
        await backend.close()
    config.bind_project(root, project.id, settings.servers.kind)
    return report


def _refuse_bound(root: Path) -> None:
    if config.bound_project(root) is not None:
        raise Conflict("CF_PROJECT", f"{root} is a project already. See: lattice status")


async def init(
    root: Path,
    *,
    name: str,
    type: str = "generic",
    actor: str | None = None,
    connect: Callable[[Settings], Awaitable[Backend]] = connect_by_settings,
) -> Project:
    """Make `root` a project owned by the actor; raises Conflict (`CF_PROJECT`) where it is one on this machine.

    A `.lattice/config.json` that is there already is taken as it is, with the project's id if it has one; a setting-up
    that was cut off is finished by the next. `connect` gives the Backend that is used.
    """
    folder = root / config.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    _refuse_bound(root)
    settings = config.at_root(root, actor=actor)
    _write_new(folder / ".gitignore", IGNORED)
    described = {"project": {"id": new_id(), "name": name, "type": type}}
    content = _write_new(folder / "config.json", json.dumps(described, indent=2) + "\n")
    (folder / "state").mkdir(exist_ok=True)
    project_id = config.declared_project(root) or new_id()
    backend = await connect(replace(settings, project_id=project_id))
    try:
        baseline = [TrackedFile(path=f"{config.FOLDER}/config.json", content=content)]
        project = await backend.projects.create(name=name, type=type, files=baseline, idempotency_key="init")
        await Checkout(root).sync(backend)
    except Conflict as error:
        if error.code != "CF_IDEMPOTENCY_KEY":
            raise
        raise Conflict(
            "CF_PROJECT",
            f"{root} was a project with another configuration, and its database is still here. To go on with it: "
            "lattice doctor --repair",
        ) from error
    finally:
        await backend.close()
    config.bind_project(root, project_id, settings.servers.kind)
    return project


async def first_spec(root: Path, template: str, *, actor: str | None = None) -> Mutation:
    """Propose a spec from a template, with the template's name, as the first mutation of the project at `root`."""
    backend = await connect_by_settings(config.load(root, actor=actor))
    try:
        return await backend.specs.create(name=template, template=template)
    finally:
        await backend.close()


def lies_in_git(root: Path) -> bool:
    """Whether the folder belongs to a git repository, or git is not there to make it one."""
    try:
        asked = ["git", "-C", str(root), "rev-parse", "--is-inside-work-tree"]
        return subprocess.run(asked, capture_output=True, check=False, timeout=_GIT_TIME).returncode == 0
    except OSError:
        return True


def begin_git(root: Path) -> None:
    """Make the folder a git repository; raises SystemFailure (`SYS_GIT`)."""
    try:
        subprocess.run(
            ["git", "init", "--quiet", str(root)], capture_output=True, text=True, check=True, timeout=_GIT_TIME
        )
    except (OSError, subprocess.SubprocessError) as error:
        why = error.stderr.strip() if isinstance(error, subprocess.CalledProcessError) else str(error)
        raise SystemFailure("SYS_GIT", f"The project was made, but git init failed: {why}") from None


def _write_new(place: Path, text: str) -> bytes:
    """Write a file where there is none; returns what is there then."""
    if not place.exists():
        place.write_text(text, encoding="utf-8")
    return place.read_bytes()
