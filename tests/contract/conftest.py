"""The contract suite runs on every leg."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lattice_console.contract.backend import Backend
from tests.support.house import House, open_house
from tests.support.legs import LEGS


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
