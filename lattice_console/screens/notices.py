"""What is said to the person: one message at a time passes above the footer, and all can be read again."""

import time
from collections import deque
from dataclasses import replace

from textual.app import App

from lattice_console.screens.place import Said, Severity
from lattice_console.text import inert
from lattice_console.widgets.signs import Look

__all__ = ["Notices"]

_STAYS: dict[Severity, float] = {"information": 5.0, "warning": 15.0, "error": 15.0}
"""Seconds after which a message goes by itself, where no key is pressed."""

_GLANCE = 0.3
"""Seconds that a message stays at least: a key that comes sooner was not pressed by somebody who has seen it."""

_REMEMBERED = 200
"""Messages that can be read again."""


class Notices:
    """Shows messages on an app. Help and lists to choose from are not covered: what is said meanwhile waits."""

    def __init__(self, app: App[None], look: Look) -> None:
        self._app = app
        self._look = look
        self._said: deque[Said] = deque(maxlen=_REMEMBERED)
        self._since = 0.0

    @property
    def said(self) -> tuple[Said, ...]:
        """What was said, the newest last."""
        return tuple(self._said)

    def say(self, message: str, severity: Severity = "information") -> None:
        """Show a message, which the app puts in place of the one before, and keep it."""
        self.note(message, severity)
        self.show(message, severity)

    def show(self, message: str, severity: Severity = "information") -> None:
        """Show a message that is not worth keeping."""
        self._since = time.monotonic()
        self._app.notify(inert(message, lines=True), severity=severity, timeout=_STAYS[severity], markup=False)

    def note(self, message: str, severity: Severity = "information") -> None:
        """Keep a message to be read, without showing it; one that was the last already is counted."""
        text, now = inert(message, lines=True), self._look.now()
        last = self._said[-1] if self._said else None
        if last is not None and (last.text, last.severity) == (text, severity):
            self._said[-1] = replace(last, at=now, times=last.times + 1)
        else:
            self._said.append(Said(now, text, severity))

    def acted(self) -> None:
        """Take away what the person has seen: they go on."""
        seen = any(toast.region for toast in self._app.screen.query("Toast"))
        if seen and time.monotonic() - self._since >= _GLANCE:
            self._app.clear_notifications()
