"""Hooks in a project's folder: small shell scripts, which start in a millisecond."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lattice_console.backends import local
from lattice_console.contract.models.mutation import Mutation
from lattice_console.engine.engine import Engine
from lattice_console.engine.gateways.hook_files import FOLDER, find
from lattice_console.engine.gateways.hooks import FolderHooks, Trust
from tests.support.changes import create
from tests.support.house import OWNER, House, open_house, propose

HOOK = "pre-mutation.sh"

PATIENCE = 60.0
"""Seconds for hooks that end by themselves, on a machine that has much else to do."""


def write_hook(root: Path, name: str, script: str) -> Path:
    """Lay an executable hook into the project's folder; `script` are the lines of its shell."""
    path = root / FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


class Trusted:
    """What is trusted: nothing until `trust` is called."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: set[tuple[str, str]] = set()

    def __call__(self, name: str, digest: str) -> Trust:
        if (name, digest) in self._known:
            return "trusted"
        return "changed" if name in {known for known, _ in self._known} else "new"

    def trust(self) -> None:
        """Trust all hooks of the folder, as they are now."""
        self._known = {(hook.name, hook.digest) for hook in find(self._root)}


def hooks_at(root: Path, project_id: str, *, seconds: float = PATIENCE) -> tuple[FolderHooks, Trusted]:
    """The hooks of a folder that is that project's, and what is trusted of them."""
    trusted = Trusted(root)
    return FolderHooks(root, project_id, trusted, seconds=seconds), trusted


class Hooked:
    """A project whose engine works in a folder that has hooks."""

    def __init__(self, house: House, trusted: Trusted, engine: Engine) -> None:
        self.house = house
        self.root = house.folder
        self.backend = local.bind(engine, actor=OWNER, project=house.project_id)
        self._trusted = trusted

    def hook(self, script: str, name: str = HOOK) -> None:
        """Lay a trusted hook into the folder."""
        write_hook(self.root, name, script)
        self.trust()

    def trust(self) -> None:
        """Trust all hooks of the folder, as they are now."""
        self._trusted.trust()

    def asked(self) -> list[dict[str, Any]]:
        """What hooks were given that append it to the file `asked`."""
        path = self.root / "asked"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    async def approved(self) -> Mutation:
        """A mutation that was proposed and approved where no hook is."""
        elsewhere = self.house.backend()
        proposed = await propose(elsewhere, create("a.txt"))
        return await elsewhere.reviews.vote(proposed.id, vote="approve")


@asynccontextmanager
async def open_hooked(folder: Path) -> AsyncIterator[Hooked]:
    """A project of ann's in that folder."""
    async with open_house("local", folder) as house:
        hooks, trusted = hooks_at(folder, house.project_id)
        async with house.neighbour(hooks) as engine:
            yield Hooked(house, trusted, engine)
