"""A clock that is set forth and back changes when things happened, and nothing else."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.review import Anchor, NewComment
from tests.support.changes import create, modify
from tests.support.house import House, head_of, open_house, propose, track

DAY = 86_400.0


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """On a file alone: what is asked of a server is the same."""
    async with open_house("local", tmp_path) as house:
        yield house


@pytest.fixture
def ann(house: House) -> Backend:
    return house.backend()


async def _life(house: House, *jumps: float) -> dict[str, Any]:
    """A mutation that is talked about, fails, is executed and rolled back; the clock jumps before each step in turn."""
    ann, rob = house.backend(), await house.member("rob", "reviewer")
    steps = iter(range(100))

    async def tick(call: Any) -> Any:
        house.clock.advance(jumps[next(steps) % len(jumps)])
        return await call

    await tick(track(ann, {"a.txt": b"0\n"}))
    mutation = await tick(propose(ann, modify("a.txt", b"1\n"), create("b.txt", b"damage\n")))
    id = mutation.id
    thread = await tick(rob.reviews.comment(id, text="Why?", anchor=Anchor(file_path="a.txt")))
    await tick(ann.reviews.comment(id, text="Because.", reply_to=thread.id))
    await tick(rob.reviews.comment(id, text="Still?", reply_to=thread.id))
    await tick(rob.reviews.vote(id, vote="request_changes", comments=[NewComment(text="No."), NewComment(text="And:")]))
    await tick(ann.reviews.comment(id, text="Yes.", reply_to=thread.id))
    await tick(rob.reviews.vote(id, vote="approve"))
    with house.damaged(b"damage\n"):
        await tick(ann.executions.execute(id))
    await tick(ann.executions.retry(id))
    await tick(ann.executions.execute(id))
    executed = await head_of(ann)
    await tick(ann.executions.rollback(id, reason="It was wrong"))
    now = await ann.mutations.get(id)
    return {
        "status": now.status,
        "turn": now.turn,
        "votes": [(one.vote, one.current) for one in now.reviews],
        "comments": [one.text for one in await ann.reviews.comments(id)],
        "executions": [one.status for one in await ann.executions.list(id)],
        "executed": executed,
        "head": await head_of(ann),
        "audit": (await ann.audit.verify()).problems,
        "last events": [one.name for one in await ann.mutations.timeline(id)][-2:],
    }


@pytest.mark.parametrize("jumps", [(-DAY,), (400 * DAY, -800 * DAY), (-3600, 60, -0.5)])
async def test_a_life_under_a_jumping_clock_is_that_under_a_steady_one(house: House, jumps: tuple[float, ...]) -> None:
    assert await _life(house, *jumps) == {
        "status": "rolled_back",
        "turn": "nobody",
        "votes": [("approve", True), ("request_changes", False)],
        "comments": ["Why?", "Because.", "Still?", "No.", "And:", "Yes."],
        "executions": ["rolled_back", "failed"],
        "executed": {"a.txt": b"1\n", "b.txt": b"damage\n"},
        "head": {"a.txt": b"0\n"},
        "audit": (),
        "last events": ["mutation.executed", "mutation.rolled_back"],
    }


@pytest.mark.parametrize("jump", [-400 * DAY, -3600.0])
async def test_a_claim_that_was_made_before_the_clock_was_set_back_does_not_hold_for_ever(
    house: House, ann: Backend, jump: float
) -> None:
    proposed = await propose(ann, create("a.txt"))
    await ann.reviews.vote(proposed.id, vote="approve")
    with house.killed_after(1):
        await ann.executions.execute(proposed.id)
    house.clock.advance(jump)
    assert await ann.executions.recover() == 1
    assert (await ann.executions.execute(proposed.id)).status == "completed"
    assert (await ann.audit.verify()).ok


async def test_a_live_claim_is_not_taken_for_one_of_another_clock(house: House, ann: Backend) -> None:
    """Nor where what happened to the mutation before happened under a clock that was ahead."""
    house.clock.advance(400 * DAY)
    proposed = await propose(ann, create("a.txt"))
    await ann.reviews.vote(proposed.id, vote="approve")
    house.clock.advance(-400 * DAY)
    with house.killed_after(1):
        await ann.executions.execute(proposed.id)
    assert await ann.executions.recover() == 0
    house.clock.advance(31)
    assert await ann.executions.recover() == 1
