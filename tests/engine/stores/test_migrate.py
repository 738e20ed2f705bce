import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from textwrap import dedent

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from lattice_console.contract.errors import SystemFailure
from lattice_console.engine.stores import migrate, seals
from lattice_console.engine.stores.connection import Lane, open_lane
from lattice_console.engine.stores.sqlite import SqliteStore
from lattice_console.engine.stores.tables import metadata
from lattice_console.ops import db
from lattice_console.servers import postgres
from tests.engine.stores.samples import PROJECT, project
from tests.support.underneath import underneath


async def open_and_close(file: Path) -> None:
    store = await SqliteStore.open(file)
    await store.close()


LAST, FOLLOWING = migrate.HEAD, "9999"


def names(driver: sqlite3.Connection, kind: str) -> set[str]:
    return {name for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = ?", [kind])}


def test_the_migrations_lead_to_the_tables_that_the_program_uses(lane: Lane) -> None:
    seals.take_off(lane.driver)
    context = MigrationContext.configure(lane.connection, opts={"compare_server_default": True})
    assert compare_metadata(context, metadata) == []


def test_the_migrated_tables_are_word_for_word_what_the_metadata_would_make(lane: Lane) -> None:
    """Also what alembic does not compare on SQLite: checks, collations, deferred references, tables without rowid."""
    made = open_lane(None, busy=1)
    metadata.create_all(made.connection)

    def shapes(lane: Lane) -> dict[str, str]:
        rows = lane.driver.execute("SELECT name, sql FROM sqlite_master WHERE type != 'trigger' AND sql NOT NULL")
        return {name: sql for name, sql in rows if name != "alembic_version" and not name.startswith("seal_")}

    def normal(shape: str) -> list[str]:
        head, _, body = shape.partition("(")
        body, _, tail = body.rpartition(")")
        # SQLite quotes the name of a table that was rebuilt under another one.
        return [head.replace('"', ""), *sorted(part.strip() for part in body.split(", \n\t")), tail]

    migrated, expected = shapes(lane), shapes(made)
    made.close()
    assert migrated.keys() == expected.keys()
    for name, shape in expected.items():
        assert normal(migrated[name]) == normal(shape)


def test_the_programs_list_of_revisions_is_that_of_the_scripts(lane: Lane) -> None:
    scripts = ScriptDirectory.from_config(migrate.configuration(lane.connection))
    assert [script.revision for script in scripts.walk_revisions()] == list(reversed(migrate.REVISIONS))


def test_going_down_leaves_nothing_and_going_up_again_makes_everything(lane: Lane) -> None:
    tables, triggers = names(lane.driver, "table"), names(lane.driver, "trigger")
    assert len(triggers) == 3
    lane.driver.execute("PRAGMA foreign_keys = OFF")
    command.downgrade(migrate.configuration(lane.connection), "base")
    assert names(lane.driver, "table") == {"alembic_version"}
    assert names(lane.driver, "trigger") == set()
    command.upgrade(migrate.configuration(lane.connection), "head")
    assert (names(lane.driver, "table"), names(lane.driver, "trigger")) == (tables, triggers)


def test_a_database_at_the_programs_revision_is_left_alone(lane: Lane, file: Path) -> None:
    assert migrate.bring_up_to_date(lane, file) is None
    assert not (file.parent / "backups").exists()


def test_a_new_database_needs_no_copy(tmp_path: Path) -> None:
    asyncio.run(open_and_close(tmp_path / "lattice.db"))
    assert [path.name for path in tmp_path.iterdir()] == ["lattice.db"]


@pytest.fixture
def following(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The script of one revision more, to be filled by a test: the program now works on that one."""
    scripts = tmp_path / "migrations"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate, "SCRIPTS", scripts)
    monkeypatch.setattr(migrate, "REVISIONS", (*migrate.REVISIONS, FOLLOWING))
    monkeypatch.setattr(migrate, "HEAD", FOLLOWING)
    return scripts / "versions" / f"{FOLLOWING}_following.py"


def write_step(script: Path, *upgrade: str) -> None:
    lines = "\n".join(f"    {line}" for line in upgrade)
    script.write_text(
        dedent(f"""\
        from alembic import op
        import sqlalchemy as sa

        revision = "{FOLLOWING}"
        down_revision = "{LAST}"

        def upgrade():
        """)
        + lines
    )


def test_an_older_database_is_copied_and_then_migrated(lane: Lane, file: Path, following: Path) -> None:
    write_step(following, "op.add_column('projects', sa.Column('motto', sa.Text()))")
    copy = migrate.bring_up_to_date(lane, file)
    assert copy is not None
    assert copy.parent == file.parent / "backups"
    assert copy.name.startswith(f"lattice-{LAST}-")
    assert lane.driver.execute("SELECT motto FROM projects WHERE id = ?", [PROJECT]).fetchone() == (None,)
    assert lane.tables.projects.get(PROJECT) == project(PROJECT)
    assert lane.driver.execute("PRAGMA foreign_keys").fetchone() == (1,)
    with closing(sqlite3.connect(copy)) as before:
        seals.register(before)
        assert before.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert before.execute("SELECT version_num FROM alembic_version").fetchone() == (LAST,)
        assert before.execute("SELECT * FROM projects").fetchone()[0] == PROJECT
        assert before.execute("SELECT name FROM pragma_table_info('projects') WHERE name = 'motto'").fetchone() is None


async def test_a_store_migrates_when_it_opens(file: Path, following: Path) -> None:
    write_step(following, "op.add_column('projects', sa.Column('motto', sa.Text()))")
    store = await SqliteStore.open(file)
    assert await store.read(lambda tables: tables.projects.get(PROJECT)) == project(PROJECT)
    await store.close()
    assert len(list((file.parent / "backups").iterdir())) == 1


def test_a_step_may_rebuild_a_table_that_others_refer_to(lane: Lane, file: Path, following: Path) -> None:
    write_step(
        following,
        "with op.batch_alter_table('projects', recreate='always') as table:",
        "    table.add_column(sa.Column('motto', sa.Text()))",
    )
    migrate.bring_up_to_date(lane, file)
    assert lane.tables.projects.get(PROJECT) == project(PROJECT)
    assert lane.tables.people.member_count(PROJECT) == 2


def test_a_migration_that_fails_half_way_changes_nothing(lane: Lane, file: Path, following: Path) -> None:
    write_step(
        following,
        "op.add_column('projects', sa.Column('motto', sa.Text()))",
        "op.execute('DELETE FROM memberships')",
        "raise RuntimeError('broken step')",
    )
    with pytest.raises(SystemFailure) as caught:
        migrate.bring_up_to_date(lane, file)
    assert caught.value.code == "SYS_DATABASE_MIGRATION"
    for told in ("is as it was", "please report it"):
        assert told in caught.value.message
    assert "broken step" not in caught.value.message
    # The console tries again and again: copies would fill the disk.
    assert list((file.parent / "backups").iterdir()) == []
    assert lane.driver.execute("SELECT version_num FROM alembic_version").fetchone() == (LAST,)
    assert lane.driver.execute("SELECT name FROM pragma_table_info('projects') WHERE name = 'motto'").fetchone() is None
    assert lane.tables.people.member_count(PROJECT) == 2
    assert lane.driver.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_migration_that_would_leave_dangling_references_is_undone(lane: Lane, file: Path, following: Path) -> None:
    write_step(following, "op.execute('DELETE FROM users')")
    with pytest.raises(SystemFailure) as caught:
        migrate.bring_up_to_date(lane, file)
    assert caught.value.code == "SYS_DATABASE_MIGRATION"
    assert lane.tables.people.find("kim") is not None


def test_a_database_of_a_newer_program_is_refused_and_left_alone(file: Path) -> None:
    with underneath(file) as driver:
        driver.execute("UPDATE alembic_version SET version_num = '9999'")
    before = file.read_bytes()
    with pytest.raises(SystemFailure) as caught:
        asyncio.run(open_and_close(file))
    assert caught.value.code == "SYS_DATABASE_NEWER"
    assert "upgrade the program" in caught.value.message
    assert caught.value.details == {"found": "9999", "known": migrate.HEAD}
    assert file.read_bytes() == before


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "lattice.db"
    with closing(sqlite3.connect(file)) as driver:
        driver.execute("CREATE TABLE bookmarks (url TEXT)")
    before = file.read_bytes()
    with pytest.raises(SystemFailure) as caught:
        asyncio.run(open_and_close(file))
    assert caught.value.code == "SYS_DATABASE_FOREIGN"
    assert file.read_bytes() == before


def test_a_copy_put_in_place_that_lost_its_log_mode_gets_it_back(file: Path) -> None:
    with closing(sqlite3.connect(file)) as driver:
        assert driver.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    asyncio.run(open_and_close(file))
    with closing(sqlite3.connect(file)) as driver:
        assert driver.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_migration_that_fails_on_postgres_is_undone_and_says_so(empty_postgres_database: str) -> None:
    await db.upgrade(postgres(empty_postgres_database))
    connection = await asyncpg.connect(empty_postgres_database)
    try:
        # The step after it makes an index that is there already.
        await connection.execute("UPDATE alembic_version SET version_num = '0007'")
        with pytest.raises(SystemFailure) as caught:
            await db.upgrade(postgres(empty_postgres_database))
        assert caught.value.code == "SYS_DATABASE_MIGRATION"
        assert "of revision 0007" in caught.value.message
        assert await connection.fetchval("SELECT version_num FROM alembic_version") == "0007"
    finally:
        await connection.close()
