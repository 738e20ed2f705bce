"""What all screens of one console share: the Backend, who acts, how fresh it is, and what was typed and not sent."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from lattice_console.widgets.signs import Look

# Not needed for the first frame, and slow to load.
if TYPE_CHECKING:
    from lattice_console.config import Settings
    from lattice_console.contract.backend import Backend
    from lattice_console.contract.models.people import Actor
    from lattice_console.contract.models.project import Project
    from lattice_console.workspace.checkout import Checkout

__all__ = ["Session"]

_CONTENTS = 64_000_000


@dataclass(slots=True)
class Session:
    """The state of a console beside what its screens show.

    `stale_since` is None while the connection answers; `drafts` holds typed texts by (mutation id, action).
    """

    settings: "Settings"
    checkout: "Checkout | None"
    look: Look
    project: "Project | None" = None
    actor: "Actor | None" = None
    stale_since: datetime | None = None
    filter: str = ""
    drafts: dict[tuple[str, str], str] = field(default_factory=dict)
    _backend: "Backend | None" = None
    _contents: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    _held: int = 0

    @property
    def connected(self) -> bool:
        """Whether the Backend is open."""
        return self._backend is not None

    @property
    def backend(self) -> "Backend":
        """The open Backend; raises RuntimeError before there is one."""
        if self._backend is None:
            raise RuntimeError("asked for the Backend before it was open")
        return self._backend

    def opened(self, backend: "Backend", project: "Project", actor: "Actor") -> None:
        """Take note of the open Backend, its project and whom it acts for."""
        self._backend, self.project, self.actor = backend, project, actor

    async def content(self, hash: str | None) -> bytes | None:
        """The bytes with that hash, fetched once and kept while there is room; None for None."""
        if hash is None:
            return None
        if hash in self._contents:
            self._contents.move_to_end(hash)
            return self._contents[hash]
        content = await self.backend.documents.content(hash)
        if hash not in self._contents:
            self._contents[hash] = content
            self._held += len(content)
            while self._held > _CONTENTS and len(self._contents) > 1:
                self._held -= len(self._contents.popitem(last=False)[1])
        return content

    @property
    def freshness(self) -> str:
        """How fresh the screens are, in a word or two."""
        if not self.connected:
            return "opening"
        return "live" if self.stale_since is None else f"stale {self.look.age(self.stale_since)}"
