import hashlib
import json
import sqlite3

import pytest

from lattice_console.engine.ports import Tables
from lattice_console.engine.stores.connection import Lane
from tests.engine.stores.samples import OTHER, PROJECT, audit


def test_a_row_keeps_the_canonical_text_and_its_hash_over_text_and_previous(tables: Tables) -> None:
    audit(tables, PROJECT, [{"subject": "é", "action": "vote", "data": {"b": 1, "a": None}}, {"z": 0}])
    audit(tables, PROJECT, [{"action": "execute"}])
    first, second, third = tables.audit.chain(PROJECT)
    assert first.text == '{"action":"vote","data":{"a":null,"b":1},"sequence":1,"subject":"\\u00e9"}'
    assert second.text == '{"sequence":2,"z":0}'
    assert first.previous == "0" * 64
    for row, previous in ((first, "0" * 64), (second, first.hash), (third, second.hash)):
        assert row.previous == previous
        assert row.hash == hashlib.sha256((row.text + previous).encode()).hexdigest()
    assert tables.audit.head(PROJECT) == (3, third.hash)


def test_each_project_and_the_installation_have_a_chain_of_their_own(tables: Tables) -> None:
    tables.audit.append(None, [{"of": "installation"}])
    audit(tables, PROJECT, [{"of": "project"}, {"of": "project"}])
    assert [json.loads(row.text)["of"] for row in tables.audit.chain(None)] == ["installation"]
    assert [row.sequence for row in tables.audit.chain(PROJECT)] == [1, 2]
    assert list(tables.audit.chain(OTHER)) == []
    assert [tables.audit.head(scope)[0] for scope in (None, PROJECT, OTHER)] == [1, 2, 0]


def test_a_page_is_newest_first_with_the_length_of_the_whole_chain(tables: Tables) -> None:
    audit(tables, PROJECT, [{"n": n} for n in range(5)])
    audit(tables, PROJECT, [])
    page, total = tables.audit.page(PROJECT, None, 2)
    assert ([row.sequence for row in page], total) == ([5, 4], 5)
    page, total = tables.audit.page(PROJECT, 4, 9)
    assert ([row.sequence for row in page], total) == ([3, 2, 1], 5)


def test_a_long_chain_is_read_whole_and_in_order(tables: Tables) -> None:
    audit(tables, PROJECT, [{"n": n} for n in range(2001)])
    assert [row.sequence for row in tables.audit.chain(PROJECT)] == list(range(1, 2002))


def test_an_entry_does_not_choose_its_own_number(tables: Tables) -> None:
    with pytest.raises(ValueError, match="numbers its entries"):
        audit(tables, PROJECT, [{"sequence": 7}])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET text = 'x' WHERE sequence = 1",
        "UPDATE audit SET hash = hash",
        "DELETE FROM audit WHERE sequence = 2",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT scope, sequence, 'x', previous, hash FROM audit",
        "INSERT INTO audit SELECT scope, sequence, text, previous, hash FROM audit WHERE true "
        "ON CONFLICT DO UPDATE SET text = 'x'",
    ],
)
def test_what_is_written_cannot_be_changed(lane: Lane, statement: str) -> None:
    with lane.transaction("BEGIN IMMEDIATE"):
        audit(lane.tables, PROJECT, [{"n": 1}, {"n": 2}])
    before = list(lane.tables.audit.chain(PROJECT))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        lane.driver.execute(statement)
    assert list(lane.tables.audit.chain(PROJECT)) == before
