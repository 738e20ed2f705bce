"""From a mutation to what widgets draw of it: bytes fetched by hash, compared off the event loop."""

import asyncio
from collections.abc import Sequence

from lattice_console.contract.models.mutation import Change, DryRun
from lattice_console.screens.session import Session
from lattice_console.widgets.file_change import FileChange

__all__ = ["load_changes", "load_dry_run"]


async def load_changes(session: Session, changes: Sequence[Change]) -> tuple[FileChange, ...]:
    """The files of a patchset, in its order; raises LatticeError where bytes cannot be had."""
    loaded: list[FileChange] = []
    for change in changes:
        old, new = await session.content(change.base_hash), await session.content(change.result_hash)
        between = FileChange.between
        loaded.append(
            await asyncio.to_thread(between, change.operation_type, change.file_path, change.new_path, old, new)
        )
    return tuple(loaded)


async def load_dry_run(session: Session, run: DryRun) -> tuple[FileChange, ...]:
    """The files that an execution would change now, each with the reason where it could not be."""
    loaded: list[FileChange] = []
    for file in run.files:
        old, new = await session.content(file.before), await session.content(file.after)
        between = FileChange.between
        loaded.append(
            await asyncio.to_thread(between, file.operation_type, file.file_path, file.new_path, old, new, file.error)
        )
    return tuple(loaded)
