"""Random histories of a project go out to git and come in again: the same heads, step by step."""

import random
from itertools import pairwise
from pathlib import Path

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.ops.export_git import export_git
from lattice_console.ops.git_history import Selection
from lattice_console.ops.import_git import import_git
from tests.support.changes import create, delete, modify, rename
from tests.support.house import carry_out
from tests.support.repository import Repository, in_head, opened

NAMES = ("a", "a/b", "a/b/c", "b", "c d", "C:", "con", "x\\y", "näme", "-x", "d/.gitignore", "d/e", ".gitmodules", "é")
DOCUMENTS = Selection(excluded=(".lattice/*",))


async def test_a_random_history_goes_out_and_comes_in_again(tmp_path: Path) -> None:
    await go_around(tmp_path, seed=1, steps=6)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 102))
async def test_random_histories_go_out_and_come_in_again(tmp_path: Path, seed: int) -> None:
    await go_around(tmp_path, seed, steps=40)


async def go_around(place: Path, seed: int, steps: int) -> None:
    chance = random.Random(seed)
    async with opened(place / "first") as (backend, _):
        heads = await live(backend, chance, steps)
        await export_git(backend, place / "out", selection=DOCUMENTS)
    out = Repository(place / "out")
    out.git("fsck", "--strict")
    commits = out.git("rev-list", "--reverse", "HEAD").split()
    assert [out.tree(commit) for commit in commits] == heads
    async with opened(place / "second") as (backend, _):
        await import_git(backend, out.place)
        assert await in_head(backend) == heads[-1]
        await export_git(backend, place / "again", selection=DOCUMENTS)
    assert Repository(place / "again").git("rev-list", "--reverse", "HEAD").split() == commits


async def live(backend: Backend, chance: random.Random, steps: int) -> list[dict[str, bytes]]:
    """Execute random changes, roll some of them back; returns the documents after each step that changed them."""
    heads: list[dict[str, bytes]] = [{}]
    for _ in range(steps):
        head = await in_head(backend)
        try:
            execution = await carry_out(backend, *changes(chance, head))
            heads.append(await in_head(backend))
            if chance.random() < 0.2:
                await backend.executions.rollback(execution.mutation_id, reason="It was better before.")
                heads.append(await in_head(backend))
        except LatticeError:
            # A folder was in the way, or nothing changed.
            continue
    return [after for before, after in pairwise(heads) if after != before]


def changes(chance: random.Random, head: dict[str, bytes]) -> list[ChangeInput]:
    """One to three changes of different documents."""
    paths = chance.sample(NAMES, chance.randint(1, 3))
    return [_change(chance, path, there=path in head) for path in paths]


def _change(chance: random.Random, path: str, *, there: bool) -> ChangeInput:
    content = chance.randbytes(chance.randint(0, 6))
    if not there:
        return create(path, content)
    new_path = chance.choice([name for name in NAMES if name != path])
    return chance.choice([modify(path, content), delete(path), rename(path, new_path, chance.choice([None, content]))])
