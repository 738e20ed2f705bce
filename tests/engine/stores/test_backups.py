"""Copies are one moment's state, and what is put in place is there at once for everybody, or not at all."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from lattice_console.engine.stores import backups
from lattice_console.engine.stores.sqlite import SqliteStore
from tests.engine.stores.samples import PROJECT
from tests.engine.stores.workers import propose

OPENED = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT count(*) FROM projects").fetchone()
print("open", flush=True)
sys.stdin.read()
"""


def number(file: Path) -> int:
    """How many mutations there are."""
    with closing(sqlite3.connect(file)) as connection:
        (found,) = connection.execute("SELECT count(*) FROM mutations").fetchone()
        return int(found)


async def proposed(file: Path, times: int) -> None:
    store = await SqliteStore.open(file)
    for _ in range(times):
        await store.write(propose)
    await store.close()


@contextmanager
def opened_elsewhere(file: Path) -> Iterator[None]:
    """Another process has the database open."""
    with subprocess.Popen(
        [sys.executable, "-c", OPENED, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as it:
        assert it.stdin is not None
        assert it.stdout is not None
        it.stdout.readline()
        try:
            yield
        finally:
            it.stdin.close()


async def test_a_copy_is_of_one_moment_and_stands_alone_while_others_write(file: Path, tmp_path: Path) -> None:
    store = await SqliteStore.open(file)
    for _ in range(3):
        await store.write(propose)
    # What was written last lies in the log beside the file.
    target = tmp_path / "elsewhere.db"
    backups.copy(file, target)
    await store.write(propose)
    await store.close()
    assert (number(target), number(file)) == (3, 4)
    assert [name for name in os.listdir(tmp_path) if name.startswith("elsewhere")] == ["elsewhere.db"]


def test_a_file_that_is_there_is_not_written_over_by_a_copy(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine.db"
    target.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        backups.copy(file, target)
    assert target.read_bytes() == b"mine"


def test_names_for_copies_of_one_second_differ(file: Path) -> None:
    names = set()
    for _ in range(3):
        name = backups.free_name(file, "0001")
        backups.copy(file, name)
        names.add(name)
    assert len(names) == 3


async def test_who_has_the_database_open_reads_and_writes_what_was_put_in_place(file: Path, tmp_path: Path) -> None:
    before, keep = tmp_path / "before.db", tmp_path / "keep.db"
    await proposed(file, 1)
    backups.copy(file, before)
    store = await SqliteStore.open(file)
    for _ in range(5):
        await store.write(propose)
    backups.put_in_place(before, file, keep, busy=1)
    assert await store.read(lambda tables: tables.events.last(PROJECT)) == 2
    assert await store.write(propose) == 2
    await store.close()
    assert (number(before), number(file), number(keep)) == (1, 2, 6)


async def test_nothing_is_put_in_place_where_what_was_there_cannot_be_kept(file: Path, tmp_path: Path) -> None:
    before, keep = tmp_path / "before.db", tmp_path / "keep.db"
    backups.copy(file, before)
    await proposed(file, 2)
    keep.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        backups.put_in_place(before, file, keep, busy=1)
    assert number(file) == 2
    assert keep.read_bytes() == b"mine"


async def test_nothing_is_put_in_place_while_another_writes(file: Path, tmp_path: Path) -> None:
    before, keep = tmp_path / "before.db", tmp_path / "keep.db"
    backups.copy(file, before)
    await proposed(file, 2)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as caught:
            backups.put_in_place(before, file, keep, busy=0)
        assert caught.value.sqlite_errorcode == sqlite3.SQLITE_BUSY
    assert number(file) == 2
    assert not keep.exists()


@pytest.mark.parametrize("damage", ["header", "missing"])
def test_a_database_that_cannot_be_read_is_moved_away_and_replaced(file: Path, tmp_path: Path, damage: str) -> None:
    fresh, keep = tmp_path / "fresh.db", tmp_path / "keep.db"
    backups.copy(file, fresh)
    if damage == "missing":
        file.unlink()
        # What belongs to another file of that name would be read as the new one's.
        Path(f"{file}-wal").write_bytes(b"a log")
    else:
        file.write_bytes(b"no database" * 1000)
    backups.put_in_place(fresh, file, keep, busy=1)
    assert not Path(f"{file}-wal").exists()
    assert keep.exists() is (damage == "header")
    assert Path(f"{keep}-wal").exists()
    assert number(file) == 0


def test_a_damaged_database_is_not_moved_from_under_who_has_it_open(file: Path, tmp_path: Path) -> None:
    before, keep = tmp_path / "before.db", tmp_path / "keep.db"
    backups.copy(file, before)
    with opened_elsewhere(file):
        content = b"no database" + file.read_bytes()[11:]
        file.write_bytes(content)
        with pytest.raises(sqlite3.OperationalError) as caught:
            backups.put_in_place(before, file, keep, busy=1)
        assert caught.value.sqlite_errorcode == sqlite3.SQLITE_BUSY
        assert file.read_bytes() == content
    backups.put_in_place(before, file, keep, busy=1)
    assert keep.read_bytes() == content


def test_what_was_replaced_or_cut_off_is_no_backup_to_go_back_to(file: Path) -> None:
    assert backups.newest(file) is None
    made = backups.free_name(file, "0001")
    backups.copy(file, made)
    for name in ("cut-off.db", "cut-off.db-journal", f"lattice-0001-x{backups.REPLACED}restoring.db"):
        (made.parent / name).write_bytes(b"later")
    (made.parent / "begun.db").touch()
    assert backups.newest(file) == made


def test_what_a_killed_process_left_is_cleared_away_by_the_next(file: Path) -> None:
    with backups.scratch(file) as mine:
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        left = mine.parent.with_name(f".making-{ended.pid}-1")
        left.mkdir()
        assert backups.left_over(file) == [left]
        with backups.scratch(file):
            assert not left.exists()
        assert mine.parent.exists()
    assert not mine.parent.exists()
