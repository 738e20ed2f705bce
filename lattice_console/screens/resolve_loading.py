"""Which documents of a mutation have changed beneath it: the three texts that meet there, who made them, and why."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from lattice_console.contract.errors import NotFound
from lattice_console.contract.models.conflict import Conflict
from lattice_console.contract.models.document import Revision
from lattice_console.contract.models.mutation import Change, Mutation
from lattice_console.contract.models.resolution import RememberedText
from lattice_console.merge.choices import whole
from lattice_console.merge.merging import MergeResult, Valid, three_way
from lattice_console.profile.resolving import Meeting
from lattice_console.screens.loading import load_content
from lattice_console.screens.resolve_checking import violations
from lattice_console.screens.session import Session
from lattice_console.text import inert
from lattice_console.widgets.resolve_layout import Offer, Pane, Sides
from lattice_console.widgets.resolve_sides import SideInfo
from lattice_console.widgets.signs import Look

__all__ = ["Clash", "ClashLoader", "Clashes", "HeadClashes", "OtherClashes", "Standing", "merge", "merged", "offers"]

_BACK = 100
"""Revisions that are looked through for what came since the base."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands where a mutation changes something: its path, its hash, and the document's id, where it has one."""

    path: str
    hash: str
    document_id: str | None


@dataclass(frozen=True, slots=True)
class Clash:
    """A change of a mutation, and what stands in its place now; None for bytes is no file."""

    mutation_id: str
    change: Change
    standing: Standing | None
    base: bytes | None
    ours: bytes | None
    theirs: bytes | None
    infos: Mapping[Pane, SideInfo]
    remembered: tuple[RememberedText, ...] = ()
    """What stood before where the same met, newest first for each conflict."""
    barred: str = ""
    """Why the path that ours wants cannot be taken; empty where it can."""
    other: int | None = None
    """The number of the mutation that made theirs, where one did."""

    @property
    def path(self) -> str:
        """The document's path before the change."""
        return self.change.file_path

    @property
    def meeting(self) -> Meeting:
        """Under what name its choices are kept."""
        change = self.change
        theirs = self.standing.hash if self.standing else ""
        return Meeting(self.mutation_id, self.path, change.base_hash or "", change.result_hash or "", theirs)


@dataclass(frozen=True, slots=True)
class Clashes:
    """The documents of a mutation that others changed; `against` is the other mutation, None where it is the head."""

    mutation: Mutation
    files: tuple[Clash, ...]
    against: Mutation | None = None


class ClashLoader(Protocol):
    """Where the sides of a mutation's conflicts come from."""

    async def load(self, mutation: Mutation) -> Clashes:
        """Everything that meets in the mutation's documents; raises LatticeError."""
        ...


class HeadClashes:
    """What a mutation meets in the head, or in what its parents make of it: changes whose base no longer stands."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def load(self, mutation: Mutation) -> Clashes:
        """As `ClashLoader` says."""
        return await self._load(mutation, None)

    async def _load(self, mutation: Mutation, against: Mutation | None) -> Clashes:
        files: list[Clash] = []
        taken = await self._taken(mutation, against)
        for change in mutation.changes:
            there = await self.standing(mutation, change)
            now = there.hash if there else None
            collision = taken.get(change.result_path)
            if collision is not None and not (change.operation_type == "create" and there is not None):
                clash = await self._clash(mutation, change, there)
                why = collision.description.removeprefix(f"{collision.path}: ").rstrip(".")
                other = next(iter(collision.conflicting_mutations), collision.revision_mutation)
                files.append(replace(clash, barred=why, other=other))
            elif now not in (change.base_hash, change.result_hash) or (there and there.path != change.file_path):
                files.append(await self._clash(mutation, change, there))
        known: Sequence[RememberedText] = ()
        if files:
            below = against.id if against is not None else None
            known = await self._session.backend.conflicts.remembered(mutation.id, against=below)
        with_known = (replace(file, remembered=tuple(one for one in known if one.path == file.path)) for file in files)
        return Clashes(mutation, tuple(with_known), against)

    async def _taken(self, mutation: Mutation, against: Mutation | None) -> Mapping[str, Conflict]:
        """What is in the way of the paths that a mutation wants: in the head, or in another mutation."""
        report = await self._session.backend.conflicts.of(mutation.id)
        numbers = (against.number,) if against is not None else ()
        collisions = [one for one in report.conflicts if one.type == "file_collision" and one.severity == "error"]
        return {one.path: one for one in collisions if one.conflicting_mutations == numbers}

    async def standing(self, mutation: Mutation, change: Change) -> Standing | None:
        """What stands there now: what the nearest parent yet to be executed makes of it, else the head's."""
        for parent in mutation.parents:
            if parent.status in ("completed", "rolled_back", "rejected", "expired", "cancelled"):
                continue
            below = await self._session.backend.mutations.get(parent.id)
            made = _made(below, change)
            if made is not None:
                path, hash = made.result_path, made.result_hash
                return Standing(path, hash, made.document_id) if hash is not None else None
            if below.parents and (found := await self.standing(below, change)) is not None:
                return found
        return await self._in_head(change)

    async def _in_head(self, change: Change) -> Standing | None:
        """What the head has at the path, or has made of the document elsewhere."""
        names = [change.file_path, *([change.document_id] if change.document_id else [])]
        for name in names:
            try:
                found = await self._session.backend.documents.get(name)
            except NotFound:
                continue
            return Standing(found.path, found.hash, found.id)
        return None

    async def _clash(self, mutation: Mutation, change: Change, there: Standing | None) -> Clash:
        session = self._session
        base, ours, theirs = await asyncio.gather(
            load_content(session, change.base_hash),
            load_content(session, change.result_hash),
            load_content(session, there.hash if there else None),
        )
        info, other = await self._their_info(change, there)
        infos: dict[Pane, SideInfo] = {
            "ours": _our_info(mutation, session.look),
            "base": SideInfo("base", "what both started from" if change.base_hash else "nothing: both create it"),
            "theirs": info,
        }
        return Clash(mutation.id, change, there, base, ours, theirs, infos, other=other)

    async def _their_info(self, change: Change, there: Standing | None) -> tuple[SideInfo, int | None]:
        """Who made the head what it is: the newest revision, and how many others came since; and by which mutation."""
        document = there.document_id if there else change.document_id
        revisions: Sequence[Revision] = ()
        if document is not None:
            found = await self._session.backend.documents.history(document, limit=_BACK)
            revisions = _since(found.items, change)
        if not revisions or (there is not None and revisions[0].hash != there.hash):
            return SideInfo("theirs", "what stands there now"), None
        newest, look = revisions[0], self._session.look
        done = "rolled back" if newest.operation == "rollback" else "deleted" if newest.hash is None else "executed"
        if newest.mutation is None:
            return SideInfo("head", "a baseline", newest.actor.handle, look.age(newest.created_at)), None
        made = await self._session.backend.mutations.get(str(newest.mutation))
        done += f" on {len(revisions) - 1} more" if len(revisions) > 1 else ""
        age = look.age(newest.created_at)
        info = SideInfo(f"M-{made.number}", made.title, made.author.handle, age, done, made.description)
        return info, made.number


class OtherClashes(HeadClashes):
    """What a mutation meets in another one that is still to come, and on which it is to stand then."""

    def __init__(self, session: Session, other: Mutation) -> None:
        super().__init__(session)
        self._other = other

    async def load(self, mutation: Mutation) -> Clashes:
        self._other = await self._session.backend.mutations.get(self._other.id)
        return await self._load(mutation, self._other)

    async def standing(self, mutation: Mutation, change: Change) -> Standing | None:
        made = _made(self._other, change)
        if made is None:
            return await super().standing(mutation, change)
        return Standing(made.result_path, made.result_hash, made.document_id) if made.result_hash is not None else None

    async def _their_info(self, change: Change, there: Standing | None) -> tuple[SideInfo, int | None]:
        if _made(self._other, change) is None:
            return await super()._their_info(change, there)
        return replace(_our_info(self._other, self._session.look), done="still to come"), self._other.number


def _made(mutation: Mutation, change: Change) -> Change | None:
    """What a mutation does to the document of a change of another one."""
    return next((one for one in mutation.changes if change.file_path in (one.file_path, one.result_path)), None)


def _since(revisions: Sequence[Revision], change: Change) -> Sequence[Revision]:
    """The revisions, newest first, that came after the newest with the base's bytes at its path."""
    base = (change.base_hash, change.file_path)
    at = next((at for at, one in enumerate(revisions) if (one.hash, one.path) == base), len(revisions))
    return revisions[:at] if change.base_hash is not None else revisions[:1]


def _our_info(mutation: Mutation, look: Look) -> SideInfo:
    age = look.age(mutation.created_at)
    return SideInfo(f"M-{mutation.number}", mutation.title, mutation.author.handle, age, why=mutation.description)


def offers(clash: Clash, merge: MergeResult, look: Look) -> dict[int, list[Offer]]:
    """What is remembered of the conflicts of a merge, with where it is from, and with what is wrong with it now."""
    found: dict[int, list[Offer]] = {}
    for one in clash.remembered:
        where = merge.conflicts[one.index].pointer if one.index < len(merge.conflicts) else ""
        if one.pointer not in (None, where):
            # It was read of other texts than these.
            continue
        name = f"as in M-{one.number}"
        rest = f"but then: {one.problem}" if one.problem else one.title
        words = f" {look.signs.dot} ".join((name, one.actor.handle, look.age(one.at), rest))
        found.setdefault(one.index, []).append(Offer(one.content, name, inert(words), one.valid))
    return found


async def merge(session: Session, clash: Clash) -> Sides:
    """Merge the three texts; where nobody would be asked, the rules have a say in the result."""
    sides = await asyncio.to_thread(merged, clash)
    content, texts = sides.merge.content, (sides.base, sides.ours, sides.theirs)
    if content is None or content in texts:
        return sides
    wrong = await violations(session, sides.path, [content, *texts])
    return await asyncio.to_thread(merged, clash, lambda text: wrong.get(text, ())) if wrong.get(content) else sides


def merged(clash: Clash, valid: Valid | None = None) -> Sides:
    """Merge the three texts; takes time, so it belongs off the event loop. `valid` is what the gate asks beside."""
    path = clash.standing.path if clash.standing and clash.change.new_path is None else clash.change.result_path
    base, ours, theirs = clash.base or b"", clash.ours or b"", clash.theirs or b""
    texts: Mapping[Pane, bytes | None] = {"ours": clash.ours, "theirs": clash.theirs}
    gone = frozenset(pane for pane, text in texts.items() if text is None)
    made = three_way(base, ours, theirs, path=path, valid=valid)
    if gone or (not made.clean and not made.conflicts):
        made = whole(base, ours, theirs)
    return Sides.merged(path, base, ours, theirs, made, gone)
