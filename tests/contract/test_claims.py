"""A claim is seen by all, holds for its lease, and is given back; of two on one document the second fails."""

import asyncio

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import Mutation
from tests.support.changes import create, modify
from tests.support.house import House, head_of, propose, track
from tests.support.refusals import refusal

LEASE = 30.0
"""Seconds that a claim holds by default."""


async def abandoned(house: House, ann: Backend) -> Mutation:
    """A mutation whose execution died between its claim and its apply."""
    proposed = await propose(ann, create("a.txt"))
    await ann.reviews.vote(proposed.id, vote="approve")
    with house.killed_after(1):
        await ann.executions.execute(proposed.id)
    return await ann.mutations.get(proposed.id)


async def test_a_claim_is_seen_by_all_and_nothing_else_can_be_done(house: House, ann: Backend) -> None:
    claimed = await abandoned(house, ann)
    assert claimed.status == "in_progress"
    [execution] = await ann.executions.list(claimed.id)
    assert (execution.status, execution.finished_at) == ("in_progress", None)
    allowed = {action.name for action in claimed.actions if action.allowed}
    assert allowed == {"comment", "dry_run"}
    for call in (ann.mutations.cancel(claimed.id), ann.mutations.update(claimed.id, title="late")):
        with refusal("BR_STATUS"):
            await call
    with refusal("BR_VOTE"):
        await ann.reviews.withdraw(claimed.id)
    with refusal("BR_BLOCKED"):
        await ann.executions.execute(claimed.id)
    assert await head_of(ann) == {}


async def test_a_claim_is_given_back_when_its_lease_is_over_and_not_before(house: House, ann: Backend) -> None:
    claimed = await abandoned(house, ann)
    house.clock.advance(LEASE - 1)
    assert await ann.executions.recover() == 0
    assert (await ann.mutations.get(claimed.id)).status == "in_progress"
    house.clock.advance(2)
    assert await ann.executions.recover() == 1
    assert await ann.executions.recover() == 0
    assert (await ann.mutations.get(claimed.id)).status == "approved"
    [execution] = await ann.executions.list(claimed.id)
    assert (execution.status, execution.executed_changes) == ("failed", ())
    assert "expired" in execution.errors[0].error
    done = await ann.executions.execute(claimed.id)
    assert done.id != execution.id
    assert await head_of(ann) == {"a.txt": b"one\n"}


async def test_whoever_executes_next_gives_expired_claims_back(house: House, ann: Backend) -> None:
    claimed = await abandoned(house, ann)
    other = await propose(ann, create("b.txt"))
    await ann.reviews.vote(other.id, vote="approve")
    house.clock.advance(LEASE + 1)
    await ann.executions.execute(other.id)
    assert (await ann.mutations.get(claimed.id)).status == "approved"
    await ann.executions.execute(claimed.id)
    assert set(await head_of(ann)) == {"a.txt", "b.txt"}


async def test_who_executes_an_abandoned_mutation_takes_it_over_once_the_lease_is_over(
    house: House, ann: Backend
) -> None:
    claimed = await abandoned(house, ann)
    house.clock.advance(LEASE + 1)
    done = await ann.executions.execute(claimed.id)
    assert [(one.id == done.id, one.status) for one in await ann.executions.list(claimed.id)] == [
        (True, "completed"),
        (False, "failed"),
    ]


async def test_a_call_that_died_can_be_repeated_under_its_key(house: House, ann: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    await ann.reviews.vote(proposed.id, vote="approve")
    with house.killed_after(1):
        await ann.executions.execute(proposed.id, idempotency_key="k-1")
    house.clock.advance(LEASE + 1)
    done = await ann.executions.execute(proposed.id, idempotency_key="k-1")
    assert done.status == "completed"
    assert await ann.executions.execute(proposed.id, idempotency_key="k-1") == done


async def test_a_claim_that_is_given_back_is_judged_anew(house: House, ann: Backend) -> None:
    claimed = await abandoned(house, ann)
    await ann.team.add(user="rob", role="reviewer")
    assert (await ann.mutations.get(claimed.id)).status == "in_progress"
    house.clock.advance(LEASE + 1)
    await ann.executions.recover()
    assert (await ann.mutations.get(claimed.id)).status == "pending"


async def test_who_comes_back_after_the_claim_was_given_back_applies_nothing(house: House, ann: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    await ann.reviews.vote(proposed.id, vote="approve")
    with house.stalled_after(1) as stall:
        late = asyncio.create_task(ann.executions.execute(proposed.id))
        await stall.reached.wait()
        house.clock.advance(LEASE + 1)
        assert await ann.executions.recover() == 1
        stall.go_on.set()
        with refusal("CF_CLAIM") as refused:
            await late
    assert "Execute it again" in refused.value.message
    assert await head_of(ann) == {}
    assert (await ann.mutations.get(proposed.id)).status == "approved"
    assert (await ann.audit.verify()).ok


async def test_of_two_claims_on_one_document_the_second_fails_with_nothing_applied(ann: Backend) -> None:
    await track(ann, {"a.txt": b"0\n", "b.txt": b"0\n"})
    first = await propose(ann, modify("a.txt", b"1\n"))
    second = await propose(ann, modify("b.txt", b"2\n"), modify("a.txt", b"2\n"))
    for mutation in (first, second):
        await ann.reviews.vote(mutation.id, vote="approve")
    one, two = await asyncio.gather(ann.executions.execute(first.id), ann.executions.execute(second.id))
    assert (one.status, two.status) == ("completed", "failed")
    assert "a.txt: revision 2 by M-1 is newer than its base" in two.errors[0].error
    assert await head_of(ann) == {"a.txt": b"1\n", "b.txt": b"0\n"}
    failed = await ann.mutations.get(second.id)
    assert failed.status == "failed"
    assert [blocker.name for blocker in failed.blockers] == ["base_current", "no_open_conflict"]
    await ann.mutations.update(second.id, changes=[modify("b.txt", b"2\n"), modify("a.txt", b"12\n")])
    assert (await ann.executions.retry(second.id)).status == "pending"


async def test_a_policy_that_changes_between_claim_and_apply_counts(house: House, ann: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    await ann.reviews.vote(proposed.id, vote="approve")
    with house.stalled_after(1) as stall:
        running = asyncio.create_task(ann.executions.execute(proposed.id))
        await stall.reached.wait()
        await ann.team.add(user="rob", role="reviewer")
        stall.go_on.set()
        failed = await running
    assert (failed.status, failed.executed_changes) == ("failed", ())
    assert "0 of 1 approval" in failed.errors[0].error
    assert await head_of(ann) == {}
