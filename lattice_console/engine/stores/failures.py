"""The database's errors, as a user can act on them. No SQL and no value of a statement gets into a message."""

import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from lattice_console.contract.errors import SystemFailure

DATABASE_ERRORS = (sqlite3.Error, SQLAlchemyError)
"""What `failure` translates of SQLite's."""


def server_errors() -> tuple[type[Exception], ...]:
    """What `failure` translates of a database server's; imports its driver."""
    import asyncpg

    return (
        SQLAlchemyError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
        OSError,
        TimeoutError,
    )


# By primary result code: https://www.sqlite.org/rescode.html
_LOCKED = (
    "SYS_DATABASE_LOCKED",
    "Another process has held the project's database for too long. Nothing was written: try again, and look for a "
    "stopped or very long lattice process if this comes back.",
)
_CORRUPT = (
    "SYS_DATABASE_CORRUPT",
    "The database is damaged, or is no SQLite database. Nothing was written.",
)
_KNOWN = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_READONLY: (
        "SYS_DATABASE_READONLY",
        "The project's database cannot be written: make the file and its folder writable for this user.",
    ),
    sqlite3.SQLITE_FULL: (
        "SYS_DATABASE_FULL",
        "The disk is full. Nothing was written: free some space where the project's database lies, and try again.",
    ),
    sqlite3.SQLITE_IOERR: (
        "SYS_DATABASE_IO",
        "The project's database could not be read or written: check the disk that it lies on, and try again.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "SYS_DATABASE_UNREACHABLE",
        "The project's database cannot be opened: check that its folder exists and belongs to this user.",
    ),
    sqlite3.SQLITE_PERM: (
        "SYS_DATABASE_UNREACHABLE",
        "The project's database may not be opened by this user: check who owns the file and its folder.",
    ),
    sqlite3.SQLITE_CORRUPT: _CORRUPT,
    sqlite3.SQLITE_NOTADB: _CORRUPT,
    sqlite3.SQLITE_CONSTRAINT: (
        "SYS_DATABASE_CONSTRAINT",
        "The database refused a change that would have broken its rules. Nothing was written. This is a defect of "
        "the program: please report it.",
    ),
}
_OTHER = (
    "SYS_DATABASE_FAILED",
    "The project's database failed. Nothing was written: try again, or run lattice doctor.",
)


# By SQLSTATE, or the beginning of one: https://www.postgresql.org/docs/current/errcodes-appendix.html
_ON_POSTGRES = {
    "23": _KNOWN[sqlite3.SQLITE_CONSTRAINT],
    "25006": (
        "SYS_DATABASE_READONLY",
        "The project's database takes no writes: it is a replica, or was made read-only. Set DATABASE_URL to the "
        "server that is written to.",
    ),
    "28": (
        "SYS_DATABASE_LOGIN",
        "The database server refuses the login: check the user and the password in DATABASE_URL.",
    ),
    "3D000": (
        "SYS_DATABASE_MISSING",
        "The database server has no such database: create it, or correct its name in DATABASE_URL.",
    ),
    "40": (
        "SYS_DATABASE_BUSY",
        "Others have written at the same time, again and again. Nothing was written: try again.",
    ),
    "42501": (
        "SYS_DATABASE_LOGIN",
        "The user in DATABASE_URL lacks a right in this database: it must own the tables, or may create them.",
    ),
    "53100": (
        "SYS_DATABASE_FULL",
        "The disk of the database server is full. Nothing was written: free some space there, and try again.",
    ),
    "53300": (
        "SYS_DATABASE_CONNECTIONS",
        "The database server takes no more connections: lower DATABASE_POOL_SIZE, or raise its max_connections.",
    ),
    "55P03": _LOCKED,
}
_AWAY_STATES = ("08", "57")
_DOES_NOT_ANSWER = "The database server does not answer: check that it runs and that DATABASE_URL leads to it."
_AWAY = ("SYS_DATABASE_UNREACHABLE", f"{_DOES_NOT_ANSWER} Nothing was changed.")
_AWAY_WHILE_WRITING = (
    "SYS_DATABASE_UNREACHABLE",
    f"{_DOES_NOT_ANSWER} What was under way may have been written or not: look again before you repeat it.",
)


def failure(error: Exception, *, writing: bool) -> SystemFailure:
    """The contract's error for the database's; `details["reason"]` is SQLite's name for it, or the exception's.

    `writing` is whether what was under way would have changed something.
    """
    origin = error.orig if isinstance(error, DBAPIError) else error
    reason = getattr(origin, "sqlite_errorname", None) or type(origin).__name__
    return SystemFailure(*_told(origin, _AWAY_WHILE_WRITING if writing else _AWAY), reason=reason)


def _told(origin: BaseException | None, away: tuple[str, str]) -> tuple[str, str]:
    """Code and message; `away` for a server that does not answer."""
    if isinstance(origin, UnicodeDecodeError):
        # The driver cannot even repeat what SQLite says of a schema that is none.
        return _CORRUPT
    if isinstance(origin, sqlite3.Error):
        code: int | None = getattr(origin, "sqlite_errorcode", None)
        if code is None and str(origin).startswith("Could not decode"):
            # The driver's own: a text that is no UTF-8.
            return _CORRUPT
        return _OTHER if code is None else _KNOWN.get(code & 0xFF, _OTHER)
    state: str | None = getattr(origin, "sqlstate", None)
    if state is not None:
        known = _ON_POSTGRES.get(state) or _ON_POSTGRES.get(state[:2])
        return known or (away if state[:2] in _AWAY_STATES else _OTHER)
    if isinstance(origin, PoolTimeout):
        return _ON_POSTGRES["53300"]
    return _OTHER if isinstance(origin, SQLAlchemyError) else away


def lost_race(error: BaseException) -> bool:
    """Whether the transaction lost against others, and would do well if it were made again."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    # Could not serialize; deadlock; a unique key that another transaction took at the same time; waited for a lock.
    return getattr(origin, "sqlstate", None) in ("40001", "40P01", "23505", "55P03")
