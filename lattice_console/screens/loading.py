"""From a mutation to what widgets draw of it: bytes fetched by hash, compared off the event loop, both once."""

import asyncio
from collections.abc import Sequence

from lattice_console.contract.models.mutation import Change, DryRun, Operation
from lattice_console.screens.session import Session
from lattice_console.widgets.file_change import FileChange

__all__ = ["load_changes", "load_dry_run"]

_ENTRY = 1000
"""Bytes that anything kept takes besides its contents."""


async def load_changes(session: Session, changes: Sequence[Change]) -> tuple[FileChange, ...]:
    """The files of a patchset, in its order; raises LatticeError where bytes cannot be had."""
    return tuple(
        [
            await _load(
                session,
                change.operation_type,
                change.file_path,
                change.new_path,
                change.base_hash,
                change.result_hash,
                None,
            )
            for change in changes
        ]
    )


async def load_dry_run(session: Session, run: DryRun) -> tuple[FileChange, ...]:
    """The files that an execution would change now, each with the reason where it could not be."""
    return tuple(
        [
            await _load(
                session, file.operation_type, file.file_path, file.new_path, file.before, file.after, file.error
            )
            for file in run.files
        ]
    )


async def _load(
    session: Session,
    operation: Operation,
    path: str,
    new_path: str | None,
    before: str | None,
    after: str | None,
    error: str | None,
) -> FileChange:
    key = (operation, path, new_path, before, after, error)
    known = session.compared.get(key)
    if known is not None:
        return known
    old, new = await _content(session, before), await _content(session, after)
    change = await asyncio.to_thread(FileChange.between, operation, path, new_path, old, new, error)
    session.compared.keep(key, change, len(old or b"") + len(new or b"") + _ENTRY)
    return change


async def _content(session: Session, hash: str | None) -> bytes | None:
    if hash is None:
        return None
    content = session.contents.get(hash)
    if content is None:
        content = await session.backend.documents.content(hash)
        session.contents.keep(hash, content, len(content) + _ENTRY)
    return content
