"""Who looks at what, in Redis: each window's word expires by itself."""

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from lattice_console.engine.presence import HOLD, LocalPresence
from lattice_console.engine.records import LookerRecord
from lattice_console.engine.stores.redis_link import RedisLink

if TYPE_CHECKING:
    from redis.asyncio import Redis

Result = TypeVar("Result")

PATIENCE = 1.0
"""Seconds to wait for Redis."""

MOST = 500
"""How many windows are looked up at most."""


class RedisPresence:
    """`ports.Presence` for all who share a Redis server; where it is gone, for those who share this engine.

    The key `lattice:{project_id}:presence:{user_id}:{window}` holds a mutation's id, and expires. The set
    `lattice:{project_id}:presence` lists users and windows, so that nobody has to search all keys; whoever finds that
    one of them has expired takes it out.
    """

    def __init__(self, link: RedisLink, *, hold: float = HOLD) -> None:
        self._link = link
        self._hold = hold
        self._local = LocalPresence(hold=hold)

    async def look(self, project_id: str, looker: LookerRecord) -> None:
        """Take note of it, in place of what that window looked at before."""
        await self._local.look(project_id, looker)
        key, index = _key(project_id, looker.user_id, looker.window), _index(project_id)

        async def note(redis: "Redis") -> None:
            pipeline = redis.pipeline(transaction=False)
            pipeline.set(key, looker.mutation_id, px=int(self._hold * 1000))
            pipeline.sadd(index, json.dumps([looker.user_id, looker.window]))
            pipeline.pexpire(index, int(self._hold * 2000))
            await pipeline.execute()

        with suppress(ConnectionError):
            await self._call(note)

    async def leave(self, project_id: str, user_id: str, window: str) -> None:
        """That window looks at nothing any more."""
        await self._local.leave(project_id, user_id, window)

        async def drop(redis: "Redis") -> None:
            await redis.delete(_key(project_id, user_id, window))

        with suppress(ConnectionError):
            await self._call(drop)

    async def lookers(self, project_id: str) -> list[LookerRecord]:
        """All who look, as far as it is known."""

        async def find(redis: "Redis") -> list[LookerRecord]:
            members = list(await redis.smembers(_index(project_id)))[:MOST]
            seats = [_read(member) for member in members]
            values = await redis.mget([_key(project_id, *seat) for seat in seats]) if seats else []
            gone = [member for member, value in zip(members, values, strict=True) if value is None]
            if gone:
                await redis.srem(_index(project_id), *gone)
            return [
                LookerRecord(user, window, value.decode(errors="replace"))
                for (user, window), value in zip(seats, values, strict=True)
                if isinstance(value, bytes)
            ]

        try:
            return await self._call(find)
        except ConnectionError:
            return await self._local.lookers(project_id)

    async def _call(self, work: "Callable[[Redis], Awaitable[Result]]") -> Result:
        return await self._link.call(work, PATIENCE)


def _index(project_id: str) -> str:
    return f"lattice:{project_id}:presence"


def _key(project_id: str, user_id: str, window: str) -> str:
    return f"{_index(project_id)}:{user_id}:{window}"


def _read(member: bytes | str) -> tuple[str, str]:
    """User and window; of what is none of ours, a seat that nobody has."""
    try:
        user, window = json.loads(member)
        return str(user), str(window)
    except (ValueError, TypeError):
        return "", ""
