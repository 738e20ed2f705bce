"""Who looks at what: in memory and in Redis alike."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from lattice_console.engine.ports import Presence
from lattice_console.engine.presence import LocalPresence
from lattice_console.engine.records import LookerRecord
from lattice_console.engine.stores.presence_redis import RedisPresence
from lattice_console.engine.stores.redis_link import RedisLink
from tests.services.redis import Redis as OwnRedis

HOLD = 0.4
KIM, RAJ = LookerRecord("kim", "a", "m1"), LookerRecord("raj", "b:c", "m1")


@pytest_asyncio.fixture(params=["memory", "redis"])
async def presence(request: pytest.FixtureRequest) -> AsyncIterator[Presence]:
    if request.param == "memory":
        yield LocalPresence(hold=HOLD)
        return
    link = RedisLink(request.getfixturevalue("redis_url"))
    yield RedisPresence(link, hold=HOLD)
    await close(link)


async def close(link: RedisLink) -> None:
    await link.thread.run(link.close())
    await link.thread.close()


async def found(presence: Presence, project: str = "p") -> list[LookerRecord]:
    return sorted(await presence.lookers(project))


async def test_all_who_look_are_told_in_their_project_alone(presence: Presence) -> None:
    await presence.look("p", KIM)
    await presence.look("p", RAJ)
    await presence.look("q", KIM._replace(mutation_id="m9"))
    assert await found(presence) == [KIM, RAJ]
    assert await found(presence, "q") == [KIM._replace(mutation_id="m9")]
    assert await found(presence, "another") == []


async def test_a_window_looks_at_one_thing_and_a_person_may_have_several(presence: Presence) -> None:
    await presence.look("p", KIM)
    await presence.look("p", KIM._replace(mutation_id="m2"))
    await presence.look("p", KIM._replace(window="z"))
    assert await found(presence) == [KIM._replace(mutation_id="m2"), KIM._replace(window="z")]


async def test_who_leaves_is_gone_at_once(presence: Presence) -> None:
    await presence.look("p", KIM)
    await presence.look("p", RAJ)
    await presence.leave("p", "kim", "a")
    await presence.leave("p", "kim", "never there")
    assert await found(presence) == [RAJ]


async def test_who_says_nothing_is_forgotten_and_who_says_it_again_is_not(presence: Presence) -> None:
    await presence.look("p", KIM)
    await presence.look("p", RAJ)
    await asyncio.sleep(HOLD * 0.7)
    await presence.look("p", KIM)
    await asyncio.sleep(HOLD * 0.7)
    assert await found(presence) == [KIM]
    await asyncio.sleep(HOLD * 0.7)
    assert await found(presence) == []


async def test_nothing_is_left_in_redis(redis_url: str) -> None:
    link = RedisLink(redis_url)
    presence = RedisPresence(link, hold=0.1)
    for number in range(20):
        await presence.look("p", KIM._replace(window=str(number)))
    await asyncio.sleep(0.15)
    assert await presence.lookers("p") == []
    async with Redis.from_url(redis_url) as redis:
        assert await redis.keys("*") == []
    await close(link)


async def test_two_engines_on_one_redis_see_each_other(redis_url: str) -> None:
    links = [RedisLink(redis_url) for _ in range(2)]
    one, other = map(RedisPresence, links)
    await one.look("p", KIM)
    await other.look("p", RAJ)
    assert await found(one) == await found(other) == [KIM, RAJ]
    for link in links:
        await close(link)


async def test_values_that_nobody_here_wrote_tell_of_nobody_or_of_somebody_unknown(redis_url: str) -> None:
    link = RedisLink(redis_url)
    presence = RedisPresence(link)
    await presence.look("p", KIM)
    async with Redis.from_url(redis_url) as redis:
        await redis.sadd("lattice:p:presence", b"\xff", "[]", "{}", "[1, 2, 3]", '["raj", "b:c"]', '["x", "y"]')
        await redis.set("lattice:p:presence:x:y", b"\xff\x00")
    assert await found(presence) == [KIM, LookerRecord("x", "y", "\ufffd\x00")]
    await close(link)


async def test_without_redis_those_who_share_an_engine_see_each_other(own_redis: OwnRedis) -> None:
    link = RedisLink(own_redis.url)
    presence = RedisPresence(link)
    await presence.look("p", KIM)
    own_redis.kill()
    await presence.look("p", RAJ)
    assert await found(presence) == [KIM, RAJ]
    await presence.leave("p", "kim", "a")
    assert await found(presence) == [RAJ]
    own_redis.start()
    await presence.look("p", KIM)
    assert await found(presence) == [KIM]
    await close(link)


async def test_a_redis_of_another_kind_of_value_is_no_error(redis_url: str) -> None:
    link = RedisLink(redis_url)
    async with Redis.from_url(redis_url) as redis:
        await redis.set("lattice:p:presence", "no set")
    presence = RedisPresence(link)
    await presence.look("p", KIM)
    assert await found(presence) == [KIM]
    await close(link)
