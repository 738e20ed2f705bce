"""Redis is killed and comes back while much happens: nothing is missed or repeated on the screens of who listens."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.widgets.event_list import EventList
from tests.fault.site import Site
from tests.fault.talk import Said
from tests.screens.console import Console, open_console
from tests.services.redis import Redis
from tests.support.changes import modify

REPOSITORY = Path(__file__).parents[2]
FILES = {"docs/talk.md": b"# Much is said of this\n"}


@asynccontextmanager
async def talking(
    site: Site, mutation: str, *, rate: float, together: int
) -> AsyncIterator[Callable[[], Awaitable[Said]]]:
    """Another process makes that many events a second; gives what ends it and tells what came of it."""
    talker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fault.talk", stdin=PIPE, stdout=PIPE, cwd=REPOSITORY
    )
    assert talker.stdin is not None
    told = {"environ": site.environ, "mutation": mutation, "rate": rate, "together": together}
    talker.stdin.write(json.dumps(told).encode() + b"\n")

    async def end() -> Said:
        # Without input it would leave stdin open.
        answer, _ = await talker.communicate(b"")
        return Said(*json.loads(answer))

    try:
        yield end
    finally:
        if talker.returncode is None:
            talker.kill()
            await talker.wait()


@asynccontextmanager
async def consoles(site: Site, number: int) -> AsyncIterator[list[Console]]:
    """So many consoles that show what happens, each on an engine of its own."""
    async with AsyncExitStack() as opened:
        apps = [site.app(start="activity") for _ in range(number)]
        yield [await opened.enter_async_context(open_console(app, row=False)) for app in apps]


def shown(console: Console) -> list[int]:
    """The numbers of the events on a console's list, newest first."""
    window = console.app.screen.query_one(EventList).window
    return [window[index].seq for index in range(len(window))] if window is not None else []


async def listen_through_restarts(site: Site, redis: Redis, *, rate: float, together: int, apart: int) -> Said:
    """Kill Redis and start it again, twice, `apart` events after one another, and look at three consoles."""
    async with site.backend() as backend, consoles(site, 3) as listening:
        change = modify("docs/talk.md", b"# Said\n")
        mutation = (await backend.mutations.create(title="Talk", changes=[change])).id
        await all_show(listening, await backend.events.last())
        async with talking(site, mutation, rate=rate, together=together) as end:
            for act in (redis.kill, redis.start, redis.kill, redis.start):
                await more_are_said(backend, apart)
                await asyncio.to_thread(act)
            await more_are_said(backend, apart)
            said = await end()
        await all_show(listening, said.last)
        return said


async def more_are_said(backend: Backend, number: int) -> None:
    """Wait for so many more events, however long the machine takes for them."""
    last = await backend.events.last()
    async for event in backend.events.subscribe(after=last):
        if event.seq >= last + number:
            return


async def all_show(listening: list[Console], last: int) -> None:
    """Wait until each console has that event at its top; below it stand all others, each of them once."""
    for console in listening:
        await console.until(partial(is_newest, console, last), f"event {last}")
        assert shown(console) == list(range(last, 0, -1))


def is_newest(console: Console, last: int) -> bool:
    return shown(console)[:1] == [last]


@pytest.mark.timeout(180)
async def test_three_consoles_miss_and_repeat_nothing_while_redis_is_killed_and_comes_back(
    postgres_database: str, own_redis: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "kept"))
    site = await Site.make(FILES, DATABASE_URL=postgres_database, LATTICE_REDIS_URL=own_redis.url)
    await listen_through_restarts(site, own_redis, rate=200, together=20, apart=200)


@pytest.mark.soak
async def test_three_consoles_miss_and_repeat_nothing_at_a_thousand_events_a_second(
    postgres_database: str, own_redis: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "kept"))
    site = await Site.make(FILES, DATABASE_URL=postgres_database, LATTICE_REDIS_URL=own_redis.url)
    said = await listen_through_restarts(site, own_redis, rate=1000, together=50, apart=2500)
    assert said.rate > 800, "it was not as much as was meant"
