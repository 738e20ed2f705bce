"""What a person sees of the parts that a project stands on: all well, one gone, the truth gone, and back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lattice_console.app import LatticeApp
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import SystemFailure
from lattice_console.contract.models.health import TRUTH, ComponentHealth, Health
from lattice_console.screens import connection
from lattice_console.servers import Servers
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import NOON, Office


class Parts:
    """A Backend of which parts can be taken away; what is left of it works."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.more: dict[str, ComponentHealth] = {}
        self.flows = asyncio.Event()
        self.flows.set()
        self.health = SimpleNamespace(check=self._check)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.backend, name)

    async def _check(self) -> Health:
        await self.flows.wait()
        health = await self.backend.health.check()
        return Health.of(health.timestamp, {**health.components, **self.more})


def gone(error: str = "It cannot be reached (ConnectionError).") -> ComponentHealth:
    since = NOON - timedelta(seconds=40)
    return ComponentHealth(status="unhealthy", latency_ms=3.0, error=error, since=since)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "RETRY", (0.05,))
    monkeypatch.setattr(connection, "LOOK", 0.05)
    monkeypatch.setattr(connection, "PATIENCE", 2.0)


@pytest.fixture
async def parts(office: Office) -> Parts:
    return Parts(await office.as_("kim"))


@pytest.fixture
async def seated(office: Office, parts: Parts) -> AsyncIterator[Console]:
    async def connect() -> Backend:
        return cast(Backend, parts)

    settings = replace(office.settings(), servers=Servers("postgresql+asyncpg://kim:hunter2@h/d"))
    async with open_console(make_app(office, settings=settings, open_backend=connect)) as console:
        yield console


def header(console: Console) -> str:
    return console.lines[0]


@pytest.mark.parametrize(
    ("servers", "kind"),
    [
        (Servers("postgresql+asyncpg://kim:hunter2@h/d"), "postgres"),
        (Servers(None), "memory"),
    ],
)
async def test_the_header_says_where_the_truth_lies(office: Office, servers: Servers, kind: str) -> None:
    async def connect() -> Backend:
        return await office.as_("kim")

    settings = replace(office.settings(), servers=servers)
    app = make_app(office, settings=settings, open_backend=connect)
    async with open_console(app) as console:
        assert header(console).endswith(f" kim · {kind} · live ")
    async with open_console(make_app(office)) as console:
        assert header(console).endswith(" kim · local · live ")


async def test_a_part_that_does_not_answer_is_named_with_since_when_and_comes_back(
    seated: Console, parts: Parts
) -> None:
    parts.more["redis"] = gone()
    await seated.sees("kim · postgres · redis down 40s · live", "redis does not answer: It cannot be reached")
    parts.more["neo4j"] = gone()
    await seated.sees("redis down 40s +1 · live")
    # All else goes on: what writes is asked as ever.
    await seated.go_to("Pay refunds")
    await seated.press("a")
    await seated.sees("M-6")
    parts.more.clear()
    await seated.sees("redis answers again.", "kim · postgres · live")


async def test_a_dead_truth_stops_what_writes_and_reading_goes_on(seated: Console, parts: Parts) -> None:
    parts.more[TRUTH] = gone()
    await seated.sees("database down 40s · stale now", "Nothing can be written until it does")
    for key in ("a", "x", "e", "c", "u", "U", "ctrl+s"):
        seated.app.clear_notifications()
        await seated.press(key)
        await seated.sees("Nothing can be written: the database has not answered for 40s.")
        assert len(seated.app.screen_stack) == 1, key
    seated.app.clear_notifications()
    await seated.go_to("Raise the session")
    await seated.press("enter")
    await seated.sees("Sessions expire after 48 hours")
    await seated.press("escape")
    parts.more.clear()
    await seated.sees("The database answers again.", "kim · postgres · live")
    await seated.go_to("Pay refunds")
    await seated.press("x")
    await seated.sees("Request changes")


async def test_a_network_that_stalls_is_told_and_is_waited_for(seated: Console, parts: Parts) -> None:
    parts.flows.clear()
    await seated.sees("database down", "stale", "It has not answered for 2 s.")
    await seated.go_to("Pay refunds")
    parts.flows.set()
    await seated.sees("kim · postgres · live")


KNOWS_WITHIN = connection.LOOK + connection.PATIENCE


def test_a_person_knows_within_five_seconds() -> None:
    assert KNOWS_WITHIN < 5


async def test_every_part_can_be_looked_at_with_what_was_measured(seated: Console, parts: Parts) -> None:
    parts.more["redis"] = ComponentHealth(
        status="healthy", latency_ms=0.4, connections_in_pool=3, lag=0, last_event=1234
    )
    parts.more["neo4j"] = gone("It has not answered for 4 s.")
    await seated.sees("neo4j down 40s")
    await seated.press("exclamation_mark")
    await seated.sees("part", "latency", "for 40s: It has not answered for 4 s.")
    assert seated.line("redis ").split() == ["redis", "healthy", "0.4", "ms", "3", "0", "1,234"]
    assert seated.line("  unhealthy").split()[:2] == ["neo4j", "unhealthy"]
    assert seated.line("workspace ").split()[1] == "healthy"
    # It follows what is measured.
    parts.more["redis"] = gone("It is away.")
    await seated.sees("for 40s: It is away.")
    await seated.press("escape")
    await seated.misses("It is away.")


async def test_a_folder_that_cannot_be_kept_up_is_named_and_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lattice_console.workspace import Checkout, SyncReport

    broken = True
    sync = Checkout.sync

    async def failing(checkout: Checkout, backend: Any) -> SyncReport:
        if broken:
            raise SystemFailure("SYS_FILE", "The disk is full.")
        return await sync(checkout, backend)

    monkeypatch.setattr(Checkout, "sync", failing)
    async with open_console(make_app(office)) as console:
        await console.sees("workspace behind now", "The folder was not brought up to date: The disk is full.")
        broken = False
        await console.misses("workspace behind")


async def test_a_truth_that_goes_while_the_console_opens_is_asked_again(office: Office) -> None:
    opened = 0

    class Failing:
        def __init__(self, backend: Backend) -> None:
            self._backend = backend
            self.projects = SimpleNamespace(get=self._refuse)

        async def _refuse(self) -> None:
            raise SystemFailure("SYS_DATABASE_ERROR", "The database does not answer.")

        async def close(self) -> None:
            await self._backend.close()

    async def connect() -> Backend:
        nonlocal opened
        opened += 1
        backend = await office.as_("kim")
        return cast(Backend, Failing(backend)) if opened < 3 else backend

    app: LatticeApp = make_app(office, open_backend=connect)
    async with open_console(app) as console:
        await console.sees("Pay refunds")
    assert opened == 3
