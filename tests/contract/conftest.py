"""The contract suite runs on every leg.

Of a test with many cases only a few run on the legs with servers: there the store is another, not the case.
LATTICE_TEST_EVERY_CASE=1, which `make soak` sets, runs them all.
"""

import os
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from lattice_console.contract.backend import Backend
from tests.support.house import House, open_house
from tests.support.legs import LEGS

FEW = 3
"""Cases of one test on each leg with servers: the first, the last, and one between them."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave most cases of the legs with servers out."""
    if os.environ.get("LATTICE_TEST_EVERY_CASE"):
        return
    cases: dict[tuple[str, str], list[pytest.Item]] = defaultdict(list)
    for item in items:
        for leg in _legs_with_servers(item):
            cases[item.nodeid.partition("[")[0], leg].append(item)
    left_out = {id(item) for found in cases.values() if len(found) > FEW for item in _most(found)}
    config.hook.pytest_deselected(items=[item for item in items if id(item) in left_out])
    items[:] = [item for item in items if id(item) not in left_out]


def _legs_with_servers(item: pytest.Item) -> Iterator[str]:
    """The leg that an item of this folder runs on, if it has servers."""
    if isinstance(item, pytest.Function) and hasattr(item, "callspec") and Path(__file__).parent in item.path.parents:
        named = (value for value in item.callspec.params.values() if isinstance(value, str))
        yield from (leg for leg in named if leg in LEGS and LEGS[leg].examples < 1)


def _most(found: list[pytest.Item]) -> list[pytest.Item]:
    kept = (0, len(found) // 2, len(found) - 1)
    return [item for at, item in enumerate(found) if at not in kept]


@pytest.fixture(params=LEGS)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """A fresh project, owned by ann."""
    async with open_house(request.param, tmp_path) as house:
        yield house


@pytest.fixture
def ann(house: House) -> Backend:
    """The project as its owner has it."""
    return house.backend()


@pytest.fixture
async def rob(house: House) -> Backend:
    """The project as its second member, a reviewer, has it."""
    return await house.member("rob", "reviewer")
