"""The database's errors, as a user can act on them. No SQL and no value of a statement gets into a message."""

import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lattice_console.contract.errors import SystemFailure

DATABASE_ERRORS = (sqlite3.Error, SQLAlchemyError)
"""What `failure` translates."""

# By primary result code: https://www.sqlite.org/rescode.html
_LOCKED = (
    "SYS_DATABASE_LOCKED",
    "Another process has held the project's database for too long. Nothing was written: try again, and look for a "
    "stopped or very long lattice process if this comes back.",
)
_CORRUPT = (
    "SYS_DATABASE_CORRUPT",
    "The project's database is damaged, or is no SQLite database. Nothing was written: put the newest file of the "
    "backups folder beside it in its place.",
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


UNREACHABLE = _KNOWN[sqlite3.SQLITE_CANTOPEN]


def failure(error: sqlite3.Error | SQLAlchemyError) -> SystemFailure:
    """The contract's error for the database's; `details["reason"]` is SQLite's name for it, or the exception's."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(origin, "sqlite_errorcode", None)
    reason = getattr(origin, "sqlite_errorname", None) or type(origin).__name__
    code, message = _KNOWN.get(code & 0xFF, _OTHER) if code is not None else _OTHER
    return SystemFailure(code, message, reason=reason)
