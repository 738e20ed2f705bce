"""A look at a folder: what its record, the head and the disk say of each path, and what follows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from lattice_console.contract.models.document import HeadDelta
from lattice_console.contract.paths import check_path
from lattice_console.workspace.files import Folder
from lattice_console.workspace.lock import hop
from lattice_console.workspace.record import EMPTY, Record, load, load_journal
from lattice_console.workspace.source import Source
from lattice_console.workspace.states import DiskState, Held, Obstacle

Standing = Literal["clean", "modified", "proposed", "behind", "missing"]


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a folder is and where the head is.

    `stored` is the record as it is kept, `record` what of it is true of this head. `changed` has the head's state
    (None: no such path) of every path that changed since what `record` says, that could not be brought to it, or that
    is among those of a sync that was `cut_off`. Some may have changed back since such a sync touched them.
    """

    stored: Record
    cut_off: frozenset[str]
    record: Record
    project_id: str
    sequence: int
    changed: Mapping[str, str | None]

    def head(self, path: str) -> str | None:
        """The head's hash for the path, None where it has no such path."""
        return self.changed[path] if path in self.changed else self.record.files.get(path)

    @property
    def behind(self) -> int:
        """How many times the head has moved on since the folder was brought to it."""
        return self.sequence - max(0, self.record.sequence)

    @property
    def tracked(self) -> set[str]:
        """Every path that the head has, or that the folder still has to lose."""
        return self.record.files.keys() | self.changed.keys()


async def read_heading(state: Path, source: Source) -> Heading:
    """Ask what the head has that the folder with this `state` does not.

    A record of another project says nothing here; one that is ahead of the head (a restored backup) does not know what
    has changed. Raises ValidationFailed for a path that no document may have: a sync would write there.
    """
    record = stored = await hop(load, state)
    delta = await source.documents.head(after=record.sequence)
    if record.sequence >= 0 and (delta.project_id != record.project_id or delta.sequence < record.sequence):
        record = EMPTY if delta.project_id != record.project_id else record.model_copy(update={"sequence": -1})
        delta = await source.documents.head(after=record.sequence)
    return await hop(_heading, stored, record, state, delta)


def _heading(stored: Record, record: Record, state: Path, delta: HeadDelta) -> Heading:
    cut_off = load_journal(state)
    changed = {path: record.files.get(path) for path in cut_off} | record.left
    if record.sequence < 0:
        # Then the head was told whole: what it does not have is gone.
        changed |= dict.fromkeys((*record.files, *changed))
    for entry in delta.entries:
        # What came and went since the folder last heard of it never was here.
        if entry.hash is not None or entry.path in record.files or entry.path in changed:
            changed[check_path(entry.path)] = entry.hash
    return Heading(stored, cut_off, record, delta.project_id, delta.sequence, changed)


@dataclass(frozen=True, slots=True)
class Survey:
    """What lies on disk at some paths, and which of their hashes the store holds."""

    heading: Heading
    states: Mapping[str, DiskState]
    known: Collection[str] = field(default_factory=frozenset)

    def standing(self, path: str) -> Standing:
        """How the disk stands to the head at a path.

        `modified`: the disk holds what the store does not (drift), or what we cannot read. `proposed`: what the store
        holds, though neither the head nor the record has it here. `behind`: what the record says, but the head has
        moved on. `missing`: nothing, and the head has not moved on.
        """
        heading, state = self.heading, self.states[path]
        is_ours = heading.head(path) is not None or path in heading.record.files
        if isinstance(state, Obstacle) and not state.is_absence:
            return "modified" if is_ours else "clean"
        if not isinstance(state, Held):
            if heading.head(path) is None:
                return "clean"
            return "behind" if path in heading.changed else "missing"
        if state.hash == heading.head(path):
            return "clean"
        if self.is_drift(path):
            return "modified" if is_ours else "clean"
        return "behind" if state.hash == heading.record.files.get(path) else "proposed"

    def is_drift(self, path: str) -> bool:
        """Whether a file lies at the path, the head's or not, whose bytes the store does not hold."""
        state = self.states[path]
        return isinstance(state, Held) and state.hash != self.heading.head(path) and state.hash not in self.known

    def remarks(self, path: str) -> str:
        """What else there is to say about a path that is not clean, in words; often nothing."""
        state = self.states[path]
        remarks = [state.reason] if isinstance(state, Obstacle) else []
        was, to = self.heading.record.files.get(path), self.heading.head(path)
        if was != to:
            moved = "deleted" if to is None else "new" if was is None else "newer"
            remarks.append(f"{moved} in the head")
        return "; ".join(remarks)


async def survey(heading: Heading, folder: Folder, source: Source, paths: Collection[str], limit: int) -> Survey:
    """Look at `paths`, and ask the store for the hashes that are not the head's."""
    states = await hop(folder.look, paths, limit, heading.record.trusted())
    odd = {state.hash for path, state in states.items() if isinstance(state, Held) and state.hash != heading.head(path)}
    known = await source.documents.known(sorted(odd)) if odd else ()
    return Survey(heading, states, frozenset(known))
