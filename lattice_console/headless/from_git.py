"""`lattice mutation create --from-git`: commits of the repository around the project, as one mutation or as a stack."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import JsonValue

from lattice_console.cells import cut
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import Conflict, LatticeError, NotFound, SystemFailure, ValidationFailed
from lattice_console.contract.models.mutation import ChangeInput, Mutation
from lattice_console.headless.git_commit import GitCommit, GitFile
from lattice_console.headless.proposing import left_by
from lattice_console.headless.session import Session
from lattice_console.merge.merging import three_way
from lattice_console.text import count
from lattice_console.workspace.select import glob

_NAMED = 20
"""Files left out that are told one by one, each cut to so many cells:"""
_PATH_CELLS = 200


class Proposable(NamedTuple):
    """What a mutation is made of."""

    title: str
    description: str
    metadata: Mapping[str, JsonValue]
    changes: Sequence[ChangeInput]
    commit: GitCommit | None = None


def is_stack(revision: str | None, squash: bool) -> bool:
    """Whether it asks for a mutation for each of several commits."""
    return revision is not None and ".." in revision and not squash


async def proposable(
    session: Session,
    backend: Backend,
    revision: str,
    *,
    squash: bool,
    files: Sequence[str],
    above: Mapping[str, str | None],
) -> list[Proposable]:
    """What the commits change where the project stands, each on the result of those before it, oldest first.

    `above` has the hash of each path that is not the head's in the result of the parents to stack on; `files` narrows
    what is proposed. Says what is left out, and why. Raises ValidationFailed (`VAL_FILES`) where nothing is left, and
    Conflict (`CF_MERGE`) where a commit and the project changed the same lines; then nothing was proposed.
    """
    folder = session.settings.root or session.start
    read = session.read_commits
    if read is None:
        raise SystemFailure("SYS_GIT", "Git cannot be read here.")
    stand = _Stand(backend, above)
    found: list[Proposable] = []
    commits = read(
        folder, revision, squash=squash, wanted=_wanted(session, files), limit=session.settings.document_limit
    )
    for commit in commits:
        for path, why in commit.left_out[:_NAMED]:
            session.output.say(f"Left out of {commit.name}: {cut(path, _PATH_CELLS)}: {why}.")
        if len(commit.left_out) > _NAMED:
            session.output.say(f"Left out of {commit.name}: {count(len(commit.left_out) - _NAMED, 'other file')}.")
        changes = await _changes(stand, commit, session.output.say)
        if changes:
            found.append(Proposable(commit.title, commit.description, commit.metadata, changes, commit))
        elif is_stack(revision, squash):
            session.output.say(f"Left out: {commit.name} {commit.title}: it changes nothing here.")
    if not found:
        why = f"Nothing of {revision} can be proposed: all that it changes here is in the project already, or left out."
        raise ValidationFailed("VAL_FILES", why, field="from_git")
    return found


async def stack(
    session: Session,
    backend: Backend,
    wanted: Sequence[Proposable],
    parents: Sequence[str],
    above: Mapping[str, str | None],
    propose: Callable[[Proposable, Sequence[str]], Awaitable[Mutation]],
    verb: str,
) -> list[Mutation]:
    """Propose each on the one before it, the first on `parents`, and say so; where one fails, how far it came."""
    made: list[Mutation] = []
    key = session.guard["idempotency_key"]
    try:
        for one in wanted:
            if made and one.commit is not None:
                # Not what was foreseen is to stand on, but what became of it: a version may have been written into it.
                above = {**above, **left_by(made[-1])}
                one = one._replace(changes=await _changes(_Stand(backend, above), one.commit, lambda text: None))
            made.append(await propose(one, [made[-1].id] if made else parents))
            session.guard["idempotency_key"] = key and f"{key}/{len(made)}"
    except LatticeError:
        if made:
            session.output.say(
                f"{verb} {_numbers(made)}, not what follows. To go on there: --parent M-{made[-1].number}"
            )
        raise
    session.output.listed(made, lambda: [f"M-{one.number}" for one in made], empty="")
    session.output.say(
        f"{verb} {_numbers(made)}, each on the one before it. Next: lattice mutation show M-{made[-1].number}"
    )
    return made


def _numbers(made: Sequence[Mutation]) -> str:
    return ", ".join(f"M-{one.number}" for one in made)


def _wanted(session: Session, patterns: Sequence[str]) -> Callable[[str], bool]:
    """Whether a path of the project is one of those, below one of them, or matches one as a glob."""
    if not patterns:
        return lambda path: True
    meant = [session.checkout.relative(one, session.start) if session.has_folder else one for one in patterns]
    globs = [glob(one) for one in meant]
    return lambda path: (
        any(one in ("", path) or path.startswith(f"{one}/") for one in meant) or any(one.match(path) for one in globs)
    )


@dataclass(slots=True)
class _Stand:
    """The files of the project, where what the head does not have is to stand on."""

    backend: Backend
    above: Mapping[str, str | None]
    _known: dict[str, bytes | None] = field(default_factory=dict)

    async def at(self, path: str) -> bytes | None:
        """The bytes at a path; None where there is no file."""
        if path not in self._known:
            self._known[path] = await self._content(path)
        return self._known[path]

    async def _content(self, path: str) -> bytes | None:
        if path in self.above:
            hash = self.above[path]
        else:
            try:
                hash = (await self.backend.documents.get(path)).hash
            except NotFound:
                return None
        return await self.backend.documents.content(hash) if hash else None

    def put(self, path: str, content: bytes | None) -> None:
        """Let a file be as a change leaves it."""
        self._known[path] = content


async def _changes(stand: _Stand, commit: GitCommit, say: Callable[[str], None]) -> list[ChangeInput]:
    """What proposes the commit there."""
    return [change for file in commit.files if (change := await _change(stand, commit, file, say))]


async def _change(stand: _Stand, commit: GitCommit, file: GitFile, say: Callable[[str], None]) -> ChangeInput | None:
    """What proposes the change of a file; None where the project has it already, or does not have the file."""
    here = await stand.at(file.path)
    there = here if file.new_path == file.path else await stand.at(file.new_path)
    if here is None and file.before is not None:
        if there != file.after:
            say(f"Left out of {commit.name}: {file.path}: it is not tracked.")
        return None
    if file.new_path == file.path and here == file.after:
        return None
    content = await _merged(commit, file, here)
    if file.new_path == file.path and content == here:
        return None
    stand.put(file.path, None)
    if content is not None:
        stand.put(file.new_path, content)
    base = hashlib.sha256(here).hexdigest() if here is not None else None
    if here is None:
        return ChangeInput(operation_type="create", file_path=file.path, content=content)
    if content is None:
        return ChangeInput(operation_type="delete", file_path=file.path, base_hash=base)
    if file.new_path == file.path:
        return ChangeInput(operation_type="modify", file_path=file.path, content=content, base_hash=base)
    return ChangeInput(
        operation_type="rename",
        file_path=file.path,
        new_path=file.new_path,
        content=None if content == here else content,
        base_hash=base,
    )


async def _merged(commit: GitCommit, file: GitFile, here: bytes | None) -> bytes | None:
    """What the file is to be: as after the commit, with what the project changed meanwhile; raises Conflict."""
    if here == file.before:
        return file.after
    if here is not None and file.before is not None and file.after is not None:
        # Not on the loop: a merge may take seconds.
        result = await asyncio.to_thread(three_way, file.before, here, file.after, path=file.path, propose=False)
        if result.content is not None:
            return result.content
    verb = "deletes" if file.after is None else "creates" if file.before is None else "changes"
    raise Conflict(
        "CF_MERGE",
        f"Not proposed: {commit.name} {verb} {file.path}, which has changed here as well, and the two do not "
        "merge. Bring the commit up to what was executed, or leave the file out by naming the others: --files F...",
        path=file.path,
        commit=commit.name,
    )
