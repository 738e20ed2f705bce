"""What a list is narrowed to, against what the mutations themselves say; and every order walked from both ends."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lattice_console.contract.backend import Backend
from lattice_console.contract.filters import STATUSES
from lattice_console.contract.models.mutation import Mutation, MutationSummary
from lattice_console.contract.models.page import Direction
from lattice_console.contract.models.query import EVERYTHING, MutationFilter, Sort
from lattice_console.contract.models.review import Anchor
from tests.support.changes import create, modify, rename
from tests.support.house import House, open_house, track
from tests.support.legs import LEGS
from tests.support.meaning import Facts, filters, means
from tests.support.refusals import refusal

ACTORS = ("ann", "rob", "dev", "viv")
SORTS: tuple[Sort, ...] = get_args(Sort)
HOUR, DAY = 3600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Furnished:
    """A project, to each actor by every leg, with every mutation as that actor sees it, at an age in seconds."""

    doors: dict[str, list[Backend]]
    seen: dict[str, list[tuple[Mutation, float]]]


async def furnish(house: House) -> None:
    """Mutations in many states, on files and on none, with comments and votes, an hour and some days apart."""
    ann = house.backend()
    rob, dev = await house.member("rob", "reviewer"), await house.member("dev", "developer")
    await house.member("viv", "viewer")
    await track(ann, {"src/auth.py": b"one\ntwo\n", "docs/old.md": b"old\n", "data.json": b"{}\n"})
    create_mutation = ann.mutations.create
    await create_mutation(title="Split the invoice", spec="billing", labels=["money"], changes=[create("src/a.py")])
    await dev.mutations.create(title="Hash passwords", type="security", changes=[modify("src/auth.py", b"one\nTWO\n")])
    house.clock.advance(DAY)
    await dev.mutations.create(title="Hash them all", changes=[modify("src/auth.py", b"1\nTWO\n")], parents=["2"])
    await create_mutation(title="Ein Stück Übermut", labels=["ui", "money"], changes=[create("notes/100%_sure.md")])
    await create_mutation(title="A draft", changes=[create("b.txt")], parents=["3", "4"], draft=True)
    await create_mutation(title="Deployed", spec="deployment", labels=["ui"])
    house.clock.advance(HOUR)
    await rob.mutations.create(title="Move the docs", changes=[rename("docs/old.md", "docs/new.md")])
    await dev.mutations.create(title="Break it", changes=[modify("data.json", b"{broken\n")])
    await dev.mutations.create(title="Ready", changes=[create("ready.txt")])
    await dev.mutations.create(title="Ready to be", changes=[create("later.txt")], parents=["1"])
    await dev.mutations.create(title="Gone", changes=[create("gone.txt")])
    house.clock.advance(DAY)
    line = Anchor(file_path="src/auth.py", line=1)
    await rob.reviews.vote("1", vote="approve", comment="fine")
    await ann.executions.execute("1")
    await rob.reviews.comment("2", text="why?", anchor=line)
    thread = await ann.reviews.comment("3", text="why?", anchor=line)
    await dev.reviews.comment("3", text="since", reply_to=thread.id)
    await rob.reviews.vote("4", vote="request_changes", comment="no")
    await create_mutation(title="Rejected", changes=[create("no.txt")])
    await rob.reviews.vote("12", vote="reject", comment="never")
    await ann.reviews.vote("7", vote="approve_with_suggestions")
    await rob.mutations.update("7", changes=[rename("docs/old.md", "docs/newer.md")])
    await rob.reviews.vote("9", vote="approve")
    await ann.reviews.vote("10", vote="approve")
    await dev.mutations.cancel("11")
    for number in ("2", "3"):
        await rob.reviews.vote(number, vote="approve")


def facts(one: Mutation, all: Sequence[Mutation], actor: str, age: float, *, reviews: bool, reviews_own: bool) -> Facts:
    votes = {review.author.handle: review.vote for review in one.reviews if review.current}
    mine = one.author.handle == actor
    to_vote = one.turn == "reviewers" and reviews and actor not in votes and (reviews_own or not mine)
    return Facts(
        number=one.number,
        title=one.title,
        status=one.status,
        authors=[one.author.handle, *(["me"] if mine else [])],
        spec=one.spec_id,
        type=one.type,
        labels=one.labels,
        paths=[file.path for file in one.files_modified],
        votes=set(votes.values()),
        objections=one.objections,
        comments=one.comments,
        threads=one.threads,
        conflicts=one.conflicts,
        stack=[other.number for other in all if other.stack == one.stack],
        level=one.level,
        patchset=one.patchset,
        age=age,
        awaits=(one.turn == "author" and mine) or to_vote,
        seen=one.seen,
    )


@pytest.fixture
async def furnished(tmp_path: Path) -> AsyncIterator[Furnished]:
    async with open_house("local", tmp_path) as house, LEGS["loopback"].door(house.engine) as bind:
        await furnish(house)
        doors = {actor: [house.backend(actor), bind(actor, house.project_id)] for actor in ACTORS}
        seen: dict[str, list[tuple[Mutation, float]]] = {}
        for actor, (backend, _) in doors.items():
            numbers = range(1, (await backend.mutations.list()).total + 1)
            found = [await backend.mutations.get(str(number)) for number in numbers]
            seen[actor] = [(one, (house.clock() - one.created_at).total_seconds()) for one in found]
        yield Furnished(doors, seen)


FILTERS = filters(
    {
        "number": [1, 2, 12, 99],
        "status": STATUSES,
        "author": ["ann", "rob", "dev", "me", "nobody"],
        "spec": ["billing", "deployment", "none"],
        "type": ["feature", "security", "none"],
        "label": ["money", "ui", "none"],
        "path": ["SRC/", "%_s", "docs", "newer", "new.md", ".txt"],
        "text": ["hash", "STÜCK", "ready", "M-2", "1", "%"],
        # None of them close to a mutation's own: the clock goes on.
        "age": [0.0, HOUR / 2, DAY / 2, 1.5 * DAY, 10 * DAY],
        "stack": [1, 2, 4, 9, 99],
    }
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(ACTORS), FILTERS)
async def test_a_list_and_its_counts_are_what_the_filter_means_to_who_asks(
    furnished: Furnished, actor: str, narrowed: MutationFilter
) -> None:
    all = [one for one, _ in furnished.seen[actor]]
    expected = [
        one
        for one, age in furnished.seen[actor]
        if means(narrowed, facts(one, all, actor, age, reviews=actor in ("ann", "rob"), reviews_own=False))
    ]
    expected.sort(key=lambda one: (-one.stack, one.level, one.number))
    for backend in furnished.doors[actor]:
        page = await backend.mutations.list(filter=narrowed)
        assert [row.number for row in page.items] == [one.number for one in expected]
        assert page.total == len(expected)
        statuses = [one.status for one in expected]
        assert await backend.mutations.counts(filter=narrowed) == {one: statuses.count(one) for one in set(statuses)}


def value(row: MutationSummary, sort: Sort) -> tuple[object, ...]:
    """What a rising order by that column compares."""
    values: dict[str, tuple[object, ...]] = {
        "number": (),
        "title": (row.title,),
        "status": (row.status,),
        "spec": (row.spec_id or "",),
        "author": (row.author.handle,),
        "age": (-row.created_at.timestamp(), -row.number),
        "votes": (row.approvals,),
        "comments": (row.comments,),
        "updated": (row.updated_at,),
    }
    return (*values[sort.removeprefix("-")], row.number)


@pytest.mark.parametrize("sort", SORTS)
async def test_every_order_walked_from_both_ends_shows_everything_once(furnished: Furnished, sort: Sort) -> None:
    rows = [one for one, _ in furnished.seen["rob"]]
    if sort == "stack":
        expected = sorted(rows, key=lambda one: (-one.stack, one.level, one.number))
    else:
        expected = sorted(rows, key=lambda one: value(one, sort), reverse=sort.startswith("-"))
    numbers = [one.number for one in expected]
    for backend in furnished.doors["rob"]:
        for narrowed in (EVERYTHING, MutationFilter(condition=("open",))):
            wanted = numbers if narrowed == EVERYTHING else [one.number for one in expected if one.status in OPEN]
            for limit in (1, 3, 100):
                assert await walk(backend, narrowed, sort, "next", limit) == wanted
                assert await walk(backend, narrowed, sort, "prev", limit) == wanted


OPEN = ("draft", "pending", "approved", "needs_manual_resolution", "in_progress", "failed", "rollback_failed")


async def walk(backend: Backend, narrowed: MutationFilter, sort: Sort, direction: Direction, limit: int) -> list[int]:
    """The numbers of the whole list, page by page from one end to the other."""
    found: list[int] = []
    cursor: str | None = None
    while True:
        page = await backend.mutations.list(filter=narrowed, sort=sort, cursor=cursor, direction=direction, limit=limit)
        numbers = [row.number for row in page.items]
        found = found + numbers if direction == "next" else numbers + found
        assert page.has_more == (len(found) < page.total)
        if not page.has_more:
            return found
        cursor = page.next_cursor if direction == "next" else page.prev_cursor


async def test_a_cursor_of_another_order_is_refused(furnished: Furnished) -> None:
    [backend, _] = furnished.doors["ann"]
    cursors: dict[Sort, str | None] = {
        sort: (await backend.mutations.list(sort=sort, limit=1)).next_cursor for sort in SORTS
    }
    assert len(set(cursors.values())) == len(SORTS)
    for sort in SORTS:
        for other, cursor in cursors.items():
            if other != sort:
                with refusal("VAL_CURSOR"):
                    await backend.mutations.list(sort=sort, cursor=cursor)


async def test_the_lists_of_people_who_see_different_things_differ(furnished: Furnished) -> None:
    async def numbers(actor: str, condition: str) -> list[int]:
        narrowed = MutationFilter.model_validate({"condition": [condition]})
        return [row.number for row in (await furnished.doors[actor][0].mutations.list(filter=narrowed)).items]

    assert await numbers("rob", "mine") == [7]
    assert await numbers("viv", "mine") == await numbers("viv", "awaiting") == await numbers("viv", "reviewed") == []
    assert await numbers("ann", "changed") == [7]
    assert (await furnished.doors["rob"][0].mutations.get("3")).status == "approved"
    assert await numbers("rob", "ready") == [10, 9, 2]
    assert {4, 6} <= set(await numbers("ann", "mine"))
