"""Each failure is brought about for real, and then said."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from lattice_console.contract.errors import SystemFailure
from lattice_console.engine.records import HeadMove
from lattice_console.engine.stores.connection import Lane
from lattice_console.engine.stores.failures import DATABASE_ERRORS, failure
from lattice_console.engine.stores.sqlite import SqliteStore
from tests.engine.stores.samples import PROJECT, audit, step


async def read_all(file: Path) -> None:
    store = await SqliteStore.open(file)
    try:
        await store.read(lambda tables: list(tables.audit.chain(PROJECT)))
    finally:
        await store.close()


def refusal(file: Path) -> SystemFailure:
    """What opening the file and reading all of its audit log fails with."""
    with pytest.raises(SystemFailure) as caught:
        asyncio.run(read_all(file))
    return caught.value


@pytest.mark.parametrize("content", [b"plain text, no database\n" * 400, b"\x00" * 8192, b"SQLite format 3\x00"])
def test_a_file_that_is_no_database_is_called_damaged(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "lattice.db"
    file.write_bytes(content)
    error = refusal(file)
    assert error.code == "SYS_DATABASE_CORRUPT"
    assert "lattice restore-backup" in error.message
    assert str(file) in error.message
    assert file.read_bytes() == content


def test_damaged_pages_are_called_damaged(file: Path, lane: Lane) -> None:
    with lane.transaction("BEGIN IMMEDIATE"):
        audit(lane.tables, PROJECT, [{"text": "x" * 500} for _ in range(200)])
    lane.driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    lane.close()
    content = bytearray(file.read_bytes())
    # The schema on the first pages stays.
    content[len(content) // 3 :] = b"\xa5" * (len(content) - len(content) // 3)
    file.write_bytes(content)
    assert refusal(file).code == "SYS_DATABASE_CORRUPT"


def test_a_folder_in_the_files_place_cannot_be_opened(tmp_path: Path) -> None:
    assert refusal(tmp_path).code == "SYS_DATABASE_UNREACHABLE"


def test_a_file_in_the_folders_place_cannot_be_passed(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("not a folder")
    error = refusal(tmp_path / "state" / "lattice.db")
    assert error.code == "SYS_DATABASE_UNREACHABLE"
    assert error.details["reason"]


def test_a_full_disk_is_named_and_nothing_is_written(lane: Lane) -> None:
    (pages,) = lane.driver.execute("PRAGMA page_count").fetchone()
    lane.driver.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(DATABASE_ERRORS) as caught, lane.transaction("BEGIN IMMEDIATE"):
        step(lane.tables, 1, HeadMove("d1", "create", "secret.md", "h" * 100_000))
    assert isinstance(caught.value, DATABASE_ERRORS)
    error = failure(caught.value, writing=True)
    assert error.code == "SYS_DATABASE_FULL"
    assert error.details == {"reason": "SQLITE_FULL"}
    assert "secret" not in error.message
    assert lane.tables.documents.starting_with(PROJECT, "") == []


def test_an_error_that_nobody_foresaw_is_named_by_its_kind() -> None:
    error = failure(sqlite3.ProgrammingError("Cannot operate on SELECT secret"), writing=False)
    assert error.code == "SYS_DATABASE_FAILED"
    assert error.details == {"reason": "ProgrammingError"}
    assert "secret" not in error.message


@pytest.mark.parametrize("writing", [False, True])
def test_only_a_write_that_a_server_did_not_answer_may_have_been_done(writing: bool) -> None:
    message = failure(ConnectionRefusedError("10.0.0.1 secret"), writing=writing).message
    assert ("may have been written or not" in message) is writing
    assert ("Nothing was changed" in message) is not writing
    assert "secret" not in message
