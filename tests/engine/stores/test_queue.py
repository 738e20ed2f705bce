"""The queue against a plain model of what a filter means and how rows are ordered."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lattice_console.contract.filters import STATUSES
from lattice_console.contract.models.query import EVERYTHING, SORTS, MutationFilter, Sort
from lattice_console.engine.ports import Tables
from lattice_console.engine.records import Asker, ListedRecord, MutationRecord, Window
from lattice_console.engine.stores.connection import Lane, open_lane
from tests.engine.stores.samples import (
    ALEX,
    KIM,
    OTHER,
    PROJECT,
    change,
    later,
    mutation,
    patchset,
    project,
    propose,
    review,
)
from tests.support.meaning import Facts, filters, means

WORDS = [
    "Fix",
    "login",
    "LOGIN",
    "100%",
    "1000",
    "a_b",
    "axb",
    "Éclair",
    "éclair",
    "ÉCLAIR",
    "日本",
    "Straße",
    "\\",
    "7",
]
LABELS = ["ui", 'say "ui"', "u", 'a"ui', "ß", "\\"]
PATHS = ["src/auth.py", "src/Auth.md", "docs/a_b.md", "docs/axb.md", "100%.txt", "été/ü.md"]
SPECS = [None, "auth", "billing"]
TYPES = ["feature", "security"]
USERS = {"kim": KIM, "alex": ALEX, "me": KIM}
DAY = 86_400.0
NOW = later(10 * DAY)
FIRST = Window(None, "next", 0, 10)

asker = Asker(KIM, NOW, may_review=True, may_review_own=False, people=USERS)


@dataclass(frozen=True)
class Row:
    """A mutation with its paths, who voted what that counts, and the newest patchset that kim has seen."""

    record: MutationRecord
    paths: frozenset[str] = frozenset()
    votes: dict[str, str] = field(default_factory=dict)
    stale: dict[str, str] = field(default_factory=dict)
    seen: int | None = None

    def facts(self, asker: Asker, all: Sequence["Row"]) -> Facts:
        one = self.record
        voting = asker.may_review and asker.id not in self.votes
        may = asker.may_review_own or one.author_id != asker.id
        own = one.turn == "author" and one.author_id == asker.id
        return Facts(
            number=one.number,
            title=one.title,
            status=one.status,
            authors=[name for name, user in USERS.items() if user == one.author_id],
            spec=one.spec_name,
            type=one.type,
            labels=one.labels,
            paths=self.paths,
            votes=set(self.votes.values()),
            objections=one.objections,
            comments=one.comments,
            threads=one.threads,
            conflicts=one.conflicts,
            stack=[row.record.number for row in all if row.record.stack == one.stack],
            level=one.level,
            patchset=one.patchset,
            age=(asker.now - one.created_at).total_seconds(),
            awaits=own or (one.turn == "reviewers" and voting and may),
            seen=self.seen,
        )


votes = st.dictionaries(
    st.sampled_from([KIM, ALEX]), st.sampled_from(["approve", "approve_with_suggestions", "request_changes", "reject"])
)


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    return [
        Row(
            mutation(
                number,
                title=" ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))),
                status=draw(st.sampled_from(STATUSES)),
                author_id=draw(st.sampled_from([KIM, ALEX])),
                spec_name=draw(st.sampled_from(SPECS)),
                type=draw(st.sampled_from(TYPES)),
                labels=draw(st.lists(st.sampled_from(LABELS), max_size=2, unique=True)),
                patchset=draw(st.integers(1, 2)),
                approvals=draw(st.integers(0, 2)),
                objections=draw(st.integers(0, 1)),
                comments=draw(st.integers(0, 2)),
                threads=draw(st.integers(0, 1)),
                conflicts=draw(st.integers(0, 1)),
                turn=draw(st.sampled_from(["author", "reviewers", "executors", "nobody"])),
                stack=draw(st.integers(1, number)),
                level=draw(st.integers(0, 2)),
                created_at=NOW - timedelta(days=draw(st.integers(0, 3))),
                updated_at=NOW - timedelta(days=draw(st.integers(0, 3))),
            ),
            draw(st.frozensets(st.sampled_from(PATHS), max_size=2)),
            draw(votes),
            draw(votes),
            draw(st.none() | st.integers(1, 2)),
        )
        for number in range(1, draw(st.integers(0, 10)) + 1)
    ]


FILTERS = filters(
    {
        "status": STATUSES,
        "author": ["kim", "alex", "me", "nobody"],
        "spec": ["auth", "billing", "none"],
        "type": [*TYPES, "none"],
        "label": [*LABELS, "absent"],
        "path": ["AUTH", "src/", "_", "%", "Ü", "md"],
        "text": [*WORDS, "m-7", "M-1", "ein", "straße", "i"],
        "age": [0.0, DAY, 1.5 * DAY, 1e10],
        "stack": [1, 2, 5],
        "number": [1, 2, 3, 99],
    }
)
ASKERS = st.builds(Asker, st.just(KIM), st.just(NOW), st.booleans(), st.booleans(), st.just(USERS))

_VALUES: dict[str, Callable[[MutationRecord], Any]] = {
    "number": lambda one: one.number,
    "title": lambda one: one.title,
    "status": lambda one: one.status,
    "spec": lambda one: one.spec_name or "",
    "author": lambda one: {KIM: "kim", ALEX: "alex"}[one.author_id],
    # Of two of the same moment, the one that got its number later is the younger.
    "age": lambda one: (NOW - one.created_at, -one.number),
    "votes": lambda one: one.approvals,
    "comments": lambda one: one.comments,
    "updated": lambda one: one.updated_at,
}


def ordered(records: list[MutationRecord], sort: Sort) -> list[MutationRecord]:
    """The records as the contract says of that order."""
    if sort == "stack":
        return sorted(records, key=lambda one: (-one.stack, one.level, one.number))
    value = _VALUES[sort.removeprefix("-")]
    return sorted(records, key=lambda one: (value(one), one.number), reverse=sort.startswith("-"))


@pytest.fixture(scope="module")
def shared(migrated: Path) -> Iterator[Lane]:
    """One connection for all examples, each of which is undone."""
    lane = open_lane(migrated, busy=1)
    yield lane
    lane.close()


@contextmanager
def undone(lane: Lane) -> Iterator[Tables]:
    lane.driver.execute("BEGIN IMMEDIATE")
    try:
        yield lane.tables
    finally:
        lane.driver.execute("ROLLBACK")


def fill(tables: Tables, stored: list[Row]) -> None:
    for row in stored:
        id = row.record.id
        propose(tables, row.record, *sorted(row.paths))
        for state, votes in (("current", row.votes), ("outdated", row.stale)):
            for user, vote in votes.items():
                tables.reviews.add(review(f"{id}{state}{user}", id, author_id=user, vote=vote, state=state))
        if row.seen is not None:
            tables.reviews.note_seen(KIM, id, row.seen)


def records(page: list[ListedRecord]) -> list[MutationRecord]:
    return [one.mutation for one in page]


@settings(max_examples=300)
@given(rows(), FILTERS, ASKERS, st.integers(1, 5))
def test_a_page_holds_what_the_filter_means_in_the_order_of_the_queue(
    shared: Lane, stored: list[Row], narrowed: MutationFilter, asker: Asker, limit: int
) -> None:
    expected = ordered([row.record for row in stored if means(narrowed, row.facts(asker, stored))], "stack")
    with undone(shared) as tables:
        fill(tables, stored)
        page, total = tables.mutations.page(PROJECT, narrowed, asker, "stack", Window(None, "next", 0, limit))
        counts = tables.mutations.counts(PROJECT, narrowed, asker)
        assert (records(page), total) == (expected[:limit], len(expected))
        statuses = [record.status for record in expected]
        assert counts == {status: statuses.count(status) for status in statuses}


@settings(max_examples=100)
@given(
    rows(),
    st.sampled_from([EVERYTHING, MutationFilter(condition=("open",)), MutationFilter(condition=("stacked",))]),
    st.sampled_from(SORTS),
    st.integers(1, 4),
)
def test_every_order_is_walked_both_ways_and_covers_everything_exactly_once(
    shared: Lane, stored: list[Row], narrowed: MutationFilter, sort: Sort, limit: int
) -> None:
    meant = [row.record for row in stored if means(narrowed, row.facts(asker, stored))]
    expected = [record.number for record in ordered(meant, sort)]

    with undone(shared) as tables:
        fill(tables, stored)

        def window(window: Window) -> list[ListedRecord]:
            page, total = tables.mutations.page(PROJECT, narrowed, asker, sort, window)
            assert total == len(expected)
            return page

        def numbers(page: list[ListedRecord]) -> list[int]:
            return [one.mutation.number for one in page]

        forward: list[ListedRecord] = []
        while page := window(Window(forward[-1].key if forward else None, "next", 0, limit)):
            forward += page
        backward: list[ListedRecord] = []
        while page := window(Window(backward[0].key if backward else None, "prev", 0, limit)):
            backward = page + backward
        assert numbers(forward) == numbers(backward) == expected
        for offset in range(len(expected) + 1):
            assert numbers(window(Window(None, "next", offset, limit))) == expected[offset : offset + limit]
            last = len(expected) - offset
            assert numbers(window(Window(None, "prev", offset, limit))) == expected[max(0, last - limit) : last]


def test_an_author_filter_that_means_nobody_matches_nothing(tables: Tables) -> None:
    propose(tables, mutation(1))
    narrowed = MutationFilter(author=("nobody",))
    assert tables.mutations.page(PROJECT, narrowed, asker, "stack", FIRST) == ([], 0)
    assert tables.mutations.counts(PROJECT, narrowed, asker) == {}


def test_a_queue_holds_its_own_projects_mutations_only(tables: Tables) -> None:
    for number in (1, 2):
        propose(tables, mutation(number), "a")
    propose(tables, mutation(1, id="elsewhere"), "a", project_id=OTHER)
    propose(tables, mutation(2, id="on no path", title="Other"), project_id=OTHER)
    tables.projects.create(project("empty"))
    for narrowed in (MutationFilter(path=("a",)), MutationFilter(text=("1",))):
        page, total = tables.mutations.page(OTHER, narrowed, asker, "stack", FIRST)
        assert ([record.id for record in records(page)], total) == (["elsewhere"], 1)
        assert tables.mutations.page("empty", narrowed, asker, "stack", FIRST) == ([], 0)


def test_a_path_filter_looks_at_the_newest_patchset_and_at_both_ends_of_a_rename(tables: Tables) -> None:
    propose(tables, mutation(1), "first.md")

    def found(part: str) -> int:
        return tables.mutations.page(PROJECT, MutationFilter(path=(part,)), asker, "stack", FIRST)[1]

    assert found("first") == 1
    renaming = change("c", "old.md", operation="rename", new_path="new.md")
    tables.mutations.add_patchset(PROJECT, patchset("m1", 2), [renaming], [])
    tables.mutations.update("m1", patchset=2)
    assert [found(part) for part in ("first", "old", "NEW")] == [0, 1, 1]
