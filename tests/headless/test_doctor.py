"""What the doctor finds, explains and mends."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from lattice_console.engine.stores import filesystems
from lattice_console.engine.stores.connection import open_lane
from lattice_console.ops import doctor_file
from tests.headless.driver import Lattice


@pytest.fixture
def state(lattice: Lattice) -> Path:
    lattice.write("docs/api.yaml", "limit: 48\nunit: hours\n")
    lattice.propose("Raise it", "--files", "docs/api.yaml")
    return lattice.root / ".lattice" / "state"


def checked(lattice: Lattice, *arguments: str) -> tuple[int, dict[str, list[tuple[str, str]]]]:
    """The exit code, and states with messages by the names of the checks."""
    result = lattice("doctor", *arguments, "--output", "json")
    found: dict[str, list[tuple[str, str]]] = {}
    for check in result.json["items"]:
        found.setdefault(check["name"], []).append((check["state"], check["message"]))
    assert result.json["ok"] is (result.code == 0)
    return result.code, found


def rows(file: Path) -> dict[str, list[Any]]:
    """All that the tables hold."""
    with closing(sqlite3.connect(file)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables.fetchall()}


def execute(state: Path, *statements: str) -> None:
    with closing(open_lane(state / "lattice.db", busy=1)) as lane:
        for statement in statements:
            lane.driver.execute(statement)


def test_what_does_not_follow_from_the_documents_is_found_and_derived_anew(lattice: Lattice, state: Path) -> None:
    execute(state, "UPDATE mutations SET status = 'approved'", "DELETE FROM writes")
    before = rows(state / "lattice.db")
    code, found = checked(lattice)
    [(verdict, message)] = found["derived"]
    assert (code, verdict) == (10, "problem")
    assert "states of mutations: 1 missing, 1 that nothing says" in message
    assert "lattice doctor --repair" in message
    assert rows(state / "lattice.db") == before
    code, found = checked(lattice, "--repair")
    assert (code, found["derived"][0][0]) == (0, "mended")
    assert lattice.ok("mutation", "status", "1", "--output", "json").json["status"] == "pending"
    (kept,) = (state / "backups").iterdir()
    assert rows(kept) == before
    assert checked(lattice)[1]["derived"][0][0] == "ok"
    assert lattice.ok("audit", "verify", "--output", "json").json["ok"]


def test_what_takes_minutes_is_looked_at_only_when_asked(
    lattice: Lattice, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_file, "MANY", 0)
    assert checked(lattice)[1]["derived"][0][0] == "warning"
    assert checked(lattice, "--repair")[1]["derived"][0][0] == "ok"


def test_a_record_and_a_binding_that_cannot_be_read_are_made_anew(lattice: Lattice, state: Path) -> None:
    (state / "project.json").write_text("{")
    (state / "checkout.json").write_text("{")
    (state / ".making-99999999-1").mkdir()
    result = lattice("status")
    assert (result.code, "lattice doctor --repair" in result.err) == (2, True)
    code, found = checked(lattice, "--repair")
    assert code == 0
    assert [states[0][0] for states in (found["project"], found["database"], found["folder"])] == ["mended"] * 3
    assert (state / "project.json.unreadable").read_text() == "{"
    assert not (state / ".making-99999999-1").exists()
    assert all(one == "ok" for one, _ in checked(lattice)[1]["database"])


def test_where_a_binding_is_gone_and_the_database_is_not_the_way_is_told(lattice: Lattice, state: Path) -> None:
    (state / "project.json").unlink()
    lattice.write(".lattice/config.json", lattice.read(".lattice/config.json").decode() + "\n")
    for command in ("status", "init"):
        refused = lattice(command)
        assert refused.code in (1, 12)
        assert "lattice doctor --repair" in refused.err
    assert checked(lattice, "--repair")[1]["project"][0][0] == "mended"
    lattice.ok("status")


def test_an_index_that_does_not_fit_its_table_is_made_anew(lattice: Lattice, state: Path) -> None:
    with closing(open_lane(state / "lattice.db", busy=1)) as lane:
        driver = lane.driver
        (name, text) = driver.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'revisions'"
            " AND name NOT LIKE 'seal%' AND sql NOT NULL"
        ).fetchone()
        # It is said to have no rows, and so a row that moves does not move in it.
        driver.execute("PRAGMA writable_schema = ON")
        driver.execute("UPDATE sqlite_master SET sql = sql || ' WHERE 0' WHERE name = ?", [name])
    with closing(open_lane(state / "lattice.db", busy=1)) as lane:
        lane.driver.execute(
            "UPDATE revisions SET rowid = rowid + 1000 WHERE rowid = (SELECT max(rowid) FROM revisions)"
        )
        lane.driver.execute("PRAGMA writable_schema = ON")
        lane.driver.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", [text, name])
    before = rows(state / "lattice.db")
    code, found = checked(lattice)
    assert (code, found["database"][0][0]) == (10, "problem")
    assert name in found["database"][0][1]
    code, found = checked(lattice, "--repair")
    assert (code, [one for one, _ in found["database"]]) == (0, ["mended", "ok"])
    assert rows(state / "lattice.db") == before


def test_a_row_that_is_not_what_was_written_is_never_mended_away(lattice: Lattice, state: Path) -> None:
    content = (state / "lattice.db").read_bytes()
    assert b"Raise it" in content
    # Everywhere, in indexes too: pages and indexes fit each other.
    (state / "lattice.db").write_bytes(content.replace(b"Raise it", b"Raise me"))
    for arguments in ((), ("--repair",)):
        code, found = checked(lattice, *arguments)
        assert (code, found["database"][-1][0]) == (10, "problem")
        assert "restore-backup" in found["database"][-1][1]


def test_a_file_whose_mode_keeps_its_owner_out_is_opened_again(lattice: Lattice, state: Path) -> None:
    (state / "lattice.db").chmod(0o400)
    steps = list(doctor_file.look(state / "lattice.db", repair=True))
    # Nothing keeps the superuser out.
    assert [check.state for check in steps] in (["mended", "ok"], ["ok"])


def test_who_is_in_the_midst_of_writing_is_told(lattice: Lattice, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_file, "_LOCKED", 0)
    with closing(sqlite3.connect(state / "lattice.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, found = checked(lattice)
    assert (code, found["database"][0][0]) == (0, "warning")
    assert "is in the midst of writing" in found["database"][0][1]


def test_a_disk_on_which_locks_do_not_hold_is_not_supported(
    lattice: Lattice, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filesystems, "network", lambda folder: "nfs4")
    code, found = checked(lattice)
    assert (code, found["database"][0][0]) == (0, "warning")
    monkeypatch.setattr(filesystems, "locks_hold", lambda folder: False)
    code, found = checked(lattice)
    assert (code, found["database"][0][0]) == (10, "problem")
    assert "network file system (nfs4)" in found["database"][0][1]
    assert "DATABASE_URL" in found["database"][0][1]
