"""Bringing a Postgres database to the tables of this program."""

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from lattice_console.contract.errors import LatticeError
from lattice_console.engine.stores.failures import failure, server_errors
from lattice_console.engine.stores.migrate import DEFECTS, HEAD, configuration, failed, known

LOCK = 0x6C617474696365
"""The number of the advisory lock under which one process migrates: `lattice`."""

CASEFOLD = """
CREATE OR REPLACE FUNCTION lattice_casefold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN {folded}
"""

COLLATIONS = "SELECT collname FROM pg_collation WHERE collencoding IN (-1, pg_char_to_encoding('UTF8'))"
FOLDINGS = (
    # Since 18; what came before knows lower case alone, in which ß is not ss.
    ("pg_unicode_fast", "casefold($1 COLLATE pg_unicode_fast)"),
    ("pg_c_utf8", "lower($1 COLLATE pg_c_utf8)"),
    ("und-x-icu", 'lower($1 COLLATE "und-x-icu")'),
    ("C.utf8", 'lower($1 COLLATE "C.utf8")'),
)
"""Which collation there may be for the case of letters beyond ASCII, and what it does, the best one first."""


async def bring_up_to_date(connection: AsyncConnection) -> str | None:
    """Migrate the database to `HEAD` in one transaction; returns the revision that it had, None for a new one.

    Raises SystemFailure as `migrate.bring_up_to_date` does, and the driver's errors.
    """
    return await connection.run_sync(_migrate)


def _migrate(connection: Connection) -> str | None:
    found = revision(connection)
    if found == HEAD:
        return found
    connection.exec_driver_sql("BEGIN")
    try:
        # Whoever else starts now waits here, and then finds the work done.
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        found = revision(connection)
        if found != HEAD:
            _step(connection, found)
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    return found


def _step(connection: Connection, found: str | None) -> None:
    try:
        _run(connection)
    except LatticeError:
        raise
    except Exception as error:
        # A server that went away, or has no room, is no mistake of a step.
        if isinstance(error, server_errors()) and failure(error, writing=True).code not in DEFECTS:
            raise
        raise failed(error, found or "none") from error


def revision(connection: Connection) -> str | None:
    """The revision of the database's tables, None where it has none; raises SystemFailure as `bring_up_to_date`."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        return known(None, bool(tables))
    return known(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one(), True)


def _run(connection: Connection) -> None:
    from alembic import command

    there = set(connection.execute(text(COLLATIONS)).scalars())
    folded = next((folding for collation, folding in FOLDINGS if collation in there), "lower($1)")
    connection.exec_driver_sql(CASEFOLD.format(folded=folded))
    command.upgrade(configuration(connection), HEAD)
