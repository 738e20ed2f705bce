"""`lattice doctor`: what is wrong with this installation and this project, and what to do."""

import asyncio
import importlib.metadata
import platform
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.config import Settings
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.health import TRUTH
from lattice_console.engine.gateways.hook_files import find
from lattice_console.ops import doctor_configuration, doctor_file, doctor_folder
from lattice_console.ops.check import Check
from lattice_console.profile.trusted_hooks import TrustedHooks
from lattice_console.text import count
from lattice_console.version import __version__
from lattice_console.workspace import Checkout

_LIBRARIES = ("textual", "pydantic", "sqlalchemy", "pygit2", "asyncpg", "redis", "neo4j")


async def doctor(start: Path, *, actor: str | None = None, repair: bool = False) -> AsyncIterator[Check]:
    """Look at everything in turn, and with `repair` mend what can be mended.

    What cannot be looked at any more after a problem is left out.
    """
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES)
    yield Check(
        name="program",
        state="ok",
        message=f"Lattice {__version__}, Python {platform.python_version()} on {sys.platform}, {versions}.",
    )
    try:
        if repair and (bound := await doctor_folder.bind(start)) is not None:
            yield bound
        settings = config.load(start, actor=actor)
    except LatticeError as error:
        yield Check.failed("project", error)
        return
    where = f"{settings.root}." if settings.root else f"{settings.project_id}, without a folder here."
    yield Check(name="project", state="ok", message=where)
    for remark in settings.remarks:
        yield Check(name="settings", state="warning", message=remark)
    async for check in _database(settings, repair):
        yield check
        if check.state == "problem":
            return
    try:
        backend = await connect(settings)
    except LatticeError as error:
        yield Check.failed("database", error)
        return
    try:
        async for check in _parts(settings, backend):
            yield check
        yield await _membership(settings, backend)
        yield await _audit(backend)
        if isinstance(settings.servers.database, Path):
            yield await doctor_file.events(settings.servers.database)
            yield await doctor_file.projections(settings, settings.servers.database, repair=repair)
        yield await _policy(backend)
        async for check in doctor_configuration.look(backend):
            yield check
        yield _hooks(settings)
        if settings.root is not None:
            async for check in doctor_folder.look(Checkout(settings.root, settings.document_limit), backend, repair):
                yield check
    except LatticeError as error:
        yield Check.failed("access", error)
    finally:
        await backend.close()


async def _database(settings: Settings, repair: bool) -> AsyncIterator[Check]:
    file = settings.servers.database
    if file is None:
        yield Check(name="database", state="warning", message="It is in memory: all is gone when the program ends.")
    elif isinstance(file, Path):
        looks = doctor_file.look(file, repair=repair)
        while (check := await asyncio.to_thread(next, looks, None)) is not None:
            yield check


async def _parts(settings: Settings, backend: Backend) -> AsyncIterator[Check]:
    """Every server, as it is now; one that is not the truth can be done without."""
    health = await backend.health.check()
    for name, part in health.components.items():
        if name == TRUTH and settings.servers.kind != "postgres":
            continue
        if part.status != "healthy":
            state: Literal["warning", "problem"] = "problem" if name == TRUTH else "warning"
            more = "" if name == TRUTH else " All goes on without it; lattice health shows when it is back."
            yield Check(name=name, state=state, message=f"{part.error}{more}")
            continue
        pool = f", {count(part.connections_in_pool, 'connection')}" if part.connections_in_pool is not None else ""
        lag = f", {count(part.lag, 'event')} behind" if part.lag else ""
        yield Check(name=name, state="ok", message=f"It answers in {part.latency_ms:,.1f} ms{pool}{lag}.")


async def _membership(settings: Settings, backend: Backend) -> Check:
    actor = await backend.team.whoami()
    if actor.role is None:
        message = f"{actor.name} (from {settings.actor_source}) is no member; an owner can add you: lattice team add"
        return Check(name="you", state="warning", message=message)
    return Check(name="you", state="ok", message=f"{actor.name} is {actor.role} (from {settings.actor_source}).")


async def _audit(backend: Backend) -> Check:
    report = await backend.audit.verify()
    if report.ok:
        return Check(name="audit", state="ok", message=f"{report.rows:,} rows, the chain holds.")
    return Check(name="audit", state="problem", message=f"The log was tampered with: {'; '.join(report.problems[:3])}.")


async def _policy(backend: Backend) -> Check:
    policy = await backend.projects.policy()
    if policy.errors:
        return Check(name="policy", state="problem", message=" ".join(policy.errors))
    needed = policy.review.min_reviewers
    return Check(name="policy", state="ok", message=f"{needed} approval{'' if needed == 1 else 's'} needed.")


def _hooks(settings: Settings) -> Check:
    """Whether hooks are asked and told here."""
    if settings.root is None or settings.project_id is None:
        return Check(name="hooks", state="ok", message="There is no folder here, so no hooks are seen.")
    try:
        found = find(settings.root)
        trusted = TrustedHooks(settings.project_id, lambda _: None)
        barred = [one.name for one in found if one.problem or not trusted.trusts(one.name, one.digest)]
    except LatticeError as error:
        return Check.failed("hooks", error)
    if barred:
        message = f"Not run before you trust what is in there now: {', '.join(barred)}. See: lattice hooks list"
        return Check(name="hooks", state="warning", message=message)
    message = f"{count(len(found), 'hook')}, trusted as they are now." if found else "There are none."
    return Check(name="hooks", state="ok", message=message)
