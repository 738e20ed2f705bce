"""From the command line to changes: files of the folder, renames, patches, and the parents they are stacked on."""

from collections.abc import Mapping, Sequence

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import NotFound, ValidationFailed
from lattice_console.contract.models.mutation import ChangeInput, Mutation
from lattice_console.headless.session import Session
from lattice_console.merge.patch import FilePatch, Operation, PatchError, parse
from lattice_console.merge.patch_render import render

_WAITING = frozenset({"draft", "pending", "approved", "needs_manual_resolution", "in_progress", "failed"})


async def changes(
    session: Session,
    backend: Backend,
    *,
    files: Sequence[str],
    renames: Sequence[str],
    patch: str | None,
    parents: Sequence[str],
) -> list[ChangeInput]:
    """What `--files`, `--rename` and `--patch` ask for, against the result of `parents`; raises ValidationFailed."""
    above = await parents_result(backend, parents)
    found: list[ChangeInput] = []
    if files or renames:
        checkout, start = session.checkout, session.start
        found += await checkout.proposal(
            backend,
            [checkout.relative(path, start) for path in files],
            _pairs(session, renames),
            above,
        )
    if patch is not None:
        found += await _patched(backend, read_patch(session, patch), above)
    return found


async def parents_result(backend: Backend, parents: Sequence[str]) -> dict[str, str | None]:
    """Where the result of `parents` is not the head: path to hash, None for a path that is gone.

    Of each parent and of those that it is stacked on in turn, what has not been executed yet counts.
    """
    result: dict[str, str | None] = {}
    for mutation in await _in_order(backend, parents):
        result |= left_by(mutation)
    return result


def left_by(mutation: Mutation) -> dict[str, str | None]:
    """How a mutation leaves the paths that it touches: a hash, None for a path that is gone."""
    left: dict[str, str | None] = dict.fromkeys((change.file_path for change in mutation.changes), None)
    return left | {change.result_path: change.result_hash for change in mutation.changes}


async def _in_order(backend: Backend, parents: Sequence[str]) -> list[Mutation]:
    """The unexecuted mutations of a stack, each after those it is stacked on."""
    ordered: dict[str, Mutation] = {}

    async def visit(name: str, below: frozenset[str]) -> None:
        mutation = await backend.mutations.get(name)
        if mutation.id in ordered or mutation.id in below or mutation.status not in _WAITING:
            return
        for parent in mutation.parents:
            await visit(parent.id, below | {mutation.id})
        ordered[mutation.id] = mutation

    for name in parents:
        await visit(name, frozenset())
    return list(ordered.values())


def _pairs(session: Session, renames: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for rename in renames:
        old, colon, new = rename.partition(":")
        if not colon or not old or not new:
            raise ValidationFailed(
                "VAL_RENAME", f"--rename {rename}: write the old and the new path as OLD:NEW.", field="rename"
            )
        pairs[session.checkout.relative(old, session.start)] = session.checkout.relative(new, session.start)
    return pairs


def read_patch(session: Session, source: str) -> list[FilePatch]:
    """The files of a patch, from a file or from stdin (`-`); raises ValidationFailed."""
    try:
        return parse(session.content(source, "--patch"), max_bytes=session.input_limit)
    except PatchError as error:
        raise ValidationFailed("VAL_PATCH", f"The patch cannot be used: {error}.", field="patch") from None


async def _patched(backend: Backend, files: Sequence[FilePatch], above: Mapping[str, str | None]) -> list[ChangeInput]:
    return [await _change(backend, file, above) for file in files]


async def _change(backend: Backend, file: FilePatch, above: Mapping[str, str | None]) -> ChangeInput:
    operation = file.operation
    if file.creates_if_missing and not await _exists(backend, file.path, above):
        operation = Operation.CREATE
    return ChangeInput(
        operation_type=operation.value,
        file_path=file.path,
        new_path=file.new_path if operation is Operation.RENAME else None,
        diff=render(file) if file.hunks or operation is not Operation.RENAME else None,
    )


async def _exists(backend: Backend, path: str, above: Mapping[str, str | None]) -> bool:
    if path in above:
        return above[path] is not None
    try:
        await backend.documents.get(path)
    except NotFound:
        return False
    return True
