"""What takes long is found out before the transaction that needs it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lattice_console.engine.features import proposals
from lattice_console.engine.features.registry import USE_CASES
from lattice_console.engine.rules.defects import Defect
from lattice_console.engine.rules.openapi.checking import check
from tests.support.changes import create
from tests.support.house import open_house, propose


def api(size: int) -> bytes:
    """An OpenAPI document of about that many bytes."""
    schemas = {f"s{number}": {"type": "string"} for number in range(size // 30)}
    data = {"openapi": "3.0.3", "info": {"title": "A", "version": "1.0.0"}, "paths": {}}
    return json.dumps({**data, "components": {"schemas": schemas}}).encode()


async def test_a_large_document_is_checked_once_and_before_the_transaction_that_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def watched(data: dict[str, Any]) -> Iterator[Defect]:
        told.append("checked")
        return check(data)

    def created(*given: Any, **more: Any) -> Any:
        told.append("written")
        return create_(*given, **more)

    async with open_house("local", tmp_path) as house:
        create_ = USE_CASES["mutations.create"].run
        monkeypatch.setattr("lattice_console.engine.rules.openapi.checking.check", watched)
        monkeypatch.setitem(USE_CASES, "mutations.create", replace(USE_CASES["mutations.create"], run=created))
        await propose(house.backend("ann"), create("api/large.json", api(2 * proposals.LARGE)))
        await propose(house.backend("ann"), create("api/small.json", api(1000)))
        # By now it is known that the policy asks for nothing that would have to be foreseen.
        await propose(house.backend("ann"), create("api/other.json", api(3 * proposals.LARGE)))
    assert told == ["checked", "written", "written", "checked", "checked", "written"]
