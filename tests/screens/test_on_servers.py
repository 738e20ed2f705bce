"""The console on real servers, which are killed, paused and started again while a person looks."""

from asyncio import to_thread
from dataclasses import replace

from lattice_console.config import Settings
from lattice_console.contract.backend import Backend
from tests.screens.console import make_app, open_console
from tests.screens.project import Office
from tests.services.redis import Redis
from tests.support.changes import create


async def propose(office: Office, settings: Settings, title: str) -> None:
    """As another process, by an engine of its own."""
    ana = await office.connect(replace(settings, actor="ana"))
    await ana.mutations.create(title=title, changes=[create(f"docs/{title}.md")])
    await ana.close()


async def test_a_redis_that_is_killed_is_named_news_still_arrive_and_it_comes_back(
    office: Office, own_redis: Redis
) -> None:
    settings = office.settings()
    settings = replace(settings, servers=replace(settings.servers, redis=own_redis.url))

    async def connect() -> Backend:
        return await office.connect(settings)

    async with open_console(make_app(office, settings=settings, open_backend=connect)) as console:
        await console.press("exclamation_mark")
        await console.sees("redis", "database")
        await console.press("escape")
        await propose(office, settings, "Carried")
        await console.sees("Carried")
        await to_thread(own_redis.kill)
        await console.sees("redis down", "redis does not answer", "· live")
        await propose(office, settings, "Without it")
        await console.sees("Without it")
        await to_thread(own_redis.start)
        await console.sees("redis answers again.", "kim · local · live")
        await propose(office, settings, "Carried anew")
        await console.sees("Carried anew")
