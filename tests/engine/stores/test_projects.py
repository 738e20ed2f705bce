from lattice_console.engine.ports import Tables
from tests.engine.stores.samples import OTHER, PROJECT, later, project


def test_a_project_comes_back_as_it_was_created(tables: Tables) -> None:
    assert tables.projects.get(PROJECT) == project(PROJECT)
    assert tables.projects.get("nowhere") is None


def test_moving_counts_version_and_where_asked_sequence_and_policy(tables: Tables) -> None:
    tables.projects.move(PROJECT, at=later(1))
    tables.projects.move(PROJECT, at=later(2), head=True, policy_version="abc")
    moved = tables.projects.get(PROJECT)
    assert moved is not None
    assert (moved.version, moved.sequence, moved.policy_version) == (3, 1, "abc")
    assert (moved.created_at, moved.updated_at) == (later(0), later(2))
    assert tables.projects.get(OTHER) == project(OTHER)


def test_each_project_numbers_its_mutations_from_one(tables: Tables) -> None:
    assert [tables.projects.next_number(PROJECT) for _ in range(3)] == [1, 2, 3]
    assert tables.projects.next_number(OTHER) == 1
