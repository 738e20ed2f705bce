"""Hooks are told what a mutation came to, once that is committed; what they do then changes nothing of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lattice_console.contract.models.mutation import ImportedCommit
from tests.support.changes import create
from tests.support.clock import Clock
from tests.support.hooks import Hooked, open_hooked, write_hook
from tests.support.house import propose

TOLD = "post-mutation.sh"


@pytest.fixture
async def hooked(tmp_path: Path) -> AsyncIterator[Hooked]:
    async with open_hooked(tmp_path) as hooked:
        yield hooked


async def test_every_outcome_is_told_in_its_order_before_the_engine_closes(hooked: Hooked) -> None:
    hooked.hook("cat >> asked", TOLD)
    backend = hooked.backend
    made = await propose(backend, create("a.txt"))
    await backend.reviews.vote(made.id, vote="approve")
    await backend.executions.execute(made.id)
    await backend.executions.rollback(made.id, reason="It broke.")
    other = await propose(backend, create("b.txt"))
    await backend.mutations.update(other.id, title="another")
    await backend.reviews.vote(other.id, vote="reject", comment="No.")
    await backend.mutations.reopen(other.id)
    await backend.mutations.cancel(other.id)
    await backend.close()
    told = [(one["event"], one["mutation"]["number"], one["result"]["status"]) for one in hooked.asked()]
    assert told == [
        ("mutation.created", 1, "pending"),
        ("mutation.approved", 1, "approved"),
        ("mutation.executed", 1, "completed"),
        ("mutation.rolled_back", 1, "rolled_back"),
        ("mutation.created", 2, "pending"),
        ("mutation.rejected", 2, "rejected"),
        ("mutation.reopened", 2, "pending"),
        ("mutation.cancelled", 2, "cancelled"),
    ]
    assert all(one["result"]["processing_time"] >= 0 for one in hooked.asked())


async def test_a_failed_execution_is_an_outcome(hooked: Hooked) -> None:
    hooked.hook("exit 1")
    hooked.hook("cat >> asked", TOLD)
    approved = await hooked.approved()
    await hooked.backend.executions.execute(approved.id)
    await hooked.backend.close()
    [told] = hooked.asked()
    assert (told["event"], told["result"]["status"]) == ("mutation.failed", "failed")


async def test_a_hook_that_fails_is_on_record_and_changes_nothing(hooked: Hooked) -> None:
    hooked.hook("echo 'Chat is\033[31m away.' >&2; exit 1", TOLD)
    made = await propose(hooked.backend, create("a.txt"))
    await hooked.backend.close()
    elsewhere = hooked.house.backend()
    assert (await elsewhere.mutations.get(made.id)).status == "pending"
    last = (await elsewhere.mutations.timeline(made.id))[-1]
    assert (last.summary, last.detail) == (
        "a hook that was told of it failed",
        "post-mutation.sh failed (exit status 1): Chat is\ufffd[31m away.",
    )


async def test_nobody_waits_for_a_hook_that_is_told_something(hooked: Hooked) -> None:
    hooked.hook("until [ -e go ]; do sleep 0.02; done; cat >> asked", TOLD)
    made = await propose(hooked.backend, create("a.txt"))
    assert (await hooked.backend.mutations.get(made.id)).status == "pending"
    assert hooked.asked() == []
    (hooked.root / "go").write_text("", encoding="utf-8")
    await hooked.backend.close()
    assert len(hooked.asked()) == 1


async def test_a_hook_that_is_not_trusted_hears_nothing(hooked: Hooked) -> None:
    write_hook(hooked.root, TOLD, "cat >> asked")
    await propose(hooked.backend, create("a.txt"))
    await hooked.backend.close()
    assert hooked.asked() == []


async def test_a_history_that_is_brought_in_asks_and_tells_no_hook(hooked: Hooked) -> None:
    hooked.hook("cat >> asked")
    hooked.hook("cat >> asked", TOLD)
    commit = ImportedCommit(
        commit="c" * 40,
        title="Old",
        description="",
        author_name="Ann",
        author_email="ann@example.org",
        authored_at=Clock()(),
        changes=(create("a.txt"),),
    )
    await hooked.backend.mutations.import_commit(commit)
    await hooked.backend.close()
    assert hooked.asked() == []


async def test_what_was_cancelled_while_a_hook_hears_of_it_leaves_nothing_running(hooked: Hooked) -> None:
    hooked.hook("sleep 1000", TOLD)
    await propose(hooked.backend, create("a.txt"))
    closing = asyncio.create_task(hooked.backend.close())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
