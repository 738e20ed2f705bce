"""Which mutations of the queue are marked, and the range that is being marked: by id, whatever happens to the list."""

from collections.abc import Iterable, Iterator
from typing import Literal

from lattice_console.widgets.queue_window import QueueWindow

__all__ = ["MARK_LIMIT", "Marks"]

MARK_LIMIT = 1000
"""Mutations that can be marked at once: more than anybody looks at before deciding."""


class Marks:
    """Marked ids in the order in which they were marked, and where a range was begun."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}
        self._anchor: tuple[int, str] | None = None

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def toggle(self, id: str) -> bool:
        """Turn one mark; returns whether there was room for it."""
        if id in self._ids:
            del self._ids[id]
            return True
        return self.add((id,)) == 0

    def add(self, ids: Iterable[str]) -> int:
        """Mark all of these; returns how many found no room."""
        new = [id for id in ids if id not in self._ids]
        room = MARK_LIMIT - len(self._ids)
        self._ids.update(dict.fromkeys(new[:room]))
        return max(0, len(new) - room)

    def drop(self, ids: Iterable[str]) -> None:
        """Take the marks off these."""
        for id in ids:
            self._ids.pop(id, None)

    def clear(self) -> None:
        """Take all marks off."""
        self._ids.clear()

    # -- the range

    def begin(self, index: int, id: str) -> None:
        """Begin a range at a row."""
        self._anchor = (index, id)

    def end(self) -> None:
        """Leave the range; nothing is marked by that."""
        self._anchor = None

    def follow(self, window: QueueWindow) -> None:
        """Keep the range's first row where it is in a list that has moved."""
        if self._anchor is not None:
            index, id = self._anchor
            found = window.find(id)
            self._anchor = (max(0, min(index, window.total - 1)) if found is None else found, id)

    def range(self, cursor: int) -> range | None:
        """The rows from where the range was begun to the cursor; None where none was."""
        if self._anchor is None:
            return None
        start = self._anchor[0]
        return range(min(start, cursor), max(start, cursor) + 1)

    def standing(self, id: str, index: int, cursor: int) -> Literal["no", "range", "yes"]:
        """Whether a row is marked, or in the range."""
        if id in self._ids:
            return "yes"
        rows = self.range(cursor)
        return "range" if rows is not None and index in rows else "no"
