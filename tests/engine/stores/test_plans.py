"""How SQLite answers: no query reads a whole table of what may be many."""

from collections.abc import Callable
from typing import Any

import pytest

from lattice_console.contract.filters import VALUES, parse
from lattice_console.contract.models.conflict import ALL_CONFLICTS
from lattice_console.contract.models.page import Direction
from lattice_console.contract.models.query import MutationFilter, Sort
from lattice_console.engine.ports import Tables
from lattice_console.engine.records import Asker, GlobRecord, HeadMove, ParentRecord, ReferenceRecord, Window
from lattice_console.engine.stores.connection import Lane
from tests.engine.stores.samples import (
    KIM,
    NOW,
    PROJECT,
    announce,
    audit,
    event,
    execution,
    later,
    mutation,
    patchset,
    propose,
    spec,
    step,
)

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
    "documents.page": lambda tables: tables.documents.page(PROJECT, "a", Window(("b",), "prev", 0, 9)),
    "documents.starting_with": lambda tables: tables.documents.starting_with(PROJECT, "a"),
    "documents.moved_paths": lambda tables: tables.documents.moved_paths(PROJECT, 1),
    "documents.steps": lambda tables: tables.documents.steps(PROJECT, 1, 9),
    "documents.history": lambda tables: tables.documents.history(PROJECT, "d1", None, 9),
    "documents.last_revisions": lambda tables: tables.documents.last_revisions(["d1", "d2"]),
    "documents.revisions_since": lambda tables: tables.documents.revisions_since(["d1", "d2"], 1),
    "documents.advance": lambda tables: step(tables, 2, HeadMove("d1", "modify", "a", "h2")),
    "specs.all": lambda tables: tables.specs.all(PROJECT),
    "specs.by_name": lambda tables: tables.specs.by_name(PROJECT, "s"),
    "specs.named": lambda tables: tables.specs.named(PROJECT, ["s", "t"]),
    "specs.put": lambda tables: tables.specs.put(PROJECT, [spec("s2", "other")]),
    "specs.drop": lambda tables: tables.specs.drop(PROJECT, ["d1", "d2"]),
    "references.of": lambda tables: tables.references.of(PROJECT, ["d1", "d2"]),
    "references.to": lambda tables: tables.references.to(PROJECT, ["a", "b"]),
    "references.replace": lambda tables: tables.references.replace(
        PROJECT, ["d1"], [ReferenceRecord("d1", "b", ["/B"])]
    ),
    "globs.of": lambda tables: tables.globs.of(PROJECT, ["s", "t"]),
    "globs.of all": lambda tables: tables.globs.of(PROJECT),
    "globs.over": lambda tables: tables.globs.over(PROJECT, ["", "src/"]),
    "globs.replace": lambda tables: tables.globs.replace(PROJECT, ["d1"], [GlobRecord("d1", "src/*", "src/")]),
    "graph.under": lambda tables: tables.graph.under(PROJECT, "src/"),
    "graph.declares": lambda tables: tables.graph.declares(PROJECT, ["s", "t"]),
    "graph.edges": lambda tables: tables.graph.edges(PROJECT),
    "graph.next": lambda tables: tables.graph.next(PROJECT, ["s", "t"], reverse=False),
    "graph.next in reverse": lambda tables: tables.graph.next(PROJECT, ["s", "t"], reverse=True),
    "graph.reached": lambda tables: tables.graph.reached(PROJECT, ["s"], reverse=False, depth=None),
    "graph.reached in reverse": lambda tables: tables.graph.reached(PROJECT, ["s"], reverse=True, depth=None),
    "graph.reached within": lambda tables: tables.graph.reached(PROJECT, ["s"], reverse=True, depth=2),
    "graph.touched_by": lambda tables: tables.graph.touched_by(PROJECT, 1),
    "graph.nodes": lambda tables: tables.graph.nodes(PROJECT),
    "graph.nodes of names": lambda tables: tables.graph.nodes(PROJECT, ["s", "a"]),
    "graph.link": lambda tables: tables.graph.link(PROJECT, ["d1", "d2"]),
    "graph.declared": lambda tables: tables.graph.declared(PROJECT),
    "graph.rebuild": lambda tables: tables.graph.rebuild(PROJECT),
    "mutations.by_id": lambda tables: tables.mutations.by_id(PROJECT, "m1"),
    "mutations.by_number": lambda tables: tables.mutations.by_number(PROJECT, 1),
    "mutations.numbered": lambda tables: tables.mutations.numbered(PROJECT, [1, 2]),
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
    "reviews.cast_by": lambda tables: tables.reviews.cast_by(KIM, ["m1", "m2"]),
    "reviews.seen": lambda tables: tables.reviews.seen(KIM, "m1"),
    "reviews.note_seen": lambda tables: tables.reviews.note_seen(KIM, "m1", 1),
    "reviews.forget_seen": lambda tables: tables.reviews.forget_seen(KIM, "m1"),
    "reviews.update_comment": lambda tables: tables.reviews.update_comment("c1", open=False),
    "conflicts.unwrite": lambda tables: tables.conflicts.unwrite(PROJECT, [1, 2]),
    "conflicts.writing": lambda tables: tables.conflicts.writing(PROJECT, ["at a", "of d1"]),
    "conflicts.under": lambda tables: tables.conflicts.under(PROJECT, ["in a", "to a"]),
    "conflicts.of": lambda tables: tables.conflicts.of(PROJECT, [1, 2]),
    "conflicts.page": lambda tables: tables.conflicts.page(PROJECT, ALL_CONFLICTS, None, Window(None, "next", 0, 9)),
    "conflicts.page of one": lambda tables: tables.conflicts.page(
        PROJECT, ALL_CONFLICTS, 1, Window(None, "next", 0, 9)
    ),
    "executions.get": lambda tables: tables.executions.get("e1"),
    "executions.of": lambda tables: tables.executions.of("m1"),
    "executions.update": lambda tables: tables.executions.update("e1", status="failed"),
    "executions.expired": lambda tables: tables.executions.expired(PROJECT, NOW, NOW),
    "executions.snapshot": lambda tables: tables.executions.snapshot("e1"),
    "events.append": lambda tables: announce(tables, PROJECT, [event()]),
    "events.since": lambda tables: tables.events.since(PROJECT, 0, 9),
    "events.of_subject": lambda tables: tables.events.of_subject(PROJECT, "m1"),
    "events.page": lambda tables: tables.events.page(PROJECT, ["mutation.*", "team.changed"], KIM, None, 9, 9),
    "events.page of a subject": lambda tables: tables.events.page(PROJECT, [], None, "m1", None, 9),
    "audit.append": lambda tables: audit(tables, PROJECT, [{"n": 1}]),
    "audit.page": lambda tables: tables.audit.page(PROJECT, None, 9),
    "audit.chain": lambda tables: list(tables.audit.chain(PROJECT)),
    "answers.find": lambda tables: tables.answers.find(PROJECT, "kim", "k"),
}
FILTERS: dict[str, str | MutationFilter] = {
    "nothing": "",
    "number": MutationFilter(number=(1, 2)),
    "status": "status:pending",
    "statuses": "status:pending,approved",
    "author": "author:kim",
    "spec and status": "spec:s status:pending",
    "type": "type:t",
    "label": "label:l",
    "path": "path:p",
    "text": "t M-1",
    "text beyond ASCII": "é",
    "age": "age:>2d age:<9d",
    "stack": "stack:1",
    "negation": "-status:pending -label:l",
    "alternatives": "status:draft author:kim or label:l",
    **{f"vote {vote}": f"vote:{vote}" for vote in ("approve", "none")},
    **{f"has {having}": f"has:{having}" for having in VALUES["has"]},
    **{f"is {condition}": f"is:{condition}" for condition in VALUES["is"]},
}
ASKER = Asker(KIM, later(1e6), may_review=True, may_review_own=False, people={"kim": KIM})
MIDDLE = Window((2, 0, 2), "next", 0, 1)


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
    passed = ("SCAN CONSTANT ROW", "SCAN (subquery", "SCAN anon_", "SCAN last", "SCAN reached")
    return [step for step in steps if step.startswith("SCAN") and not step.startswith(passed)]


@pytest.mark.parametrize("name", CALLS)
def test_a_call_finds_its_rows_by_an_index(filled: Lane, name: str) -> None:
    assert scans(plans(filled, CALLS[name])) == []


def test_whom_a_mutation_meets_is_found_from_what_it_writes_by_the_lines_of_the_same_document(filled: Lane) -> None:
    own, other = plans(filled, lambda tables: tables.conflicts.meeting(PROJECT, [2]))[:2]
    assert own.startswith("SEARCH writes USING COVERING INDEX ix_writes_project_id_number (project_id=? AND number=?")
    assert other.startswith("SEARCH beside USING PRIMARY KEY (project_id=? AND key=? AND first<?")


def queue_plans(lane: Lane, name: str, sort: Sort, window: Window) -> list[str]:
    """How a page of the queue is read, with what it counts."""
    asked = FILTERS[name]
    narrowed = asked if isinstance(asked, MutationFilter) else parse(asked)
    counts = plans(lane, lambda tables: tables.mutations.counts(PROJECT, narrowed, ASKER))
    return counts + plans(lane, lambda tables: tables.mutations.page(PROJECT, narrowed, ASKER, sort, window))


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("direction", ["next", "prev"])
def test_the_queue_reads_no_row_of_what_a_filter_leaves_out(filled: Lane, name: str, direction: Direction) -> None:
    steps = queue_plans(filled, name, "stack", MIDDLE._replace(direction=direction))
    assert scans(steps) == []
    # Only the rows of the page itself are looked up, by their numbers; beside them somebody's votes, by the mutation.
    rows = [step for step in steps if step.startswith("SEARCH mutations") and "COVERING INDEX" not in step]
    assert len(rows) <= 1
    assert all("number=?" in step for step in rows)
    assert all("mutation_id=?" in step for step in steps if step.startswith(("SEARCH reviews", "SEARCH seen")))
    assert all("COVERING INDEX" in step for step in steps if step.startswith("SEARCH patchsets"))


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("direction", ["next", "prev"])
def test_a_page_of_the_queue_begins_at_its_key_and_is_read_in_order(
    filled: Lane, name: str, direction: Direction
) -> None:
    steps = queue_plans(filled, name, "stack", MIDDLE._replace(direction=direction))
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps
    beyond = "<" if direction == "next" else ">"
    begins = f"SEARCH mutations USING COVERING INDEX ix_mutations_queue (project_id=? AND stack{beyond}?"
    assert [step for step in steps if step.startswith(begins)] or name == "number"


@pytest.mark.parametrize("sort", ["number", "-number", "status", "-status"])
def test_orders_that_have_an_index_begin_at_their_key_and_are_not_sorted(filled: Lane, sort: Sort) -> None:
    key = (2,) if sort.endswith("number") else ("pending", 2)
    steps = queue_plans(filled, "nothing", sort, Window(key, "next", 0, 1))
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps
    assert scans(steps) == []


@pytest.mark.parametrize("sort", ["title", "spec", "author", "age", "comments"])
@pytest.mark.parametrize("name", ["nothing", "label", "is awaiting"])
def test_an_order_without_an_index_sorts_keys_and_reads_no_row_but_the_pages(
    filled: Lane, name: str, sort: Sort
) -> None:
    steps = queue_plans(filled, name, sort, Window(None, "next", 0, 1))
    assert scans(steps) == []
    rows = [step for step in steps if step.startswith("SEARCH mutations") and "COVERING INDEX" not in step]
    assert all("number=?" in step for step in rows)
