"""The console on real servers, which are killed, paused and started again while a person looks."""

import time
from asyncio import to_thread
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lattice_console import config
from lattice_console.app import LatticeApp
from lattice_console.backends.connect import connect
from lattice_console.config import Settings
from lattice_console.contract.backend import Backend
from lattice_console.ops import init
from lattice_console.workspace import Checkout
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.services.postgres import Postgres
from tests.services.proxy import Proxy
from tests.services.redis import Redis
from tests.support.changes import create
from tests.support.house import track

LIMIT = b"limit: 24\n"


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


# -- on Postgres


class Shared:
    """A project on a Postgres server, with a folder of kim's, and raj who reviews from anywhere."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def settings(self, url: str, actor: str = "kim") -> Settings:
        return config.at_root(self.root, actor=actor, environ={"DATABASE_URL": url})

    async def build(self, url: str) -> None:
        async def reached(settings: Settings) -> Backend:
            return await connect(replace(settings, servers=self.settings(url).servers))

        self.root.mkdir()
        await init.init(self.root, name="billing-specs", actor="kim", connect=reached)
        kim = await connect(self.settings(url))
        await track(kim, {"docs/api.yaml": LIMIT})
        await kim.team.add(user="raj", role="admin")
        for title in ("Raise the limit", "Add a guide", "Name the plans"):
            await kim.mutations.create(title=title, changes=[create(f"docs/{title}.md")])
        await kim.close()

    def console(self, url: str) -> LatticeApp:
        settings = self.settings(url)
        return LatticeApp(
            lambda: connect(settings),
            lambda: Checkout(self.root),
            settings,
            now=lambda: datetime.now(UTC),
        )


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    return Shared(tmp_path / "billing-specs")


async def test_two_people_on_one_server_see_what_the_other_does_and_the_folder_follows(
    shared: Shared, postgres_database: str
) -> None:
    await shared.build(postgres_database)
    async with open_console(shared.console(postgres_database)) as console:
        assert console.lines[0].endswith(" kim · postgres · live ")
        raj = await connect(shared.settings(postgres_database, "raj"))
        await raj.reviews.vote("M-1", vote="approve")
        await console.until(lambda: "✓" in console.line("Raise the limit")[:3], "the row to be approved")
        await raj.executions.execute("M-1")
        await raj.close()
        await console.until((shared.root / "docs/Raise the limit.md").exists, "the folder to follow")


async def test_a_database_that_is_restarted_is_told_and_the_console_goes_on_by_itself(
    shared: Shared, own_postgres: Postgres
) -> None:
    await shared.build(own_postgres.url)
    async with open_console(shared.console(own_postgres.url)) as console:
        await to_thread(own_postgres.kill)
        await console.sees("database down", "stale", "The database does not answer")
        await console.go_to("Raise the limit")
        await console.press("a")
        await console.sees("Nothing can be written: the database has not answered")
        await to_thread(own_postgres.start)
        await console.sees("The database answers again.", "kim · postgres · live")
        raj = await connect(shared.settings(own_postgres.url, "raj"))
        await raj.mutations.create(title="Since then", changes=[create("docs/since.md")])
        await raj.close()
        await console.sees("Since then")


async def test_a_database_that_is_down_when_the_console_opens_is_waited_for(
    shared: Shared, own_postgres: Postgres
) -> None:
    await shared.build(own_postgres.url)
    await to_thread(own_postgres.kill)
    app = shared.console(own_postgres.url)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        console = Console(app, pilot)
        await console.sees("opening", "The database server does not answer", "R tries again")
        assert own_postgres.url not in console.text
        await to_thread(own_postgres.start)
        await console.sees("kim · postgres · live", "Raise the limit")


async def test_a_network_that_stalls_ends_in_a_clear_state_within_five_seconds(
    shared: Shared, own_postgres: Postgres, proxy_to: Callable[[str], Proxy]
) -> None:
    await shared.build(own_postgres.url)
    proxy = proxy_to(own_postgres.url)
    async with open_console(shared.console(proxy.url)) as console:
        proxy.stall()
        start = time.monotonic()
        await console.sees("database down", "stale")
        assert time.monotonic() - start < 5
        # Nothing is frozen meanwhile.
        start = time.monotonic()
        await console.go_to("Raise the limit")
        await console.press("e")
        await console.sees("Nothing can be written")
        assert time.monotonic() - start < 2
        proxy.resume()
        await console.sees("kim · postgres · live")
        await console.press("a")
        await console.sees("○")
