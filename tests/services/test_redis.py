"""The fixtures of Redis."""

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, ConnectionError, TimeoutError

from tests.services.redis import Redis as OwnRedis
from tests.services.redis_database import clients

NEVER = Retry(NoBackoff(), 0)


@pytest.mark.parametrize("again", [1, 2])
async def test_every_test_begins_with_an_empty_database(redis_url: str, again: int) -> None:
    async with Redis.from_url(redis_url) as redis:
        assert await redis.dbsize() == 0
        await redis.set("key", again)
        assert await redis.get("key") == str(again).encode()


async def test_a_connection_that_is_left_open_is_seen(redis_url: str) -> None:
    async with Redis.from_url(redis_url, client_name="leaky") as redis:
        await redis.ping()
        assert await clients(redis_url) == ["leaky, last ping"]
    assert await clients(redis_url) == []


async def test_what_is_published_arrives(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis, redis.pubsub() as listener:
        await listener.subscribe("channel")
        assert (await listener.get_message(timeout=5.0) or {})["type"] == "subscribe"
        assert await redis.publish("channel", "news") == 1
        assert (await listener.get_message(timeout=5.0) or {})["data"] == b"news"


async def test_a_server_of_ones_own_is_killed_started_and_paused(own_redis: OwnRedis) -> None:
    async with Redis.from_url(own_redis.url, socket_timeout=0.5, retry=NEVER) as redis:
        assert await redis.ping()
        own_redis.kill()
        assert not own_redis.runs()
        with pytest.raises(ConnectionError):
            await redis.ping()
        own_redis.start()
        assert await redis.ping()
        own_redis.pause()
        with pytest.raises(TimeoutError):
            await redis.ping()
        own_redis.resume()
        assert await redis.ping()


async def test_it_takes_a_password(own_redis: OwnRedis) -> None:
    async with Redis(host="127.0.0.1", port=own_redis.port, retry=NEVER) as redis:
        with pytest.raises(AuthenticationError):
            await redis.ping()
