from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import bindparam, delete, insert, select, update

from lattice_console.engine.stores.connection import Lane, open_lane
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.rows import several
from lattice_console.engine.stores.sqlite_database import SqliteDatabase
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import blobs, projects, users
from tests.engine.stores.samples import ALEX, KIM, NOW, OTHER, PROJECT


@pytest.fixture
def database(lane: Lane) -> Database:
    return SqliteDatabase(lane.driver, lane.connection)


def test_values_are_converted_on_the_way_in_and_out(database: Database) -> None:
    created = Prepared(select(users.c.id, users.c.created_at).where(users.c.created_at == bindparam("at")))
    assert sorted(database.rows(created, at=NOW)) == [(ALEX, NOW), (KIM, NOW)]


def test_a_statement_takes_the_columns_that_it_is_given(database: Database) -> None:
    change = Prepared(update(projects).where(projects.c.id == bindparam("project")))
    assert database.run(change, project=PROJECT, name="First", version=7) == 1
    assert database.run(change, project=PROJECT, type="go") == 1
    assert database.run(change, project="none", type="go") == 0
    seen = Prepared(select(projects.c.name, projects.c.version, projects.c.type).order_by(projects.c.id))
    assert database.rows(seen) == [("First", 7, "go"), ("P2", 1, "python")]


@pytest.mark.parametrize("values", [{"project": PROJECT, "titel": "x"}, {"project": PROJECT, "name": "x", "extra": 1}])
def test_a_parameter_that_has_no_place_is_an_error(database: Database, values: dict[str, object]) -> None:
    with pytest.raises(TypeError, match=r"titel|extra"):
        database.run(Prepared(update(projects).where(projects.c.id == bindparam("project"))), **values)


def test_a_parameter_that_is_missing_is_an_error(database: Database) -> None:
    with pytest.raises(TypeError, match="project"):
        database.rows(Prepared(select(projects.c.id).where(projects.c.id == bindparam("project"))))


def test_a_value_of_no_row_is_an_error_and_a_row_of_none_is_none(database: Database) -> None:
    name = Prepared(select(projects.c.name).where(projects.c.id == bindparam("project")))
    assert database.value(name, project=PROJECT) == "P1"
    assert database.row(name, project="none") is None
    with pytest.raises(LookupError):
        database.value(name, project="none")


def test_rows_are_written_in_one_go_and_none_is_no_work(database: Database) -> None:
    add = Prepared(insert(blobs))
    database.run_each(add, [])
    database.run_each(add, [{"hash": str(n), "size": n, "content": bytes(n)} for n in range(3)])
    assert database.column(Prepared(select(blobs.c.size).order_by(blobs.c.size))) == [0, 1, 2]


def test_a_statement_composed_for_the_call_sees_the_same_transaction(lane: Lane, database: Database) -> None:
    with lane.transaction("BEGIN IMMEDIATE"):
        database.run(Prepared(delete(users).where(users.c.id == bindparam("user"))), user="none")
        database.run_each(Prepared(insert(blobs)), [{"hash": "h", "size": 1, "content": b"x"}])
        assert database.compose(select(blobs.c.content)) == [(b"x",)]
        composed = select(projects.c.id).where(projects.c.id == bindparam("project"))
        assert database.compose(composed, {"project": OTHER}) == [(OTHER,)]


@pytest.fixture(scope="module")
def numbers() -> Iterator[Database]:
    """Blobs of every size below 30."""
    lane = open_lane(None, busy=1)
    lane.driver.execute("CREATE TABLE blobs (hash, size, content)")
    database = SqliteDatabase(lane.driver, lane.connection)
    database.run_each(Prepared(insert(blobs)), [{"hash": "", "size": size, "content": b""} for size in range(30)])
    yield database
    lane.close()


SIZES = st.lists(st.integers(0, 40), max_size=40)


@given(SIZES, SIZES)
def test_lists_of_any_length_mean_their_items(numbers: Database, wanted: list[int], unwanted: list[int]) -> None:
    chosen = select(blobs.c.size).where(blobs.c.size.in_(several("wanted")), blobs.c.size.not_in(unwanted))
    found = numbers.column(Prepared(chosen.order_by(blobs.c.size)), wanted=wanted)
    assert found == sorted(size for size in set(wanted) - set(unwanted) if size < 30)
