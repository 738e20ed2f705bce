"""Whatever two sides did to a document: resolving it and taking that back is the identity."""

import asyncio
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lattice_console.contract.errors import RuleBroken
from lattice_console.contract.models.conflict import Strategy
from lattice_console.contract.models.mutation import ChangeInput, Mutation
from lattice_console.contract.models.resolution import ResolvedFile
from tests.support.changes import delete, modify, rename
from tests.support.house import House, carry_out, open_house, propose, track

NAMES = count(1)
LINES = [b"%d\n" % number for number in range(8)]
BASE = b"".join(LINES)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """The base with some of its lines replaced, left out, or followed by others."""
    edits = draw(st.dictionaries(st.integers(0, 7), st.sampled_from([b"", b"x\n", b"y\n", b"x\ny\n"]), max_size=3))
    return b"".join(edits.get(at, line) for at, line in enumerate(LINES)) + draw(st.sampled_from([b"", b"end\n"]))


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, bytes]:
    """What one side does to a document: the operation, and what it makes of the lines."""
    operation = draw(st.sampled_from(["modify", "modify", "modify", "rename", "delete"]))
    return operation, draw(documents().filter(lambda content: content != BASE))


def change(path: str, edit: tuple[str, bytes], side: str) -> ChangeInput:
    operation, content = edit
    if operation == "delete":
        return delete(path)
    return rename(path, f"{path}.{side}", content) if operation == "rename" else modify(path, content)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, House]]:
    """A house for all examples, each with documents of its own."""
    with asyncio.Runner() as runner:
        opened = open_house("local", tmp_path_factory.mktemp("house"))
        house = runner.run(opened.__aenter__())
        yield runner, house
        runner.run(opened.__aexit__(None, None, None))


def content_of(mutation: Mutation) -> object:
    changes = {
        (one.operation_type, one.file_path, one.new_path, one.base_hash, one.result_hash) for one in mutation.changes
    }
    return changes, mutation.parents, mutation.patchset_hash, mutation.status, mutation.conflicts


@given(
    ours=st.lists(edits(), min_size=1, max_size=3),
    theirs=st.lists(edits(), min_size=3, max_size=3),
    strategy=st.sampled_from(["auto_merge", "rebase", "accept_theirs", "accept_ours", "manual"]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_resolving_and_taking_it_back_is_the_identity(
    made: tuple[asyncio.Runner, House],
    ours: list[tuple[str, bytes]],
    theirs: list[tuple[str, bytes]],
    strategy: Strategy,
) -> None:
    runner, house = made
    runner.run(_there_and_back(house, ours, theirs, strategy))


async def _there_and_back(
    house: House, ours: list[tuple[str, bytes]], theirs: list[tuple[str, bytes]], strategy: Strategy
) -> None:
    ann, folder = house.backend(), next(NAMES)
    paths = [f"{folder}/{name}.txt" for name in "abc"]
    await track(ann, dict.fromkeys(paths, BASE))
    mine = await propose(ann, *(change(path, edit, "ours") for path, edit in zip(paths, ours, strict=False)))
    await carry_out(ann, *(change(path, edit, "theirs") for path, edit in zip(paths, theirs, strict=False)))
    before, conflicts = await ann.mutations.get(mine.id), await ann.conflicts.of(mine.id)
    files = [ResolvedFile(path=path, content=b"by hand\n") for path in paths[: len(ours)]]
    try:
        done = await ann.conflicts.resolve(mine.id, strategy=strategy, files=files if strategy == "manual" else ())
    except RuleBroken as refused:
        if refused.code != "BR_NOTHING_LEFT":
            raise
        done = None
    if done is not None and done.patchset > before.patchset:
        resolved = await ann.conflicts.of(mine.id)
        assert done.resolved == (not resolved.errors)
        await ann.conflicts.undo(mine.id)
    assert content_of(await ann.mutations.get(mine.id)) == content_of(before)
    assert (await ann.conflicts.of(mine.id)).conflicts == conflicts.conflicts
