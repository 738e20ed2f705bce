"""What is stored of broken dependencies is what comparing all with all finds, whatever happened before."""

import asyncio
import json
from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.engine.features import depending, detecting
from lattice_console.engine.features.context import Context, Surroundings
from lattice_console.engine.ports import Tables
from lattice_console.engine.rules import life
from tests.support.changes import create, delete, modify, rename
from tests.support.house import House, head_of, open_house, track

PATHS = ("a.json", "b.json", "c/d.json", "c/e.json")
NAMES = ("s", "t", "u", "v")

Key = tuple[int, int, str]
"""The number of a mutation, that of the other or 0, and what their conflict is known by."""


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@st.composite
def documents(draw: st.DrawFn, path: str) -> bytes:
    """A document that mostly is a spec, depends on some names, and refers to some files and to places in them."""
    said: dict[str, object] = {key: 1 for key in draw(st.sets(st.sampled_from("xy"), max_size=2))}
    if draw(st.integers(0, 4)):
        needs = draw(st.lists(st.sampled_from(NAMES), max_size=2, unique=True))
        said |= {"name": draw(st.sampled_from(NAMES)), "version": "1.0.0", "type": "api"}
        said["depends_on"] = [name for name in needs if name != said["name"]]
    up = "../" * path.count("/")
    refer = st.tuples(st.sampled_from(PATHS), st.sampled_from(["", "#/x", "#/y"]))
    said["refs"] = [{"$ref": f"{up}{to}{pointer}"} for to, pointer in draw(st.lists(refer, max_size=2))]
    return json.dumps(said, indent=1).encode()


def stored(house: House) -> dict[Key, str]:
    rows = house.sql("SELECT number, other, id, facts FROM conflicts WHERE type = 'dependency_violation'")
    return {(number, other, id): json.loads(facts)["description"] for number, other, id, facts in rows}


async def compared(house: House) -> dict[Key, set[str]]:
    """What comparing every mutation with what stands there and with every other finds, without the index."""

    def compare(tables: Tables) -> dict[Key, set[str]]:
        ctx = Context(tables, "ann", house.project_id, Surroundings(), house.clock())
        records = tables.mutations.with_status(house.project_id, life.TO_COME)
        found = [(one.number, finding, 0) for one in records for finding in depending.with_head(ctx, one)]
        for one, other in combinations(sorted(records, key=lambda record: record.number), 2):
            for mine, yours in depending.between(ctx, one, other):
                found += [(one.number, mine, other.number), (other.number, yours, one.number)]
        told: dict[Key, set[str]] = {}
        for number, finding, met in found:
            record = detecting.as_stored(number, finding, met)
            told.setdefault((number, met, record.id), set()).add(finding.description)
        return told

    return await house.read(compare)


async def step(data: st.DataObject, ann: Backend) -> None:
    """Something that changes what is open or what stands there; what is refused changes nothing."""
    page = await ann.mutations.list(limit=100)
    does = data.draw(st.sampled_from(["propose"] * 3 + ["execute"] * 2 + ["cancel", "reopen", "rollback", "update"]))
    numbers = [f"M-{row.number}" for row in page.items]
    if does == "propose" or not numbers:
        parents = data.draw(st.sampled_from([[]] * 3 + [[number] for number in numbers]))
        await ann.mutations.create(title="x", changes=await changes(data, ann), parents=parents)
        return
    number = data.draw(st.sampled_from(numbers))
    if does == "execute":
        await ann.reviews.vote(number, vote="approve")
        await ann.executions.execute(number)
    elif does == "update":
        await ann.mutations.update(number, changes=await changes(data, ann))
    elif does == "rollback":
        await ann.executions.rollback(number, reason="x")
    else:
        await (ann.mutations.cancel if does == "cancel" else ann.mutations.reopen)(number)


async def changes(data: st.DataObject, ann: Backend) -> list[ChangeInput]:
    head = await head_of(ann)
    made = []
    for path in data.draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=2, unique=True)):
        if path not in head:
            made.append(create(path, data.draw(documents(path))))
            continue
        does = data.draw(st.sampled_from(["modify", "modify", "delete", "rename"]))
        if does == "modify":
            made.append(modify(path, data.draw(documents(path))))
        else:
            made.append(delete(path) if does == "delete" else rename(path, data.draw(st.sampled_from(PATHS))))
    return made


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_what_is_stored_is_what_comparing_all_with_all_finds(
    loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    async def history() -> None:
        async with open_house("local", tmp_path_factory.mktemp("house")) as house:
            ann = house.backend()
            await track(ann, {path: data.draw(documents(path)) for path in PATHS[:3]})
            for _ in range(data.draw(st.integers(3, 12))):
                try:
                    await step(data, ann)
                except LatticeError:
                    continue
                known, found = stored(house), await compared(house)
                assert known.keys() == found.keys()
                assert all(said in found[key] for key, said in known.items())

    loop.run_until_complete(history())
