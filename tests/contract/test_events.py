"""Events: contiguous, in order, small, under the names that users know; a subscription misses and repeats none."""

import asyncio
import json
import time
from itertools import pairwise
from typing import Any, get_args

from lattice_console.contract.backend import Backend
from lattice_console.contract.events import DATA_LIMIT, Event, EventName
from lattice_console.contract.models.mutation import Mutation
from tests.support.changes import create, delete, modify
from tests.support.house import House, carry_out, propose, track
from tests.support.legs import LEGS
from tests.support.refusals import refusal

# The names that users know, and ours in their style; others of those names belong to what is not there yet.
KNOWN = {
    "mutation.created",
    "mutation.updated",
    "mutation.submitted",
    "mutation.reviewed",
    "mutation.commented",
    "mutation.approved",
    "mutation.rejected",
    "mutation.cancelled",
    "mutation.reopened",
    "mutation.executed",
    "mutation.failed",
    "mutation.rolled_back",
    "document.tracked",
    "spec.updated",
    "spec.removed",
    "policy.changed",
}
SECRET = b"words that stand in a document alone"


async def a_whole_life(house: House, ann: Backend, rob: Backend) -> Mutation:
    """Something of everything that is told."""
    await track(ann, {"a.txt": SECRET, ".lattice/specs/billing.json": b'{"name": "billing", "version": "1.0.0"}'})
    mutation = await ann.mutations.create(title="a draft", changes=[modify("a.txt", SECRET * 2)], draft=True)
    await ann.mutations.submit(mutation.id)
    await ann.mutations.update(mutation.id, description="d" * 10_000, labels=["x" * 400] * 20)
    await rob.reviews.comment(mutation.id, text="t" * 50_000)
    await rob.reviews.vote(mutation.id, vote="reject", comment="c" * 50_000)
    await ann.mutations.reopen(mutation.id, reason="r" * 50_000)
    await ann.mutations.cancel(mutation.id, reason="r" * 50_000)
    await ann.mutations.reopen(mutation.id)
    await rob.reviews.vote(mutation.id, vote="approve")
    with house.damaged(SECRET * 2):
        await ann.executions.execute(mutation.id)
    await ann.executions.retry(mutation.id)
    await ann.executions.execute(mutation.id)
    await ann.executions.rollback(mutation.id, reason="r" * 50_000)
    await carry_out(ann, delete(".lattice/specs/billing.json"), approver=rob)
    policy = b'{"review_requirements": {"min_reviewers": 2}}'
    await carry_out(ann, create(".lattice/workflows/code-review.json", policy), approver=rob)
    return mutation


async def test_events_are_contiguous_and_in_order_and_small(house: House, ann: Backend, rob: Backend) -> None:
    await a_whole_life(house, ann, rob)
    events = await ann.events.since(0)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert await ann.events.last() == len(events)
    assert len({event.id for event in events}) == len(events)
    assert all(before.at <= after.at for before, after in pairwise(events))
    assert max(len(json.dumps(event.data)) for event in events) <= DATA_LIMIT
    assert all(SECRET.decode() not in event.model_dump_json() for event in events)


async def test_everything_is_told_under_a_known_name(house: House, ann: Backend, rob: Backend) -> None:
    await a_whole_life(house, ann, rob)
    told = {event.name for event in await ann.events.since(0)}
    assert told - {"team.changed"} == KNOWN
    assert told <= set(get_args(EventName))


async def test_an_event_says_who_did_what_to_which_version(house: House, ann: Backend, rob: Backend) -> None:
    mutation = await a_whole_life(house, ann, rob)
    own = [event for event in await ann.events.since(0) if event.subject == mutation.id]
    names = [event.name for event in own]
    assert names == [
        "mutation.created",
        "mutation.submitted",
        "mutation.updated",
        "mutation.commented",
        "mutation.reviewed",
        "mutation.rejected",
        "mutation.reopened",
        "mutation.cancelled",
        "mutation.reopened",
        "mutation.reviewed",
        "mutation.approved",
        "mutation.updated",
        "mutation.failed",
        "mutation.reopened",
        "mutation.approved",
        "mutation.updated",
        "mutation.executed",
        "mutation.rolled_back",
    ]
    by = dict(zip(names, (event.actor.handle for event in own), strict=True))
    assert (by["mutation.created"], by["mutation.reviewed"]) == ("ann", "rob")
    assert own[-1].version == (await ann.mutations.get(mutation.id)).version
    assert all(before.version <= after.version for before, after in pairwise(own))
    assert [event.data["status"] for event in own if event.name == "mutation.approved"] == ["approved", "approved"]


async def test_the_timeline_tells_the_same_in_words(house: House, ann: Backend, rob: Backend) -> None:
    mutation = await a_whole_life(house, ann, rob)
    own = [event for event in await ann.events.since(0) if event.subject == mutation.id]
    timeline = await rob.mutations.timeline(mutation.id)
    assert [(entry.name, entry.at, entry.actor) for entry in timeline] == [
        (event.name, event.at, event.actor) for event in own
    ]
    assert all(entry.summary and "." not in entry.summary for entry in timeline)


async def test_since_gives_a_part_and_a_limit_of_it(ann: Backend) -> None:
    for number in range(5):
        await propose(ann, create(f"{number}.txt"))
    assert [event.seq for event in await ann.events.since(2)] == [3, 4, 5]
    assert [event.seq for event in await ann.events.since(1, limit=2)] == [2, 3]
    assert await ann.events.since(5) == ()
    assert await ann.events.since(99) == ()


async def test_a_refused_call_tells_nothing_and_takes_no_number(ann: Backend, rob: Backend) -> None:
    await propose(ann, create("a.txt"))
    last = await ann.events.last()
    with refusal("BR_BLOCKED"):
        await ann.executions.execute("1")
    with refusal("AUTH_FORBIDDEN"):
        await rob.executions.execute("1")
    with refusal("BR_PATH_TAKEN"):
        await propose(ann, create("a"), create("a/b"))
    await propose(ann, create("b.txt"))
    assert [event.seq for event in await ann.events.since(last)] == [last + 1]


async def test_waiting_ends_at_once_when_another_backend_writes(ann: Backend, rob: Backend) -> None:
    last = await ann.events.last()
    waiting = asyncio.create_task(ann.events.since(last, wait=30))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    started = time.monotonic()
    await propose(rob, create("a.txt"))
    [event] = await waiting
    assert time.monotonic() - started < 10
    assert (event.name, event.actor.handle) == ("mutation.created", "rob")


async def test_waiting_ends_when_another_process_writes(house: House, ann: Backend) -> None:
    last = await ann.events.last()
    waiting = asyncio.create_task(ann.events.since(last, wait=30))
    await asyncio.sleep(0.05)
    async with house.neighbour() as neighbour, LEGS["local"].door(neighbour) as bind:
        await propose(bind("ann", house.project_id), create("a.txt"))
        [event] = await waiting
    assert event.name == "mutation.created"


async def test_waiting_for_what_does_not_happen_gives_nothing(ann: Backend) -> None:
    assert await ann.events.since(await ann.events.last(), wait=0.05) == ()


async def test_a_subscription_sees_everything_once_and_in_order(house: House, ann: Backend, rob: Backend) -> None:
    await track(ann, {"a.txt": b"one\n"})
    start = await rob.events.last()
    seen: list[Event] = []

    async def follow(backend: Backend, until: int) -> None:
        async for event in backend.events.subscribe(after=start):
            seen.append(event)
            if event.seq >= until:
                return

    async def work(backend: Backend, name: str) -> None:
        for number in range(5):
            mutation = await propose(backend, create(f"{name}-{number}.txt"))
            await backend.reviews.comment(mutation.id, text="a remark")

    until = start + 20
    follower = asyncio.create_task(follow(rob, until))
    async with house.neighbour() as neighbour, LEGS["local"].door(neighbour) as bind:
        await asyncio.gather(work(ann, "ann"), work(bind("rob", house.project_id), "rob"))
        await asyncio.wait_for(follower, 30)
    assert [event.seq for event in seen] == list(range(start + 1, until + 1))
    assert tuple(seen) == await ann.events.since(start)


async def test_a_subscription_from_now_on_leaves_out_what_was(ann: Backend) -> None:
    await propose(ann, create("a.txt"))
    events = ann.events.subscribe()
    following = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0.05)
    await propose(ann, create("b.txt"))
    event = await asyncio.wait_for(following, 30)
    assert event.data["number"] == 2


async def test_projects_count_their_events_apart(house: House, ann: Backend) -> None:
    await propose(ann, create("a.txt"))
    other = await house.without_project("zoe").projects.create(name="another")
    zoe = house.with_project(other.id, "zoe")
    await propose(zoe, create("a.txt"))
    assert [event.seq for event in await zoe.events.since(0)] == [1]
    assert await ann.events.last() == 1


async def test_the_timeline_says_what_a_patchset_does_differently(ann: Backend) -> None:
    made = await propose(ann, create("a.txt", b"one\n"))
    await ann.mutations.update(made.id, changes=[create("a.txt", b"two\n")], message="as rob says")
    await ann.mutations.update(made.id, title="Another title", message="no patchset, so nobody reads it")
    told = [(entry.summary, entry.detail) for entry in await ann.mutations.timeline(made.id)][1:]
    assert told == [("brought patchset 2", "as rob says"), ("changed it", "")]


async def test_events_are_listed_newest_first_by_name_by_actor_and_by_subject(
    house: House, ann: Backend, rob: Backend
) -> None:
    mutation = await a_whole_life(house, ann, rob)
    events = tuple(reversed(await ann.events.since(0)))

    async def listed(**narrowed: Any) -> tuple[Event, ...]:
        return (await ann.events.list(limit=1000, **narrowed)).items

    assert await listed() == events
    assert await listed(names=["mutation.*"]) == tuple(one for one in events if one.name.startswith("mutation."))
    several = ("mutation.created", "team.changed")
    assert await listed(names=several) == tuple(one for one in events if one.name in several)
    assert await listed(names=["mutation.nothing"]) == ()
    for actor in ("rob", "ann"):
        assert await listed(actor=actor) == tuple(one for one in events if one.actor.handle == actor)
    assert await listed(actor="me") == await listed(actor="ann")
    for reference in (mutation.id, str(mutation.number), f"M-{mutation.number}", f"m-{mutation.number}"):
        assert await listed(subject=reference) == tuple(one for one in events if one.subject == mutation.id)
    both = await listed(names=["mutation.reviewed"], actor="rob", subject=mutation.id)
    assert both == tuple(one for one in events if one.name == "mutation.reviewed" and one.subject == mutation.id)
    assert await listed(subject="nothing there") == ()


async def test_the_pages_of_a_list_of_events_cover_it_once_while_others_happen(
    house: House, ann: Backend, rob: Backend
) -> None:
    await a_whole_life(house, ann, rob)
    expected = [event.seq for event in reversed(await ann.events.since(0)) if event.actor.handle == "rob"]
    found: list[int] = []
    cursor: str | None = None
    while True:
        page = await ann.events.list(actor="rob", cursor=cursor, limit=1)
        found += [event.seq for event in page.items]
        if not page.has_more:
            break
        cursor = page.next_cursor
        await rob.reviews.comment("1", text="and another")
    assert found == expected
