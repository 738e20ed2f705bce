"""The proxy for network cuts."""

import time
from collections.abc import Callable

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, TimeoutError

from tests.services.proxy import Proxy

Proxying = Callable[[str], Proxy]
NEVER = Retry(NoBackoff(), 0)


async def test_it_forwards_both_ways_and_stalls_without_closing(redis_url: str, proxy_to: Proxying) -> None:
    proxy = proxy_to(redis_url)
    async with Redis.from_url(proxy.url, socket_timeout=0.3, retry=NEVER) as redis:
        large = b"x" * 1_000_000
        await redis.set("large", large)
        assert await redis.get("large") == large
        assert proxy.connections == 1
        proxy.stall()
        with pytest.raises(TimeoutError):
            await redis.ping()
        proxy.resume()
        assert await redis.ping()


async def test_a_new_connection_stalls_too(redis_url: str, proxy_to: Proxying) -> None:
    proxy = proxy_to(redis_url)
    proxy.stall()
    async with Redis.from_url(proxy.url, socket_timeout=0.3, retry=NEVER) as redis:
        with pytest.raises(TimeoutError):
            await redis.ping()
        proxy.resume()
        assert await redis.ping()


async def test_a_cut_breaks_connections_at_once_and_refuses_new_ones(redis_url: str, proxy_to: Proxying) -> None:
    proxy = proxy_to(redis_url)
    async with Redis.from_url(proxy.url, socket_timeout=5.0, retry=NEVER) as redis:
        assert await redis.ping()
        proxy.cut()
        began = time.monotonic()
        with pytest.raises(ConnectionError):
            await redis.ping()
        with pytest.raises(ConnectionError):
            await redis.ping()
        assert time.monotonic() - began < 2.0
        proxy.resume()
        assert await redis.ping()
