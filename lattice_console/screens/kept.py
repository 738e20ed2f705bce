"""What was fetched or worked out once, kept while there is room."""

from collections import OrderedDict
from typing import Generic, TypeVar

__all__ = ["Kept"]

Key = TypeVar("Key")
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Values by key, up to `room` bytes in all; those that were not asked for the longest go first."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._held = 0
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """The value, if it is kept."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key][0]

    def keep(self, key: Key, value: Value, size: int) -> None:
        """Keep a value of so many bytes; the newest stays, however large."""
        if key in self._values:
            self._held -= self._values.pop(key)[1]
        self._values[key] = (value, size)
        self._held += size
        while self._held > self._room and len(self._values) > 1:
            self._held -= self._values.popitem(last=False)[1][1]
