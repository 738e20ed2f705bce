"""`lattice watch`: what changes in a folder becomes a draft, which is kept as the folder is."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path

from watchfiles import awatch

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import NotFound, SystemFailure, ValidationFailed
from lattice_console.contract.models.base import LINE_LIMIT
from lattice_console.contract.models.mutation import ChangeInput, Mutation
from lattice_console.contract.models.query import MutationFilter
from lattice_console.contract.paths import is_private
from lattice_console.headless.proposing import left_by
from lattice_console.ops.worthwhile import worthwhile
from lattice_console.text import count
from lattice_console.workspace import Checkout
from lattice_console.workspace.drafted import Drafted

_DESCRIPTION = "Drafted by lattice watch from the files of a folder."
_PATHS = 100
"""How many paths are asked about at once."""

_CAUGHT_UP = 2_000
"""Milliseconds after which a first look that came before the system began to watch is made up for."""


class Watch:
    """One draft of the person at the folder, brought to what the folder holds whenever asked to.

    A draft that is handed in, or taken up by hand, is let go: what was in it is not proposed again until it changes.
    """

    def __init__(
        self,
        backend: Backend,
        checkout: Checkout,
        paths: Sequence[str] = (),
        *,
        title: str | None = None,
        spec: str | None = None,
    ) -> None:
        self._backend = backend
        self._checkout = checkout
        self._paths = paths
        self._takes = worthwhile(checkout.root)
        self._title = title
        self._spec = spec
        self._sent: dict[str, str | None] | None = None

    async def look(self) -> Mutation | None:
        """Draft what has changed, or bring the draft to it; returns what came of it, None where nothing was to be done.

        A draft whose files are all as in the head again is cancelled. Raises what the Backend and the folder do.
        """
        before = await self._checkout.drafted()
        draft = await self._open_draft(before.mutation)
        drafted = left_by(draft).keys() if draft else ()
        found = await self._checkout.differences(self._backend, self._paths, also=drafted, takes=self._takes)
        if self._sent is None:
            self._sent = {**await self._proposed_by_others(found), **before.sent}
        self._sent = {path: hash for path, hash in self._sent.items() if path in found}
        new = {path for path, hash in found.items() if self._sent.get(path, "") != hash}
        if not new and found.keys() >= set(drafted):
            return None
        wanted = [path for path in found if path in new or path in drafted]
        made = await self._bring(draft, wanted)
        self._sent |= {path: found[path] for path in wanted}
        await self._checkout.keep_drafted(Drafted(mutation=made.id, sent=self._sent))
        return made

    async def _open_draft(self, name: str) -> Mutation | None:
        """The mutation of that name, where it is a draft of whom this is for."""
        try:
            mutation = await self._backend.mutations.get(name) if name else None
        except NotFound:
            return None
        me = (await self._backend.team.whoami()).user
        is_open = mutation is not None and mutation.status == "draft" and me is not None and mutation.author.id == me.id
        return mutation if is_open else None

    async def _proposed_by_others(self, found: Mapping[str, str | None]) -> dict[str, str | None]:
        """What of it some mutation that is still to come proposes, whoever made it and how."""
        proposed: dict[str, str | None] = {}
        paths = [path for path in found if len(path) <= LINE_LIMIT]
        for start in range(0, len(paths), _PATHS):
            narrowed = MutationFilter(path=tuple(paths[start : start + _PATHS]), condition=("open",))
            cursor, more = None, True
            while more:
                page = await self._backend.mutations.list(filter=narrowed, sort="number", cursor=cursor)
                for summary in page.items:
                    states = left_by(await self._backend.mutations.get(summary.id))
                    proposed |= {path: hash for path, hash in states.items() if found.get(path, "") == hash}
                cursor, more = page.next_cursor, page.has_more
        return proposed

    async def _bring(self, draft: Mutation | None, paths: Sequence[str]) -> Mutation:
        mutations = self._backend.mutations
        if draft is not None and not paths:
            reason = "Its files are as in the head again."
            return await mutations.cancel(draft.id, reason=reason, expected_version=draft.version)
        changes = _with_renames(await self._checkout.proposal(self._backend, paths))
        if draft is not None:
            try:
                return await mutations.update(draft.id, changes=changes, expected_version=draft.version)
            except ValidationFailed as error:
                if error.code != "VAL_UPDATE":
                    raise
                # It is that already: who brought it there was cut off before remembering.
                return draft
        return await mutations.create(
            title=self._title or _title(changes),
            description=_DESCRIPTION,
            spec=self._spec,
            changes=changes,
            draft=True,
        )


def _with_renames(changes: Sequence[ChangeInput]) -> list[ChangeInput]:
    """The changes, where a file that is gone and a new one of the very same bytes are one that was renamed."""
    gone = {one.base_hash: one for one in changes if one.operation_type == "delete"}
    made: list[ChangeInput] = []
    for one in changes:
        new = one.operation_type == "create" and one.content is not None
        old = gone.pop(hashlib.sha256(one.content).hexdigest(), None) if new and one.content is not None else None
        made.append(old.model_copy(update={"operation_type": "rename", "new_path": one.file_path}) if old else one)
    renamed = {one.file_path for one in made if one.operation_type == "rename"}
    return [one for one in made if one.operation_type != "delete" or one.file_path not in renamed]


def _title(changes: Sequence[ChangeInput]) -> str:
    others = len(changes) - 1
    path = changes[0].new_path or changes[0].file_path
    return f"Change {path[:200]}" + (f" and {count(others, 'other file')}" if others else "")


async def wakes(root: Path, settle: float) -> AsyncGenerator[None]:
    """Whenever to look at the folder: at once, and after changes that were followed by `settle` seconds without one.

    Raises SystemFailure (`SYS_WATCH`) where the system cannot watch it.
    """
    yield
    place = await asyncio.to_thread(root.resolve)
    quiet = max(50, int(settle * 1000))
    caught_up = False
    try:
        async with aclosing(
            awatch(
                place,
                watch_filter=lambda change, path: not is_private(_below(place, path)),
                step=quiet,
                debounce=10 * quiet,
                rust_timeout=_CAUGHT_UP,
                yield_on_timeout=True,
            )
        ) as batches:
            async for changes in batches:
                if changes or not caught_up:
                    yield
                caught_up = True
    except (OSError, RuntimeError) as error:
        raise SystemFailure(
            "SYS_WATCH",
            f"The system does not watch {root}: {error}. With WATCHFILES_FORCE_POLLING=1 the files are looked at again "
            "and again instead.",
        ) from error


def _below(root: Path, path: str) -> str:
    place = Path(path)
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else path
