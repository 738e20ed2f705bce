"""How SQLite answers: no query reads a whole table of what may be many."""

from collections.abc import Callable
from typing import Any

import pytest

from lattice_console.contract.models.query import MutationFilter
from lattice_console.engine.ports import Tables
from lattice_console.engine.records import HeadMove, ParentRecord, Window
from lattice_console.engine.stores.connection import Lane
from tests.engine.stores.samples import KIM, NOW, PROJECT, event, execution, mutation, patchset, propose, spec, step

FIRST = Window(None, "next", 0, 50)
CALLS: dict[str, Callable[[Tables], Any]] = {
    "projects.get": lambda tables: tables.projects.get(PROJECT),
    "people.find by handle": lambda tables: tables.people.find("kim"),
    "people.find by e-mail": lambda tables: tables.people.find("kim@example.org"),
    "people.get": lambda tables: tables.people.get([KIM, "x"]),
    "people.handles_like": lambda tables: tables.people.handles_like("k"),
    "people.members": lambda tables: tables.people.members(PROJECT),
    "documents.content": lambda tables: tables.documents.content(PROJECT, "h"),
    "documents.known": lambda tables: tables.documents.known(PROJECT, ["h", "i"]),
    "documents.blobs": lambda tables: tables.documents.blobs(["h", "i"]),
    "documents.at_paths": lambda tables: tables.documents.at_paths(PROJECT, ["a", "b"]),
    "documents.at_twins": lambda tables: tables.documents.at_twins(PROJECT, ["a", "b"]),
    "documents.under": lambda tables: tables.documents.under(PROJECT, "a"),
    "documents.in_head": lambda tables: tables.documents.in_head(PROJECT, ["d1", "d2"]),
    "documents.page": lambda tables: tables.documents.page(PROJECT, "a", Window("b", "prev", 0, 9)),
    "documents.starting_with": lambda tables: tables.documents.starting_with(PROJECT, "a"),
    "documents.moved_paths": lambda tables: tables.documents.moved_paths(PROJECT, 1),
    "documents.history": lambda tables: tables.documents.history(PROJECT, "d1", None, 9),
    "documents.last_revisions": lambda tables: tables.documents.last_revisions(["d1", "d2"]),
    "documents.revisions_since": lambda tables: tables.documents.revisions_since(["d1", "d2"], 1),
    "documents.advance": lambda tables: step(tables, 2, HeadMove("d1", "modify", "a", "h2")),
    "specs.all": lambda tables: tables.specs.all(PROJECT),
    "specs.by_name": lambda tables: tables.specs.by_name(PROJECT, "s"),
    "specs.put": lambda tables: tables.specs.put(PROJECT, [spec("s2", "other")]),
    "specs.drop": lambda tables: tables.specs.drop(PROJECT, ["d1", "d2"]),
    "mutations.by_id": lambda tables: tables.mutations.by_id(PROJECT, "m1"),
    "mutations.by_number": lambda tables: tables.mutations.by_number(PROJECT, 1),
    "mutations.many": lambda tables: tables.mutations.many(["m1", "m2"]),
    "mutations.with_status": lambda tables: tables.mutations.with_status(PROJECT, ["draft", "pending"]),
    "mutations.update": lambda tables: tables.mutations.update("m1", title="t"),
    "mutations.add_patchset": lambda tables: tables.mutations.add_patchset(
        PROJECT, patchset("m2", 2), [], [ParentRecord("m1", "x")]
    ),
    "mutations.patchset": lambda tables: tables.mutations.patchset("m1", 1),
    "mutations.patchsets": lambda tables: tables.mutations.patchsets(["m1", "m2"]),
    "mutations.changes": lambda tables: tables.mutations.changes(["m1/1", "m2/1"]),
    "mutations.parents": lambda tables: tables.mutations.parents(["m1/1", "m2/1"]),
    "mutations.children": lambda tables: tables.mutations.children("m1"),
    "mutations.overrides": lambda tables: tables.mutations.overrides(["m1", "m2"]),
    "mutations.imported": lambda tables: tables.mutations.imported(PROJECT, "c"),
    "mutations.pending_imports_on": lambda tables: tables.mutations.pending_imports_on(PROJECT, ["a", "b"]),
    "reviews.of": lambda tables: tables.reviews.of(["m1", "m2"]),
    "reviews.settle": lambda tables: tables.reviews.settle(["r1"], "outdated"),
    "reviews.comments": lambda tables: tables.reviews.comments("m1"),
    "reviews.commenters": lambda tables: tables.reviews.commenters(["m1", "m2"]),
    "executions.get": lambda tables: tables.executions.get("e1"),
    "executions.of": lambda tables: tables.executions.of("m1"),
    "executions.update": lambda tables: tables.executions.update("e1", status="failed"),
    "executions.expired": lambda tables: tables.executions.expired(PROJECT, NOW),
    "executions.snapshot": lambda tables: tables.executions.snapshot("e1"),
    "events.append": lambda tables: tables.events.append(PROJECT, [event()]),
    "events.since": lambda tables: tables.events.since(PROJECT, 0, 9),
    "events.of_subject": lambda tables: tables.events.of_subject(PROJECT, "m1"),
    "audit.append": lambda tables: tables.audit.append(PROJECT, [{"n": 1}]),
    "audit.page": lambda tables: tables.audit.page(PROJECT, None, 9),
    "audit.chain": lambda tables: list(tables.audit.chain(PROJECT)),
    "answers.find": lambda tables: tables.answers.find(PROJECT, "kim", "k"),
}
FILTERS = {
    "nothing": MutationFilter(),
    "status": MutationFilter(status=("pending",)),
    "statuses": MutationFilter(status=("pending", "approved")),
    "author": MutationFilter(author=("kim",)),
    "spec and status": MutationFilter(spec=("s",), status=("pending",)),
    "type": MutationFilter(type=("t",)),
    "label": MutationFilter(label=("l",)),
    "path": MutationFilter(path=("p",)),
    "text": MutationFilter(text=("t", "M-1")),
    "text beyond ASCII": MutationFilter(text=("é",)),
}


@pytest.fixture
def filled(lane: Lane) -> Lane:
    """A little of everything, so that each call goes its whole way."""
    with lane.transaction("BEGIN IMMEDIATE"):
        step(lane.tables, 1, HeadMove("d1", "create", "a", "h"))
        for number in (1, 2):
            propose(lane.tables, mutation(number), "a")
        lane.tables.executions.add(execution("e1", "m1"))
        lane.tables.specs.put(PROJECT, [spec("s1", "s", document_id="d1")])
    return lane


def plans(lane: Lane, work: Callable[[Tables], Any]) -> list[str]:
    """What SQLite says of how it goes about each statement of the work."""
    statements: list[str] = []
    lane.driver.set_trace_callback(statements.append)
    with lane.transaction("BEGIN IMMEDIATE"):
        work(lane.tables)
    lane.driver.set_trace_callback(None)
    # Triggers and pragmas are traced as well.
    asked = [text for text in statements if text.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}]
    assert asked
    return [row[3] for text in asked for row in lane.driver.execute(f"EXPLAIN QUERY PLAN {text}")]


def scans(steps: list[str]) -> list[str]:
    """The steps that go through all of a stored table."""
    passed = ("SCAN CONSTANT ROW", "SCAN (subquery", "SCAN anon_", "SCAN last")
    return [step for step in steps if step.startswith("SCAN") and not step.startswith(passed)]


@pytest.mark.parametrize("name", CALLS)
def test_a_call_finds_its_rows_by_an_index(filled: Lane, name: str) -> None:
    assert scans(plans(filled, CALLS[name])) == []


@pytest.mark.parametrize("name", FILTERS)
def test_the_queue_reads_no_row_of_what_a_filter_leaves_out(filled: Lane, name: str) -> None:
    narrowed = FILTERS[name]
    steps = plans(filled, lambda tables: tables.mutations.counts(PROJECT, narrowed, [KIM]))
    steps += plans(filled, lambda tables: tables.mutations.page(PROJECT, narrowed, [KIM], Window(None, "next", 0, 1)))
    assert scans(steps) == []
    tables = [step for step in steps if step.startswith("SEARCH")]
    # Only the rows of the page itself are looked up, by their numbers.
    rows = [step for step in tables if "COVERING INDEX" not in step]
    assert all("number=?" in step for step in rows)
    assert len(rows) <= 1


def test_the_pages_of_the_queue_are_read_in_order_not_sorted(filled: Lane) -> None:
    def turn_pages(tables: Tables) -> None:
        for narrowed in FILTERS.values():
            tables.mutations.page(PROJECT, narrowed, [KIM], FIRST)

    assert "USE TEMP B-TREE FOR ORDER BY" not in plans(filled, turn_pages)
