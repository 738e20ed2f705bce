"""The bus on real servers: whatever happens to connections and servers, everybody reads everything once."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator

import asyncpg
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from lattice_console.engine.stores.bus_carried import CarriedBus
from lattice_console.engine.stores.bus_postgres import PostgresCarrier
from lattice_console.engine.stores.bus_redis import RedisCarrier
from lattice_console.engine.stores.loop_thread import LoopThread
from lattice_console.engine.stores.redis_link import RedisLink
from tests.engine.stores.air import Outbox, Reader, events
from tests.services.proxy import Proxy
from tests.services.redis import Redis as OwnRedis

NEVER = 1000.0
PROJECT = "0190c0de-0000-7000-8000-000000000001"

Make = Callable[..., CarriedBus]


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert not [one for one in set(threading.enumerate()) - before if one.name.startswith("lattice")]


@pytest_asyncio.fixture
async def opened() -> AsyncIterator[list[CarriedBus]]:
    """Every bus of the test; they are closed after it."""
    buses: list[CarriedBus] = []
    yield buses
    await asyncio.gather(*(bus.close() for bus in buses))


@pytest_asyncio.fixture(params=["redis", "postgres"])
async def make(request: pytest.FixtureRequest) -> AsyncIterator[Make]:
    """Makes a bus on the server of a kind; all are closed before the server is asked who is left."""
    buses: list[CarriedBus] = []
    if request.param == "redis":
        yield over_redis(request.getfixturevalue("redis_url"), buses)
    else:
        yield over_postgres(request.getfixturevalue("postgres_database"), buses)
    await asyncio.gather(*(bus.close() for bus in buses))


def over_redis(url: str, opened: list[CarriedBus]) -> Make:
    def make(outbox: Outbox, beat: float = NEVER) -> CarriedBus:
        link = RedisLink(url)
        opened.append(CarriedBus(RedisCarrier(link), outbox.newest, link.thread, beat=beat))
        return opened[-1]

    return make


def over_postgres(url: str, opened: list[CarriedBus]) -> Make:
    def make(outbox: Outbox, beat: float = NEVER) -> CarriedBus:
        opened.append(CarriedBus(PostgresCarrier(url), outbox.newest, LoopThread("lattice-notifications"), beat=beat))
        return opened[-1]

    return make


def write(outbox: Outbox, bus: CarriedBus, count: int = 1) -> None:
    first = outbox.last + 1
    outbox.last += count
    bus.publish(PROJECT, events(range(first, first + count)))


async def listening(bus: CarriedBus, outbox: Outbox) -> Reader:
    """A reader of that bus, which has read all there is and hears what comes."""
    reader = Reader(bus, outbox, PROJECT)
    # The first subscription is news.
    await asyncio.wait_for(bus.wait(PROJECT, bus.mark(PROJECT), 600), 10)
    return reader


async def test_news_are_heard_without_any_heartbeat(make: Make) -> None:
    outbox = Outbox()
    writer = make(outbox)
    readers = [await listening(make(outbox), outbox) for _ in range(3)]
    for last in (1, 3, 300):
        reading = [asyncio.create_task(reader.read_up_to(last)) for reader in readers]
        await asyncio.sleep(0.05)
        assert not any(one.done() for one in reading)
        write(outbox, writer, last - outbox.last)
        await asyncio.wait_for(asyncio.gather(*reading), 10)
    assert [reader.seen for reader in readers] == [list(range(1, 301))] * 3


async def test_a_project_that_is_waited_for_later_is_heard_too(make: Make) -> None:
    outbox, bus = Outbox(), make(Outbox())
    await listening(bus, outbox)
    await asyncio.wait_for(bus.wait("another", bus.mark("another"), 600), 10)
    waiting = asyncio.create_task(bus.wait("another", bus.mark("another"), 600))
    await asyncio.sleep(0.05)
    make(outbox).publish("another", events([1]))
    await asyncio.wait_for(waiting, 10)


async def test_the_server_says_how_it_is(make: Make) -> None:
    outbox, bus = Outbox(), make(Outbox())
    write(outbox, bus, 7)
    [health] = (await bus.health(PROJECT)).values()
    assert (health.status, health.last_event, health.error) == ("healthy", 7, None)
    assert health.latency_ms < 4000


async def test_a_connection_that_is_killed_loses_no_news(redis_url: str, opened: list[CarriedBus]) -> None:
    outbox, make = Outbox(), over_redis(redis_url, opened)
    writer = make(outbox)
    reader = await listening(make(outbox), outbox)
    async with Redis.from_url(redis_url) as redis:
        for last in range(1, 6):
            reading = asyncio.create_task(reader.read_up_to(last))
            await asyncio.sleep(0.02)
            # Nobody hears it: the one who listens is just being thrown out, and nothing comes after it.
            assert await redis.client_kill_filter(_type="pubsub") == 1
            write(outbox, writer)
            await asyncio.wait_for(reading, 10)
    assert reader.seen == [1, 2, 3, 4, 5]


async def end_all(url: str) -> None:
    """End every connection to that database but the one that does it."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()


async def test_a_backend_of_postgres_that_is_terminated_loses_no_news(
    postgres_database: str, opened: list[CarriedBus]
) -> None:
    outbox, make = Outbox(), over_postgres(postgres_database, opened)
    writer = make(outbox, beat=0.2)
    reader = await listening(make(outbox, beat=0.2), outbox)
    for last in range(1, 4):
        reading = asyncio.create_task(reader.read_up_to(last))
        await asyncio.sleep(0.02)
        await end_all(postgres_database)
        write(outbox, writer)
        await asyncio.wait_for(reading, 10)
    assert reader.seen == [1, 2, 3]


async def test_a_server_that_is_killed_and_comes_back_loses_no_news(
    own_redis: OwnRedis, opened: list[CarriedBus]
) -> None:
    outbox, make = Outbox(), over_redis(own_redis.url, opened)
    writer = make(outbox, beat=0.2)
    readers = [await listening(make(outbox, beat=0.2), outbox) for _ in range(3)]
    reading = asyncio.gather(*(reader.read_up_to(400) for reader in readers))
    for step in range(8):
        if step == 2:
            await asyncio.to_thread(own_redis.kill)
        if step == 5:
            health = (await opened[-1].health(PROJECT))["redis"]
            assert (health.status, health.since is None) == ("unhealthy", False)
            await asyncio.to_thread(own_redis.start)
        write(outbox, writer, 50)
        await asyncio.sleep(0.1)
    await asyncio.wait_for(reading, 20)
    assert [reader.seen for reader in readers] == [list(range(1, 401))] * 3
    await recovered(opened[-1])
    # It is heard again, and not only asked for.
    mark = opened[-1].mark(PROJECT)
    write(outbox, writer)
    await asyncio.wait_for(opened[-1].wait(PROJECT, mark, 600), 10)


async def test_a_server_that_stands_still_is_noticed_and_the_heartbeat_goes_on(
    own_redis: OwnRedis, opened: list[CarriedBus]
) -> None:
    outbox, make = Outbox(), over_redis(own_redis.url, opened)
    writer = make(outbox, beat=0.2)
    reader = await listening(make(outbox, beat=0.2), outbox)
    own_redis.pause()
    reading = asyncio.create_task(reader.read_up_to(5))
    write(outbox, writer, 5)
    await asyncio.wait_for(reading, 5)
    assert (await opened[-1].health(PROJECT))["redis"].status == "unhealthy"
    own_redis.resume()
    await recovered(opened[-1])


async def test_a_cut_network_is_noticed_although_nobody_says_so(
    redis_url: str, opened: list[CarriedBus], proxy_to: Callable[[str], Proxy]
) -> None:
    proxy = proxy_to(redis_url)
    outbox, make = Outbox(), over_redis(proxy.url, opened)
    reader = await listening(make(outbox, beat=0.2), outbox)
    proxy.stall()
    reading = asyncio.create_task(reader.read_up_to(1))
    outbox.last = 1
    await asyncio.wait_for(reading, 5)
    health = (await opened[-1].health(PROJECT))["redis"]
    assert health.status == "unhealthy"
    assert health.latency_ms < 5000
    proxy.cut()
    proxy.resume()
    await recovered(opened[-1])
    # Its connections are broken before the server is asked who is left.
    await opened.pop().close()


async def recovered(bus: CarriedBus) -> None:
    """Wait until the bus is as before, by itself."""
    for _ in range(200):
        if all(part.status == "healthy" for part in (await bus.health(PROJECT)).values()):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it has not come back")


async def test_an_address_is_in_no_error(opened: list[CarriedBus]) -> None:
    for make, url in (
        (over_redis, "redis://:secret-word@127.0.0.1:1/0"),
        (over_postgres, "postgresql+asyncpg://user:secret-word@127.0.0.1:1/name"),
    ):
        bus = make(url, opened)(Outbox())
        await bus.wait(PROJECT, bus.mark(PROJECT), 0.2)
        [health] = (await bus.health(PROJECT)).values()
        assert health.status == "unhealthy"
        assert "secret-word" not in str(health)
        assert "127.0.0.1" not in str(health)
