"""Keys one after the other: what a key opens gets those that are typed after it, however fast they come.

Textual hands a key to what has the focus when it comes, and runs what it is bound to some messages later. Keys that
come meanwhile would go to the same place: as its commands, although they were meant for what is being opened.
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass

from textual import on
from textual.app import App
from textual.events import Event, Key, Paste
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker

__all__ = ["TypingAhead"]

_ROUNDS = 2
"""Ways through the screen: on the first the key is handled, on the second what a widget then tells its screen."""

_LOOK = 0.02
"""Seconds between two looks at whether what is waited for is there."""

_LONG = 1.0
"""Seconds after which what is not there can be given up."""

_LOST = 0.5
"""Seconds after which a message is taken for lost: a widget on its way was removed."""


@dataclass
class _Coming:
    """What `worker` brings: a dialog over `screen`, or what keys there act on; and since when it is waited for."""

    worker: Worker[None]
    screen: Screen[object]
    since: float
    dialog: bool

    @property
    def is_late(self) -> bool:
        """Whether it is so long in coming that it can be given up."""
        return time.monotonic() - self.since > _LONG


class TypingAhead(App[None]):
    """Handles a key, or a paste, once the one before it has had its effect. Those that come sooner wait."""

    @dataclass
    class Followed(Message):
        """Comes to the app through a screen, behind all that a key has caused there; it has `rounds` to go."""

        screen: Screen[object]
        rounds: int

    def __init__(self, *, ansi_color: bool) -> None:
        super().__init__(ansi_color=ansi_color)
        self._typed: deque[Key | Paste] = deque()
        self._follower: TypingAhead.Followed | None = None
        self._lost: asyncio.TimerHandle | None = None
        self._coming: _Coming | None = None

    def expect(self, worker: Worker[None]) -> None:
        """Let what is typed from now on wait for the dialog that `worker` may open; where it opens none, forget it."""
        self._coming = _Coming(worker, self.screen, time.monotonic(), dialog=True)

    def hold(self, worker: Worker[None]) -> None:
        """Let what is typed from now on wait until what `worker` brings is there: it may be meant for that."""
        self._coming = _Coming(worker, self.screen, time.monotonic(), dialog=False)

    def forget_typed(self) -> None:
        """Forget what was typed and waits: what it was meant for does not come."""
        self._typed.clear()

    async def on_event(self, event: Event) -> None:
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        coming = self._still_coming()
        if coming is not None and isinstance(event, Key) and self._is_way_out(event, coming):
            if coming.dialog:
                coming.worker.cancel()
            self._coming = coming = None
            self._typed.clear()
            if event.key == "escape":
                return
        self._typed.append(event)
        if self._follower is None and coming is None:
            await self._handle_next()
        elif self._follower is None:
            self._follow(_ROUNDS)

    def _is_way_out(self, key: Key, coming: _Coming) -> bool:
        """Whether a key gives up what is long in coming, or leaves for elsewhere."""
        bindings = self._bindings.key_to_bindings.get(key.key, ())
        leaves = key.key == "escape" or any(binding.priority for binding in bindings)
        return leaves and coming.is_late

    def _still_coming(self) -> _Coming | None:
        """What may still come; what was typed for a dialog that did not is forgotten."""
        coming = self._coming
        if coming is None or (coming.screen is self.screen and not coming.worker.is_finished):
            return coming
        self._coming = None
        if coming.dialog and coming.screen is self.screen:
            self._typed.clear()
        return None

    async def _handle_next(self) -> None:
        await super().on_event(self._typed.popleft())
        self._follow(_ROUNDS)

    def _follow(self, rounds: int) -> None:
        """Send a message behind what is under way in the screen."""
        self._follower = message = self.Followed(self.screen, rounds)
        self._lost = asyncio.get_running_loop().call_later(_LOST, self.post_message, message)
        (self.focused or self.screen).post_message(message)

    @on(Followed)
    async def _followed(self, message: Followed) -> None:
        if message is not self._follower:
            return
        if self._lost is not None:
            self._lost.cancel()
        if self._still_coming() is not None:
            self.set_timer(_LOOK, lambda: self._follow(_ROUNDS))
        elif message.screen is not self.screen:
            self._follow(_ROUNDS)
        elif message.rounds > 1:
            self._follow(message.rounds - 1)
        elif self._typed:
            await self._handle_next()
        else:
            self._follower = None
