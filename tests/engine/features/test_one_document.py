"""Many mutations of one document: what is known of their conflicts is what comparing all of them comes to."""

import asyncio
from collections.abc import Iterator
from itertools import combinations, count
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import Blocked
from lattice_console.engine.rules.resolution import Open, Outcome, Place, Settled, Sides, settle
from tests.support.changes import modify
from tests.support.house import House, open_house, propose, track

NAMES = count(1)
VALUES = count(2)
LINES = [
    b"a: 1\n",
    b"b:\n",
    b"  c: 1\n",
    b"  d:\n",
    b"    - e: 1\n",
    b"      f: 1\n",
    b"    - e: 1\n",
    b"  g: 1\n",
    b"h: |\n",
    b"  text: 1\n",
    b"\n",
    b"  more: 1\n",
    b"i: &x 1\n",
    b"j: 1\n",
    b"k: 1\n",
    b"l: *x\n",
    b"m: 1\n",
]
FRONT = [b"---\n", *LINES, b"---\n"]


class Mine(NamedTuple):
    """A mutation: its number, what it was made on, and what it makes of it."""

    number: int
    base: bytes
    ours: bytes


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, House]]:
    """A house for all examples, each with a document of its own."""
    with asyncio.Runner() as runner:
        opened = open_house("local", tmp_path_factory.mktemp("house"))
        house = runner.run(opened.__aenter__())
        yield runner, house
        runner.run(opened.__aexit__(None, None, None))


def edited(data: st.DataObject, content: bytes) -> bytes:
    """The content with a value changed, or with a key come or gone."""
    lines = content.splitlines(keepends=True)
    at = data.draw(st.integers(0, len(lines) - 1), "line")
    how = data.draw(st.sampled_from(["value", "value", "come", "come", "gone"]), "how")
    if how == "value":
        lines[at] = lines[at].replace(b" 1", b" %d" % next(VALUES))
    elif how == "come":
        key = data.draw(st.sampled_from([b"n: %d\n" % next(VALUES), b"n: 1\n", b"  n: 1\n", b"o: %d\n" % next(VALUES)]))
        lines.insert(at, key)
    else:
        del lines[at]
    return b"".join(lines)


@pytest.mark.parametrize("ending", ["yaml", "md", "txt"])
@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_stored_is_what_a_comparison_of_all_of_them_finds(
    made: tuple[asyncio.Runner, House], ending: str, data: st.DataObject
) -> None:
    runner, house = made
    runner.run(_compare(house.backend(), f"{next(NAMES)}.{ending}", data))


async def _compare(ann: Backend, path: str, data: st.DataObject) -> None:
    head = b"".join(FRONT if path.endswith("md") else LINES)
    await track(ann, {path: head})
    pending: list[Mine] = []
    for _ in range(data.draw(st.integers(1, 3), "executions")):
        for _ in range(data.draw(st.integers(1, 3), "proposals")):
            content = edited(data, head)
            if content != head:
                pending.append(Mine((await propose(ann, modify(path, content))).number, head, content))
        theirs = edited(data, head)
        if theirs != head and await _is_executed(ann, path, theirs):
            head = theirs
        found = [one for mine in pending for one in (await ann.conflicts.of(f"M-{mine.number}")).conflicts]
        assert {(one.mutation, one.severity) for one in found if not one.conflicting_mutations} == {
            (mine.number, "error" if isinstance(_merged(path, *mine[1:], head), Open) else "warning")
            for mine in pending
            if mine.base != head
        }
        assert {
            (one.mutation, other) for one in found for other in one.conflicting_mutations if one.severity == "error"
        } == _between(pending, path, head)


async def _is_executed(ann: Backend, path: str, content: bytes) -> bool:
    """Execute that; a document that cannot be read is refused."""
    proposed = await propose(ann, modify(path, content))
    await ann.reviews.vote(proposed.id, vote="approve")
    try:
        await ann.executions.execute(proposed.id)
    except Blocked:
        await ann.mutations.cancel(proposed.id)
        return False
    return True


def _merged(path: str, base: bytes, ours: bytes, theirs: bytes) -> Outcome:
    return settle(Sides("modify", path, None, base, ours, Place(path, theirs)), "neither")


def _between(pending: list[Mine], path: str, head: bytes) -> set[tuple[int, int]]:
    """Every two that do not merge on the head, each way round."""
    made = {}
    for mine in pending:
        outcome = _merged(path, *mine[1:], head)
        if isinstance(outcome, Settled) and outcome.change is not None:
            made[mine.number] = outcome.change.content or b""
    open_ = [
        pair for pair in combinations(made, 2) if isinstance(_merged(path, head, *(made[one] for one in pair)), Open)
    ]
    return {pair for one, other in open_ for pair in ((one, other), (other, one))}
