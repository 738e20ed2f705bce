"""One folder as a checkout of a project's head: what differs, bringing it up, and executing with a look at it first."""

import shlex
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import Drift, LatticeError, SystemFailure
from lattice_console.contract.models.health import ComponentHealth
from lattice_console.contract.models.mutation import ChangeInput, Execution, Mutation
from lattice_console.workspace import drafted as drafts
from lattice_console.workspace import proposal, record, restore, sync
from lattice_console.workspace.drafted import Drafted
from lattice_console.workspace.files import Folder
from lattice_console.workspace.lock import hop
from lattice_console.workspace.proposal import Baseline
from lattice_console.workspace.restore import RestoreReport
from lattice_console.workspace.scan import scan
from lattice_console.workspace.select import relative
from lattice_console.workspace.source import Source
from lattice_console.workspace.states import Obstacle
from lattice_console.workspace.survey import Survey, read_heading, survey
from lattice_console.workspace.sync import SyncReport

DOCUMENT_LIMIT = 10_000_000
"""Bytes that a document may have, where nothing else is configured."""

_CHANGED = "changed on disk since the last checkout"
_NAMED = 3


@dataclass(frozen=True, slots=True)
class FileStatus:
    """How one path on disk stands to the head.

    `modified`: drift, the disk holds what the store does not. `proposed`: it holds what the store has in some patchset
    or revision; a sync may replace it. `behind`: it is as last checked out, and a sync brings it up. `missing`: it is
    gone from disk. `untracked`: the head has no such path. `untrackable`: it never can have.
    """

    path: str
    state: Literal["modified", "proposed", "behind", "missing", "untracked", "untrackable"]
    remark: str = ""


def touched(mutation: Mutation) -> tuple[str, ...]:
    """Every path, old or new, that executing the mutation or rolling it back writes or removes."""
    paths = {change.file_path for change in mutation.changes}
    return tuple(sorted(paths | {change.result_path for change in mutation.changes}))


class Checkout:
    """A folder that holds the head's documents, with its record in `.lattice/state`.

    Paths are relative to `root`, as `relative` gives them. `limit` is the size that a document may have, in bytes.
    Every method raises SystemFailure where the system refuses the folder's files.
    """

    def __init__(self, root: Path, limit: int = DOCUMENT_LIMIT) -> None:
        self.root = root
        self.limit = limit
        self._state = root / ".lattice" / "state"
        self._folder = Folder(root)

    def relative(self, typed: str, cwd: Path) -> str:
        """What someone in the folder `cwd` means by a path, "" for the project; raises ValidationFailed outside."""
        return relative(self.root, typed, cwd)

    async def sync(self, backend: Source) -> SyncReport:
        """Bring the folder to the head, finishing first what an earlier sync was cut off in.

        Touches only paths where the head has changed since. What the store does not hold is neither overwritten nor
        removed, nor is a file written again that is only missing.
        """
        return await sync.sync(self._folder, self._state, backend, self.limit)

    async def status(self, backend: Source, *, untracked: bool = False) -> tuple[FileStatus, ...]:
        """Every path that is not as in the head, by path; with `untracked`, also what the head does not have."""
        heading = await read_heading(self._state, backend)
        seen = await survey(heading, self._folder, backend, heading.tracked, self.limit)
        found = []
        for path in seen.states:
            standing = seen.standing(path)
            if standing != "clean":
                found.append(FileStatus(path, standing, seen.remarks(path)))
        if untracked:
            there = await hop(scan, self._folder, self.limit)
            found += [FileStatus(path, "untracked") for path in there.files - heading.tracked]
            odd = [one for one in there.untrackable if one.path not in heading.tracked]
            found += [FileStatus(one.path, "untrackable", one.reason) for one in odd]
        return tuple(sorted(found, key=lambda status: status.path))

    async def health(self, backend: Source) -> ComponentHealth:
        """How far the folder is behind the head, in executions; unhealthy where its record cannot be read."""
        start = time.perf_counter()
        lag, error = None, None
        try:
            lag = (await read_heading(self._state, backend)).behind
        except LatticeError as failure:
            error = failure.message
        latency = round((time.perf_counter() - start) * 1000, 3)
        return ComponentHealth(status="unhealthy" if error else "healthy", latency_ms=latency, lag=lag, error=error)

    async def unfinished(self) -> str:
        """What of the record, or of a sync that was cut off, the next sync has to mend, in a sentence; else empty."""
        if await hop(record.is_lost, self._state):
            return "The record of what was last checked out cannot be read."
        cut_off = await hop(record.load_journal, self._state)
        return f"A sync of {len(cut_off):,} files was cut off." if cut_off else ""

    async def drift(self, backend: Source, paths: Sequence[str]) -> tuple[str, ...]:
        """Those of `paths` where something lies on disk that the store does not hold: it would be in the way."""
        return tuple(await self._drift(backend, paths))

    async def hindrance(self, backend: Source, mutation: Mutation) -> str:
        """Why the folder holds an execution or rollback of the mutation back, and what to do; empty if it does not."""
        drifted = await self._drift(backend, touched(mutation))
        return _said(drifted) if drifted else ""

    async def execute(
        self,
        backend: Backend,
        mutation: Mutation,
        *,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> tuple[Execution, SyncReport]:
        """Execute a mutation and bring the folder to the new head.

        Raises Drift (`CF_DRIFT`, details `paths` and, where there are any, `blockers`), without asking for the
        execution, where the folder drifts on a path that the mutation touches; else what the Backend raises.
        """
        if drifted := await self._drift(backend, touched(mutation)):
            current = await backend.mutations.get(mutation.id)
            reasons = [f"{blocker.name} ({blocker.reason.rstrip('.')})" for blocker in current.blockers]
            raise _refusal(
                "Not executed",
                drifted,
                f" It is blocked as well: {'; '.join(reasons)}." if reasons else "",
                blockers=[blocker.model_dump(mode="json") for blocker in current.blockers],
            )
        execution = await backend.executions.execute(
            mutation.id, idempotency_key=idempotency_key, expected_version=expected_version
        )
        return execution, await self._follow(backend, f"M-{mutation.number} was executed")

    async def rollback(
        self,
        backend: Backend,
        mutation: Mutation,
        reason: str,
        *,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> tuple[Execution, SyncReport]:
        """Roll a mutation back and bring the folder to the new head; raises as `execute` does."""
        if drifted := await self._drift(backend, touched(mutation)):
            action = (await backend.mutations.get(mutation.id)).action("rollback")
            raise _refusal(
                "Not rolled back", drifted, "" if action.allowed else f" It cannot be anyway: {action.reason}"
            )
        execution = await backend.executions.rollback(
            mutation.id, reason=reason, idempotency_key=idempotency_key, expected_version=expected_version
        )
        return execution, await self._follow(backend, f"M-{mutation.number} was rolled back")

    async def restore(self, backend: Source, paths: Sequence[str]) -> RestoreReport:
        """Put the head's bytes back at these paths, directories or globs.

        What the store does not hold is moved to `.lattice/state/restored/<UTC time>/` first. Raises NotFound
        (`NF_PATH`) for what the head does not have.
        """
        return await restore.restore(self._folder, self._state, backend, paths, self.limit)

    async def proposal(
        self,
        backend: Source,
        paths: Sequence[str],
        renames: Mapping[str, str] | None = None,
        bases: Mapping[str, str | None] | None = None,
    ) -> list[ChangeInput]:
        """What differs on disk at these paths, directories or globs, as changes to propose; by path.

        A file missing on disk is a delete; `renames` maps old paths to new ones. `bases` has the hash (None: no file)
        that a path has in the result of the parents to stack on, where that is not the head's. Raises NotFound
        (`NF_PATH`) for what is nowhere; ValidationFailed where nothing differs (`VAL_FILES`) and, before it is read,
        for a file over the limit (`VAL_SIZE`) or no regular file (`VAL_PATH`).
        """
        return await proposal.proposal(
            self._folder, self._state, backend, paths, renames or {}, bases or {}, self.limit
        )

    async def differences(
        self,
        backend: Source,
        paths: Sequence[str],
        *,
        also: Collection[str] = (),
        takes: Callable[[str], bool] = lambda path: True,
    ) -> dict[str, str | None]:
        """What `proposal` would be about, at these paths, directories or globs, and at the paths `also`.

        By path the hash of what lies there, None where the file is gone. Of what a directory or a glob holds and the
        head does not have, it `takes` some. Without `paths`: the head's documents, and what else is below `.lattice`.
        What cannot be read is passed over. Raises NotFound (`NF_PATH`).
        """
        return await proposal.differences(self._folder, self._state, backend, paths, also, takes, self.limit)

    async def drafted(self) -> Drafted:
        """What was drafted last from this folder."""
        return await hop(drafts.load, self._state)

    async def keep_drafted(self, drafted: Drafted) -> None:
        """Remember that instead."""
        await hop(drafts.save, self._state, drafted)

    async def baseline(
        self, backend: Source, paths: Sequence[str], *, takes: Callable[[str], bool] = lambda path: True
    ) -> Baseline:
        """The files to track at these paths, directories or globs, with their bytes; those in the head are left out.

        Of what a directory or a glob holds, those that it `takes`.
        Raises NotFound and ValidationFailed as `proposal` does for what is named; what a directory or a glob holds
        besides is passed over and listed.
        """
        return await proposal.baseline(self._folder, self._state, backend, paths, takes, self.limit)

    async def _drift(self, backend: Source, paths: Sequence[str]) -> dict[str, str]:
        """The drifting paths, each with why, to follow its name in a sentence."""
        heading = await read_heading(self._state, backend)
        seen = await survey(heading, self._folder, backend, set(paths), self.limit)
        return await hop(self._all_in_the_way, seen)

    def _all_in_the_way(self, seen: Survey) -> dict[str, str]:
        return {path: why for path in sorted(seen.states) if (why := self._in_the_way(seen, path))}

    def _in_the_way(self, seen: Survey, path: str) -> str:
        state = seen.states[path]
        if not isinstance(state, Obstacle):
            return _CHANGED if seen.is_drift(path) else ""
        if state.kind == "inside_file":
            return "" if state.at in seen.states else state.reason
        if state.kind == "directory":
            inside = scan(self._folder, self.limit, path)
            stays = inside.untrackable or inside.files - seen.states.keys()
            return f"{state.reason} that holds other files" if stays else ""
        return state.reason

    async def _follow(self, backend: Source, what: str) -> SyncReport:
        try:
            return await self.sync(backend)
        except LatticeError as error:
            raise SystemFailure(
                "SYS_CHECKOUT",
                f"{what}, but this folder was not brought up: {error.message} Then run: lattice sync",
                cause=error.to_wire(),
            ) from error


def _refusal(what: str, drifted: Mapping[str, str], more: str, **details: object) -> Drift:
    """The error that names what drifts."""
    return Drift("CF_DRIFT", f"{what}: {_said(drifted)}{more}", paths=list(drifted), **details)


def _said(drifted: Mapping[str, str]) -> str:
    """What drifts: what happened, why, and what to do about each kind."""
    kinds: dict[str, list[str]] = {}
    for path, why in drifted.items():
        kinds.setdefault(why, []).append(path)
    sentence = "; ".join(f"{_listed(paths)} {why}" for why, paths in kinds.items())
    advice = []
    if changed := kinds.get(_CHANGED):
        it, quoted = "it" if len(changed) == 1 else "them", shlex.join(changed)
        advice.append(
            f"Propose {it} (lattice mutation create --files {quoted}) or restore {it} (lattice restore {quoted})."
        )
    if others := [path for path in drifted if path not in (changed or ())]:
        advice.append(f"Make room for {_listed(others)}.")
    return f"{sentence}. {' '.join(advice)}"


def _listed(paths: Sequence[str]) -> str:
    if len(paths) > _NAMED + 1:
        return f"{', '.join(paths[:_NAMED])} and {len(paths) - _NAMED} others"
    return " and ".join([", ".join(paths[:-1])] * (len(paths) > 1) + [paths[-1]])
