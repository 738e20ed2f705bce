"""A real project in a folder, with mutations that change its files in every way, for tests that kill and race."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.ops.init import init
from lattice_console.workspace import Checkout
from tests.support.changes import create, delete, modify, rename
from tests.workspace.memory import put, tree

Answer = TypeVar("Answer")

OWNER = "ann"
START = {f"docs/part{n}.yaml": f"part: {n}\n".encode() * 20 for n in range(8)} | {
    "turns": b"a file\n",
    "old/name.md": b"# Moves\n",
    "leaves/soon.md": b"# Leaves\n",
    "mine.md": b"# Untouched by any mutation\n",
}


def changes(number: int) -> list[ChangeInput]:
    """The changes of the mutation with that number: to START, in every way there is."""
    edits = [modify(f"docs/part{n}.yaml", f"part: {n}\nby: {number}\n".encode() * 20) for n in range(8)]
    return [
        *edits,
        delete("turns"),
        create("turns/into/a.md", f"# A directory, {number}\n".encode()),
        rename("old/name.md", "new/name.md"),
        delete("leaves/soon.md"),
        create("comes.md", f"# Comes, {number}\n".encode()),
    ]


def result(number: int) -> dict[str, bytes]:
    """START with those changes done to it."""
    after = dict(START)
    for change in changes(number):
        before = after.pop(change.file_path, b"")
        if change.operation_type != "delete":
            after[change.new_path or change.file_path] = before if change.content is None else change.content
    return after


class Project:
    """A project in a folder, reached by a new engine for each piece of work, as by a new process."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.checkout = Checkout(root)

    @staticmethod
    def make(root: Path, files: dict[str, bytes], *, lease: float = 30.0) -> "Project":
        """A project with these files as its baseline; a claim lasts `lease` seconds."""
        root.mkdir()
        asyncio.run(init(root, name="faults", actor=OWNER))
        for path, content in files.items():
            put(root, path, content)
        put(root, ".lattice/local.json", json.dumps({"execution": {"lease_seconds": lease}}).encode())
        project = Project(root)

        async def track(backend: Backend) -> None:
            await backend.documents.track([TrackedFile(path=path, content=files[path]) for path in sorted(files)])
            await project.checkout.sync(backend)

        project.run(track)
        return project

    def run(self, what: Callable[[Backend], Awaitable[Answer]], actor: str = OWNER) -> Answer:
        """Do something with a Backend and an event loop of its own."""
        settings = config.load(self.root, actor=actor, environ={})

        async def work() -> Answer:
            backend = await connect(settings)
            try:
                return await what(backend)
            finally:
                await backend.close()

        return asyncio.run(work())

    @property
    def files(self) -> dict[str, bytes]:
        """The documents on disk, without the project's own."""
        return {path: content for path, content in tree(self.root).items() if not path.startswith(".lattice/")}

    @property
    def left_overs(self) -> list[str]:
        """What no finished sync leaves: temporary files, a journal, empty directories."""
        names = [str(place.relative_to(self.root)) for place in self.root.rglob("*") if _is_left_over(place)]
        return sorted(name for name in names if not name.startswith(".lattice/state/backups"))


def _is_left_over(place: Path) -> bool:
    if place.name.startswith(".lattice-tmp-") or place.name == "checkout.journal":
        return True
    return place.is_dir() and not os.listdir(place)
