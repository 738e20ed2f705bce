"""The way to a Redis server, shared by everything here that uses it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from lattice_console.engine.stores.loop_thread import LoopThread

# Imported with the first use: it is slow to load, and most installations have no Redis.
if TYPE_CHECKING:
    from redis.asyncio import Redis

Result = TypeVar("Result")

CONNECT = 0.5
"""Seconds to wait for a connection."""

ANSWER = 2.0
"""Seconds to wait for an answer."""


class RedisLink:
    """A client on a thread of its own; callers may be on any loop."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Redis | None = None
        self.thread = LoopThread("lattice-redis")

    async def call(self, work: "Callable[[Redis], Awaitable[Result]]", patience: float) -> Result:
        """What `work` does with the client; raises ConnectionError within `patience` seconds."""

        async def run() -> Result:
            with failing_by_connection():
                async with asyncio.timeout(patience):
                    return await work(self.client())

        return await self.thread.run(run())

    def client(self) -> "Redis":
        """The client, for who is on the thread's loop."""
        if self._client is None:
            from redis.asyncio import Redis
            from redis.asyncio.retry import Retry
            from redis.backoff import NoBackoff

            self._client = Redis.from_url(
                self._url,
                # Once more at once, because a connection at rest may have been ended by a restart.
                retry=Retry(NoBackoff(), 1),
                socket_connect_timeout=CONNECT,
                socket_timeout=ANSWER,
                socket_keepalive=True,
            )
        return self._client

    async def close(self) -> None:
        """Let go of all connections, on the thread's loop."""
        if self._client is not None:
            with failing_by_connection():
                await self._client.aclose()
            self._client = None


@contextmanager
def failing_by_connection() -> Iterator[None]:
    """Raise whatever fails between here and the server as ConnectionError, whose text is without any address."""
    from redis.exceptions import RedisError

    try:
        yield
    except (RedisError, OSError) as error:
        raise ConnectionError(f"Redis does not answer ({type(error).__name__})") from error
