"""One of the logical databases of a Redis server."""

import asyncio
from urllib.parse import urlsplit, urlunsplit

from redis.asyncio import Redis


def numbered(server: str, number: int) -> str:
    """The URL of the logical database with that number."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{number}"))


async def flush(url: str) -> None:
    """Empty the database."""
    async with Redis.from_url(url) as redis:
        await redis.flushdb()


async def clients(url: str) -> list[str]:
    """Who is connected to the database, save for who asks; those that were closed just now are given time to go."""
    async with Redis.from_url(url) as redis:
        own = await redis.client_id()
        number = urlsplit(url).path.removeprefix("/")
        for _ in range(50):
            everyone = await redis.client_list()
            left = [one for one in everyone if one["db"] == number and int(one["id"]) != own]
            if not left:
                break
            await asyncio.sleep(0.02)
    return [f"{one['name'] or one['addr']}, last {one['cmd']}" for one in left]
