"""By which globs specs govern files, as rows."""

from alembic import command

from lattice_console.engine.ports import Tables
from lattice_console.engine.records import GlobRecord, HeadMove
from lattice_console.engine.stores import migrate
from lattice_console.engine.stores.connection import Lane
from tests.engine.stores.samples import OTHER, PROJECT, mean, spec, step


def test_globs_are_found_by_who_governs_and_by_the_folder_that_their_files_lie_in(tables: Tables) -> None:
    mean(tables, spec("s1", "a"), spec("s2", "a"), spec("s3", "b"))
    tables.globs.replace(PROJECT, ["d-s1", "d-s2"], [GlobRecord(f"d-s{at}", "src/*", "src/") for at in (1, 2)])
    tables.globs.replace(PROJECT, ["d-s3"], [GlobRecord("d-s3", glob, "") for glob in ("*.md", "x*/y")])
    assert tables.globs.of(PROJECT, ["a", "gone"]) == [("a", "src/*", "src/")]
    assert tables.globs.of(PROJECT) == [("a", "src/*", "src/"), ("b", "*.md", ""), ("b", "x*/y", "")]
    assert tables.globs.over(PROJECT, ["", "src/deep/"]) == [("b", "*.md", ""), ("b", "x*/y", "")]
    tables.globs.replace(PROJECT, ["d-s1", "d-s3"], [])
    assert tables.globs.of(PROJECT) == [("a", "src/*", "src/")]
    assert tables.globs.of(OTHER) == tables.globs.over(OTHER, ["", "src/"]) == []


def test_documents_are_found_by_their_folder_with_what_they_go_by(tables: Tables) -> None:
    paths = ("src/a", "src/b/c", "src0", "srca/d")
    step(tables, 1, *(HeadMove(f"d-{path}", "create", path, "h") for path in paths))
    tables.specs.put(PROJECT, [spec("s1", "one", document_id="d-src/a")])
    assert tables.graph.under(PROJECT, "src/") == [("src/a", "one"), ("src/b/c", "src/b/c")]
    assert len(tables.graph.under(PROJECT, "")) == 4


def test_after_the_migration_documents_are_read_anew_by_whoever_looks_first(lane: Lane) -> None:
    with lane.transaction("BEGIN IMMEDIATE"):
        lane.tables.conflicts.indexed(PROJECT)
    lane.driver.execute("PRAGMA foreign_keys = OFF")
    command.downgrade(migrate.configuration(lane.connection), "0009")
    migrate.bring_up_to_date(lane, None)
    project = lane.tables.projects.get(PROJECT)
    assert project is not None
    assert not project.indexed
