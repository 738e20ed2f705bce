"""A cache in Redis: each value expires by itself."""

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from lattice_console.engine.stores.redis_link import RedisLink

if TYPE_CHECKING:
    from redis.asyncio import Redis

Result = TypeVar("Result")

HOLD = 600
"""Seconds for which a value is kept."""

PATIENCE = 0.2
"""Seconds to wait for Redis: computing again takes hardly longer."""

REST = 2.0
"""Seconds for which Redis is not asked after it has not answered."""


class RedisCache:
    """`ports.Cache` under the keys `lattice:{project_id}:cache:{question}`."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._rests_until = 0.0

    async def get(self, project_id: str, question: str) -> bytes | None:
        """What was kept for that question last, if it is known."""

        async def get(redis: "Redis") -> bytes | None:
            value = await redis.get(_key(project_id, question))
            return value if isinstance(value, bytes) else None

        return await self._call(get)

    async def put(self, project_id: str, question: str, value: bytes) -> None:
        """Keep a value for that question, in place of what was kept."""

        async def put(redis: "Redis") -> None:
            await redis.set(_key(project_id, question), value, ex=HOLD)

        await self._call(put)

    async def _call(self, work: "Callable[[Redis], Awaitable[Result]]") -> Result | None:
        if time.monotonic() < self._rests_until:
            return None
        try:
            return await self._link.call(work, PATIENCE)
        except ConnectionError:
            self._rests_until = time.monotonic() + REST
            return None


def _key(project_id: str, question: str) -> str:
    return f"lattice:{project_id}:cache:{question}"
