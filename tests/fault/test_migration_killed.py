"""A migration killed at any moment: the file is as it was or migrated whole, and what comes next finishes it."""

import asyncio
import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command

from lattice_console.engine.stores import backups, migrate
from lattice_console.engine.stores.connection import open_lane
from lattice_console.engine.stores.sqlite import SqliteStore
from tests.fault import forks
from tests.fault.flips import Specimen, content

OLD = "0004"
"""The revision of the file: from there on tables are filled, rebuilt and sealed."""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project's database as an earlier program has left it."""
    file = tmp_path_factory.mktemp("old") / "lattice.db"
    shutil.copy(Specimen(file.parent).file, file)
    with closing(open_lane(file, busy=1)) as lane:
        lane.driver.execute("PRAGMA foreign_keys = OFF")
        command.downgrade(migrate.configuration(lane.connection), OLD)
    return file


def migrating(file: Path) -> forks.Work:
    def work(marks: forks.Marks) -> None:
        async def open_it() -> None:
            await (await SqliteStore.open(file)).close()

        asyncio.run(open_it())

    return work


def revision(file: Path) -> str:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(found)


def kill(old: Path, folder: Path, times: int) -> Counter[str]:
    """So many kills, each of a migration of a fresh copy; returns how many left the file how."""
    before, whole = content(old), folder / "whole.db"
    shutil.copy(old, whole)
    lasts = max(at for _, at in forks.run(migrating(whole)).marks)
    after = content(whole)
    assert before is not None
    assert after is not None
    left: Counter[str] = Counter()
    while sum(left.values()) < times:
        file = folder / f"{sum(left.values())}" / "lattice.db"
        file.parent.mkdir(exist_ok=True)
        shutil.copy(old, file)
        if not forks.run(migrating(file), kill_after=random.uniform(0, lasts)).killed:
            shutil.rmtree(file.parent)
            continue
        found = revision(file)
        assert content(file) == (before if found == OLD else after)
        kept = backups.newest(file)
        assert kept is None or content(kept) == before
        left[f"{'as it was' if found == OLD else 'migrated'}, {'with a' if kept else 'without a'} copy"] += 1
        # Whoever opens it next makes it whole.
        forks.run(migrating(file))
        assert [path.name for path in file.parent.glob("lattice.db*")] == ["lattice.db"]
        assert content(file) == after
        shutil.rmtree(file.parent)
    return left


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_migration_that_is_killed_leaves_the_old_or_the_new(old: Path, tmp_path: Path) -> None:
    kill(old, tmp_path, 3)


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_hundred_migrations_that_are_killed_leave_the_old_or_the_new(
    old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left = kill(old, tmp_path, 100)
    assert len(left) > 1, "every kill met the same"
    with capsys.disabled():
        print("", *(f"{count:>5}  {what}" for what, count in sorted(left.items())), sep="\n")  # noqa: T201 - figures
