"""What places hear: news of the connection, messages, and what is under way."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from textual import on
from textual.events import Key
from textual.timer import Timer

from lattice_console.screens.news import (
    CompanyChanged,
    Freshened,
    Happened,
    HealthChanged,
    ManyMeant,
    MutationChanged,
    Synced,
    Told,
    Trouble,
)
from lattice_console.screens.notices import Notices
from lattice_console.screens.opening import OpeningScreen
from lattice_console.screens.place import Place, Severity
from lattice_console.screens.session import Session
from lattice_console.screens.typing_ahead import TypingAhead

__all__ = ["Announcing"]


class Announcing(TypingAhead):
    """Tells every place that is open what happens in the session, and the person what there is to say."""

    def __init__(self, session: Session, *, ansi_color: bool) -> None:
        super().__init__(ansi_color=ansi_color)
        self.session = session
        self._notices = Notices(self, session.look)
        self._work: dict[int, tuple[str, float]] = {}
        self._ticking: Timer | None = None
        self._fallen = set[str]()

    @property
    def _places(self) -> Iterator[Place]:
        if not self.is_running:
            # While the console closes, what is in a place goes before the place does.
            return
        for stack in self._screen_stacks.values():
            yield from (screen for screen in stack if isinstance(screen, Place) and screen.is_mounted)

    @on(Happened)
    def _tell_happened(self, message: Happened) -> None:
        for place in self._places:
            place.happened(message.events)

    @on(CompanyChanged)
    def _tell_company(self, message: CompanyChanged) -> None:
        for place in self._places:
            place.company_changed(message.ids)

    @on(MutationChanged)
    def _tell_changed(self, message: MutationChanged) -> None:
        for place in self._places:
            place.mutation_changed(message.mutation)
            place.refresh_chrome()

    @on(Freshened)
    def _tell_freshness(self) -> None:
        self._keep_ticking()
        self._tick()

    @on(HealthChanged)
    def _tell_health(self, message: HealthChanged) -> None:
        from lattice_console.contract.models.health import TRUTH
        from lattice_console.screens.health import said

        # What else falls and comes back with the database must not take the place of what is said of the database.
        if self.session.read_only:
            self._fallen.update(name for name, part in self.session.parts.items() if part.status != "healthy")
        for name, sentence, severity in said(message.lost, message.back):
            if name in self._fallen and name != TRUTH:
                self._notices.note(sentence, severity)
            else:
                self.say(sentence, severity)
        self._fallen.difference_update(message.back)
        self._keep_ticking()
        self._tick()

    @on(Synced)
    def _tell_synced(self, message: Synced) -> None:
        if message.drift_changed and self.session.drifted:
            self._notices.note(self.session.drift_told, "warning")
        for place in self._places:
            place.folder_looked_at()
            place.refresh_chrome()

    @on(Trouble)
    def _say_trouble(self, message: Trouble) -> None:
        self.say(f"{message.what}: {message.error.message}", "error")
        self._keep_ticking()

    def tell(self, text: str) -> None:
        self.post_message(Told(text))

    @on(ManyMeant)
    def _act_on_many(self, message: ManyMeant) -> None:
        from lattice_console.screens.acting import ActingPlace
        from lattice_console.screens.bulk import act_on_all

        if isinstance(self.screen, ActingPlace):
            act_on_all(self.screen, message.action, message.ids)

    @on(Told)
    def _say_told(self, message: Told) -> None:
        self.say(message.text, "warning")

    def say(self, message: str, severity: Severity = "information") -> None:
        """Show a message until the next key: what happened, why, and what to do."""
        self._notices.say(message, severity)

    def note(self, message: str, severity: Severity = "information") -> None:
        """Keep a message to be read again, where what it says stands on the screen already."""
        self._notices.note(message, severity)

    def on_key(self, event: Key) -> None:
        """Say of a character that comes through all that could have taken it, and is bound nowhere, that it is dead."""
        place = self.screen
        if not isinstance(place, Place) or isinstance(place, OpeningScreen) or event.key in place.active_bindings:
            return
        if event.character is not None and event.is_printable and not event.character.isspace():
            help = next((command.keys[0] for command in place.commands() if command.id == "app.help"), "")
            self._notices.show(f"{event.character} does nothing here; {help} lists the keys.")

    def on_notify(self) -> None:
        """A message that comes takes the place of the one before."""
        self.clear_notifications()

    @contextmanager
    def working(self, label: str) -> Iterator[None]:
        """Show `label` in the header while the block runs, once that takes longer than a moment."""
        work = object()
        self._work[id(work)] = (label, time.monotonic())
        self._keep_ticking()
        try:
            yield
        finally:
            del self._work[id(work)]
            self._tick()

    @property
    def activity(self) -> str:
        """What runs for longer than 0.2 s, with its time from 2 s on."""
        for label, since in self._work.values():
            seconds = time.monotonic() - since
            if seconds >= 0.2:
                return f"{label}{self.session.look.signs.ellipsis}" + (f" {seconds:.0f}s" if seconds >= 2 else "")
        return ""

    def _keep_ticking(self) -> None:
        if self._ticking is None:
            self._ticking = self.set_interval(0.25, self._tick)

    def _tick(self) -> None:
        for place in self._places:
            place.refresh_chrome()
        session = self.session
        if self._ticking is not None and not (self._work or session.stale_since or session.trouble):
            self._ticking.stop()
            self._ticking = None
