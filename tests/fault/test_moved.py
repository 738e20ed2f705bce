"""A project's folder that is moved, copied or exchanged while somebody has it open."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError
from lattice_console.ops.init import init
from tests.fault.project import OWNER, Project
from tests.support.changes import create
from tests.support.house import carry_out
from tests.support.refusals import refusal
from tests.workspace.memory import tree


@pytest.fixture
async def project(tmp_path: Path) -> Project:
    root = tmp_path / "here"
    root.mkdir()
    await init(root, name="moving", actor=OWNER)
    return Project(root)


@asynccontextmanager
async def opened(root: Path) -> AsyncIterator[Backend]:
    backend = await connect(config.load(root, actor=OWNER, environ={}))
    try:
        yield backend
    finally:
        await backend.close()


async def titles(root: Path) -> list[str]:
    """What somebody finds who opens the project there, whose log holds."""
    async with opened(root) as backend:
        assert (await backend.audit.verify()).ok
        return sorted(one.title for one in (await backend.mutations.list()).items)


async def propose(backend: Backend, title: str) -> None:
    await backend.mutations.create(title=title, changes=[create(f"{title}.md")])


async def test_a_folder_that_is_moved_takes_all_with_it_and_nothing_comes_to_its_old_place(
    project: Project, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    async with opened(project.root) as backend:
        await propose(backend, "before")
        os.rename(project.root, there)
        for call in (backend.mutations.list(), propose(backend, "after"), project.checkout.status(backend)):
            with refusal("SYS_DATABASE_MOVED"):
                await call
        with pytest.raises(LatticeError):
            await project.checkout.sync(backend)
        assert await titles(there) == ["before"]
        assert not project.root.exists()
        os.rename(there, project.root)
        await propose(backend, "back")
    assert await titles(project.root) == ["back", "before"]


async def test_another_folder_in_the_place_of_ours_is_not_taken_for_ours(project: Project, tmp_path: Path) -> None:
    async with opened(project.root) as backend:
        await propose(backend, "shared")
    shutil.copytree(project.root, tmp_path / "other")
    async with opened(project.root) as backend:
        await propose(backend, "ours")
        os.rename(project.root, tmp_path / "ours")
        os.rename(tmp_path / "other", project.root)
        # Some of our connections would lead to the one, new ones to the other.
        with refusal("SYS_DATABASE_MOVED"):
            await propose(backend, "lost")
    assert await titles(project.root) == ["shared"]
    assert await titles(tmp_path / "ours") == ["ours", "shared"]


async def test_a_folder_that_is_copied_while_it_is_open_is_a_project_of_its_own(
    project: Project, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    async with opened(project.root) as backend:
        await carry_out(backend, create("a.md", b"# A\n"))
        await project.checkout.sync(backend)
        shutil.copytree(project.root, copy)
        await propose(backend, "only here")
        async with opened(copy) as other:
            await propose(other, "only there")
            assert await Project(copy).checkout.status(other) == ()
        assert await titles(project.root) == ["a change", "only here"]
    assert await titles(copy) == ["a change", "only there"]
    assert tree(copy)["a.md"] == b"# A\n"
