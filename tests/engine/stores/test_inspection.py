import sqlite3
from pathlib import Path

import pytest

from lattice_console.engine.stores.inspection import inspect
from tests.engine.stores.samples import KIM
from tests.support.underneath import underneath


def test_a_whole_database_has_no_problem_and_is_not_touched(file: Path) -> None:
    before = file.read_bytes()
    assert inspect(file) == []
    assert file.read_bytes() == before


def test_content_that_is_no_bytes_any_more_is_found(file: Path) -> None:
    with underneath(file) as driver:
        driver.execute("INSERT INTO blobs VALUES ('h', 4, 'text')")
    assert inspect(file) == ["the blob h does not hold what its hash says"]


def test_a_row_that_refers_to_nothing_is_named_by_its_table(file: Path) -> None:
    with underneath(file) as driver:
        driver.execute("DELETE FROM users WHERE id = ?", [KIM])
    assert inspect(file) == ["a row of memberships refers to users, which is not there"]


def test_a_damaged_file_has_problems(file: Path) -> None:
    content = file.read_bytes()
    half = len(content) // 2
    file.write_bytes(content[:half] + b"\xa5" * (len(content) - half))
    assert inspect(file)


def test_a_file_that_is_no_database_is_a_problem_and_one_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "lattice.db"
    with pytest.raises(sqlite3.OperationalError):
        inspect(file)
    assert not file.exists()
    file.write_text("no database" * 100)
    assert len(inspect(file)) == 1


def test_statistics_that_somebody_asked_for_are_no_problem(file: Path) -> None:
    with underneath(file) as driver:
        driver.execute("ANALYZE")
    assert inspect(file) == []
