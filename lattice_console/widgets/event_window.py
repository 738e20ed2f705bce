"""The newest part of the event log, as far as it was read: it grows at the top as things happen, below by pages."""

from collections.abc import Sequence

from lattice_console.contract.events import Event
from lattice_console.contract.models.page import Page

__all__ = ["EventWindow"]

_MOST = 20_000


class EventWindow:
    """Events without gap, newest first. It holds at most 20,000; what is older is found by narrowing."""

    def __init__(self, page: Page[Event] | None = None) -> None:
        self._events: list[Event] = list(page.items) if page else []
        self._cursor = page.next_cursor if page else None
        self._cut = False

    def __len__(self) -> int:
        return len(self._events)

    def __getitem__(self, index: int) -> Event:
        return self._events[index]

    @property
    def newest(self) -> int:
        """The number of the newest event; 0 where there is none."""
        return self._events[0].seq if self._events else 0

    @property
    def next_cursor(self) -> str | None:
        """What leads to older events; None where there are none, or no room for them."""
        return None if self._cut or len(self._events) >= _MOST else self._cursor

    @property
    def full(self) -> bool:
        """Whether there are older events, which are not held for want of room."""
        return self.next_cursor is None and (self._cut or self._cursor is not None)

    def arrived(self, events: Sequence[Event]) -> int:
        """Take in what happened since, in any order; returns how many of them are new."""
        new = sorted({one.seq: one for one in events if one.seq > self.newest}.values(), key=lambda one: -one.seq)
        self._events[:0] = new
        if len(self._events) > _MOST:
            del self._events[_MOST:]
            self._cut = True
        return len(new)

    def append(self, page: Page[Event]) -> None:
        """Add the page that `next_cursor` led to."""
        self._events += page.items
        self._cursor = page.next_cursor
