"""News over Postgres itself, where there is no Redis: LISTEN and NOTIFY on one connection of their own."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lattice_console.contract.events import Event
from lattice_console.engine.pulse import Vitals
from lattice_console.engine.stores.bus_carried import Heard

# Imported with the first use.
if TYPE_CHECKING:
    from asyncpg import Connection

CHANNEL = "lattice_events"
"""One for all projects of a database; who hears of one that nobody follows lets it pass."""

CONNECT = 2.0
"""Seconds to wait for a connection, and for an answer."""

SILENCE = 2.0
"""Seconds without news after which the server is asked whether it is there."""


class PostgresCarrier:
    """`Carrier` over the channel `lattice_events`; a message is a project's id and the number of its newest event.

    They are sent once the transaction is committed, not within it: a NOTIFY in a transaction holds a lock of the whole
    database while it commits, so that all that write would wait for one another.
    """

    name = "notifications"

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None
        # asyncpg does one thing at a time on a connection.
        self._lock = asyncio.Lock()
        self._followed: frozenset[str] = frozenset()
        self._heard: asyncio.Queue[Heard | None] = asyncio.Queue()

    async def listen(self, projects: frozenset[str]) -> AsyncGenerator[Heard, None]:
        """Hear of those projects; raises ConnectionError."""
        self._heard = heard = asyncio.Queue[Heard | None]()

        def take(connection: object, pid: int, channel: str, payload: object) -> None:
            heard.put_nowait(_read(str(payload)))

        def end(connection: object) -> None:
            heard.put_nowait(None)

        with _failing_by_connection():
            connection = await self._connected()
            connection.add_termination_listener(end)
            async with self._lock:
                await connection.add_listener(CHANNEL, take)
        try:
            await self.follow(projects)
            while True:
                try:
                    async with asyncio.timeout(SILENCE):
                        news = await heard.get()
                except TimeoutError:
                    await self.ping()
                    continue
                if news is None:
                    raise ConnectionError("Postgres has ended the connection")
                if news.project is None or news.project in self._followed:
                    yield news
        finally:
            self._followed = frozenset()
            self._drop(connection)

    async def follow(self, projects: frozenset[str]) -> None:
        """While it listens: hear of those projects instead."""
        new = projects - self._followed
        self._followed = projects
        for project in new:
            self._heard.put_nowait(Heard(project))

    async def send(self, events: Sequence[tuple[str, Event]]) -> None:
        """Tell the newest number of each of those projects."""
        newest = {project: event.seq for project, event in events}
        payloads = [f"{project} {seq}" for project, seq in newest.items()]
        await self._ask("SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload", CHANNEL, payloads)

    async def ping(self) -> Vitals:
        """Ask the server whether it answers."""
        await self._ask("SELECT 1")
        return Vitals(connections_in_pool=1)

    async def close(self) -> None:
        """Let go of the connection."""
        async with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                with _failing_by_connection():
                    await connection.close(timeout=CONNECT)

    async def _ask(self, statement: str, *values: Any) -> None:
        with _failing_by_connection():
            connection = await self._connected()
            try:
                async with self._lock:
                    await connection.execute(statement, *values, timeout=CONNECT)
            except BaseException:
                # Whatever it was, what comes next finds a connection that is at rest.
                self._drop(connection)
                raise

    async def _connected(self) -> "Connection":
        async with self._lock:
            if self._connection is None or self._connection.is_closed():
                import asyncpg

                self._connection = await asyncpg.connect(**_arguments(self._url), timeout=CONNECT)
            return self._connection

    def _drop(self, connection: "Connection") -> None:
        connection.terminate()
        if self._connection is connection:
            self._connection = None


def _read(payload: str) -> Heard:
    """What a message means; one that is none of ours may be news of anything."""
    project, _, seq = payload.partition(" ")
    return Heard(project, int(seq)) if seq.isascii() and seq.isdigit() else Heard(None)


def _arguments(url: str) -> dict[str, Any]:
    """How asyncpg takes what a URL of SQLAlchemy's says."""
    from sqlalchemy.dialects.postgresql.asyncpg import dialect
    from sqlalchemy.engine import make_url

    _, arguments = dialect().create_connect_args(make_url(url))  # type: ignore[no-untyped-call]  # so declared there
    return {name: value for name, value in arguments.items() if not name.startswith("prepared_statement")}


@contextmanager
def _failing_by_connection() -> Iterator[None]:
    """Raise whatever fails between here and the server as ConnectionError, whose text is without any address."""
    import asyncpg

    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise ConnectionError(f"Postgres does not answer ({type(error).__name__})") from error
