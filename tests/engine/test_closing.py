"""An engine closes once what was begun has ended, whoever goes on, and on whatever loop it was begun."""

import asyncio
from pathlib import Path

import pytest

from lattice_console.backends import local
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import SystemFailure
from lattice_console.engine.engine import Engine
from lattice_console.engine.features.context import Surroundings
from lattice_console.engine.stores.sqlite import SqliteStore
from tests.support.changes import create
from tests.support.hooks import hooks_at, write_hook
from tests.support.house import propose

SECONDS = 60.0


def hooked(folder: Path, hook: str) -> tuple[Engine, Backend]:
    """An engine on a new project, whose hook is told of what happened."""
    file = folder / "lattice.db"

    async def made() -> str:
        backend = local.bind(Engine(SqliteStore(file)), actor="ann", project=None)
        try:
            return (await backend.projects.create(name="house")).id
        finally:
            await backend.close()

    project = asyncio.run(made())
    write_hook(folder, "post-mutation.sh", hook)
    hooks, trusted = hooks_at(folder, project)
    trusted.trust()
    engine = Engine(SqliteStore(file), Surroundings(hooks=hooks))
    return engine, local.bind(engine, actor="ann", project=project)


async def test_it_closes_though_somebody_writes_on_and_on(tmp_path: Path) -> None:
    engine = Engine(SqliteStore(tmp_path / "lattice.db"))
    made = await local.bind(engine, actor="ann", project=None, closes=False).projects.create(name="house")
    ann = local.bind(engine, actor="ann", project=made.id, closes=False)
    writing = asyncio.Event()

    async def write(name: str) -> None:
        mutation = await propose(ann, create(name))
        writing.set()
        while True:
            await ann.reviews.comment(mutation.id, text="More.")

    writers = [asyncio.create_task(write(name)) for name in "abc"]
    await writing.wait()
    await asyncio.wait_for(engine.close(), SECONDS)
    for writer in writers:
        with pytest.raises(SystemFailure, match="has been closed"):
            await writer


def test_it_closes_on_a_later_loop_than_the_one_that_was_left_with_something_under_way(tmp_path: Path) -> None:
    engine, ann = hooked(tmp_path, "sleep 1000")
    asyncio.run(propose(ann, create("a.txt")))
    asyncio.run(engine.close())


def test_what_an_ended_loop_has_cut_short_holds_nothing_up_on_the_next(tmp_path: Path) -> None:
    engine, ann = hooked(tmp_path, "[ -e go ] || sleep 1000; cat >> told")
    asyncio.run(propose(ann, create("a.txt")))
    (tmp_path / "go").touch()

    async def once_more() -> None:
        await propose(ann, create("b.txt"))
        await engine.close()

    asyncio.run(once_more())
    assert "b.txt" in (tmp_path / "told").read_text("utf-8")
