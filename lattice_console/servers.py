"""The servers that an engine stands on, as settings name them: checked before anything starts, and never shown.

A URL may hold a password, so none gets into a message, a log or a representation: only its scheme does.
"""

import importlib.util
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote, urlsplit, urlunsplit

Kind = Literal["local", "memory", "postgres"]
"""Where the truth lies: a file of SQLite's, the memory of this process, or a server."""

POSTGRES = ("postgresql", "postgresql+asyncpg", "postgres")
REDIS = ("redis", "rediss", "unix")
NEO4J = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")

_DRIVERS = {**dict.fromkeys(POSTGRES, "asyncpg"), **dict.fromkeys(REDIS, "redis"), **dict.fromkeys(NEO4J, "neo4j")}


def driver(name: str) -> object:
    """Something true where that package is installed, without importing it."""
    return importlib.util.find_spec(name)


@dataclass(frozen=True, slots=True)
class Servers:
    """What an engine stands on.

    `database` is a SQLite file, the URL of a Postgres server (`postgresql+asyncpg://`, as SQLAlchemy has it), or None
    for a database in memory; `replica` is a Postgres server that follows it. `redis` carries live updates and `neo4j`
    the graph, both at will; `neo4j` has its user and password in the URL. `pool_size` and `max_overflow` count
    connections to each database, `echo` logs statements.
    """

    database: Path | str | None = field(default=None, repr=False)
    replica: str | None = field(default=None, repr=False)
    redis: str | None = field(default=None, repr=False)
    neo4j: str | None = field(default=None, repr=False)
    pool_size: int = 5
    max_overflow: int = 10
    echo: bool = False

    @property
    def kind(self) -> Kind:
        """Where the truth lies."""
        if self.database is None:
            return "memory"
        return "local" if isinstance(self.database, Path) else "postgres"


def database(url: str, base: Path) -> Path | str | None:
    """What `DATABASE_URL` means, as `Servers.database`; a relative path of SQLite's starts from `base`.

    Raises ValueError saying what is allowed, without the URL.
    """
    scheme, separator, place = url.partition("://")
    if scheme == "sqlite" and separator:
        name = place.partition("?")[0].removeprefix("/")
        return None if name in ("", ":memory:") else base / unquote(name)
    if scheme.partition("+")[0] in ("mysql", "mariadb"):
        raise ValueError("mysql is not supported; allowed are sqlite and postgresql")
    return postgres(url, known=("sqlite", "postgresql", "postgresql+asyncpg"))


def postgres(url: str, known: tuple[str, ...] = POSTGRES) -> str:
    """The URL of a Postgres server as SQLAlchemy has it for asyncpg; raises ValueError without the URL."""
    parts = urlsplit(server(url, POSTGRES, known))
    # libpq's name, which people paste, and asyncpg's.
    query = "&".join(f"ssl={part[8:]}" if part.startswith("sslmode=") else part for part in parts.query.split("&"))
    return urlunsplit(parts._replace(scheme="postgresql+asyncpg", query=query))


def server(url: str, schemes: tuple[str, ...], known: tuple[str, ...] = ()) -> str:
    """The URL of a server with one of those schemes, whose driver is there; raises ValueError without the URL."""
    scheme, separator, _ = url.partition("://")
    allowed = ", ".join(known or schemes)
    if not separator:
        raise ValueError(f"it is no URL; it begins with one of {allowed}, then ://")
    if scheme not in schemes:
        # What stands before :// is a scheme only if it looks like one: it is shown.
        named = f"the scheme {scheme}" if scheme.replace("+", "").isalnum() and len(scheme) < 20 else "its scheme"
        raise ValueError(f"{named} is none of {allowed}")
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname or parts.path.strip("/") or parts.query) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"it cannot be read as a URL; it looks like {scheme}://user:password@host:port/name")
    name = _DRIVERS[scheme]
    if not driver(name):
        raise ValueError(f"{scheme} takes the driver {name}, which is not installed; run: pip install {name}")
    return url


def with_login(url: str, user: str | None, password: str | None) -> str:
    """The URL with that user and password, where it has none of its own."""
    parts = urlsplit(url)
    if parts.username is not None or user is None:
        return url
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password is not None else "")
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}"))


def split_login(url: str) -> tuple[str, tuple[str, str] | None]:
    """The URL without user and password, and these."""
    parts = urlsplit(url)
    if parts.username is None:
        return url, None
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return bare, (unquote(parts.username), unquote(parts.password or ""))
