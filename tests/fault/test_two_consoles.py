"""Two consoles and a script on one project: none of them is lost, and nothing is done twice."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.fault.site import Site
from tests.screens import console
from tests.screens.console import Console, open_console

REPOSITORY = Path(__file__).parents[2]
PATCH = b"--- a/docs/a.md\n+++ b/docs/a.md\n@@ -1,2 +1,2 @@\n # A\n-One.\n+Two.\n"
FILES = {"docs/a.md": b"# A\nOne.\n"}

pytestmark = pytest.mark.timeout(180)


async def script(site: Site, *arguments: str, stdin: bytes = b"") -> int:
    """Run a command line in a process of its own, as the user `ci`; returns its exit code."""
    environ = {**os.environ, **site.environ, "LATTICE_ACTOR": "ci"}
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lattice_console", *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=REPOSITORY,
        env=environ,
    )  # fmt: skip
    _, said = await running.communicate(stdin)
    assert b"Traceback" not in said, said.decode()
    return running.returncode or 0


async def all_press(consoles: list[Console], key: str) -> None:
    """Press a key at each of them, without waiting for what it does."""
    await asyncio.gather(*(one.press(key) for one in consoles))


async def work_together(site: Site) -> None:
    async with site.backend() as backend, AsyncExitStack() as opened:
        for handle in ("bob", "ci"):
            await backend.team.add(user=handle, role="admin")
        apps = [site.app(actor) for actor in ("ann", "bob")]
        consoles = [await opened.enter_async_context(open_console(app, row=False)) for app in apps]
        proposed = ("mutation", "create", "--title", "By a script", "--patch", "-")
        assert await script(site, *proposed, stdin=PATCH) == 0
        for one in consoles:
            await one.sees("By a script")
            await one.go_to("By a script")
        # Whose vote comes second is told that the mutation has changed, or casts it too.
        await all_press(consoles, "a")
        for one in consoles:
            await one.misses("0/1")
        await all_press(consoles, "e")
        for one in consoles:
            await one.sees("Execute M-1")
        # Three at once: one of them does it, and the others are told.
        _, code = await asyncio.gather(all_press(consoles, "enter"), script(site, "mutation", "execute", "M-1"))
        for one in consoles:
            await one.sees("\u25cf")
        assert code in (0, 1, 11, 12)
        assert [one.status for one in await backend.executions.list("M-1")] == ["completed"]
        assert [entry.path for entry in (await backend.documents.head()).entries if entry.hash] == ["docs/a.md"]
        events = await backend.events.since(0)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert [event.name for event in events].count("mutation.executed") == 1
        assert (await backend.audit.verify()).ok


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept for others, and whoever shares the processors may take their time."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "kept"))
    monkeypatch.setattr(console, "PATIENCE", 60.0)


async def test_two_consoles_and_a_script_on_one_file(tmp_path: Path) -> None:
    await work_together(await Site.make(FILES, DATABASE_URL=f"sqlite:///{tmp_path / 'lattice.db'}"))


async def test_two_consoles_and_a_script_on_a_server(postgres_database: str) -> None:
    await work_together(await Site.make(FILES, DATABASE_URL=postgres_database))
