"""From a mutation to what widgets draw of it: bytes fetched by hash, compared off the event loop, both once."""

import asyncio
from collections.abc import Sequence

from lattice_console.contract.models.mutation import Change, DryRun, Operation
from lattice_console.screens.session import Session
from lattice_console.widgets.file_change import FileChange

__all__ = ["load_changes", "load_content", "load_dry_run", "load_file"]

_ENTRY = 1000
"""Bytes that anything kept takes besides its contents."""


async def load_changes(session: Session, changes: Sequence[Change]) -> tuple[FileChange, ...]:
    """The files of a patchset, in its order; raises LatticeError where bytes cannot be had."""
    return tuple(
        [
            await load_file(
                session,
                change.operation_type,
                change.file_path,
                change.new_path,
                change.base_hash,
                change.result_hash,
            )
            for change in changes
        ]
    )


async def load_dry_run(session: Session, run: DryRun) -> tuple[FileChange, ...]:
    """The files that an execution would change now, each with the reason where it could not be."""
    return tuple(
        [
            await load_file(
                session, file.operation_type, file.file_path, file.new_path, file.before, file.after, file.error
            )
            for file in run.files
        ]
    )


async def load_file(
    session: Session,
    operation: Operation,
    path: str,
    new_path: str | None,
    before: str | None,
    after: str | None,
    error: str | None = None,
) -> FileChange:
    """One file between the bytes of two hashes, None where it has none; raises LatticeError."""
    key = (operation, path, new_path, before, after, error)
    known = session.compared.get(key)
    if known is not None:
        return known
    old, new = await load_content(session, before), await load_content(session, after)
    change = await asyncio.to_thread(FileChange.between, operation, path, new_path, old, new, error)
    session.compared.keep(key, change, len(old or b"") + len(new or b"") + _ENTRY)
    return change


async def load_content(session: Session, hash: str | None) -> bytes | None:
    """The bytes with a hash; raises LatticeError."""
    if hash is None:
        return None
    content = session.contents.get(hash)
    if content is None:
        content = await session.backend.documents.content(hash)
        session.contents.keep(hash, content, len(content) + _ENTRY)
    return content
