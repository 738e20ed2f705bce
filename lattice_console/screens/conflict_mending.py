"""Ends of conflicts that take a new patchset: a file left out of a mutation, or a document changed along with it."""

from collections.abc import Sequence
from uuid import uuid4

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.conflict import Conflict
from lattice_console.contract.models.mutation import Change, ChangeInput, Mutation
from lattice_console.contract.models.resolution import Resolution, ResolvedFile
from lattice_console.screens.dialog import ConfirmDialog
from lattice_console.screens.loading import load_content
from lattice_console.screens.news import MutationChanged
from lattice_console.screens.picker import Choice, PickDialog
from lattice_console.screens.resolve_editing import EditDialog
from lattice_console.screens.resolve_loading import HeadClashes
from lattice_console.screens.taking_back import TakingBack
from lattice_console.screens.undoing import Resolved
from lattice_console.text import inert

__all__ = ["edit_along", "leave_out"]


async def leave_out(place: TakingBack, mutation: Mutation, path: str) -> None:
    """Let the next patchset of a mutation no longer change a document, once the person agrees; raises LatticeError."""
    session, name = place.session, f"M-{mutation.number}"
    change = _change_of(mutation, path)
    if change is None or not _may_change(place, mutation):
        return
    there = await HeadClashes(session).standing(mutation, change)
    # What stands there, where it stands: nothing of the change is left then.
    content = await load_content(session, there.hash if there else None)
    file = ResolvedFile(path=change.file_path, content=content, new_path=there.path if there else None)
    if len(mutation.changes) == 1:
        place.desk.say(f"{name} changes nothing but {inert(path)}: cancel it instead, with Z on the mutation.")
        return
    sentence = (
        f"Leave {inert(path)} out of {name} {inert(mutation.title)}: its next patchset does not change it. "
        f"What else of it merges by itself is merged."
    )
    if not await place.app.push_screen_wait(ConfirmDialog(sentence, "leave it out")):
        return

    async def settle(backend: Backend, before: Mutation) -> Resolution:
        return await backend.conflicts.resolve(
            before.id,
            strategy="manual",
            files=[file],
            expected_version=before.version,
            idempotency_key=str(uuid4()),
        )

    with place.desk.working(f"leaving it out of {name}"):
        done = await settle(session.backend, mutation)
        after = await session.backend.mutations.get(mutation.id)
    session.undoing.push(Resolved(after.id, after.number, after.patchset, settle))
    place.desk.say(f"{done.message} u takes it back.")
    place.app.post_message(MutationChanged(after))


async def edit_along(place: TakingBack, mutation: Mutation, conflict: Conflict, others: bool) -> None:
    """Let the person edit the document of a conflict, or one of the `others` in it, in a mutation's next patchset.

    Raises LatticeError.
    """
    if not _may_change(place, mutation):
        return
    own = _change_of(mutation, conflict.path)
    known = {conflict.path, *((own.file_path, own.result_path) if own else ())}
    paths = [one for one in conflict.affected_files if one not in known] if others else [conflict.path]
    path = await _one_of(place, paths)
    if path is None:
        return
    change, session = _change_of(mutation, path), place.session
    if change is not None and (change.result_hash or change.base_hash):
        hash, base = change.result_hash or change.base_hash, change.base_hash
    else:
        hash = base = (await session.backend.documents.get(path)).hash
    content = await load_content(session, hash) or b""
    text = await _typed(place, mutation, path, content)
    if text is None:
        return
    inputs = [await _again(place, one) for one in mutation.changes if one is not change]
    operation = "modify" if change is None or change.operation_type == "delete" else change.operation_type
    inputs.append(
        ChangeInput(
            operation_type=operation,
            file_path=change.file_path if change is not None else path,
            new_path=change.new_path if change is not None else None,
            content=text,
            base_hash=base,
        )
    )
    with place.desk.working(f"updating M-{mutation.number}"):
        after = await session.backend.mutations.update(
            mutation.id,
            changes=inputs,
            message=f"Edit {path}",
            expected_version=mutation.version,
            idempotency_key=str(uuid4()),
        )
    session.keeping.keep_unsent(mutation.id, _action(path), "")
    place.desk.say(f"Patchset {after.patchset} of M-{after.number} has {inert(path)} as you typed it.")
    place.app.post_message(MutationChanged(after))


async def _typed(place: TakingBack, mutation: Mutation, path: str, content: bytes) -> bytes | None:
    """What the person makes of a document; None where they leave, or leave it as it is."""
    keeping = place.session.keeping
    try:
        before = content.decode()
    except UnicodeDecodeError:
        place.desk.say(f"{inert(path)} is no UTF-8, so it cannot be typed here.", "warning")
        return None
    breaks = "\r\n" if "\r\n" in before else "\n"
    sentence = (
        f"{inert(path)}: what is typed here becomes part of patchset {mutation.patchsets + 1} of M-{mutation.number}."
    )
    kept = keeping.unsent(mutation.id, _action(path))
    dialog = EditDialog(
        sentence,
        kept or before.replace("\r\n", "\n").removesuffix("\n"),
        lambda text: keeping.keep_unsent(mutation.id, _action(path), text),
        place.session.folder,
        top=True,
    )
    typed = await place.app.push_screen_wait(dialog)
    if typed is None:
        return None
    text = "\n".join(typed.splitlines()) if "\r" in typed else typed
    # A document keeps to a last line that ends, or does not.
    last = "\n" if text and not text.endswith("\n") and (before.endswith("\n") or not before) else ""
    after = (text + last).replace("\n", breaks).encode()
    if after == content:
        place.desk.say(f"{inert(path)} was left as it is.")
        return None
    return after


async def _one_of(place: TakingBack, paths: Sequence[str]) -> str | None:
    """The path that the person means; None where they leave."""
    if len(paths) < 2:
        return paths[0] if paths else None
    return await place.app.push_screen_wait(
        PickDialog("Which of them first?", [Choice(inert(path), path) for path in paths])
    )


async def _again(place: TakingBack, change: Change) -> ChangeInput:
    """A change as it is, to be proposed once more."""
    return ChangeInput(
        operation_type=change.operation_type,
        file_path=change.file_path,
        new_path=change.new_path,
        content=await load_content(place.session, change.result_hash),
        base_hash=change.base_hash,
    )


def _change_of(mutation: Mutation, path: str) -> Change | None:
    return next((one for one in mutation.changes if path in (one.file_path, one.result_path)), None)


def _may_change(place: TakingBack, mutation: Mutation) -> bool:
    """Whether the person may give the mutation a patchset; says why where they may not."""
    allowed = mutation.action("update")
    if not allowed.allowed:
        place.desk.say(f"M-{mutation.number} cannot be changed: {allowed.reason}", "warning")
    return allowed.allowed and place.may_write()


def _action(path: str) -> str:
    """Under what name the text of a dialog is kept."""
    return f"edit {path}"
