"""The doctor's look at a project's folder: which project it is, and what was last checked out in it."""

from collections.abc import AsyncIterator
from pathlib import Path

from lattice_console import config
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import ValidationFailed
from lattice_console.engine.stores import copying
from lattice_console.engine.stores.databases import whole
from lattice_console.ops.check import MENDS, Check
from lattice_console.workspace import Checkout


async def bind(start: Path) -> Check | None:
    """Note anew which project the folder is, where that cannot be read any more and its database says it."""
    root = config.find_root(start)
    if root is None:
        return None
    place = root / config.FOLDER / "state" / "project.json"
    kept = ""
    try:
        if config.bound_project(root) is not None:
            return None
    except ValidationFailed:
        aside = place.with_name("project.json.unreadable")
        place.replace(aside)
        kept = f" What stood there is {aside}."
    database = config.at_root(root).servers.database
    if not isinstance(database, Path) or not database.exists():
        return None
    await whole(database).upgrade()
    async with whole(database).transaction(write=False) as transaction:
        found = await copying.projects(transaction)
    declared = config.declared_project(root)
    id = declared if declared in found else next(iter(found)) if len(found) == 1 else None
    if id is None:
        return None
    config.bind_project(root, id)
    return Check(name="project", state="mended", message=f"The folder is {found[id]} ({id}) again.{kept}")


async def look(checkout: Checkout, backend: Backend, repair: bool) -> AsyncIterator[Check]:
    """Look at the checkout's record and at its files."""
    unfinished = await checkout.unfinished()
    if unfinished and repair:
        report = await checkout.sync(backend)
        done = f"{len(report.written):,} written, {len(report.removed):,} removed, {len(report.drifted):,} left alone"
        yield Check(name="folder", state="mended", message=f"{unfinished} It was brought to the head: {done}.")
    elif unfinished:
        yield Check(name="folder", state="warning", message=f"{unfinished} {MENDS}")
    statuses = await checkout.status(backend)
    if not statuses:
        yield Check(name="folder", state="ok", message="Every document is as in the head.")
        return
    named = ", ".join(f"{status.path} ({status.state})" for status in statuses[:3])
    more = f" and {len(statuses) - 3} more" if len(statuses) > 3 else ""
    yield Check(name="folder", state="warning", message=f"Not as in the head: {named}{more}. See: lattice status")
