"""What all screens of one console share: the Backend, who acts, how fresh it is, and what was typed and not sent."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from lattice_console.screens.kept import Kept
from lattice_console.text import count
from lattice_console.widgets.signs import Look

# Not needed for the first frame, and slow to load.
if TYPE_CHECKING:
    from pathlib import Path

    from lattice_console.config import Settings
    from lattice_console.contract.backend import Backend
    from lattice_console.contract.models.health import ComponentHealth, Health
    from lattice_console.contract.models.people import Actor
    from lattice_console.contract.models.project import Project
    from lattice_console.screens.keeping import Keeping
    from lattice_console.screens.undoing import Undoing
    from lattice_console.widgets.file_change import FileChange
    from lattice_console.workspace.checkout import Checkout

__all__ = ["Session"]

_ROOM = 64_000_000
"""Bytes of contents, and of comparisons, that are kept."""

_NAMED = 3
"""Files that a message names."""


@dataclass(slots=True)
class Session:
    """The state of a console beside what its screens show.

    `refused` says that the Backend did not open, and will not by itself. `stale_since` is None while the connection
    answers; `health` is what was measured last, and `workspace` how the folder is, as far as it is kept up from here,
    and `drifted` what in it changed on disk since. `contents` holds bytes by hash, `compared` files by what was
    compared. `company` has the handles of the others who look at a mutation, by its id, and `looking_at` says which one
    is open here; `turned` is set when that may be another one. `tell` shows a message, whatever the thread.
    """

    settings: "Settings"
    open_checkout: "Callable[[], Checkout] | None"
    look: Look
    project: "Project | None" = None
    actor: "Actor | None" = None
    refused: bool = False
    stale_since: datetime | None = None
    health: "Health | None" = None
    workspace: "ComponentHealth | None" = None
    drifted: tuple[str, ...] = ()
    filter: str = ""
    company: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    looking_at: Callable[[], str | None] = lambda: None
    turned: asyncio.Event = field(default_factory=asyncio.Event)
    tell: Callable[[str], None] = lambda text: None
    _backend: "Backend | None" = None
    _checkout: "Checkout | None" = None
    _keeping: "Keeping | None" = None
    _undoing: "Undoing | None" = None
    contents: Kept[str, bytes] = field(default_factory=lambda: Kept(_ROOM))
    compared: "Kept[tuple[str | None, ...], FileChange]" = field(default_factory=lambda: Kept(_ROOM))

    @property
    def folder(self) -> "Path":
        """Where this machine keeps what the actor has in hand in this project."""
        from lattice_console.profile.folder import work_folder

        return work_folder(self.settings.project_id or "", self.settings.actor)

    @property
    def keeping(self) -> "Keeping":
        """What the actor has in hand: drafts, typed texts, viewed marks."""
        from lattice_console.screens.keeping import Keeping

        if self._keeping is None:
            self._keeping = Keeping(self.folder, self.tell)
        return self._keeping

    @property
    def undoing(self) -> "Undoing":
        """What was done in this console and can be undone."""
        from lattice_console.screens.undoing import Undoing

        if self._undoing is None:
            self._undoing = Undoing()
        return self._undoing

    @property
    def checkout(self) -> "Checkout | None":
        """The folder as a checkout, made when first asked for; None where there is no folder."""
        if self._checkout is None and self.open_checkout is not None:
            self._checkout = self.open_checkout()
        return self._checkout

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

    async def settled(self) -> None:
        """Wait until everything typed is on the disk."""
        if self._keeping is not None:
            await self._keeping.settled()

    @property
    def parts(self) -> "dict[str, ComponentHealth]":
        """How every part was when it was looked at last, this folder among them."""
        parts = dict(self.health.components) if self.health else {}
        if self.workspace is not None:
            parts["workspace"] = self.workspace
        return parts

    @property
    def trouble(self) -> str:
        """Which parts do not answer, and for how long, in a few words; empty where all do."""
        unwell = [
            f"{name} {'behind' if name == 'workspace' else 'down'} {self.look.age(part.since or self.look.now())}"
            for name, part in self.parts.items()
            if part.status != "healthy"
        ]
        more = f" +{len(unwell) - 1}" if len(unwell) > 1 else ""
        return f"{unwell[0]}{more}" if unwell else ""

    @property
    def drift(self) -> str:
        """How many files of the folder drift, in a few words; empty where none does."""
        return f"{count(len(self.drifted), 'file')} drifted" if self.drifted else ""

    @property
    def drift_told(self) -> str:
        """What drifts, and what to do about it."""
        import shlex

        drifted = self.drifted
        named = ", ".join(drifted[:_NAMED])
        more = f" and {len(drifted) - _NAMED} more" if len(drifted) > _NAMED else ""
        it, paths = "it" if len(drifted) == 1 else "them", "PATHS" if more else shlex.join(drifted)
        rest = " lattice status lists them all." if more else ""
        return (
            f"Left alone: {count(len(drifted), 'file')} changed on disk since the last checkout: {named}{more}. "
            f"Propose {it} (lattice mutation create --files {paths}) or restore {it} (lattice restore {paths}).{rest}"
        )

    @property
    def read_only(self) -> str:
        """Why nothing can be written now, in a sentence; empty where it can."""
        from lattice_console.contract.models.health import TRUTH

        if self.health is None or self.health.status != "unhealthy":
            return ""
        since = self.health.components[TRUTH].since
        age = f"for {self.look.age(since)}" if since else "lately"
        return (
            f"Nothing can be written: the database has not answered {age}. What is on the screen can be read on; it is "
            "tried again by itself."
        )

    @property
    def freshness(self) -> str:
        """How fresh the screens are, in a word or two."""
        if not self.connected:
            return "not open" if self.refused else "opening"
        return "live" if self.stale_since is None else f"stale {self.look.age(self.stale_since)}"
