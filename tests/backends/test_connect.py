"""From settings to a Backend, by the project's id or by its name."""

from dataclasses import replace
from pathlib import Path

import pytest

from lattice_console import config
from lattice_console.backends.connect import connect, resolved
from lattice_console.config import Settings
from lattice_console.contract.errors import NotFound, ValidationFailed


def named(tmp_path: Path, project: str | None, actor: str = "kim") -> Settings:
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/team.db", "LATTICE_PROJECT_ID": project or ""}
    return config.at_root(None, actor=actor, environ=environ)


async def create(tmp_path: Path, name: str) -> str:
    backend = await connect(named(tmp_path, None))
    try:
        return (await backend.projects.create(name=name)).id
    finally:
        await backend.close()


async def test_a_project_is_reached_by_its_id_and_by_its_name(tmp_path: Path) -> None:
    id = await create(tmp_path, "billing-specs")
    for reference in (id, "billing-specs"):
        backend = await connect(named(tmp_path, reference))
        assert (await backend.projects.get()).id == id
        await backend.close()
        assert (await resolved(named(tmp_path, reference))).project_id == id


async def test_a_name_that_nothing_or_too_much_is_called_is_refused_with_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"kim is a member of no project billing-specs\. You are a member of none"):
        await connect(named(tmp_path, "billing-specs"))
    ids = {await create(tmp_path, "ledger"), await create(tmp_path, "ledger")}
    with pytest.raises(NotFound, match="Yours are ledger"):
        await connect(named(tmp_path, "billing-specs"))
    with pytest.raises(ValidationFailed, match="2 of your projects are called ledger") as told:
        await connect(named(tmp_path, "ledger"))
    assert all(id in told.value.message for id in ids)


async def test_others_projects_are_not_told(tmp_path: Path) -> None:
    await create(tmp_path, "billing-specs")
    with pytest.raises(NotFound) as told:
        await connect(named(tmp_path, "billing-specs", actor="mallory"))
    assert "Yours are" not in told.value.message


async def test_an_id_is_not_looked_up(tmp_path: Path) -> None:
    settings = replace(named(tmp_path, None), project_id="0192f0c0-0000-7000-8000-000000000001")
    assert await resolved(settings) is settings
