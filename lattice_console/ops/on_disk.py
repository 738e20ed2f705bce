"""Files as they lie on disk, checked as though they were all that a project tracks: no project is needed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lattice_console import config
from lattice_console.backends import local
from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import CheckedDocument, TrackedFile
from lattice_console.engine.engine import Engine
from lattice_console.engine.features import validating
from lattice_console.engine.features.context import utc_now
from lattice_console.engine.rules import policy
from lattice_console.engine.stores.sqlite import SqliteStore
from lattice_console.ops.git_around import around
from lattice_console.ops.worthwhile import worthwhile
from lattice_console.workspace import Checkout, Untrackable

_NOBODY = "checker"
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Looked:
    """The documents, each with what is wrong with it, and what cannot be one, with why."""

    documents: Sequence[CheckedDocument]
    left_out: Sequence[Untrackable]


async def check(start: Path, typed: Sequence[str]) -> Looked:
    """Check what somebody in the folder `start` means by these paths, directories and globs.

    What `.lattice` holds counts with it. A directory or a glob does not mean what git ignores. Nothing is written.
    Raises NotFound and ValidationFailed (`NF_PATH`, `VAL_PATH`, `VAL_SIZE`) for a path that cannot be meant.
    """
    checkout, meant = await asyncio.to_thread(_meant, start, typed)
    memory = Engine(SqliteStore(None))
    try:
        empty = await local.bind(memory, actor=_NOBODY, project=None, closes=False).projects.create(name="on disk")
        backend = local.bind(memory, actor=_NOBODY, project=empty.id, closes=False)
        found = await checkout.baseline(backend, meant, takes=worthwhile(checkout.root))
        # No project takes such a policy; here it is what there is to tell.
        wrong = [file for file in found.files if policy.read({file.path: file.content}).errors]
        if sound := [file for file in found.files if file not in wrong]:
            await backend.documents.track(sound)
        documents = [*await every_document(backend), *map(_alone, wrong)]
        return Looked(sorted(documents, key=lambda one: one.path), found.passed_over)
    finally:
        await memory.close()


def _meant(start: Path, typed: Sequence[str]) -> tuple[Checkout, list[str]]:
    """The folder, and the paths below it."""
    start = start.resolve()
    root = config.find_root(start)
    checkout = Checkout(root or _top(start), config.document_limit(root))
    meant = [checkout.relative(one, start) for one in typed]
    return checkout, [*meant, config.FOLDER] if root else meant


def _top(folder: Path) -> Path:
    """The top of the git repository that a folder lies in, else the folder itself."""
    found = around(folder)
    return Path(found[0].workdir).resolve() if found else folder


def _alone(file: TrackedFile) -> CheckedDocument:
    """What is wrong with one document by itself."""
    return CheckedDocument(path=file.path, findings=tuple(validating.about(file.path, file.content, utc_now().date())))


async def every_document(backend: Backend) -> list[CheckedDocument]:
    """All that a project tracks, each with what is wrong with it."""
    documents: list[CheckedDocument] = []
    cursor = None
    while True:
        page = await backend.documents.validate(cursor=cursor, limit=_PAGE)
        documents += page.items
        if not page.has_more:
            return documents
        cursor = page.next_cursor
