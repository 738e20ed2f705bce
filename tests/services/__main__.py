"""`scripts/services`: Postgres, Redis and Neo4j for people without Docker, in `.services/` of this checkout.

What goes to stdout can be pasted, or evaluated by a shell; stderr tells what happens.
"""

import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import asyncpg

from tests.services.databases import at_once, named
from tests.services.neo4j import Neo4j, jars, place
from tests.services.postgres import Postgres
from tests.services.redis import Redis
from tests.services.server import Server, Unavailable, free_port, is_free

FOLDER = Path(__file__).parents[2] / ".services"

DATABASE = "lattice"

USAGE = """\
usage: scripts/services start|stop|status|reset|fetch
  start   start what is not running, and print the exports for it
  stop    stop what is running; the data stays
  status  say what is running, and print the exports for it
  reset   stop, and remove the data
  fetch   fetch Neo4j's jars, which start would do too"""


class LastingPostgres(Postgres):
    """As people have it: what is committed lasts."""

    settings: ClassVar[Mapping[str, str]] = {}


class LastingNeo4j(Neo4j):
    """As people have it: what is asked often becomes fast."""

    options: ClassVar[Sequence[str]] = ()


KINDS: dict[str, tuple[type[Server], int, str]] = {
    "postgres": (LastingPostgres, 5432, "DATABASE_URL"),
    "redis": (Redis, 6379, "LATTICE_REDIS_URL"),
    "neo4j": (LastingNeo4j, 7687, "LATTICE_NEO4J_URL"),
}
"""The class, the usual port and the setting of each."""


def main(arguments: list[str]) -> int:
    """Do what is asked; returns the exit code: 0 where everything runs that should, 1 else, 2 for wrong words."""
    commands = {"start": start, "stop": stop, "status": status, "reset": reset, "fetch": fetch}
    if len(arguments) != 1 or arguments[0] not in commands:
        tell(USAGE)
        return 2
    return commands[arguments[0]]()


def start() -> int:
    """Start what is not running."""
    failed = 0
    for kind in KINDS:
        try:
            server = found(kind) or made(kind)
            if not server.runs():
                server.start()
            if kind == "postgres":
                at_once(make_database(server.url))
        except Unavailable as error:
            failed = 1
            tell(f"{kind}: {error}")
    return failed or status()


def status() -> int:
    """Say what is running."""
    down = 0
    for kind, (_, _, setting) in KINDS.items():
        server = found(kind)
        if server is None or not server.runs():
            down = 1
            tell(f"{kind} is not running")
            continue
        tell(f"{kind} listens on 127.0.0.1:{server.port}; its log is {server.folder / 'log'}")
        url = named(server.url, DATABASE) if kind == "postgres" else server.url
        sys.stdout.write(f"export {setting}={shlex.quote(url)}\n")
    return down


def stop() -> int:
    """Stop what is running."""
    for kind in KINDS:
        server = found(kind)
        if server is not None and server.runs():
            server.stop()
            tell(f"{kind} is stopped")
    return 0


def reset() -> int:
    """Stop, and remove the data."""
    stop()
    shutil.rmtree(FOLDER, ignore_errors=True)
    return 0


def fetch() -> int:
    """Fetch Neo4j's jars; that they cannot be had fails nothing."""
    try:
        if not place().exists():
            tell("Fetching Neo4j's jars (125 MB, once)")
        jars()
    except Unavailable as error:
        tell(f"neo4j: {error}")
    return 0


def found(kind: str) -> Server | None:
    """The server that was made before, running or not."""
    folder = FOLDER / kind
    if not (folder / "port").exists():
        return None
    return KINDS[kind][0](folder, int((folder / "port").read_text(encoding="ascii")))


def made(kind: str) -> Server:
    """A new server, not yet started, on its usual port where that is free; raises Unavailable."""
    made_by, usual, _ = KINDS[kind]
    folder = FOLDER / kind
    # An attempt that failed has left it half made.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    server = made_by(folder, usual if is_free(usual) else free_port())
    server.prepare()
    (folder / "port").write_text(str(server.port), encoding="ascii")
    return server


async def make_database(url: str) -> None:
    """Make the database, where it is not there yet."""
    connection = await asyncpg.connect(url)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()


def tell(text: str) -> None:
    """Say something to whoever looks on."""
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
