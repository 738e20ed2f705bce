"""What a checkout needs of a Backend: a part of its documents facet."""

from collections.abc import Sequence
from typing import Protocol

from lattice_console.contract.models.document import HeadDelta


class DocumentSource(Protocol):
    """The head and the bytes of a project, as `contract.backend.Documents` gives them."""

    async def head(self, *, after: int = -1) -> HeadDelta:
        """What changed in the head after that sequence; all of it by default."""
        ...

    async def content(self, hash: str) -> bytes:
        """The bytes with that hash."""
        ...

    async def known(self, hashes: Sequence[str]) -> tuple[str, ...]:
        """Those of `hashes` whose bytes the project holds, in any revision or patchset."""
        ...


class Source(Protocol):
    """Where a checkout's documents come from; every Backend is one."""

    @property
    def documents(self) -> DocumentSource:
        """The documents facet."""
        ...
