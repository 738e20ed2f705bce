from lattice_console.engine.ports import Tables
from lattice_console.engine.records import HeadMove
from tests.engine.stores.samples import OTHER, PROJECT, spec, step


def test_specs_are_listed_by_name_and_found_by_it(tables: Tables) -> None:
    step(tables, 1, HeadMove("d1", "create", "a.json", "h"))
    billing = spec("s2", "billing", document_id="d1", has_schema=True, depends_on=["auth"], requirements=3)
    auth = spec("s1", "auth", version=None, type="generic")
    tables.specs.put(PROJECT, [billing, auth])
    assert tables.specs.all(PROJECT) == [auth, billing]
    assert tables.specs.by_name(PROJECT, "billing") == billing
    assert tables.specs.by_name(OTHER, "billing") is None
    assert tables.specs.all(OTHER) == []


def test_putting_a_spec_again_replaces_it(tables: Tables) -> None:
    tables.specs.put(PROJECT, [spec("s1", "auth")])
    tables.specs.put(PROJECT, [spec("s1", "auth", description="new"), spec("s2", "auth")])
    tables.specs.put(PROJECT, [])
    assert [record.description for record in tables.specs.all(PROJECT)] == ["new", ""]


def test_of_two_specs_of_one_name_the_older_is_found(tables: Tables) -> None:
    tables.specs.put(PROJECT, [spec("s2", "auth"), spec("s1", "auth")])
    found = tables.specs.by_name(PROJECT, "auth")
    assert found is not None
    assert found.id == "s1"


def test_dropping_tells_ids_and_names_for_documents_that_come_back(tables: Tables) -> None:
    step(tables, 1, *(HeadMove(f"d{n}", "create", f"{n}.json", "h") for n in range(3)))
    tables.specs.put(PROJECT, [spec(f"s{n}", f"spec-{n}", document_id=f"d{n}") for n in range(3)])
    tables.specs.put(PROJECT, [spec("s9", "deployment")])
    assert tables.specs.drop(OTHER, ["d0"]) == {}
    assert tables.specs.drop(PROJECT, ["d0", "d2", "d7"]) == {"d0": ("s0", "spec-0"), "d2": ("s2", "spec-2")}
    assert [record.name for record in tables.specs.all(PROJECT)] == ["deployment", "spec-1"]
