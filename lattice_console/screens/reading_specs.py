"""From the Backend to what the place of specs draws: the tree, a document, its history."""

import asyncio
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lattice_console.contract.errors import NotFound
from lattice_console.contract.models.document import Document, Revision
from lattice_console.contract.models.mutation import Operation
from lattice_console.contract.models.spec import Finding, Spec, SpecGraph
from lattice_console.screens.loading import load_content, load_file
from lattice_console.screens.session import Session
from lattice_console.screens.titles import load_titles
from lattice_console.widgets.document_paths import DocumentPaths
from lattice_console.widgets.document_text import DocumentText
from lattice_console.widgets.document_tree import Meaning
from lattice_console.widgets.file_change import FileChange

__all__ = [
    "History",
    "Reading",
    "judged",
    "load_dependencies",
    "load_history",
    "load_reading",
    "load_revision",
    "load_tree",
    "matching",
]

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """A document of the head with its text; `spec` is what it is as one, with its findings."""

    document: Document
    text: DocumentText
    spec: Spec | None

    @property
    def node(self) -> str:
        """What it is called in the graph."""
        return self.spec.name if self.spec is not None else self.document.path


@dataclass(frozen=True, slots=True)
class History:
    """The newest revisions of a document out of `total`, and the titles of their mutations by number."""

    document_id: str
    revisions: Sequence[Revision]
    total: int
    titles: Mapping[int, str]
    next_cursor: str | None


async def load_tree(session: Session) -> tuple[DocumentPaths, dict[str, Meaning]]:
    """All documents, and what those that are specs mean; raises LatticeError."""
    backend = session.backend
    head, specs = await asyncio.gather(backend.documents.head(), backend.specs.list())
    paths = await asyncio.to_thread(DocumentPaths, [entry.path for entry in head.entries])
    return paths, {spec.path: Meaning(spec) for spec in specs if spec.path}


def judged(meanings: Mapping[str, Meaning], findings: Iterable[Finding]) -> dict[str, Meaning]:
    """The same specs with their findings counted, save what is suppressed."""
    counted = {path: [0, 0] for path in meanings}
    for finding in findings:
        if finding.path in counted and finding.suppressed is None:
            counted[finding.path][finding.severity == "warning"] += 1
    return {
        path: replace(meaning, errors=counted[path][0], warnings=counted[path][1]) for path, meaning in meanings.items()
    }


def matching(
    paths: DocumentPaths, meanings: Mapping[str, Meaning], drifted: Container[str], text: str
) -> DocumentPaths:
    """The documents of which every word of `text` is told, whatever their case.

    Told are the path, what it is as a spec, and that it drifted.
    """
    words = text.casefold().split()

    def told(path: str) -> str:
        meaning = meanings.get(path)
        return f"{path.casefold()} {meaning.words if meaning else ''} {'drifted' if path in drifted else ''}"

    return DocumentPaths(path for path in paths.under("") if all(word in told(path) for word in words))


async def load_reading(session: Session, path: str) -> Reading:
    """A document of the head, ready to be read; raises LatticeError."""
    backend = session.backend
    document, specs = await asyncio.gather(backend.documents.get(path), backend.specs.list())
    content = await load_content(session, document.hash)
    text = await asyncio.to_thread(DocumentText, path, content or b"")
    name = next((spec.name for spec in specs if spec.path == path), None)
    return Reading(document, text, None if name is None else await backend.specs.get(name))


async def load_dependencies(session: Session, reading: Reading) -> SpecGraph:
    """What a document depends on, and what depends on it; raises LatticeError."""
    try:
        return await session.backend.specs.graph(name=reading.node)
    except NotFound:
        # A file that refers to nothing, to which nothing refers, and which no spec governs.
        return SpecGraph(nodes=(), edges=(), cycles=())


async def load_history(session: Session, document_id: str, before: History | None = None) -> History:
    """A document's newest revisions, or those of `before` and a page more; raises LatticeError."""
    page = await session.backend.documents.history(
        document_id, cursor=before.next_cursor if before else None, limit=_PAGE
    )
    titles = dict(before.titles) if before else {}
    numbers = {one.mutation for one in page.items if one.mutation is not None}
    titles |= await load_titles(session, numbers - titles.keys())
    revisions = (*(before.revisions if before else ()), *page.items)
    return History(document_id, revisions, page.total, titles, page.next_cursor if page.has_more else None)


async def load_revision(session: Session, revision: Revision, before: Revision | None) -> FileChange:
    """What a revision changed, compared with the one before it; raises LatticeError."""
    old_path, old = (before.path, before.hash) if before else (None, None)
    path = revision.path or old_path or ""
    operation: Operation = "modify"
    if old is None:
        operation = "create"
    elif revision.hash is None:
        operation = "delete"
    elif old_path is not None and revision.path != old_path:
        return await load_file(session, "rename", old_path, path, old, revision.hash)
    return await load_file(session, operation, path, None, old, revision.hash)
