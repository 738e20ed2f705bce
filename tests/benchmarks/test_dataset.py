"""The large projects of the benchmarks are such as the engine itself would have left."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from benchmarks.dataset import ACTOR, project
from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.contract import filters
from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import MutationSummary

LENGTH = 270


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("dataset") / "project", LENGTH, documents=60)


@pytest.fixture
async def backend(place: Path) -> AsyncIterator[Backend]:
    backend = await connect(config.load(place, actor=ACTOR, environ={}))
    yield backend
    await backend.close()


async def rows(backend: Backend, text: str = "") -> list[MutationSummary]:
    return list((await backend.mutations.list(filter=filters.parse(text), limit=LENGTH)).items)


async def test_what_is_stored_of_each_mutation_is_what_follows_from_its_votes(backend: Backend) -> None:
    for row in await rows(backend, "status:pending or status:approved"):
        mutation = await backend.mutations.get(row.id)
        blockers = [one.name for one in mutation.requirements if one.kind == "review" and one.blocks]
        assert (row.status == "approved") == (not blockers), row
        assert mutation.attention is not None
        assert mutation.attention.turn == row.turn


async def test_a_tenth_of_them_stands_in_stacks_on_parents_one_level_lower(backend: Backend) -> None:
    listed = {row.number: row for row in await rows(backend)}
    upper = [row for row in listed.values() if row.level]
    assert {row.level for row in upper} == {1, 2, 3}
    assert len(upper) + len({row.stack for row in upper}) == LENGTH / 10
    for row in upper:
        mutation = await backend.mutations.get(row.id)
        [parent] = mutation.parents
        below = listed[parent.number]
        assert (below.stack, below.level) == (row.stack, row.level - 1)
        assert parent.current


async def test_every_view_has_something_in_it(backend: Backend) -> None:
    for condition in ("awaiting", "changed", "mine", "ready", "stacked"):
        assert await rows(backend, f"is:{condition}"), condition


async def test_a_mutation_can_be_voted_on_and_what_happened_is_numbered_after_the_rest(backend: Backend) -> None:
    before = await backend.events.last()
    assert before > LENGTH
    row = next(row for row in await rows(backend, "is:awaiting") if not row.approvals)
    await backend.reviews.vote(row.id, vote="approve")
    assert (await backend.mutations.get(row.id)).status == "approved"
    assert [event.seq for event in await backend.events.since(before)] == [before + 1, before + 2]
