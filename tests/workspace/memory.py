"""A small head in memory, for tests of the workspace alone: like the store, it keeps every byte that it was given."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from lattice_console.contract.errors import NotFound
from lattice_console.contract.models.document import HeadDelta, HeadEntry


class MemoryDocuments:
    """A documents facet: the head's entries with the sequence that changed each last, and the bytes by hash."""

    def __init__(self, project_id: str) -> None:
        self.project_id = project_id
        self.sequence = 0
        self.asked: list[str] = []
        self._entries: dict[str, tuple[str | None, int]] = {}
        self._blobs: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        """Keep bytes, as a patchset does."""
        digest = hashlib.sha256(content).hexdigest()
        self._blobs[digest] = content
        return digest

    def change(self, changes: Mapping[str, bytes | None]) -> None:
        """Apply one execution to the head."""
        self.sequence += 1
        for path, content in changes.items():
            self._entries[path] = (None if content is None else self.put(content), self.sequence)

    @property
    def files(self) -> dict[str, bytes]:
        """The head's files."""
        return {path: self._blobs[hash] for path, (hash, _) in self._entries.items() if hash is not None}

    async def head(self, *, after: int = -1) -> HeadDelta:
        entries = [
            HeadEntry(path=path, hash=hash)
            for path, (hash, changed) in self._entries.items()
            if changed > after and (hash is not None or after >= 0)
        ]
        return HeadDelta(project_id=self.project_id, sequence=self.sequence, entries=tuple(entries))

    async def content(self, hash: str) -> bytes:
        if hash not in self._blobs:
            raise NotFound("NF_CONTENT", f"No bytes with the hash {hash}.")
        self.asked.append(hash)
        return self._blobs[hash]

    async def known(self, hashes: Sequence[str]) -> tuple[str, ...]:
        return tuple(hash for hash in hashes if hash in self._blobs)


class MemorySource:
    """A source of documents; `head` puts files into it."""

    def __init__(self, files: Mapping[str, bytes] | None = None, project_id: str = "p1") -> None:
        self.documents = MemoryDocuments(project_id)
        if files:
            self.documents.change(files)


def project(root: Path) -> Path:
    """Make `root` a project's folder."""
    (root / ".lattice").mkdir(parents=True)
    return root


def tree(root: Path) -> dict[str, bytes]:
    """The files of a folder by path, without the checkout's own."""
    return {
        str(file.relative_to(root)): file.read_bytes()
        for file in root.rglob("*")
        if file.is_file() and not file.is_symlink() and ".lattice/state/" not in str(file)
    }


def put(root: Path, path: str, content: bytes) -> Path:
    """Write a file as an editor would."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file
