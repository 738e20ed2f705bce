"""Several mutations at once: by ids, filters, views and stacks, with one summary."""

import pytest

from tests.headless.driver import Lattice


@pytest.fixture
def stack(lattice: Lattice) -> Lattice:
    """M-1 with M-2 and M-3 on top of each other, and M-4 beside them; all of them kim's."""
    lattice.write("docs/api.yaml", "limit: 48\nunit: hours\n")
    lattice.propose("Bottom", "--files", "docs/api.yaml")
    lattice.write("docs/api.yaml", "limit: 48\nunit: days\n")
    lattice.propose("Middle", "--files", "docs/api.yaml", "--parent", "1")
    lattice.write("docs/guide.md", "# Guide\n")
    lattice.propose("Top", "--files", "docs/guide.md", "--parent", "2")
    lattice.write("src/auth.py", "LIMIT = 48\n")
    lattice.propose("Beside", "--files", "src")
    lattice.ok("restore", ".")
    return lattice


def outcomes(lattice: Lattice, *arguments: str) -> tuple[int, dict[int, str]]:
    """Exit code, and what came of each by its number, in the order of the report."""
    result = lattice("mutation", *arguments, "--output", "json")
    return result.code, {one["number"]: one["outcome"] for one in result.json["items"]}


def statuses(lattice: Lattice) -> dict[int, str]:
    return {one["number"]: one["status"] for one in lattice.ok("mutation", "list", "--output", "ndjson").lines}


def test_several_ids_are_decided_in_one_run(stack: Lattice) -> None:
    done = stack.ok("mutation", "approve", "1", "M-4", "--as", "ana")
    assert done.err == "Approved 2 of 2 mutations.\n"
    assert statuses(stack) == {1: "approved", 2: "pending", 3: "pending", 4: "approved"}


def test_a_filter_and_a_view_name_them_as_well(stack: Lattice) -> None:
    assert outcomes(stack, "approve", "--filter", "is:open Bottom", "--as", "ana") == (0, {1: "done"})
    stack.ok("view", "save", "rest", "vote:none is:open")
    assert outcomes(stack, "approve", "--view", "rest", "--as", "ana") == (0, {4: "done", 2: "done", 3: "done"})


def test_a_dry_run_says_what_would_happen_to_each_and_changes_nothing(stack: Lattice) -> None:
    stack.ok("mutation", "approve", "1", "--as", "ana")
    result = stack("mutation", "approve", "1", "2", "--as", "ana", "--dry-run")
    assert "M-1  unchanged" in result.text
    assert "M-2  would " in result.text
    assert result.err == "Would approve 1 of 2 mutations (1 unchanged). Nothing was changed.\n"
    code, fates = outcomes(stack, "approve", "2", "--dry-run")
    assert (code, fates) == (1, {2: "refused"})
    assert statuses(stack)[2] == "pending"


def test_what_is_refused_is_reported_and_the_others_go_on(stack: Lattice) -> None:
    stack.ok("mutation", "cancel", "2")
    result = stack("mutation", "reject", "1", "2", "4", "--reason", "No.", "--as", "ana", "--output", "json")
    assert {one["number"]: one["outcome"] for one in result.json["items"]} == {1: "done", 4: "done", 2: "refused"}
    (refused,) = [one for one in result.json["items"] if one["outcome"] == "refused"]
    assert refused["code"] == "BR_VOTE"
    assert "cancelled" in refused["reason"]
    assert (result.code, result.json["done"]) == (1, 2)


def test_the_exit_code_is_that_of_the_worst(stack: Lattice) -> None:
    stack.ok("mutation", "approve", "4", "--as", "ana")
    assert outcomes(stack, "execute", "1", "4")[0] == 11
    stack.ok("mutation", "approve", "1", "--as", "ana")
    stack.write("docs/api.yaml", "mine\n")
    assert outcomes(stack, "execute", "1", "2")[0] == 20


def test_a_stack_is_approved_and_executed_from_below(stack: Lattice) -> None:
    assert outcomes(stack, "approve", "2", "--stack", "--as", "ana") == (0, {1: "done", 2: "done", 3: "done"})
    code, would = outcomes(stack, "execute", "3", "--stack", "--dry-run")
    assert (code, would) == (0, {1: "would", 2: "would", 3: "would"})
    shown = stack.ok("mutation", "execute", "3", "--stack", "--dry-run")
    assert "after M-2" in shown.text
    assert outcomes(stack, "execute", "3", "--stack") == (0, {1: "done", 2: "done", 3: "done"})
    assert stack.read("docs/api.yaml") == b"limit: 48\nunit: days\n"
    assert statuses(stack)[4] == "pending"


def test_ids_in_any_order_execute_parents_first(stack: Lattice) -> None:
    stack.ok("mutation", "approve", "1", "2", "--as", "ana")
    assert list(outcomes(stack, "execute", "2", "1")[1].items()) == [(1, "done"), (2, "done")]


def test_a_child_is_refused_where_its_parent_is(stack: Lattice) -> None:
    stack.ok("mutation", "approve", "2", "3", "--as", "ana")
    code, fates = outcomes(stack, "execute", "3", "--stack", "--dry-run")
    assert (code, fates) == (11, {1: "refused", 2: "refused", 3: "refused"})


def test_a_dry_run_names_files_that_were_changed_here(stack: Lattice) -> None:
    stack.ok("mutation", "approve", "1", "4", "--as", "ana")
    stack.write("src/auth.py", "mine\n")
    result = stack("mutation", "execute", "1", "4", "--dry-run")
    assert (result.code, "Changed in this folder: src/auth.py." in result.text) == (20, True)


def test_a_repeated_run_with_a_key_does_nothing_twice(stack: Lattice) -> None:
    for _ in range(2):
        stack.ok("mutation", "approve", "1", "2", "--comment", "Fine.", "--as", "ana", "--idempotency-key", "monday")
    assert len(stack.ok("mutation", "show", "1", "--output", "json").json["reviews"]) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "Name mutations: ID..., --filter F or --view NAME"),
        (("--filter", ""), "An empty filter means every mutation"),
        (("--view", "none"), "There is no view"),
        (("1", "2", "--patchset", "1"), "--patchset is about one mutation"),
        (("1", "2", "--expected-version", "1"), "--expected-version is about one mutation"),
    ],
)
def test_what_is_meant_has_to_be_clear(stack: Lattice, options: tuple[str, ...], told: str) -> None:
    result = stack("mutation", "approve", *options, "--as", "ana")
    assert result.code in (1, 2)
    assert told in result.err
    assert set(statuses(stack).values()) == {"pending"}
