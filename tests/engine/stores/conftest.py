"""Databases for the tests of the stores."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from lattice_console.engine.ports import Tables
from lattice_console.engine.stores.connection import Lane, open_lane
from lattice_console.engine.stores.migrate import bring_up_to_date
from lattice_console.engine.stores.sqlite import SqliteStore
from tests.engine.stores import samples


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables, and two users in two projects; to be copied."""
    file = tmp_path_factory.mktemp("stores") / "lattice.db"
    lane = open_lane(file, busy=1)
    bring_up_to_date(lane, file)
    with lane.transaction("BEGIN IMMEDIATE"):
        samples.found(lane.tables)
    lane.close()
    return file


@pytest.fixture
def file(tmp_path: Path, migrated: Path) -> Path:
    return Path(shutil.copy(migrated, tmp_path))


@pytest.fixture
def lane(file: Path) -> Iterator[Lane]:
    lane = open_lane(file, busy=1)
    yield lane
    lane.close()


@pytest.fixture
def tables(lane: Lane) -> Iterator[Tables]:
    """Everything stored, in one transaction, which commits after the test."""
    with lane.transaction("BEGIN IMMEDIATE"):
        yield lane.tables


@pytest_asyncio.fixture
async def store(file: Path) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(file, busy=1)
    yield store
    await store.close()
