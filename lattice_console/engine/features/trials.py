"""Trial merges by the hashes of what is merged: their verdicts are kept, since what has a hash never changes."""

from collections import OrderedDict
from threading import Lock

from lattice_console.engine.rules.resolution import Outcome

Key = tuple[str | None, ...]
"""What is done, where, and the hashes of what is merged."""

_MOST = 20_000
"""Verdicts that are kept, a few hundred bytes each; the one asked for longest ago goes first."""


class Trials:
    """What trial merges said; may be used by several threads at once."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known: OrderedDict[Key, Outcome] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Outcome | None:
        """What is known of that merge."""
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
            return found

    def put(self, key: Key, said: Outcome) -> None:
        """Keep what a merge said."""
        with self._lock:
            self._known[key] = said
            if len(self._known) > self._most:
                self._known.popitem(last=False)
