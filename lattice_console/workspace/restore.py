"""Putting the head's bytes back, after saving what the store does not hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lattice_console.contract.errors import NotFound
from lattice_console.workspace import record as records
from lattice_console.workspace.files import Folder
from lattice_console.workspace.lock import exclusive, hop
from lattice_console.workspace.select import Selection, select
from lattice_console.workspace.source import Source
from lattice_console.workspace.states import Held, Obstacle
from lattice_console.workspace.survey import Survey, read_heading, survey
from lattice_console.workspace.sync import Plan, Write, bring, bring_up, carry_out, conclude, settled_stamps

SAVED = "restored"
"""The folder in `.lattice/state` where drifted files are saved."""


@dataclass(frozen=True, slots=True)
class Saved:
    """Where a drifted file went: `to` is relative to the project's folder."""

    path: str
    to: str


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What a restore did: the paths now as in the head, what was saved first, and what needed nothing."""

    restored: tuple[str, ...]
    saved: tuple[Saved, ...]
    unchanged: tuple[str, ...]


async def restore(folder: Folder, state: Path, source: Source, patterns: Sequence[str], limit: int) -> RestoreReport:
    """Put the head's bytes back at the paths that are meant; see `Checkout.restore`."""
    async with exclusive(state) as lock:
        if await hop(records.load_journal, state):
            await bring_up(folder, state, source, limit, lock)
        heading = await read_heading(state, source)
        selection = await hop(select, folder, patterns, heading.tracked, limit)
        paths = selection.paths & heading.tracked
        _refuse_untracked(selection, paths, patterns)
        now = lock.now()
        seen = await survey(heading, folder, source, paths, limit)
        _refuse_unreachable(seen)
        made = Plan(dict(heading.record.files), dict(heading.record.left), stamps=dict(heading.record.stamps))
        aside = _plan(made, seen)
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        await hop(_move_all, folder, Folder(state), {path: f"{SAVED}/{moment}/{path}" for path in aside})
        made.stamps |= settled_stamps(seen, made.files, now)
        done = await carry_out(made, heading, folder, state, source, lock)
        await hop(conclude, made, heading, state, heading.record.sequence)
    return RestoreReport(
        restored=tuple(sorted({*done, *aside})),
        saved=tuple(Saved(path, f".lattice/state/{SAVED}/{moment}/{path}") for path in aside),
        unchanged=tuple(sorted(paths - {*done, *aside})),
    )


def _refuse_untracked(selection: Selection, paths: set[str], patterns: Sequence[str]) -> None:
    strange = sorted(selection.named - paths) or ([] if paths else [pattern or "the folder" for pattern in patterns])
    if strange:
        raise NotFound("NF_PATH", f"Nothing to restore: the head has no {', '.join(strange)}.", paths=strange)


def _refuse_unreachable(seen: Survey) -> None:
    for path, state in sorted(seen.states.items()):
        if not isinstance(state, Obstacle) or seen.standing(path) == "clean":
            continue
        if state.kind in ("symlink", "inside_file", "refused") and state.at != path:
            raise state.refusal(path)


def _plan(made: Plan, seen: Survey) -> list[str]:
    """Plan what brings the paths to the head; returns those where something has to be moved aside first."""
    aside = []
    for path in sorted(seen.states):
        standing, state, hash = seen.standing(path), seen.states[path], seen.heading.head(path)
        if standing == "clean":
            made.settle(path, hash)
        elif standing == "modified" or isinstance(state, Obstacle):
            aside.append(path)
            if hash is None:
                made.settle(path, None)
            else:
                made.writes[path] = Write(hash, None, state.mode if isinstance(state, Held) else None)
        else:
            bring(made, seen, path)
    return aside


def _move_all(folder: Folder, state: Folder, targets: dict[str, str]) -> None:
    for path, target in targets.items():
        folder.move(path, state, target)
    state.flush(targets.values())
