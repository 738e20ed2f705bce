"""Which documents of a mutation have changed beneath it: the three texts that meet there, who made them, and why."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lattice_console.contract.errors import NotFound
from lattice_console.contract.models.document import Document, Revision
from lattice_console.contract.models.mutation import Change, ChangeInput, Mutation, MutationSummary
from lattice_console.merge.choices import whole
from lattice_console.merge.merging import three_way
from lattice_console.profile.resolving import Meeting
from lattice_console.screens.loading import load_content
from lattice_console.screens.session import Session
from lattice_console.widgets.resolve_layout import Pane, Sides
from lattice_console.widgets.resolve_sides import SideInfo
from lattice_console.widgets.signs import Look

__all__ = ["Clash", "Clashes", "HeadClashes", "merged"]

_BACK = 100
"""Revisions that are looked through for what came since the base."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A change of a mutation, and what stands in its place now: `theirs` has the hash `current`."""

    mutation_id: str
    change: Change
    current: str
    base: bytes
    ours: bytes
    theirs: bytes
    infos: Mapping[Pane, SideInfo]

    @property
    def path(self) -> str:
        """The document's path before the change."""
        return self.change.file_path

    @property
    def meeting(self) -> Meeting:
        """Under what name its choices are kept."""
        change = self.change
        hashes = change.base_hash or "", change.result_hash or "", self.current
        return Meeting(self.mutation_id, self.path, *hashes)

    def settled(self, content: bytes) -> ChangeInput | None:
        """The change made anew on what stands there now; None where it leaves that as it is."""
        renamed = self.change.operation_type == "rename"
        if content == self.theirs and not renamed:
            return None
        return ChangeInput(
            operation_type="rename" if renamed else "modify",
            file_path=self.path,
            new_path=self.change.new_path,
            content=content,
            base_hash=self.current,
        )


@dataclass(frozen=True, slots=True)
class Clashes:
    """The documents of a mutation that others changed, and why others of its changes cannot be settled here."""

    mutation: Mutation
    files: tuple[Clash, ...]
    beyond: tuple[str, ...] = ()


class ClashLoader(Protocol):
    """Where the sides of a mutation's conflicts come from."""

    async def load(self, mutation: Mutation) -> Clashes:
        """Everything that meets in the mutation's documents; raises LatticeError."""
        ...


class HeadClashes:
    """What a mutation meets in the head: changes whose base is no longer what stands there."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def load(self, mutation: Mutation) -> Clashes:
        """As `ClashLoader` says."""
        files: list[Clash] = []
        beyond: list[str] = []
        for change in mutation.changes:
            try:
                there = await self._session.backend.documents.get(change.file_path)
            except NotFound:
                if change.operation_type != "create":
                    beyond.append(f"{change.file_path} is gone: it was deleted or renamed since.")
                continue
            if there.hash == change.base_hash or there.hash == change.result_hash:
                continue
            if change.result_hash is None:
                beyond.append(f"{change.file_path} was changed since, and M-{mutation.number} deletes it.")
            else:
                files.append(await self._clash(mutation, change, there))
        return Clashes(mutation, tuple(files), tuple(beyond))

    async def _clash(self, mutation: Mutation, change: Change, there: Document) -> Clash:
        session = self._session
        base, ours, theirs = await asyncio.gather(
            load_content(session, change.base_hash),
            load_content(session, change.result_hash),
            load_content(session, there.hash),
        )
        page = await session.backend.documents.history(there.id, limit=_BACK)
        infos: dict[Pane, SideInfo] = {
            "ours": _our_info(mutation, session.look),
            "base": SideInfo("base", "what both started from" if change.base_hash else "nothing: both create it"),
            "theirs": await self._their_info(_since(page.items, change.base_hash)),
        }
        return Clash(mutation.id, change, there.hash, base or b"", ours or b"", theirs or b"", infos)

    async def _their_info(self, revisions: Sequence[Revision]) -> SideInfo:
        """Who made the head what it is: the newest revision, and how many others came since the base."""
        if not revisions:
            return SideInfo("head", "what stands there now")
        newest, look = revisions[0], self._session.look
        done = "rolled back" if newest.operation == "rollback" else "executed"
        if newest.mutation is None:
            return SideInfo("head", "a baseline", newest.actor.handle, look.age(newest.created_at))
        made = await self._session.backend.mutations.get(str(newest.mutation))
        done += f" on {len(revisions) - 1} more" if len(revisions) > 1 else ""
        return SideInfo(f"M-{made.number}", made.title, made.author.handle, look.age(newest.created_at), done)


def _since(revisions: Sequence[Revision], base: str | None) -> Sequence[Revision]:
    """The revisions, newest first, that came after the newest with the base's bytes."""
    at = next((at for at, one in enumerate(revisions) if one.hash == base), len(revisions))
    return revisions[:at] if base is not None else revisions[:1]


def _our_info(mutation: MutationSummary, look: Look) -> SideInfo:
    return SideInfo(f"M-{mutation.number}", mutation.title, mutation.author.handle, look.age(mutation.created_at))


def merged(clash: Clash) -> Sides:
    """Merge the three texts; takes time, so it belongs off the event loop."""
    merge = three_way(clash.base, clash.ours, clash.theirs, path=clash.change.result_path)
    if not merge.clean and not merge.conflicts:
        merge = whole(clash.base, clash.ours, clash.theirs)
    return Sides.merged(clash.change.result_path, clash.base, clash.ours, clash.theirs, merge)
