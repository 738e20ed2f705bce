"""Postgres goes away and comes back: each execution is all or nothing, and consoles recover by themselves."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import Conflict, RuleBroken, SystemFailure
from tests.fault.site import Site, once_back
from tests.screens.console import open_console
from tests.services.postgres import Postgres
from tests.services.proxy import Proxy
from tests.support.changes import modify
from tests.support.house import head_of

MUTATIONS = 200
WORKERS = 4
FILES = {f"docs/{number}.yaml": f"number: {number}\n".encode() for number in range(MUTATIONS)}


def changed(number: int) -> bytes:
    return f"number: {number}\nchanged: once\n".encode()


async def propose_all(backend: Backend) -> list[str]:
    """An approved mutation for each file; returns their ids."""
    ids = []
    for number, path in enumerate(FILES):
        proposed = await backend.mutations.create(title=f"Change {number}", changes=[modify(path, changed(number))])
        await backend.reviews.vote(proposed.id, vote="approve")
        ids.append(proposed.id)
    return ids


async def carry_out(backend: Backend, id: str, tally: Counter[str]) -> None:
    """Execute a mutation, however often that fails for want of the truth."""
    while True:
        try:
            await backend.executions.execute(id)
            tally["executed"] += 1
            return
        except SystemFailure as error:
            tally[error.code] += 1
            # It may have been done, or claimed, and only the answer be lost.
            if (await once_back(lambda: backend.mutations.get(id))).status == "completed":
                tally["found executed"] += 1
                return
        except (Conflict, RuleBroken):
            # A claim whose answer was lost stands until it expires.
            tally["claimed"] += 1
            if (await once_back(lambda: backend.mutations.get(id))).status == "completed":
                return
            await once_back(backend.executions.recover)
        await asyncio.sleep(0.05)


@pytest.mark.timeout(300)
async def test_two_hundred_executions_are_each_all_or_nothing_while_the_server_comes_and_goes(
    own_postgres: Postgres,
) -> None:
    site = await Site.make(FILES, lease=1.0, DATABASE_URL=own_postgres.url)
    tally: Counter[str] = Counter()
    async with site.backend() as backend:
        ids = await propose_all(backend)
        before = (await backend.documents.head()).sequence
        left = list(ids)

        async def work() -> None:
            async with site.backend() as own:
                while left:
                    await carry_out(own, left.pop(), tally)

        async def disturb() -> None:
            # So often at most: a busy machine would hardly come to an execution between two of them.
            for end in (own_postgres.stop, own_postgres.kill) * 15:
                await asyncio.sleep(random.uniform(0.2, 0.6))
                if not left:
                    return
                await asyncio.to_thread(end)
                tally["restarted"] += 1
                await asyncio.sleep(random.uniform(0.1, 0.5))
                await asyncio.to_thread(own_postgres.start)

        async with asyncio.TaskGroup() as all_of_it:
            all_of_it.create_task(disturb())
            for _ in range(WORKERS):
                all_of_it.create_task(work())
        assert tally["restarted"] > 1, "nothing was disturbed"
        assert any(code.startswith("SYS_") for code in tally), "nobody noticed"
        for id in ids:
            assert (await backend.mutations.get(id)).status == "completed"
            assert [one.status for one in await backend.executions.list(id)].count("completed") == 1
        assert await head_of(backend) == {path: changed(number) for number, path in enumerate(FILES)}
        assert (await backend.documents.head()).sequence == before + MUTATIONS
        report = await backend.audit.verify()
        assert report.ok, report


async def test_connections_that_break_are_told_within_five_seconds_while_keys_work(
    postgres_database: str,
    proxy_to: Callable[[str], Proxy],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "kept"))
    site = await Site.make(FILES, DATABASE_URL=postgres_database)
    async with site.backend() as other:
        for number in range(3):
            proposing = modify(f"docs/{number}.yaml", changed(number))
            await other.mutations.create(title=f"Proposed {number}", changes=[proposing])
        proxy = proxy_to(postgres_database)
        app = site.but(DATABASE_URL=proxy.url).app()
        async with open_console(app) as console:
            await console.sees("Proposed 0", "Proposed 2")
            proxy.cut()
            began = time.monotonic()
            await console.press("enter")
            while app.session.stale_since is None:
                assert time.monotonic() - began < 5.0, console.text
                pressed = time.monotonic()
                await console.press("j")
                assert time.monotonic() - pressed < 1.0, "the screen is frozen"
            await console.sees("database down")
            await console.press("escape")
            proxy.resume()
            await console.until(lambda: app.session.stale_since is None, "the console to be live again")
            proposing = modify("docs/5.yaml", changed(5))
            await other.mutations.create(title="Proposed after", changes=[proposing])
            await console.sees("Proposed after", "live")
