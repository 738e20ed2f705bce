from sqlite3 import IntegrityError

import pytest

from lattice_console.engine.ports import Tables
from lattice_console.engine.records import OverrideRecord, ParentRecord
from tests.engine.stores.samples import ALEX, NOW, OTHER, PROJECT, change, later, mutation, patchset, propose


def test_a_mutation_comes_back_as_it_was_created(tables: Tables) -> None:
    record = mutation(1, labels=["ui", "ß"], metadata={"ticket_id": "SEC-1", "n": [1, None]}, spec_name="auth")
    tables.mutations.create(PROJECT, record)
    assert tables.mutations.by_id(PROJECT, "m1") == record
    assert tables.mutations.by_number(PROJECT, 1) == record
    assert tables.mutations.many(["m1", "m2"]) == {"m1": record}


def test_a_mutation_is_not_seen_from_another_project(tables: Tables) -> None:
    tables.mutations.create(PROJECT, mutation(1))
    assert tables.mutations.by_id(OTHER, "m1") is None
    assert tables.mutations.by_number(OTHER, 1) is None


def test_no_two_mutations_of_a_project_share_a_number(tables: Tables) -> None:
    tables.mutations.create(PROJECT, mutation(1))
    tables.mutations.create(OTHER, mutation(1, id="elsewhere"))
    with pytest.raises(IntegrityError):
        tables.mutations.create(PROJECT, mutation(1, id="twin"))


def test_an_update_counts_the_version_up_unless_it_sets_it(tables: Tables) -> None:
    tables.mutations.create(PROJECT, mutation(1))
    tables.mutations.update("m1", title="New", labels=["x"], updated_at=later(1))
    tables.mutations.update("m1", approvals=1, version=2)
    updated = tables.mutations.by_id(PROJECT, "m1")
    assert updated == mutation(1, title="New", labels=["x"], updated_at=later(1), approvals=1, version=2)


def test_an_update_of_nothing_or_of_an_unknown_column_is_an_error(tables: Tables) -> None:
    with pytest.raises(LookupError):
        tables.mutations.update("m1", title="New")
    tables.mutations.create(PROJECT, mutation(1))
    with pytest.raises(TypeError, match="titel"):
        tables.mutations.update("m1", titel="New")


def test_mutations_are_found_by_state(tables: Tables) -> None:
    for number, status, author in ((1, "pending", ALEX), (2, "approved", ALEX), (3, "draft", "u-kim")):
        tables.mutations.create(PROJECT, mutation(number, status=status, author_id=author))
    found = tables.mutations.with_status(PROJECT, ["draft", "pending"])
    assert [record.number for record in found] == [1, 3]


def test_the_current_patchset_is_the_one_that_the_mutation_names(tables: Tables) -> None:
    finding = {"path": "a", "rule": "json", "severity": "error", "message": "\ud800 odd", "pointer": None}
    first, second = patchset("m1"), patchset("m1", 2, findings=[finding], message="again")
    tables.mutations.create(PROJECT, mutation(1))
    tables.mutations.add_patchset(PROJECT, first, [], [])
    assert tables.mutations.patchsets(["m1", "m2"]) == {"m1": first}
    tables.mutations.add_patchset(PROJECT, second, [], [])
    tables.mutations.update("m1", patchset=2)
    assert tables.mutations.patchsets(["m1"]) == {"m1": second}
    assert tables.mutations.patchset("m1", 1) == first
    assert tables.mutations.patchset("m1", 3) is None


def test_changes_keep_their_order_and_every_patchset_asked_for_has_a_list(tables: Tables) -> None:
    tables.documents.put_blobs({"h": b""})
    changes = [
        change("c3", "z", operation="modify", base_hash="unknown", result_hash="h"),
        change("c1", "a", operation="rename", new_path="b"),
        change("c2", "m", operation="delete"),
    ]
    tables.mutations.create(PROJECT, mutation(1))
    tables.mutations.add_patchset(PROJECT, patchset("m1"), changes, [])
    assert tables.mutations.changes(["m1/1", "none"]) == {"m1/1": changes, "none": []}


def test_children_are_those_stacked_by_their_current_patchset(tables: Tables) -> None:
    parent = ParentRecord("m1", "m1-1")
    propose(tables, mutation(1))
    for number in (3, 2):
        tables.mutations.create(PROJECT, mutation(number))
        tables.mutations.add_patchset(PROJECT, patchset(f"m{number}"), [], [parent])
    assert [child.number for child in tables.mutations.children("m1")] == [2, 3]
    assert tables.mutations.parents(["m2/1", "m1/1"]) == {"m2/1": [parent], "m1/1": []}
    tables.mutations.add_patchset(PROJECT, patchset("m2", 2), [], [])
    tables.mutations.update("m2", patchset=2)
    assert [child.number for child in tables.mutations.children("m1")] == [3]


def test_a_patchset_may_be_stacked_on_several(tables: Tables) -> None:
    for number in (1, 2, 3):
        tables.mutations.create(PROJECT, mutation(number))
    parents = [ParentRecord("m1", "x"), ParentRecord("m2", "y")]
    tables.mutations.add_patchset(PROJECT, patchset("m3"), [], parents)
    assert tables.mutations.parents(["m3/1"]) == {"m3/1": parents}


def test_overrides_are_kept_by_mutation(tables: Tables) -> None:
    tables.mutations.create(PROJECT, mutation(1))
    overrides = [OverrideRecord("approvals", "import", "r"), OverrideRecord("valid", "import", "r")]
    tables.mutations.override("m1", overrides, NOW)
    assert tables.mutations.overrides(["m1", "m2"]) == {"m1": overrides, "m2": []}


def test_an_import_is_known_by_project_and_commit(tables: Tables) -> None:
    tables.mutations.create(PROJECT, mutation(1))
    tables.mutations.note_import(PROJECT, "c0ffee", "m1")
    assert tables.mutations.imported(PROJECT, "c0ffee") == "m1"
    assert tables.mutations.imported(OTHER, "c0ffee") is None
    assert tables.mutations.imported(PROJECT, "c0ff") is None


def test_pending_imports_are_found_by_the_paths_of_their_newest_patchset(tables: Tables) -> None:
    for number, status in ((1, "completed"), (4, "pending"), (3, "approved"), (2, "rejected"), (5, "pending")):
        propose(tables, mutation(number, status=status), "a", "b")
        if number != 5:
            tables.mutations.note_import(PROJECT, f"c{number}", f"m{number}")
    tables.mutations.add_patchset(PROJECT, patchset("m4", 2), [change("x", "old", new_path="new")], [])

    def numbers(*paths: str) -> list[int]:
        return [record.number for record in tables.mutations.pending_imports_on(PROJECT, paths)]

    assert numbers("b", "elsewhere") == [2, 3]
    assert numbers("a", "b", "old", "new") == [2, 3, 4]
    assert numbers("new") == [4]
    assert numbers("a", *(f"path-{n}" for n in range(600)), "old") == [2, 3, 4]
    assert numbers() == []
    assert tables.mutations.pending_imports_on(OTHER, ["a"]) == []
