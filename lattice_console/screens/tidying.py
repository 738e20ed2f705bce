"""The search for garbage among all that is kept: tens of milliseconds, best when nobody presses a key."""

import gc
import time

__all__ = ["Tidying"]

LOOK = 0.5
"""Seconds between two looks at whether to search."""

_REST = 1.0
"""Seconds without a key after which nobody seems to wait."""

_DUE = 2
"""Searches among what is younger after which one among everything is worth its time."""

_LATEST = 60
"""As many after which it is made in spite of keys: what is kept for nothing has to end somewhere."""


class Tidying:
    """Says when to search: the interpreter would do so in the middle of painting a place, its widgets being many."""

    def __init__(self) -> None:
        self._pressed = 0.0

    def begin(self) -> None:
        """What is loaded by now stays, and is searched no more; what comes is searched from now on."""
        gc.freeze()
        gc.set_threshold(700, 10, _LATEST)
        gc.enable()

    def pressed(self) -> None:
        """Somebody is there."""
        self._pressed = time.monotonic()

    def look(self) -> None:
        """Search, if it is due and nobody waits."""
        if gc.get_count()[2] >= _DUE and time.monotonic() - self._pressed > _REST:
            gc.collect()
