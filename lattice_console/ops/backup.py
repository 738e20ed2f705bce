"""`lattice backup` and `restore-backup`: a whole database, proved, while others work on it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.config import FOLDER, Settings
from lattice_console.contract.errors import (
    Conflict,
    LatticeError,
    NotFound,
    RuleBroken,
    SystemFailure,
    ValidationFailed,
)
from lattice_console.contract.models.base import Model
from lattice_console.engine.features.context import utc_now
from lattice_console.engine.ports import Tables
from lattice_console.engine.stores import backups, copying, migrate
from lattice_console.engine.stores.databases import whole
from lattice_console.engine.stores.failures import DATABASE_ERRORS
from lattice_console.engine.stores.obstacles import file_failure
from lattice_console.ops import db
from lattice_console.workspace import Checkout, SyncReport

BUSY = 30.0
"""Seconds to wait for those who write."""


class Backup(db.Checked):
    """A copy of a whole database, and what a look through it found."""

    file: str
    bytes: int


class Restored(Model):
    """The project as it is now, `as_of` when it was last written, and where what was there before is kept."""

    id: str
    name: str
    as_of: datetime | None
    audit_rows: int
    kept: str | None


def place(settings: Settings) -> Path:
    """The SQLite file of a project; raises RuleBroken (`BR_BACKUP`) where it has none."""
    database = settings.servers.database
    if isinstance(database, Path):
        return database
    if database is None:
        raise RuleBroken("BR_BACKUP", "This database is in memory, and gone when the program ends: set DATABASE_URL.")
    raise RuleBroken(
        "BR_BACKUP",
        "This project lies on a Postgres server, which is backed up by its own means, such as pg_dump. To copy one "
        "project of it to a file: lattice db copy --from URL --to sqlite:///FILE",
    )


async def backup(database: Path, target: Path | None, progress: backups.Progress) -> Backup:
    """Copy a database to a new file, or into its folder of backups, and look through the copy.

    Raises Conflict (`CF_FILE`) where the file is there already, NotFound and SystemFailure; then no copy is left.
    """

    def run() -> Path:
        if not database.exists():
            raise NotFound("NF_DATABASE", f"There is no database {database}. See: lattice doctor")
        made = target or backups.free_name(database, migrate.revision_of(database))
        backups.copy(database, made, progress)
        return made

    with _told(database, target):
        made = await asyncio.to_thread(run)
    try:
        checked = await _proved(made)
    except LatticeError as error:
        checked = db.Checked(ok=False, revision="", projects=0, audit_rows=0, problems=(error.message,))
    if checked.ok and not checked.projects:
        checked = checked.model_copy(update={"ok": False, "problems": ("It holds no project.",)})
    return Backup(file=str(made), bytes=made.stat().st_size, **checked.model_dump())


async def _proved(file: Path) -> db.Checked:
    """What a look through a copy finds; one with older tables is brought to this program's elsewhere."""
    found = await asyncio.to_thread(migrate.revision_of, file)
    if found == migrate.HEAD:
        return await db.check(file)
    with _told(file), backups.scratch(file) as fresh:
        await asyncio.to_thread(backups.copy, file, fresh)
        await whole(fresh).upgrade()
        return (await db.check(fresh)).model_copy(update={"revision": found or ""})


async def restore(start: Path, file: Path, *, actor: str | None) -> Restored:
    """Put a backup in the place of the database of the project that `start` lies in.

    The backup is brought to this program's tables and proved first, and stays as it is; what was there before is kept
    in the folder of backups. Others may have the project open. A folder that was not set up on this machine is bound
    to the project. Raises NotFound and ValidationFailed (`NF_FILE`, `VAL_BACKUP`), RuleBroken and SystemFailure; then
    nothing has changed.
    """
    root, settings, wanted = await asyncio.to_thread(_meant, start, file, actor)
    database = place(settings)
    with _told(database), backups.scratch(database) as fresh:
        checked = await _made_ready(file, fresh)
        restored = await _noted(fresh, file, wanted, settings.actor)
        kept = await asyncio.to_thread(_put_in_place, fresh, database)
    if root is not None and settings.project_id is None:
        config.bind_project(root, restored.id)
    return restored.model_copy(update={"audit_rows": checked.audit_rows + 1, "kept": str(kept) if kept else None})


def _meant(start: Path, file: Path, actor: str | None) -> tuple[Path | None, Settings, str | None]:
    """The project's folder and settings, and its id as far as that is known here."""
    root = config.find_root(start.resolve())
    settings = config.at_root(root, actor=actor)
    wanted = settings.project_id or (config.declared_project(root) if root else None)
    if root is None and wanted is None:
        raise NotFound(
            "NF_PROJECT", f"{start} is in no project. Go to its folder: a clone, or one with a {FOLDER} in it."
        )
    database = place(settings)
    if not file.is_file():
        raise NotFound("NF_FILE", f"There is no file {file}. What was backed up here: {_known(database)}")
    if database.exists() and file.samefile(database):
        raise _refused(file, "it is the project's database itself")
    return root, settings, wanted


async def follow(start: Path, *, actor: str | None) -> SyncReport | None:
    """Bring the project's folder, if there is one, to the head of what was put in place."""
    settings = config.load(start, actor=actor)
    if settings.root is None:
        return None
    backend = await connect(settings)
    try:
        return await Checkout(settings.root, settings.document_limit).sync(backend)
    finally:
        await backend.close()


def _known(database: Path) -> str:
    found = sorted(path.name for path in (database.parent / backups.FOLDER).glob("*.db"))
    return f"{', '.join(found[-3:])} in {database.parent / backups.FOLDER}" if found else "nothing."


async def _made_ready(file: Path, fresh: Path) -> db.Checked:
    try:
        with _told(fresh):
            await asyncio.to_thread(backups.copy, file, fresh)
        await whole(fresh).upgrade()
        checked = await db.check(fresh)
    except SystemFailure as error:
        if error.code not in _OF_THE_BACKUP:
            raise
        raise _refused(file, _OF_THE_BACKUP[error.code]) from error
    if not checked.ok:
        raise _refused(file, f"it is not whole: {'; '.join(checked.problems[:3])}")
    return checked


_OF_THE_BACKUP = {
    "SYS_DATABASE_CORRUPT": "it is damaged, or no SQLite database",
    "SYS_DATABASE_FOREIGN": "it is a database of another program",
    "SYS_DATABASE_NEWER": "a newer Lattice Console wrote it: upgrade the program",
}
"""What an error says of the backup, as those of the database speak of the project's."""


def _refused(file: Path, why: str) -> ValidationFailed:
    return ValidationFailed("VAL_BACKUP", f"{file} was not put in place: {why}. Nothing was changed.", field="file")


async def _noted(fresh: Path, file: Path, wanted: str | None, actor: str) -> Restored:
    """Write into the installation's audit log what is about to happen; returns what the project will be."""
    async with whole(fresh).transaction(write=True) as transaction:
        found = await copying.projects(transaction)
        if wanted is None and len(found) == 1:
            (wanted,) = found
        if wanted not in found:
            told = ", ".join(f"{name} ({id})" for id, name in found.items()) or "no project"
            raise _refused(file, f"it holds {told}, and not the project of this folder{f', {wanted}' * bool(wanted)}")
        id = wanted

        def note(_: object, tables: Tables) -> datetime | None:
            entry = {
                "at": utc_now().isoformat(timespec="microseconds").removesuffix("+00:00") + "Z",
                "actor": actor,
                "action": "database.restored",
                "subject": id,
                "data": {"from": file.name},
            }
            tables.audit.append(None, [entry])
            newest = tables.events.since(id, tables.events.last(id) - 1, 1)
            return newest[0].at if newest else None

        as_of = await transaction.run(note)
    return Restored(id=id, name=found[id], as_of=as_of, audit_rows=0, kept=None)


def _put_in_place(fresh: Path, database: Path) -> Path | None:
    """Returns where what was there before is kept, if anything was."""
    was_there = database.exists()
    keep = backups.free_name(database, _revision(database), f"{backups.REPLACED}restoring")
    backups.put_in_place(fresh, database, keep, busy=BUSY)
    return keep if was_there else None


def _revision(database: Path) -> str | None:
    try:
        return migrate.revision_of(database)
    except (SystemFailure, *DATABASE_ERRORS, OSError):
        return None


@contextmanager
def _told(database: Path, where: Path | None = None) -> Iterator[None]:
    """The errors of driver and system as the contract's."""
    try:
        yield
    except FileExistsError as error:
        raise Conflict("CF_FILE", f"{where} is there already and was left alone. Name another file.") from error
    except DATABASE_ERRORS as error:
        raise file_failure(error, database, writing=True) from error
    except OSError as error:
        message = f"{error.filename or where or database} cannot be used: {error.strerror}. Nothing was changed."
        raise SystemFailure("SYS_BACKUP", message) from error
