"""A write that is repeated under its key is done once, and answered alike."""

import asyncio

import pytest

from lattice_console.contract.backend import Backend
from tests.contract.test_versions import WRITES
from tests.support.changes import create, modify
from tests.support.house import House, propose
from tests.support.refusals import refusal
from tests.support.samples import HELPER, SAMPLES, Scene, call


@pytest.mark.parametrize("name", WRITES)
async def test_a_repeated_write_is_done_once_and_answered_alike(house: House, ann: Backend, name: str) -> None:
    await house.member(HELPER, "developer")
    arguments = {**await SAMPLES[name](Scene(house, ann)), "idempotency_key": "k-1"}
    answer = await call(ann, name, arguments)
    after = await ann.audit.verify()
    assert await call(ann, name, arguments) == answer
    with refusal("CF_IDEMPOTENCY_KEY") as refused:
        await call(ann, name, {**arguments, "expected_version": 99})
    assert refused.value.details["key"] == "k-1"
    assert await ann.audit.verify() == after


async def test_a_project_is_created_once_under_its_key(house: House) -> None:
    engine = house.without_project()
    first = await engine.projects.create(name="another", idempotency_key="k-1")
    assert await engine.projects.create(name="another", idempotency_key="k-1") == first
    with refusal("CF_IDEMPOTENCY_KEY"):
        await engine.projects.create(name="yet another", idempotency_key="k-1")


async def test_the_first_answer_stands_whatever_has_happened_since(ann: Backend) -> None:
    first = await ann.mutations.create(title="a change", changes=[create("a.txt")], idempotency_key="k-1")
    await ann.mutations.cancel(first.id)
    again = await ann.mutations.create(title="a change", changes=[create("a.txt")], idempotency_key="k-1")
    assert (again.id, again.status) == (first.id, "pending")


async def test_a_refused_call_leaves_its_key_free(ann: Backend) -> None:
    with refusal("NF_DOCUMENT"):
        await ann.mutations.create(title="too soon", changes=[modify("a.txt", b"two\n")], idempotency_key="k-1")
    proposed = await ann.mutations.create(title="a change", changes=[create("a.txt")], idempotency_key="k-1")
    assert proposed.number == 1


async def test_a_key_belongs_to_one_actor_and_one_method(ann: Backend, rob: Backend) -> None:
    proposed = await ann.mutations.create(title="a change", changes=[create("a.txt")], idempotency_key="k-1")
    other = await rob.mutations.create(title="a change", changes=[create("a.txt")], idempotency_key="k-1")
    assert other.id != proposed.id
    with refusal("CF_IDEMPOTENCY_KEY"):
        await ann.mutations.cancel(proposed.id, idempotency_key="k-1")


async def test_a_key_answers_only_who_may_still_ask(ann: Backend, rob: Backend) -> None:
    await rob.mutations.create(title="a change", changes=[create("a.txt")], idempotency_key="k-1")
    await ann.team.update("rob", role="viewer")
    with refusal("AUTH_FORBIDDEN"):
        await rob.mutations.create(title="a change", changes=[create("a.txt")], idempotency_key="k-1")


async def test_a_call_that_is_repeated_while_it_runs_is_done_once(ann: Backend) -> None:
    def propose_once() -> object:
        return ann.mutations.create(title="a change", changes=[create("a.txt")], idempotency_key="k-1")

    first, second = await asyncio.gather(propose_once(), propose_once())  # type: ignore[call-overload]
    assert first == second
    assert (await ann.mutations.list()).total == 1


async def test_an_execution_that_failed_is_answered_alike(house: House, ann: Backend) -> None:
    proposed = await propose(ann, create("a.txt", b"some bytes\n"))
    await ann.reviews.vote(proposed.id, vote="approve")
    with house.damaged(b"some bytes\n"):
        failed = await ann.executions.execute(proposed.id, idempotency_key="k-1")
    assert failed.status == "failed"
    assert await ann.executions.execute(proposed.id, idempotency_key="k-1") == failed
