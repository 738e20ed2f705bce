"""What is worked out of bytes with a hash is kept: it never changes."""

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

from lattice_console.contract.models.advice import SpecVersion
from lattice_console.contract.models.spec import Finding
from lattice_console.engine.rules.dependencies import Said
from lattice_console.engine.rules.resolution import Outcome
from lattice_console.engine.rules.versioning.stating import Splice

Key = tuple[str | None, ...]
"""What is done, where, and the hashes of what it is done to."""

_MOST = 20_000
"""Answers that are kept, a few hundred bytes each; the one asked for longest ago goes first."""

Answer = TypeVar("Answer")


class _Kept(Generic[Answer]):
    """Answers by their keys; may be used by several threads at once."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known: OrderedDict[Key, Answer] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Answer | None:
        """What is known under that key."""
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
            return found

    def put(self, key: Key, said: Answer) -> None:
        """Keep an answer."""
        with self._lock:
            self._known[key] = said
            if len(self._known) > self._most:
                self._known.popitem(last=False)


class Trials(_Kept[Outcome]):
    """What trial merges said, by what is done, where, and the hashes of what is merged."""


class Readings(_Kept[Said]):
    """What documents say of dependencies, by their paths and hashes."""


class Places(_Kept[bool]):
    """Whether documents have places, by the kinds and hashes of the documents and the pointers."""


class Versions(_Kept[tuple[SpecVersion, ...]]):
    """What changes of documents ask of their versions as specs, by paths and hashes; empty for what is no spec."""


class Errors(_Kept[tuple[Finding, ...]]):
    """What is wrong with documents by themselves, by paths and hashes."""


class Stated(_Kept[tuple[str | None]]):
    """The versions that documents state as specs, by paths and hashes."""


class Splices(_Kept[tuple[Splice | None]]):
    """What puts versions into documents, by paths, hashes and the versions."""
