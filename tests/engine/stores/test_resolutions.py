from typing import Any

from lattice_console.engine.ports import Tables
from lattice_console.engine.records import RememberedRecord, ResolutionRecord
from tests.engine.stores.samples import ALEX, KIM, NOW, OTHER, PROJECT, later, mutation

TEXT, OTHER_TEXT = "0" * 64, "1" * 64


def resolution(mutation_id: str, patchset: int, **changes: Any) -> ResolutionRecord:
    plain = ResolutionRecord(mutation_id, patchset, patchset - 1, "manual", None, [{"path": "a"}], KIM, NOW)
    return plain._replace(**changes)


def test_a_resolution_is_found_by_the_patchset_that_it_made(tables: Tables) -> None:
    one = mutation(1)
    tables.mutations.create(PROJECT, one)
    made = resolution(one.id, 2, against=9, strategy="accept_ours")
    tables.resolutions.add(made)
    assert tables.resolutions.of(one.id, 2) == made
    assert tables.resolutions.of(one.id, 1) is None


def test_what_is_remembered_is_found_by_what_met_newest_first_and_in_its_own_project(tables: Tables) -> None:
    one, two = mutation(1), mutation(2)
    for record in (one, two):
        tables.mutations.create(PROJECT, record)
    tables.documents.put_blobs({TEXT: b"one\n", OTHER_TEXT: b"two\n"})
    tables.resolutions.add(resolution(one.id, 2))
    tables.resolutions.add(resolution(two.id, 3, actor_id=ALEX, created_at=later(5), strategy="accept_theirs"))
    tables.resolutions.remember(PROJECT, one.id, 2, [("k", "a.txt", None, TEXT), ("l", "a.txt", "/a", TEXT)])
    tables.resolutions.remember(PROJECT, two.id, 3, [("k", "a.txt", None, OTHER_TEXT)])
    assert tables.resolutions.remembered(PROJECT, ["k", "m"]) == [
        RememberedRecord("k", OTHER_TEXT, "accept_theirs", ALEX, later(5), 2, two.title, 3),
        RememberedRecord("k", TEXT, "manual", KIM, NOW, 1, one.title, 2),
    ]
    assert tables.resolutions.remembered(OTHER, ["k", "l"]) == []
    assert tables.resolutions.remembered(PROJECT, []) == []
