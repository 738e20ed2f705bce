"""What the parts of the queue's screen share: its list, and what feeds it."""

from lattice_console.screens.acting import ActingPlace
from lattice_console.screens.queue_feed import QueueFeed
from lattice_console.widgets.queue_list import QueueList

__all__ = ["QueuePlace"]


class QueuePlace(ActingPlace):
    """A place with a queue in it; `feed` is there once it is mounted."""

    feed: QueueFeed

    @property
    def listed(self) -> QueueList:
        """The list."""
        return self.query_one(QueueList)

    @property
    def is_seen(self) -> bool:
        """Whether it stands on the screen, if perhaps beneath a dialog."""
        stack = self.app.screen_stack
        return self in stack and all(screen.is_modal for screen in stack[stack.index(self) + 1 :])
