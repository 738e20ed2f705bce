"""What others do appears by itself; a lost connection is shown and mends itself."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.events import AppFocus

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import NotFound, SystemFailure
from lattice_console.contract.events import Event
from lattice_console.engine.stores import backups
from lattice_console.ops.backup import restore
from lattice_console.screens import connection
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.support.changes import create, modify


async def test_a_mutation_of_another_process_appears_and_the_cursor_stays_on_its_row(
    console: Console, office: Office
) -> None:
    await console.go_to("Pay refunds")
    # An engine of its own on the same file, as another process has it.
    ana = await office.as_("ana")
    await ana.mutations.create(title="Explain the refresh token", changes=[create("docs/token.md")])
    await ana.close()
    await console.sees("Explain the refresh token", "All 9", "4 of 9")
    assert "Pay refunds" in console.selected


async def test_what_comes_after_a_silence_is_told_at_once_and_what_follows_it_together(
    console: Console, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "FLUSH", 30.0)
    raj = await office.as_("raj")
    await raj.reviews.vote("M-6", vote="approve")
    await console.until(lambda: console.line("Pay refunds").split()[0] == "✓", "the row to be approved")
    await raj.reviews.withdraw("M-6")
    await raj.close()
    await console.pilot.pause(0.7)
    assert console.line("Pay refunds").split()[0] == "✓"


async def test_a_change_of_status_by_another_process_appears_in_the_row(console: Console, office: Office) -> None:
    raj = await office.as_("raj")
    await raj.reviews.vote("M-6", vote="approve")
    await raj.close()
    await console.until(lambda: console.line("Pay refunds").split()[0] == "✓", "the row to be approved")


async def test_an_execution_of_another_process_brings_the_folder_up(console: Console, office: Office) -> None:
    kim = await office.as_("kim")
    await kim.executions.execute("M-7")
    await kim.close()
    await console.until((office.root / "docs/sessions.md").exists, "the folder to follow")
    await console.until(lambda: console.line("Raise the session").split()[0] == "●", "the row to be completed")


async def test_drift_is_a_mark_in_the_header_and_told_where_it_is_asked_for(console: Console, office: Office) -> None:
    (office.root / "src/auth/session.py").write_text("LIMIT = 1\n")
    kim = await office.as_("kim")
    await kim.executions.execute("M-7")
    await kim.close()
    await console.sees("kim · local · 1 file drifted · live")
    assert "Left alone" not in console.text
    await console.press("exclamation_mark")
    await console.sees("Left alone: 1 file changed on disk", "src/auth/session.py", "lattice restore")
    await console.press("escape")
    await console.press("m")
    await console.sees("! Left alone: 1 file changed on disk")
    assert (office.root / "src/auth/session.py").read_text() == "LIMIT = 1\n"


async def test_the_advice_about_drift_names_every_file_in_its_commands(console: Console, office: Office) -> None:
    for path in ("docs/refunds.md", "src/auth/session.py"):
        (office.root / path).write_text("mine\n")
    console.app.post_message(AppFocus())
    await console.sees("2 files drifted")
    await console.press("exclamation_mark")
    await console.sees("Left alone: 2 files changed on disk")
    said = " ".join(console.text.split())
    assert "Propose them (lattice mutation create --files docs/refunds.md src/auth/session.py)" in said
    assert "or restore them (lattice restore docs/refunds.md src/auth/session.py)." in said


async def test_the_mark_of_drift_goes_with_the_drift(console: Console, office: Office) -> None:
    path = office.root / "src/auth/session.py"
    before = path.read_bytes()
    path.write_text("LIMIT = 1\n")
    # The person comes back from an editor.
    console.app.post_message(AppFocus())
    await console.sees("1 file drifted")
    path.write_bytes(before)
    console.app.post_message(AppFocus())
    await console.misses("drifted")


async def test_an_open_overview_notices_a_change_on_disk_and_its_end(console: Console, office: Office) -> None:
    path = office.root / "src/auth/session.py"
    before = path.read_bytes()
    await console.go_to("Raise the session")
    await console.press("enter", "2")
    await console.sees("can be executed.")
    path.write_text("LIMIT = 1\n")
    console.app.post_message(AppFocus())
    await console.sees("✗ your folder", "src/auth/session.py changed on disk since the last checkout.")
    path.write_bytes(before)
    console.app.post_message(AppFocus())
    await console.misses("your folder")
    await console.sees("can be executed.")


async def test_an_open_overview_notices_what_lies_where_a_file_would_be_created(
    console: Console, office: Office
) -> None:
    await console.go_to("@click")
    await console.press("enter", "2")
    await console.sees("Requirements")
    (office.root / "docs/evil.txt").write_text("mine\n")
    console.app.post_message(AppFocus())
    await console.sees("✗ your folder", "docs/evil.txt changed on disk")
    assert "drifted" not in console.text


async def test_drift_that_ends_is_noticed_although_nothing_happens(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LOOK_AT_DRIFT", 0.05)
    path = office.root / "src/auth/session.py"
    before = path.read_bytes()
    path.write_text("LIMIT = 1\n")
    async with open_console(make_app(office)) as console:
        await console.sees("1 file drifted")
        path.write_bytes(before)
        await console.misses("drifted")


async def test_a_filtered_queue_keeps_the_cursor_near_when_its_row_leaves(console: Console, office: Office) -> None:
    await console.press("slash")
    await console.type("status:pending")
    await console.press("enter")
    await console.sees("1 of 3")
    await console.press("j")
    await console.on("Deploy 1.4.2")
    agent = await office.as_("agent-7")
    await agent.mutations.cancel("M-5")
    await agent.close()
    await console.sees("2 of 2")
    await console.on("@click")


class Wavering:
    """A Backend whose events can be cut off."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.cut = False
        events = backend.events
        self.events = SimpleNamespace(
            last=events.last, since=self.since, subscribe=self.subscribe, look=events.look, lookers=events.lookers
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self.backend, name)

    async def since(self, seq: int, *, limit: int = 500, wait: float = 0.0) -> tuple[Event, ...]:
        if self.cut:
            raise SystemFailure("SYS_DATABASE_ERROR", "The database does not answer.")
        found = await self.backend.events.since(seq, limit=limit, wait=min(wait, 0.05))
        if self.cut:
            raise SystemFailure("SYS_DATABASE_ERROR", "The database does not answer.")
        return found

    async def subscribe(self, *, after: int | None = None) -> AsyncIterator[Event]:
        seen = after or 0
        while True:
            for event in await self.since(seen, wait=0.05):
                seen = event.seq
                yield event


async def test_a_lost_connection_shows_how_stale_the_screen_is_and_mends_itself(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "RETRY", (0.05,))
    wavering: list[Wavering] = []

    async def connect() -> Backend:
        wavering.append(Wavering(await office.as_("kim")))
        return cast(Backend, wavering[0])

    async with open_console(make_app(office, open_backend=connect)) as console:
        wavering[0].cut = True
        await console.sees("stale now")
        assert "Pay refunds" in console.text
        agent = await office.as_("agent-7")
        await agent.mutations.update("M-6", changes=[modify("docs/refunds.md", b"# Refunds\n")], title="Pay at once")
        await agent.close()
        wavering[0].cut = False
        await console.sees("· live", "Pay at once")


async def test_a_project_that_cannot_be_opened_says_why_and_r_tries_again(office: Office) -> None:
    there = False

    async def connect() -> Backend:
        if not there:
            raise NotFound("NF_PROJECT", "The project's database is gone. Put it back from .lattice/state/backups.")
        return await office.as_("kim")

    app = make_app(office, open_backend=connect)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        console = Console(app, pilot)
        await console.sees("The project's database is gone.", "R tries again")
        there = True
        await console.press("R")
        await console.sees("1 of 8", "live")


async def test_a_database_that_does_not_answer_at_first_is_asked_until_it_does(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "RETRY", (0.05,))
    there = False

    async def connect() -> Backend:
        if not there:
            raise SystemFailure("SYS_DATABASE_ERROR", "The database does not answer.")
        return await office.as_("kim")

    app = make_app(office, open_backend=connect)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        console = Console(app, pilot)
        await console.sees("The database does not answer.")
        there = True
        await console.sees("live", "Pay refunds")


async def test_a_database_that_is_put_back_to_an_earlier_state_is_read_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LOOK", 0.02)
    copy = office.root / ".lattice" / "state" / "before.db"
    backups.copy(office.root / ".lattice" / "state" / "lattice.db", copy)
    agent = await office.as_("agent-7")
    await agent.mutations.update("M-6", title="Pay at once")
    async with open_console(make_app(office)) as console:
        await console.sees("Pay at once")
        await asyncio.to_thread(put_back, office.root, copy)
        await console.sees("put back to an earlier state", "Pay refunds within a week")
        # It follows what happens from there on.
        await agent.mutations.update("M-6", title="Pay tomorrow")
        await console.sees("Pay tomorrow", "· live")
    await agent.close()


def put_back(root: Path, copy: Path) -> None:
    asyncio.run(restore(root, copy, actor="kim"))


async def test_a_long_lock_keeps_nobody_from_reading(office: Office) -> None:
    with closing(sqlite3.connect(office.root / ".lattice" / "state" / "lattice.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with open_console(make_app(office)) as console:
            await console.sees("Pay refunds", "· live")
            other.execute("ROLLBACK")
