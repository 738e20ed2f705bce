"""Bringing a database to the tables of this program, with a copy of it kept beside."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from lattice_console.contract.errors import SystemFailure
from lattice_console.engine.stores import backups
from lattice_console.engine.stores.connection import Lane
from lattice_console.engine.stores.failures import DATABASE_ERRORS
from lattice_console.engine.stores.obstacles import FULL, file_failure, unreachable

if TYPE_CHECKING:
    from alembic.config import Config

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011")
"""Every revision of the tables, oldest first."""

HEAD = REVISIONS[-1]
"""The revision that this program works on."""

SCRIPTS = Path(__file__).parent / "migrations"
"""Where alembic finds the steps."""


DEFECTS = ("SYS_DATABASE_FAILED", "SYS_DATABASE_CONSTRAINT")
"""What a database's refusal of a migration's statement is called: a mistake of the program."""


def bring_up_to_date(lane: Lane, file: Path | None) -> Path | None:
    """Migrate the database to `HEAD` in one transaction; returns the copy that was made of it before, if any.

    A new database is filled; one at `HEAD` is left alone. `file` is where it lies, None in memory. Raises
    SystemFailure: `SYS_DATABASE_NEWER` for tables that this program does not know, `SYS_DATABASE_FOREIGN` for a
    database of another program, `SYS_DATABASE_MIGRATION` where a migration failed and was undone; and the driver's
    errors.
    """
    found = revision(lane.driver)
    # Readers go on while one writes. A property of the file, hence set once it is known to be ours.
    lane.driver.execute("PRAGMA journal_mode = WAL")
    if found == HEAD:
        return None
    # Some steps rebuild tables that others refer to. This has no effect once a transaction is open.
    lane.driver.execute("PRAGMA foreign_keys = OFF")
    try:
        # Whoever else starts now waits here, and then finds the work done.
        with lane.transaction("BEGIN IMMEDIATE"):
            found = revision(lane.driver)
            if found == HEAD:
                return None
            if found is None:
                _run(lane)
                return None
            kept = _keep(file, found) if file is not None else None
            try:
                _run(lane)
            except Exception as error:
                if kept is not None:
                    # It is undone, so the copy says nothing more; and whoever opens the database would make another.
                    backups.remove(kept)
                raise failed(error, found, file) from error
            return kept
    finally:
        lane.driver.execute("PRAGMA foreign_keys = ON")


def revision(driver: sqlite3.Connection) -> str | None:
    """The revision of the database's tables, None where it has none; raises SystemFailure as `bring_up_to_date`."""
    tables = {name for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "alembic_version" not in tables:
        return known(None, bool(tables))
    row = driver.execute("SELECT version_num FROM alembic_version").fetchone()
    return known(row and str(row[0]), True)


def revision_of(file: Path) -> str | None:
    """The revision of the tables in a file, which is only read; raises as `revision` does, and the driver's errors."""
    with closing(backups.reading(file)) as driver:
        return revision(driver)


def known(found: str | None, has_tables: bool) -> str | None:
    """The revision that was found, None for a database without tables; raises SystemFailure as `bring_up_to_date`."""
    if not has_tables:
        return None
    if found is None:
        raise SystemFailure(
            "SYS_DATABASE_FOREIGN",
            "The project's database holds the tables of another program. Take another file or database, and try again.",
        )
    if found not in REVISIONS:
        raise SystemFailure(
            "SYS_DATABASE_NEWER",
            "The project's database was written by a newer Lattice Console than this one. Nothing was changed: "
            "upgrade the program, or go back to a backup from before: lattice restore-backup FILE",
            found=found,
            known=HEAD,
        )
    return str(found)


def configuration(connection: Connection) -> "Config":
    """What alembic's commands need to know to migrate that connection."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def failed(error: Exception, found: str, file: Path | None = None) -> SystemFailure:
    """What is told of a migration that failed; nothing of it was done."""
    if isinstance(error, DATABASE_ERRORS):
        told = file_failure(error, file, writing=True)
        # A statement that the database refuses is the program's mistake; a full disk is not.
        why = _DEFECT if told.code in DEFECTS else told.message
    else:
        why = error.message if isinstance(error, SystemFailure) else _DEFECT
    return SystemFailure(
        "SYS_DATABASE_MIGRATION",
        f"The database of revision {found} could not be brought to {HEAD}, which this program works on, and is as it "
        f"was. The program that wrote it can go on with it. {why}",
        found=found,
        known=HEAD,
        reason=type(error).__name__,
    )


_DEFECT = "A step of the migration failed, which is a defect of the program: please report it."


def _keep(file: Path, found: str) -> Path:
    """Copy the database through another connection, which sees what was there before the transaction that is open."""
    try:
        kept = backups.free_name(file, found)
        backups.copy(file, kept)
    except OSError as error:
        why = unreachable(error, file).message if error.errno in FULL else f"{error.filename}: {error.strerror}."
        raise failed(SystemFailure("SYS_BACKUP", f"No copy could be made of it before. {why}"), found) from error
    except DATABASE_ERRORS as error:
        raise failed(error, found, file) from error
    return kept


def _run(lane: Lane) -> None:
    from alembic import command

    if not lane.connection.in_transaction():
        # So that alembic leaves the transaction to us.
        lane.connection.begin()
    command.upgrade(configuration(lane.connection), HEAD)
    broken = lane.driver.execute("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise SystemFailure(
            "SYS_DATABASE_MIGRATION",
            f"A row of {broken[0]} would be left without what it refers to. This is a defect of the program: please "
            "report it.",
        )
