"""What can be wrong with a project's database: each ends in words that say what to do, and leaves all as it is."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from lattice_console.engine.stores import connection, migrate
from lattice_console.engine.stores.connection import Lane, open_lane
from tests.headless.driver import Lattice
from tests.support.underneath import underneath


@pytest.fixture
def database(lattice: Lattice) -> Path:
    lattice.write("docs/api.yaml", "limit: 48\nunit: hours\n")
    return lattice.root / ".lattice" / "state" / "lattice.db"


def _header(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(b"\xa5" * 100 + content[100:])


def _middle(file: Path) -> None:
    content = bytearray(file.read_bytes())
    # The pages of the schema come first.
    content[len(content) // 3 :] = b"\xa5" * (len(content) - len(content) // 3)
    file.write_bytes(content)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:40_000])


def _newer(file: Path) -> None:
    with underneath(file) as there:
        there.execute("UPDATE alembic_version SET version_num = '9999'")


def _foreign(file: Path) -> None:
    file.unlink()
    with underneath(file) as there:
        there.execute("CREATE TABLE bookmarks (url TEXT)")


def _empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_header, "is damaged"),
        (_middle, "is damaged"),
        (_cut, "is damaged"),
        (_newer, "upgrade the program"),
        (_foreign, "another program"),
        (_empty, "is empty"),
        (Path.unlink, "is not there"),
    ],
)
def test_a_database_that_cannot_be_used_is_left_alone_and_the_way_back_is_told(
    lattice: Lattice, database: Path, harm: Callable[[Path], None], words: str
) -> None:
    backup = lattice.ok("backup").text.strip()
    harm(database)
    before = database.read_bytes() if database.exists() else None
    for command in (
        ["status"],
        ["mutation", "create", "--title", "Raise it", "--files", "docs/api.yaml"],
        ["audit", "verify"],
    ):
        result = lattice(*command)
        assert (result.code, result.out) == (1, b""), command
        assert words in result.err
        assert "Traceback" not in result.err
    if harm in (_header, _middle, _cut):
        found = lattice("db", "check", "--output", "json")
        assert (found.code, found.json["ok"], bool(found.json["problems"])) == (10, False, True)
    doctor = lattice("doctor", "--output", "json")
    assert doctor.code == 10
    assert any(words in check["message"] for check in doctor.json["items"] if check["state"] == "problem")
    assert (database.read_bytes() if database.exists() else None) == before
    assert lattice.read("docs/api.yaml") == b"limit: 48\nunit: hours\n"
    if words in ("is damaged", "is empty", "is not there"):
        assert backup in lattice("status").err
    lattice.ok("restore-backup", backup)
    lattice.propose("Raise it", "--files", "docs/api.yaml")


@contextmanager
def _lanes(patch: pytest.MonkeyPatch, pragma: Callable[[Lane], str]) -> Iterator[None]:
    """Connections on which a pragma holds."""

    def opened(file: Path | None, *, busy: float) -> Lane:
        lane = open_lane(file, busy=busy)
        lane.driver.execute(pragma(lane))
        return lane

    with patch.context() as here:
        here.setattr(connection, "open_lane", opened)
        yield


def _full(lane: Lane) -> str:
    (pages,) = lane.driver.execute("PRAGMA page_count").fetchone()
    return f"PRAGMA max_page_count = {pages}"


def test_on_a_full_disk_nothing_is_written_and_reading_goes_on(
    lattice: Lattice, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lattice.ok("audit", "log", "--output", "json").out
    with _lanes(monkeypatch, _full):
        lattice.write("docs/api.yaml", "limit: 48\n" * 10_000)
        result = lattice("mutation", "create", "--title", "Raise it", "--files", "docs/api.yaml")
        assert (result.code, result.out) == (1, b"")
        assert "disk is full" in result.err
        assert "free some space" in result.err
        assert lattice.ok("audit", "log", "--output", "json").out == before
    lattice.propose("Raise it", "--files", "docs/api.yaml")


def test_a_lock_that_is_held_for_long_stops_writing_alone(
    lattice: Lattice, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        closing(sqlite3.connect(database, isolation_level=None)) as other,
        _lanes(monkeypatch, lambda lane: "PRAGMA busy_timeout = 1"),
    ):
        other.execute("BEGIN IMMEDIATE")
        result = lattice("mutation", "create", "--title", "Raise it", "--files", "docs/api.yaml")
        assert (result.code, result.out) == (1, b"")
        assert "Another process has held the project's database for too long" in result.err
        lattice.ok("status")
        other.execute("ROLLBACK")
        lattice.propose("Raise it", "--files", "docs/api.yaml")


def test_a_failed_migration_leaves_the_database_as_it_was_and_says_so(lattice: Lattice, database: Path) -> None:
    with underneath(database) as there:
        there.execute("UPDATE alembic_version SET version_num = '0007'")
    before = database.read_bytes()
    # That step makes an index which is there already.
    for _ in range(2):
        result = lattice("status")
        assert (result.code, result.out) == (1, b"")
        for words in (f"of revision 0007 could not be brought to {migrate.HEAD}", "is as it was", "please report it"):
            assert words in result.err
    assert database.read_bytes() == before
    assert list((database.parent / "backups").iterdir()) == []
