"""What documents refer to, as rows."""

from lattice_console.engine.ports import Tables
from lattice_console.engine.records import HeadMove, ReferenceRecord
from tests.engine.stores.samples import OTHER, PROJECT, step


def test_references_are_found_by_who_refers_and_by_what_is_referred_to(tables: Tables) -> None:
    step(tables, 1, *(HeadMove(f"d{number}", "create", f"{number}.json", "h") for number in range(3)))
    common = [ReferenceRecord(f"d{number}", "common.json", ["/A", "/B/~1c", ""]) for number in range(2)]
    apart = ReferenceRecord("d1", "apart.json", [""])
    assert tables.references.replace(PROJECT, ["d0", "d1", "d2"], [*common, apart]) == set()
    assert tables.references.of(PROJECT, ["d1", "d2"]) == [apart, common[1]]
    assert tables.references.to(PROJECT, ["common.json", "gone.json"]) == common
    assert tables.references.to(OTHER, ["common.json"]) == tables.references.of(OTHER, ["d1"]) == []


def test_what_replaces_references_says_who_referred_to_something_before(tables: Tables) -> None:
    step(tables, 1, HeadMove("d1", "create", "1.json", "h"), HeadMove("d2", "create", "2.json", "h"))
    tables.references.replace(PROJECT, ["d1"], [ReferenceRecord("d1", path, [""]) for path in ("a", "b")])
    assert tables.references.replace(PROJECT, ["d1", "d2"], [ReferenceRecord("d2", "c", ["/C"])]) == {"d1"}
    assert tables.references.of(PROJECT, ["d1", "d2"]) == [("d2", "c", ["/C"])]
