"""The queue against a plain model of what a filter means."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lattice_console.contract.filters import STATUSES
from lattice_console.contract.models.query import EVERYTHING, MutationFilter
from lattice_console.engine.ports import Tables
from lattice_console.engine.records import MutationRecord, Window
from lattice_console.engine.stores.connection import Lane, open_lane
from tests.engine.stores.samples import ALEX, KIM, OTHER, PROJECT, change, mutation, patchset, project, propose

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


@dataclass(frozen=True)
class Row:
    record: MutationRecord
    paths: frozenset[str]


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    count = draw(st.integers(0, 12))
    return [
        Row(
            mutation(
                number,
                title=" ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))),
                status=draw(st.sampled_from(STATUSES[:4])),
                author_id=draw(st.sampled_from([KIM, ALEX])),
                spec_name=draw(st.sampled_from(SPECS)),
                type=draw(st.sampled_from(TYPES)),
                labels=draw(st.lists(st.sampled_from(LABELS), max_size=2, unique=True)),
            ),
            draw(st.frozensets(st.sampled_from(PATHS), max_size=2)),
        )
        for number in range(1, count + 1)
    ]


def values(options: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(options), max_size=2, unique=True).map(tuple)


FILTERS = st.builds(
    MutationFilter,
    status=values(list(STATUSES[:4])),
    author=values(["kim", "alex"]),
    spec=values(["auth", "billing"]),
    type=values(TYPES),
    label=values([*LABELS, "absent"]),
    path=values(["AUTH", "src/", "_", "%", "Ü", "md"]),
    text=values([*WORDS, "m-7", "M-1", "ein", "straße", "i"]),
)
USERS = {"kim": KIM, "alex": ALEX}


def means(narrowed: MutationFilter, row: Row) -> bool:
    """What the filter says in words: every field, any of its values; all words."""

    def says(word: str) -> bool:
        number = word.upper().removeprefix("M-")
        return word.casefold() in row.record.title.casefold() or number == str(row.record.number)

    def holds(part: str) -> bool:
        return any(part.casefold() in path.casefold() for path in row.paths)

    record = row.record
    return (
        (not narrowed.status or record.status in narrowed.status)
        and (not narrowed.author or record.author_id in [USERS[handle] for handle in narrowed.author])
        and (not narrowed.spec or record.spec_name in narrowed.spec)
        and (not narrowed.type or record.type in narrowed.type)
        and (not narrowed.label or bool(set(narrowed.label) & set(record.labels)))
        and (not narrowed.path or any(map(holds, narrowed.path)))
        and all(map(says, narrowed.text))
    )


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
        propose(tables, row.record, *sorted(row.paths))


@given(rows(), FILTERS, st.integers(1, 5))
def test_a_page_holds_what_the_filter_means_newest_first(
    shared: Lane, stored: list[Row], narrowed: MutationFilter, limit: int
) -> None:
    authors = [USERS[handle] for handle in narrowed.author]
    expected = [row.record for row in reversed(stored) if means(narrowed, row)]
    with undone(shared) as tables:
        fill(tables, stored)
        page, total = tables.mutations.page(PROJECT, narrowed, authors, Window(None, "next", 0, limit))
        counts = tables.mutations.counts(PROJECT, narrowed, authors)
        assert (page, total) == (expected[:limit], len(expected))
        statuses = [record.status for record in expected]
        assert counts == {status: statuses.count(status) for status in statuses}


@settings(max_examples=40)
@given(rows(), st.sampled_from([EVERYTHING, MutationFilter(status=("draft", "pending"))]), st.integers(1, 4))
def test_paging_forward_and_backward_covers_everything_exactly_once(
    shared: Lane, stored: list[Row], narrowed: MutationFilter, limit: int
) -> None:
    expected = [row.record.number for row in reversed(stored) if means(narrowed, row)]

    with undone(shared) as tables:
        fill(tables, stored)

        def window(window: Window) -> list[int]:
            page, total = tables.mutations.page(PROJECT, narrowed, [], window)
            assert total == len(expected)
            return [record.number for record in page]

        forward: list[int] = []
        while page := window(Window(forward[-1] if forward else None, "next", 0, limit)):
            forward += page
        backward: list[int] = []
        while page := window(Window(backward[0] if backward else None, "prev", 0, limit)):
            backward = page + backward
        assert forward == backward == expected
        for offset in range(len(expected) + 1):
            assert window(Window(None, "next", offset, limit)) == expected[offset : offset + limit]
            last = len(expected) - offset
            assert window(Window(None, "prev", offset, limit)) == expected[max(0, last - limit) : last]


def test_an_author_filter_that_means_nobody_matches_nothing(tables: Tables) -> None:
    propose(tables, mutation(1))
    narrowed = MutationFilter(author=("nobody",))
    assert tables.mutations.page(PROJECT, narrowed, [], Window(None, "next", 0, 10)) == ([], 0)
    assert tables.mutations.counts(PROJECT, narrowed, []) == {}


def test_a_queue_holds_its_own_projects_mutations_only(tables: Tables) -> None:
    for number in (1, 2):
        propose(tables, mutation(number), "a")
    propose(tables, mutation(1, id="elsewhere"), "a", project_id=OTHER)
    propose(tables, mutation(2, id="on no path", title="Other"), project_id=OTHER)
    tables.projects.create(project("empty"))
    for narrowed in (MutationFilter(path=("a",)), MutationFilter(text=("1",))):
        page, total = tables.mutations.page(OTHER, narrowed, [], Window(None, "next", 0, 10))
        assert ([record.id for record in page], total) == (["elsewhere"], 1)
        assert tables.mutations.page("empty", narrowed, [], Window(None, "next", 0, 10)) == ([], 0)


def test_a_path_filter_looks_at_the_newest_patchset_and_at_both_ends_of_a_rename(tables: Tables) -> None:
    propose(tables, mutation(1), "first.md")

    def found(part: str) -> int:
        return tables.mutations.page(PROJECT, MutationFilter(path=(part,)), [], Window(None, "next", 0, 10))[1]

    assert found("first") == 1
    renaming = change("c", "old.md", operation="rename", new_path="new.md")
    tables.mutations.add_patchset(PROJECT, patchset("m1", 2), [renaming], [])
    tables.mutations.update("m1", patchset=2)
    assert [found(part) for part in ("first", "old", "NEW")] == [0, 1, 1]
