"""A project moves whole between SQLite and Postgres, and what is wrong with a database is found."""

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Table

from lattice_console.contract.errors import Conflict
from lattice_console.engine.stores.copying import TABLES, Progress
from lattice_console.engine.stores.types import Json
from lattice_console.ops import db
from lattice_console.ops.demo import build
from lattice_console.servers import postgres
from tests.headless.driver import Lattice
from tests.support.underneath import underneath

TAMPERED = "UPDATE audit SET text = replace(text, 'kim', 'tim')"


@pytest.fixture(scope="module")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = asyncio.run(build(tmp_path_factory.mktemp("demo") / "billing")).root
    lattice = Lattice(root)
    conflicted = lattice.ok("mutation", "list", "is:conflicted", "--as", "kim", "--output", "json").json["items"]
    number = next(str(one["number"]) for one in conflicted if one["level"] == 0)
    lattice.ok("mutation", "resolve", number, "--strategy", "accept_ours", "--as", "kim")
    return root


@pytest.fixture
def demo(_built: Path, tmp_path: Path) -> Path:
    """The database of a project with votes, threads, stacks, executions, snapshots and resolutions."""
    return Path(shutil.copy(_built / ".lattice" / "state" / "lattice.db", tmp_path / "demo.db"))


def rows(file: Path) -> dict[str, list[str]]:
    """Every row in a SQLite file save the installation's own, as it lies there but for the order of JSON's members."""
    with closing(sqlite3.connect(file)) as connection:
        return {table.name: sorted(_row(table, row) for row in _stored(connection, table)) for table in TABLES}


def _stored(connection: sqlite3.Connection, table: Table) -> list[tuple[object, ...]]:
    own = " WHERE scope != 'installation'" if "scope" in table.c else ""
    names = ", ".join(f'"{column.name}"' for column in table.c)
    return connection.execute(f'SELECT {names} FROM "{table.name}"{own}').fetchall()


def _row(table: Table, row: tuple[object, ...]) -> str:
    return repr(
        [
            json.dumps(json.loads(value), sort_keys=True)
            if isinstance(column.type, Json) and isinstance(value, str)
            else value
            for column, value in zip(table.c, row, strict=True)
        ]
    )


def change(file: Path, *statements: str) -> None:
    with underneath(file) as connection:
        for statement in statements:
            connection.execute(statement)


def _silent(done: int, total: int, what: str) -> None:
    """Nobody looks."""


def copied(source: Path | str, target: Path | str, progress: Progress = _silent) -> db.Copied:
    return asyncio.run(db.copy(source, target, project=None, actor="kim", progress=progress))


def test_a_project_that_goes_to_postgres_and_back_is_the_same_in_every_row(
    demo: Path, tmp_path: Path, empty_postgres_database: str
) -> None:
    server, back = postgres(empty_postgres_database), tmp_path / "back.db"
    there = copied(demo, server)
    assert asyncio.run(db.check(server)).ok
    again = copied(server, back)
    assert (again.rows, again.audit_head) == (there.rows, there.audit_head)
    assert asyncio.run(db.check(back)).ok
    before, after = rows(demo), rows(back)
    empty = ("overrides", "imports", "parents", "refs", "resolutions", "remembered", "review_requests")
    for table in TABLES:
        assert after[table.name] == before[table.name], table.name
    assert [table.name for table in TABLES if not before[table.name] and table.name not in empty] == []


def test_work_goes_on_where_the_copy_is(
    demo: Path, tmp_path: Path, empty_postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = copied(demo, postgres(empty_postgres_database)).id
    monkeypatch.setenv("DATABASE_URL", empty_postgres_database)
    monkeypatch.setenv("LATTICE_PROJECT_ID", project)
    monkeypatch.setenv("LATTICE_ACTOR", "kim")
    lattice = Lattice(tmp_path)
    assert lattice.ok("audit", "verify", "--output", "json").json["ok"]
    listed = lattice.ok("mutation", "list", "--output", "json").json
    assert listed["items"]
    (tmp_path / "new.md").write_text("# New\n")
    lattice.ok("spec", "create", "--name", "billing-more", "--template", "authentication")


def test_a_target_that_has_the_project_refuses_and_stays_as_it_is(demo: Path, tmp_path: Path) -> None:
    target = tmp_path / "target.db"
    copied(demo, target)
    before = rows(target)
    with pytest.raises(Conflict) as refused:
        copied(demo, target)
    assert refused.value.code == "CF_PROJECT_EXISTS"
    assert rows(target) == before


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_copy_that_is_cut_off_leaves_nothing_and_can_be_made_again(
    kind: str, demo: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    target: Path | str = tmp_path / "target.db"
    if kind == "postgres":
        target = postgres(request.getfixturevalue("empty_postgres_database"))

    def cut(done: int, total: int, what: str) -> None:
        if what == "reviews":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copied(demo, target, cut)
    assert asyncio.run(db.check(target)).projects == 0
    assert sum(copied(demo, target).rows.values()) > 1000


def test_people_who_are_known_in_the_target_stay_themselves(demo: Path, tmp_path: Path) -> None:
    """The owner has an id of another project's there; what the project says of the owner says it of that id."""
    target = tmp_path / "target.db"
    copied(demo, target)
    change(
        target,
        "PRAGMA foreign_keys = OFF",
        *(f"DELETE FROM {table.name}" for table in reversed(TABLES) if table.name not in ("audit", "users", "blobs")),
        "UPDATE users SET id = 'ffffffff-' || substr(id, 10)",
    )
    with closing(sqlite3.connect(target)) as connection:
        people = dict(connection.execute("SELECT handle, id FROM users"))
        guards = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    # The chain of the project that was taken out is append-only; the copy needs its place.
    change(target, *(f"DROP TRIGGER {name}" for name in guards))
    change(target, "DELETE FROM audit WHERE scope != 'installation'", *guards.values())
    copied(demo, target)
    with closing(sqlite3.connect(target)) as connection:
        assert dict(connection.execute("SELECT handle, id FROM users")) == people
        authors = {author for (author,) in connection.execute("SELECT author_id FROM mutations")}
    assert authors <= set(people.values())
    assert asyncio.run(db.check(target)).ok


def test_another_person_of_the_same_handle_refuses_the_copy(demo: Path, tmp_path: Path) -> None:
    target = tmp_path / "target.db"
    asyncio.run(db.upgrade(target))
    change(demo, "UPDATE users SET email = 'kim@one.example' WHERE handle = 'kim'")
    change(
        target,
        "INSERT INTO users (id, handle, email, name, created_at)"
        " VALUES ('other', 'kim', 'kim@two.example', 'Kim', '2026-01-01T00:00:00.000000Z')",
    )
    with pytest.raises(Conflict) as refused:
        copied(demo, target)
    assert refused.value.code == "CF_PERSON"


def test_bytes_that_are_not_what_their_hash_says_are_found_and_not_copied(demo: Path, tmp_path: Path) -> None:
    change(demo, "UPDATE blobs SET content = zeroblob(size) WHERE hash = (SELECT min(hash) FROM blobs WHERE size > 0)")
    found = asyncio.run(db.check(demo))
    assert not found.ok
    assert "does not hold what its hash says" in found.problems[0]
    target = tmp_path / "target.db"
    with pytest.raises(Conflict) as refused:
        copied(demo, target)
    assert refused.value.code == "CF_COPY"
    assert asyncio.run(db.check(target)).projects == 0


def test_a_chain_that_was_rewritten_is_found_and_not_copied(demo: Path, tmp_path: Path) -> None:
    change(
        demo,
        "DROP TRIGGER audit_never_update",
        "UPDATE audit SET text = replace(text, 'kim', 'tim') WHERE sequence = 3",
    )
    assert not asyncio.run(db.check(demo)).ok
    with pytest.raises(Conflict) as refused:
        copied(demo, tmp_path / "target.db")
    assert refused.value.code == "CF_COPY"


def test_the_command_line_says_what_was_done_and_never_a_url(
    demo: Path, tmp_path: Path, empty_postgres_database: str
) -> None:
    lattice = Lattice(tmp_path)
    upgraded = lattice.ok("db", "upgrade", "--url", empty_postgres_database, "--output", "json").json
    assert upgraded["found"] is None
    done = lattice.ok("db", "copy", "--from", "sqlite:///demo.db", "--to", empty_postgres_database)
    assert "verified" in done.text
    repeated = lattice("db", "copy", "--from", "sqlite:///demo.db", "--to", empty_postgres_database)
    assert repeated.code == 12
    assert empty_postgres_database not in done.text + done.err + repeated.err
    assert lattice.ok("db", "check", "--url", empty_postgres_database).text.startswith("ok: 1 project")
    change(demo, "DROP TRIGGER audit_never_update", TAMPERED)
    assert lattice("db", "check", "--url", "sqlite:///demo.db").code == 10
    assert lattice("db", "check", "--url", "sqlite:///nowhere.db").code == 1
    assert not (tmp_path / "nowhere.db").exists()
