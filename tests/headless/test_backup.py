"""A project goes back to a backup that was proved, and nothing that was there is lost."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.headless.driver import Lattice
from tests.support.underneath import underneath

NEWER = b"limit: 48\nunit: hours\n"


@pytest.fixture
def database(lattice: Lattice) -> Path:
    return lattice.root / ".lattice" / "state" / "lattice.db"


@pytest.fixture
def copy(lattice: Lattice, tmp_path: Path) -> Path:
    """A backup, made before M-1 was executed."""
    lattice.write("docs/api.yaml", NEWER)
    name = lattice.approved("Raise it", "--files", "docs/api.yaml")
    made = lattice.ok("backup", str(tmp_path / "copy.db"), "--output", "json").json
    assert (made["ok"], made["problems"], made["projects"]) == (True, [], 1)
    lattice.ok("mutation", "execute", name)
    return tmp_path / "copy.db"


def kept(lattice: Lattice) -> list[Path]:
    return sorted((lattice.root / ".lattice" / "state" / "backups").glob("*"))


def test_restoring_a_backup_brings_back_mutations_and_files_and_keeps_what_was_there(
    lattice: Lattice, copy: Path, database: Path
) -> None:
    before = copy.read_bytes()
    lattice.write("docs/guide.md", "# Mine, never proposed\n")
    told = lattice.ok("restore-backup", str(copy), "--output", "json").json
    assert lattice.ok("mutation", "status", "1", "--output", "json").json["status"] == "approved"
    assert lattice.read("docs/api.yaml") == b"limit: 24\nunit: hours\n"
    assert lattice.read("docs/guide.md") == b"# Mine, never proposed\n"
    verified = lattice.ok("audit", "verify", "--output", "json").json
    assert verified["ok"]
    assert copy.read_bytes() == before
    (replaced,) = kept(lattice)
    assert told["kept"] == str(replaced)
    said = lattice.ok("events", "--output", "ndjson").text.splitlines()
    assert told["as_of"] == json.loads(said[-1])["at"]
    with closing(sqlite3.connect(replaced)) as there:
        assert there.execute("SELECT status FROM mutations").fetchall() == [("completed",)]
    with closing(sqlite3.connect(database)) as there:
        (noted,) = there.execute(
            "SELECT text FROM audit WHERE scope = 'installation' ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
    assert "database.restored" in noted
    assert "copy.db" in noted
    # And forth again.
    lattice.ok("restore-backup", str(replaced))
    assert lattice.ok("mutation", "status", "1", "--output", "json").json["status"] == "completed"
    assert lattice.read("docs/api.yaml") == NEWER
    assert len(kept(lattice)) == 2


def test_without_a_file_the_backup_lies_with_the_others_and_is_named(lattice: Lattice) -> None:
    result = lattice.ok("backup")
    (made,) = kept(lattice)
    assert result.text.strip() == str(made)
    assert f"lattice restore-backup {made}" in result.err


def test_a_backup_never_writes_over_a_file(lattice: Lattice, tmp_path: Path) -> None:
    mine = tmp_path / "mine.db"
    mine.write_bytes(b"mine")
    result = lattice("backup", str(mine))
    assert result.code == 12
    assert "was left alone" in result.err
    assert mine.read_bytes() == b"mine"


def test_the_backup_of_a_damaged_database_is_made_and_says_what_is_wrong(lattice: Lattice, tmp_path: Path) -> None:
    file = lattice.root / ".lattice" / "state" / "lattice.db"
    with underneath(file) as there:
        there.execute("DROP TRIGGER audit_never_update")
        there.execute("UPDATE audit SET text = replace(text, 'kim', 'tim')")
    result = lattice("backup", str(tmp_path / "copy.db"), "--output", "json")
    assert result.code == 10
    assert any("was changed" in problem for problem in result.json["problems"])
    assert (tmp_path / "copy.db").exists()


def test_the_backup_of_an_emptied_database_is_no_good_one(lattice: Lattice, database: Path, tmp_path: Path) -> None:
    database.write_bytes(b"")
    for left in database.parent.glob("lattice.db-*"):
        left.unlink()
    made = lattice("backup", str(tmp_path / "copy.db"), "--output", "json")
    assert (made.code, made.json["ok"], made.json["problems"]) == (10, False, ["It holds no project."])


def test_a_clone_on_another_machine_becomes_the_project_by_its_backup(
    lattice: Lattice, copy: Path, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(lattice.root, clone, ignore=shutil.ignore_patterns("state"))
    there = Lattice(clone)
    assert there("status").code == 1
    assert "kept" in there.ok("restore-backup", str(copy), "--output", "json").json
    status = there.ok("status", "--output", "json").json
    assert status["project"]["name"] == "billing"
    # The clone had what was executed later, which the project knows as proposed: the head is put back.
    assert status["clean"]
    assert there.read("docs/api.yaml") == b"limit: 24\nunit: hours\n"


def _junk(copy: Path) -> None:
    copy.write_bytes(b"no database" * 1000)


def _damaged(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[len(content) // 3 :] = b"\xa5" * (len(content) - len(content) // 3)
    copy.write_bytes(content)


def _sql(copy: Path, *statements: str) -> None:
    with underneath(copy) as there:
        for statement in statements:
            there.execute(statement)


def _tampered(copy: Path) -> None:
    _sql(copy, "DROP TRIGGER audit_never_update", "UPDATE audit SET text = replace(text, 'kim', 'tim')")


def _false_blob(copy: Path) -> None:
    _sql(copy, "UPDATE blobs SET content = x'00', size = 1 WHERE hash = (SELECT min(hash) FROM blobs)")


def _newer(copy: Path) -> None:
    _sql(copy, "UPDATE alembic_version SET version_num = '9999'")


def _of_another(copy: Path) -> None:
    other = Lattice(copy.parent / "other")
    other.root.mkdir()
    other.ok("init")
    copy.unlink()
    other.ok("backup", str(copy))


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_junk, "no SQLite database"),
        (_damaged, "it is damaged"),
        (_tampered, "was changed"),
        (_false_blob, "does not hold what its hash says"),
        (_newer, "upgrade the program"),
        (_of_another, "not the project of this folder"),
    ],
)
def test_what_is_no_whole_backup_of_this_project_is_refused_and_changes_nothing(
    lattice: Lattice, copy: Path, database: Path, harm: object, words: str
) -> None:
    assert callable(harm)
    harm(copy)
    before, of_copy = database.read_bytes(), copy.read_bytes()
    result = lattice("restore-backup", str(copy))
    assert result.code == 2, result.err
    assert words in result.err
    assert "Nothing was changed" in result.err
    assert (database.read_bytes(), copy.read_bytes()) == (before, of_copy)
    assert kept(lattice) == []
    assert sorted(path.name for path in database.parent.glob(".*")) == []


def test_a_backup_that_is_not_there_names_those_that_are(lattice: Lattice) -> None:
    made = Path(lattice.ok("backup").text.strip())
    result = lattice("restore-backup", "gone.db")
    assert result.code == 1
    assert made.name in result.err
    assert lattice("restore-backup", ".lattice/state/lattice.db").code == 2


def test_a_destroyed_database_is_kept_and_replaced(lattice: Lattice, copy: Path, database: Path) -> None:
    rubble = b"\x00" * 100_000
    database.write_bytes(rubble)
    lattice.ok("restore-backup", str(copy))
    assert lattice.ok("mutation", "status", "1", "--output", "json").json["status"] == "approved"
    (replaced,) = kept(lattice)
    assert replaced.read_bytes() == rubble
    database.write_bytes(rubble)
    assert f"no backup in {replaced.parent} but what was replaced before, {replaced.name};" in lattice("status").err


def test_a_project_on_a_server_is_backed_up_by_that(lattice: Lattice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none")
    for command in (["backup"], ["restore-backup", "x.db"]):
        result = lattice(*command)
        assert result.code == 1
        assert "secret" not in result.err
    assert "pg_dump" in lattice("backup").err
