"""A project on servers, reached by settings as a person's console and command reach it, from no folder."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TypeVar

from lattice_console import config
from lattice_console.app import LatticeApp, Mode
from lattice_console.backends.connect import connect
from lattice_console.config import Settings
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import SystemFailure
from lattice_console.contract.models.document import TrackedFile
from lattice_console.profile.folder import work_folder
from lattice_console.profile.left_off import Bookmark

Answer = TypeVar("Answer")

OWNER = "ann"

PATIENCE = 30.0
"""Seconds within which servers and whoever waits for them are back."""


class Site:
    """One project; the environment says where it lies."""

    def __init__(self, environ: Mapping[str, str], *, lease: float = 30.0) -> None:
        self.environ = dict(environ)
        self._lease = lease

    @classmethod
    async def make(cls, files: Mapping[str, bytes], *, lease: float = 30.0, **environ: str) -> "Site":
        """A project with these files as its baseline; a claim lasts `lease` seconds."""
        site = cls(environ, lease=lease)
        async with site.backend() as backend:
            tracked = [TrackedFile(path=path, content=content) for path, content in files.items()]
            project = await backend.projects.create(name="site", files=tracked)
        site.environ["LATTICE_PROJECT_ID"] = project.id
        return site

    def but(self, **environ: str) -> "Site":
        """The same project, reached in another way."""
        return Site({**self.environ, **environ}, lease=self._lease)

    def settings(self, actor: str = OWNER) -> Settings:
        return replace(config.at_root(None, actor=actor, environ=self.environ), lease=self._lease)

    @asynccontextmanager
    async def backend(self, actor: str = OWNER) -> AsyncIterator[Backend]:
        """A Backend on an engine of its own, as another process would have it."""
        backend = await connect(self.settings(actor))
        try:
            yield backend
        finally:
            await backend.close()

    def run(self, what: Callable[[Backend], Awaitable[Answer]], actor: str = OWNER) -> Answer:
        """Do something with a Backend and an event loop of its own."""

        async def work() -> Answer:
            async with self.backend(actor) as backend:
                return await what(backend)

        return asyncio.run(work())

    def app(self, actor: str = OWNER, *, start: Mode = "queue") -> LatticeApp:
        """The console as the command makes it, for somebody who last looked at everything."""
        settings = self.settings(actor)
        Bookmark(work_folder(settings.project_id or "", settings.actor), print).keep(view="all")

        async def open_backend() -> Backend:
            return await connect(settings)

        return LatticeApp(open_backend, None, settings, start=start)


async def once_back(what: Callable[[], Awaitable[Answer]]) -> Answer:
    """Ask until the truth answers; raises what it said last when it has not for long."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        try:
            return await what()
        except SystemFailure:
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.05)
