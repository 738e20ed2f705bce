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
from lattice_console.contract.models.base import Model
from lattice_console.contract.models.health import TRUTH
from lattice_console.engine.stores.inspection import inspect
from lattice_console.text import count
from lattice_console.version import __version__
from lattice_console.workspace import Checkout

_LIBRARIES = ("textual", "pydantic", "sqlalchemy", "pygit2", "asyncpg", "redis", "neo4j")


class Check(Model):
    """One thing looked at: `warning` where one may go on, `problem` where something is broken."""

    name: str
    state: Literal["ok", "warning", "problem"]
    message: str


async def doctor(start: Path, *, actor: str | None = None) -> AsyncIterator[Check]:
    """Look at everything in turn; what cannot be looked at any more after a problem is left out."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES)
    yield Check(
        name="program",
        state="ok",
        message=f"Lattice {__version__}, Python {platform.python_version()} on {sys.platform}, {versions}.",
    )
    try:
        settings = config.load(start, actor=actor)
    except LatticeError as error:
        yield _problem("project", error)
        return
    where = f"{settings.root}." if settings.root else f"{settings.project_id}, without a folder here."
    yield Check(name="project", state="ok", message=where)
    for remark in settings.remarks:
        yield Check(name="settings", state="warning", message=remark)
    async for check in _database(settings):
        yield check
        if check.state == "problem":
            return
    try:
        backend = await connect(settings)
    except LatticeError as error:
        yield _problem("database", error)
        return
    try:
        async for check in _parts(settings, backend):
            yield check
        yield await _membership(settings, backend)
        yield await _audit(backend)
        yield await _policy(backend)
        if settings.root is not None:
            yield await _folder(Checkout(settings.root, settings.document_limit), backend)
    except LatticeError as error:
        yield _problem("access", error)
    finally:
        await backend.close()


def _problem(name: str, error: LatticeError) -> Check:
    return Check(name=name, state="problem", message=error.message)


async def _database(settings: Settings) -> AsyncIterator[Check]:
    file = settings.servers.database
    if isinstance(file, str):
        # Whether a server is well, it says itself.
        return
    if file is None:
        yield Check(name="database", state="warning", message="It is in memory: all is gone when the program ends.")
        return
    if not file.exists():
        message = f"{file} is not there. Restore it from {settings.state / 'backups'}, or set up anew: lattice init"
        yield Check(name="database", state="problem", message=message)
        return
    found = await asyncio.to_thread(inspect, file)
    if found:
        message = f"{file} is damaged: {'; '.join(found[:3])}. Restore it from {settings.state / 'backups'}."
        yield Check(name="database", state="problem", message=message)
    else:
        yield Check(name="database", state="ok", message=f"{file} is whole, {file.stat().st_size:,} bytes.")


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


async def _folder(checkout: Checkout, backend: Backend) -> Check:
    statuses = await checkout.status(backend)
    if not statuses:
        return Check(name="folder", state="ok", message="Every document is as in the head.")
    named = ", ".join(f"{status.path} ({status.state})" for status in statuses[:3])
    more = f" and {len(statuses) - 3} more" if len(statuses) > 3 else ""
    return Check(name="folder", state="warning", message=f"Not as in the head: {named}{more}. See: lattice status")
