"""A database for each test: cloned from a template that the engine's own migrations have filled once in the run."""

import asyncio
import os
import uuid
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from tests.services.run import Run

Result = TypeVar("Result")

Fill = Callable[[str], None]
"""Makes what a template holds in the empty database at a URL; lets go of it before it returns."""

LEAVES_WITHIN = 2.0
"""Seconds after which a connection that was closed has left the server's list."""


class ConnectionsLeft(AssertionError):
    """Somebody still held connections to a database when its test was over."""


@contextmanager
def fresh_database(run: Run, server: str, template: str, fill: Fill) -> Iterator[str]:
    """The URL of a new database, a clone of the template with that name, dropped afterwards.

    Raises ConnectionsLeft when somebody is still connected then.
    """
    original = _template(run, server, template, fill)
    name = f"test_{uuid.uuid4().hex}"
    at_once(_execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{original}"'))
    try:
        yield named(server, name)
    finally:
        left = at_once(_drop(server, name))
    if left:
        raise ConnectionsLeft(f"{len(left)} connections were not closed: {'; '.join(left)}")


def named(server: str, database: str) -> str:
    """The URL of another database on a server."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{database}"))


def at_once(work: Coroutine[Any, Any, Result]) -> Result:
    """Await something where no event loop may be, or one that must not wait."""
    with ThreadPoolExecutor(1, thread_name_prefix="services") as thread:
        return thread.submit(asyncio.run, work).result()


def drop_templates(run: Run, server: str) -> None:
    """Leave a server that was given as it was found."""
    for file in run.folder.glob("template-*.json"):
        at_once(_execute(server, f'DROP DATABASE IF EXISTS "{file.read_text(encoding="ascii")}"'))


def _template(run: Run, server: str, template: str, fill: Fill) -> str:
    with run.once(f"template-{template}") as file:
        if not file.exists():
            # A server that was given may hold another run's.
            name = f"template_{template}_{uuid.uuid4().hex}"
            at_once(_execute(server, f'CREATE DATABASE "{name}" TEMPLATE template0'))
            fill(named(server, name))
            file.write_text(name, encoding="ascii")
        return file.read_text(encoding="ascii")


async def _execute(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _drop(server: str, name: str) -> list[str]:
    """Drop the database; returns who was connected to it."""
    connection = await asyncpg.connect(server)
    try:
        for _ in range(int(LEAVES_WITHIN / 0.02)):
            rows = await connection.fetch(
                "SELECT pid, application_name, state, query FROM pg_stat_activity"
                " WHERE datname = $1 AND backend_type = 'client backend'",
                name,
            )
            if not rows:
                break
            await asyncio.sleep(0.02)
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await connection.close()
    return [f"{row['application_name'] or row['pid']} ({row['state']}): {row['query'][:200]}" for row in rows]


def worker_number() -> int:
    """Which of xdist's workers this process is, from 0; 0 where there are none."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
