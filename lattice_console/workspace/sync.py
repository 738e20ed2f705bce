"""Bringing a folder to the head: what to do (a plan), and doing it so that a cut at any moment can be mended.

The journal names every path before the first is touched; a file is replaced in one step by one that is already
durable; the record follows last. Whatever is cut off, the record still says where the folder came from: the next sync
asks for the same paths again, finds some of them done, and does the rest.
"""

from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from lattice_console.contract.errors import SystemFailure
from lattice_console.contract.paths import twin_key
from lattice_console.workspace import record as records
from lattice_console.workspace.files import Folder, digest
from lattice_console.workspace.lock import Lock, exclusive, hop
from lattice_console.workspace.record import Record
from lattice_console.workspace.source import Source
from lattice_console.workspace.states import Held, InTheWay, Stamp
from lattice_console.workspace.survey import Heading, Survey, read_heading, survey

BATCH_FILES = 64
BATCH_BYTES = 32_000_000
_WRITERS = 8


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did. `sequence` is the head's, to which the folder was brought.

    `drifted` hold on disk what the store does not, and were left alone, whether or not the head has moved on there;
    `missing` are in the head but not on disk, and were not written because the head has not changed there.
    """

    sequence: int
    written: tuple[str, ...]
    removed: tuple[str, ...]
    drifted: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Write:
    """A file to write: the hash of its bytes, the stamp of what it replaces (None: nothing), its permission bits."""

    hash: str
    expected: Stamp | None
    mode: int | None


@dataclass(slots=True)
class Plan:
    """What to do, and the record's parts as they are before it is done."""

    files: dict[str, str]
    left: dict[str, str | None]
    removals: dict[str, Held] = field(default_factory=dict)
    writes: dict[str, Write] = field(default_factory=dict)
    stamps: dict[str, Stamp] = field(default_factory=dict)
    drifted: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def settle(self, path: str, hash: str | None) -> None:
        """Take note that the path is as the head has it."""
        self.left.pop(path, None)
        if hash != self.files.get(path):
            self.stamps.pop(path, None)
        if hash is None:
            self.files.pop(path, None)
        else:
            self.files[path] = hash

    def leave(self, path: str, hash: str | None) -> None:
        """Take note that the path cannot be brought to what the head has."""
        self.left[path] = hash
        self.drifted.append(path)


def plan(survey: Survey) -> Plan:
    """What brings the paths of a survey to the head."""
    heading = survey.heading
    made = Plan(dict(heading.record.files), {})
    for path in sorted(survey.states):
        standing = survey.standing(path)
        if path not in heading.changed:
            if standing == "modified":
                made.drifted.append(path)
            elif standing == "missing":
                made.missing.append(path)
        elif standing == "clean":
            made.settle(path, heading.head(path))
        elif standing == "modified":
            made.leave(path, heading.head(path))
        else:
            bring(made, survey, path)
    _write_twins_anew(made, survey)
    _carry_modes(made)
    return made


def bring(made: Plan, survey: Survey, path: str) -> None:
    """Plan to put the head's state at a path where nothing or the store's bytes lie."""
    state, hash = survey.states[path], survey.heading.head(path)
    held = state if isinstance(state, Held) else None
    if hash is not None:
        made.writes[path] = Write(hash, held.stamp if held else None, held.mode if held else None)
    elif held is not None:
        made.removals[path] = held


def _write_twins_anew(made: Plan, survey: Survey) -> None:
    """On a file system that folds names a twin of a removed name is the same file: it has to be written afterwards."""
    removed = {twin_key(path): held for path, held in made.removals.items()}
    for path, state in survey.states.items():
        gone = removed.get(twin_key(path)) if isinstance(state, Held) and path not in made.removals else None
        hash = survey.heading.head(path)
        if gone is not None and hash is not None and isinstance(state, Held) and state.stamp.inode == gone.stamp.inode:
            made.writes[path] = Write(hash, None, gone.mode)


def _carry_modes(made: Plan) -> None:
    """A renamed file stays executable: what is written where nothing was takes the mode of a removed twin in bytes."""
    modes = {held.hash: held.mode for held in made.removals.values()}
    for path, write in made.writes.items():
        if write.mode is None and write.hash in modes:
            made.writes[path] = replace(write, mode=modes[write.hash])


async def sync(folder: Folder, state: Path, source: Source, limit: int) -> SyncReport:
    """Bring the folder to the head; see `Checkout.sync`."""
    async with exclusive(state) as lock:
        return await bring_up(folder, state, source, limit, lock)


async def bring_up(folder: Folder, state: Path, source: Source, limit: int, lock: Lock) -> SyncReport:
    """What `sync` does, under a lock that is held already."""
    await hop(recover, folder, state)
    heading = await read_heading(state, source)
    now = lock.now()
    seen = await survey(heading, folder, source, heading.tracked, limit)
    made = plan(seen)
    made.stamps |= settled_stamps(seen, made.files, now)
    done = await carry_out(made, heading, folder, state, source, lock)
    await hop(conclude, made, heading, state, heading.sequence)
    return SyncReport(
        sequence=heading.sequence,
        written=tuple(path for path in done if path in made.writes),
        removed=tuple(path for path in done if path in made.removals),
        drifted=tuple(sorted(made.drifted)),
        missing=tuple(made.missing),
    )


async def carry_out(made: Plan, heading: Heading, folder: Folder, state: Path, source: Source, lock: Lock) -> list[str]:
    """Do what is planned, and bring the plan's record to it; returns the paths that were written or removed.

    A path that something else has come to lie at is left, and counts as drifted. Removals come first: a file may make
    room for a directory, or its name for a twin.
    """
    touched = sorted({*made.removals, *made.writes})
    if not touched:
        return []
    # Those of an earlier sync stay named until the record says where they stand.
    await hop(records.save_journal, state, sorted(heading.cut_off.union(touched)))
    done = await hop(_remove_all, made, folder)
    async for contents in _batches(made, source):
        done += await hop(_write_all, made, folder, contents, lock)
    await hop(folder.flush, touched)
    return done


def conclude(made: Plan, heading: Heading, state: Path, sequence: int) -> None:
    """Keep what the plan has come to as the record at `sequence`, and let the journal go."""
    after = Record(
        project_id=heading.project_id, sequence=sequence, files=made.files, left=made.left, stamps=made.stamps
    )
    if after != heading.stored:
        records.save(state, after)
    records.clear_journal(state)


def _remove_all(made: Plan, folder: Folder) -> list[str]:
    done = []
    for path, held in made.removals.items():
        try:
            folder.remove(path, held.stamp)
        except InTheWay:
            made.leave(path, None)
        else:
            folder.prune(path)
            made.settle(path, None)
            done.append(path)
    return done


async def _batches(made: Plan, source: Source) -> AsyncIterator[dict[str, bytes]]:
    """The contents to write, by path, some at a time."""
    batch: dict[str, bytes] = {}
    size = 0
    for path, write in sorted(made.writes.items()):
        batch[path] = await source.documents.content(write.hash)
        size += len(batch[path])
        if len(batch) == BATCH_FILES or size >= BATCH_BYTES:
            yield batch
            batch, size = {}, 0
    if batch:
        yield batch


def _write_all(made: Plan, folder: Folder, contents: Mapping[str, bytes], lock: Lock) -> list[str]:
    def stage(path: str) -> Stamp | InTheWay:
        write = made.writes[path]
        if digest(contents[path]) != write.hash:
            raise SystemFailure("SYS_CONTENT", f"The bytes sent for {path} are not those of its hash {write.hash}.")
        try:
            return folder.stage(path, contents[path], write.mode)
        except InTheWay as refusal:
            return refusal

    # In threads, because each waits for the disk.
    with ThreadPoolExecutor(_WRITERS) as pool:
        staged = dict(zip(contents, pool.map(stage, contents), strict=True))
    now = lock.now()
    return [path for path, stamp in staged.items() if _place(made, folder, path, stamp, now)]


def _place(made: Plan, folder: Folder, path: str, staged: Stamp | InTheWay, now: int) -> bool:
    write = made.writes[path]
    try:
        if isinstance(staged, InTheWay):
            raise staged
        stamp = folder.place(path, write.expected)
    except InTheWay:
        folder.discard(path)
        folder.prune(path)
        made.leave(path, write.hash)
        return False
    made.settle(path, write.hash)
    # Changed by someone since, it would bear a time from `now` on.
    if stamp.inode == staged.inode and stamp.modified == staged.modified < now:
        made.stamps[path] = stamp
    return True


def recover(folder: Folder, state: Path) -> None:
    """Clear away what a sync that was cut off left behind: temporary files, and directories that it emptied."""
    for path in records.load_journal(state):
        folder.discard(path)
        folder.prune(path)


def settled_stamps(seen: Survey, files: Mapping[str, str], now: int) -> dict[str, Stamp]:
    """The stamps that tell, from now on, that a file holds what `files` says.

    A file last changed at or after `now`, the time before we looked, may be changed again without another stamp: as
    with git's index, such a one has to be read again.
    """
    return {
        path: state.stamp
        for path, state in seen.states.items()
        if isinstance(state, Held) and state.hash == files.get(path) and state.stamp.modified < now
    }
