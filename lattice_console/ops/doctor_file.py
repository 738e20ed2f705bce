"""The doctor's look at a SQLite database, from the outside to the inside."""

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from lattice_console.backends.connect import connect
from lattice_console.config import Settings
from lattice_console.contract.errors import LatticeError
from lattice_console.engine.rules import life
from lattice_console.engine.stores import backups, copying, derived, filesystems, mending, migrate, obstacles
from lattice_console.engine.stores.databases import whole
from lattice_console.engine.stores.failures import DATABASE_ERRORS
from lattice_console.engine.stores.inspection import inspect
from lattice_console.ops.check import MENDS, Check
from lattice_console.text import count

_NAME = "database"
_BUSY = 30.0

_LOCKED = 1.0
"""Seconds after which a lock is worth telling of."""

MANY = 1000
"""Mutations that are still to come, above which deriving all that follows from them is not done unasked."""

_ROOM = 16 * 1024 * 1024
"""Bytes below which a disk is nearly full."""


def look(file: Path, *, repair: bool) -> Iterator[Check]:
    """Look at a database file; ends with the first problem that makes the rest pointless. Blocks."""
    if not file.exists() or file.stat().st_size == 0:
        state = "is empty" if file.exists() else "is not there"
        yield _problem(f"{file} {state}. {obstacles.way_back(file)}")
        return
    steps: tuple[Callable[[Path, bool], Iterator[Check]], ...] = (_modes, _left_over, _disk, _lock, _content)
    for step in steps:
        try:
            for check in step(file, repair):
                yield check
                if check.state == "problem":
                    return
        except DATABASE_ERRORS as error:
            yield Check.failed(_NAME, obstacles.file_failure(error, file, writing=False))
            return


def _problem(message: str) -> Check:
    return Check(name=_NAME, state="problem", message=message)


def _mended(message: str) -> Check:
    return Check(name=_NAME, state="mended", message=message)


def _modes(file: Path, repair: bool) -> Iterator[Check]:
    """What the modes of the files keep their own owner from."""
    for place in (file.parent, file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        needed = os.R_OK | os.W_OK | (os.X_OK if place.is_dir() else 0)
        if not place.exists() or os.access(place, needed):
            continue
        status = place.stat()
        if status.st_uid == os.geteuid() and not os.statvfs(place).f_flag & os.ST_RDONLY:
            if repair:
                place.chmod(status.st_mode | (0o700 if place.is_dir() else 0o600))
                yield _mended(f"{place} is yours, and you may write it again.")
            else:
                yield _problem(f"{place} is yours, and its mode keeps you from writing it. {MENDS}")
        else:
            # A file in a folder that can be written can be read.
            reads = place == file and os.access(place, os.R_OK) and os.access(file.parent, os.W_OK)
            _, message = obstacles.denied(file)
            yield Check(name=_NAME, state="warning" if reads else "problem", message=message)


def _left_over(file: Path, repair: bool) -> Iterator[Check]:
    """What a copy that was cut off has left."""
    if repair and (cleared := backups.clear(file)):
        yield _mended(f"{count(cleared, 'copy', 'copies')} that was cut off half-way is cleared away.")
    elif found := backups.left_over(file):
        named = ", ".join(path.name for path in found[:3])
        message = f"A copy was cut off half-way, and takes room in {file.parent}: {named}. {MENDS}"
        yield Check(name=_NAME, state="warning", message=message)


def _disk(file: Path, repair: bool) -> Iterator[Check]:
    folder = file.parent
    kind = filesystems.network(folder)
    if not filesystems.locks_hold(folder):
        where = f" It is a network file system ({kind})." if kind else ""
        yield _problem(
            f"Locks do not hold where {file} lies: two processes would write over each other.{where} It is not "
            "supported there: move the project to a local disk, or take a Postgres server (DATABASE_URL)."
        )
    elif kind:
        message = (
            f"{file} lies on a network file system ({kind}), which is not supported: work there from one machine "
            "alone, or take a Postgres server (DATABASE_URL)."
        )
        yield Check(name=_NAME, state="warning", message=message)
    left = obstacles.room(folder)
    if left < _ROOM:
        message = f"Only {left:,} bytes are left where {file} lies: free some space before nothing can be written."
        yield Check(name=_NAME, state="warning", message=message)


def _lock(file: Path, repair: bool) -> Iterator[Check]:
    if os.access(file, os.W_OK) and mending.is_being_written(file, _LOCKED):
        process = filesystems.writer(file)
        who = f"The process {process}" if process else "Another process"
        message = f"{who} is in the midst of writing, and others wait for it. If it does not end by itself, end it."
        yield Check(name=_NAME, state="warning", message=message)


def _content(file: Path, repair: bool) -> Iterator[Check]:
    damage = inspect(file)
    indexes = mending.broken_indexes(damage)
    if indexes:
        named = ", ".join(sorted(indexes))
        if not repair:
            yield _problem(f"{file} has indexes that do not fit their tables: {named}. {MENDS}")
            return
        kept = backups.free_name(file, migrate.revision_of(file), f"{backups.REPLACED}repair")
        backups.copy(file, kept)
        mending.make_anew(file, indexes, busy=_BUSY)
        yield _mended(f"The indexes {named} were made anew; {kept} is the database as it was.")
        damage = inspect(file)
    if damage:
        yield _problem(f"{file} is damaged: {'; '.join(damage[:3])}. {obstacles.way_back(file)}")
    else:
        yield Check(name=_NAME, state="ok", message=f"{file} is whole, {file.stat().st_size:,} bytes.")


async def events(file: Path) -> Check:
    """Whether every event that was numbered is there."""
    try:
        async with whole(file).transaction(write=False) as transaction:
            found = await copying.projects(transaction)
            gaps = [gap for one in found if (gap := await copying.missing_events(transaction, one))]
    except LatticeError as error:
        return Check.failed("events", error)
    if gaps:
        return Check(name="events", state="problem", message=f"{'; '.join(gaps)}. {obstacles.way_back(file)}")
    return Check(name="events", state="ok", message="None is missing.")


async def projections(settings: Settings, file: Path, *, repair: bool) -> Check:
    """Whether what is derived from documents, votes and policy is what follows from them: derived anew, in a copy."""
    name = "derived"
    try:
        coming = await asyncio.to_thread(derived.mutations_in, file, life.TO_COME)
        if coming > MANY and not repair:
            message = f"Not looked at: with {coming:,} mutations still to come it takes minutes. --repair looks."
            return Check(name=name, state="warning", message=message)
        with backups.scratch(file) as fresh:
            await asyncio.to_thread(backups.copy, file, fresh)
            kept = await asyncio.to_thread(derived.rows, fresh)
            await _derive(settings, fresh)
            wrong = derived.differences(kept, await asyncio.to_thread(derived.rows, fresh))
        if not wrong:
            return Check(name=name, state="ok", message="Dependencies, conflicts and states are what follows.")
        told = f"Not what follows from documents and votes: {'; '.join(wrong)}."
        if not repair:
            return Check(name=name, state="problem", message=f"{told} {MENDS}")
        before = backups.free_name(file, migrate.revision_of(file), f"{backups.REPLACED}repair")
        await asyncio.to_thread(backups.copy, file, before)
        await _derive(settings, file)
    except LatticeError as error:
        return Check.failed(name, error)
    except DATABASE_ERRORS as error:
        return Check.failed(name, obstacles.file_failure(error, file, writing=True))
    return Check(name=name, state="mended", message=f"{told} It was derived anew; {before} is the database as it was.")


async def _derive(settings: Settings, file: Path) -> None:
    """Derive all anew in a file, by what derives it for a project of an earlier program; servers beside stay out."""
    await asyncio.to_thread(derived.forget, file, busy=_BUSY)
    alone = replace(settings, servers=replace(settings.servers, database=file, redis=None, neo4j=None))
    backend = await connect(alone)
    try:
        await backend.mutations.counts()
    finally:
        await backend.close()
