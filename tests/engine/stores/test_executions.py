import pytest

from lattice_console.engine.ports import Tables
from lattice_console.engine.records import HeadMove, SnapshotRecord
from tests.engine.stores.samples import OTHER, PROJECT, execution, later, mutation, step


def test_an_execution_is_updated_and_listed_with_its_mutation_newest_first(tables: Tables) -> None:
    tables.mutations.create(PROJECT, mutation(1))
    second = execution("a", "m1", started_at=later(2))
    tables.executions.add(second)
    tables.executions.add(execution("b", "m1", started_at=later(1)))
    error = {"change_id": None, "error": "The base is stale."}
    changed = {"status": "failed", "finished_at": later(3), "seconds": 0.25, "errors": [error], "sequence": None}
    tables.executions.update("b", **changed)
    first = execution("b", "m1", started_at=later(1), **changed)
    assert tables.executions.get("b") == first
    assert tables.executions.of("m1") == [second, first]
    assert tables.executions.get("c") is None
    with pytest.raises(LookupError):
        tables.executions.update("c", status="failed")
    with pytest.raises(TypeError, match="state"):
        tables.executions.update("b", state="failed")


def test_a_claim_expires_once_its_lease_has_run_out(tables: Tables) -> None:
    for number in (1, 2, 3):
        tables.mutations.create(PROJECT, mutation(number))
        tables.executions.add(execution(f"e{number}", f"m{number}", lease_until=later(number)))
    tables.executions.update("e1", status="completed")
    assert tables.executions.expired(PROJECT, later(2), later(99)) == []
    assert [record.id for record in tables.executions.expired(PROJECT, later(2.000001), later(99))] == ["e2"]
    assert [record.id for record in tables.executions.expired(PROJECT, later(9), later(99))] == ["e2", "e3"]
    assert tables.executions.expired(OTHER, later(9), later(99)) == []


def test_a_snapshot_may_be_kept_before_the_documents_that_it_will_have_created(tables: Tables) -> None:
    tables.mutations.create(PROJECT, mutation(1))
    step(tables, 1, HeadMove("d2", "create", "b", "h"))
    tables.executions.add(execution("e1", "m1"))
    before = [SnapshotRecord("d1", None, None), SnapshotRecord("d2", "b", "h")]
    tables.executions.keep_snapshot("e1", before)
    tables.executions.keep_snapshot("e1", [])
    step(tables, 2, HeadMove("d1", "create", "a", "h"))
    assert tables.executions.snapshot("e1") == before
    assert tables.executions.snapshot("e2") == []
