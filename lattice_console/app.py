"""The full-screen console: one app, its modes, its connection, and what every place shares."""

import asyncio
import os
import signal
from asyncio import to_thread
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.events import AppFocus, Event, InputEvent, Key, MouseDown
from textual.filter import LineFilter
from textual.screen import ModalScreen
from textual.worker import Worker, WorkerError, WorkerState, WorkType

from lattice_console.screens.announcing import Announcing
from lattice_console.screens.news import (
    ConflictsWanted,
    Connected,
    MutationWanted,
    QueueWanted,
    Unreachable,
)
from lattice_console.screens.opening import OpeningScreen
from lattice_console.screens.place import Command, Place
from lattice_console.screens.session import Session
from lattice_console.screens.tidying import LOOK, Tidying
from lattice_console.widgets.ground import Ground
from lattice_console.widgets.keys import printed_key
from lattice_console.widgets.signs import ASCII, UNICODE, Look, utc_now
from lattice_console.widgets.stylesheet import KeptStylesheet
from lattice_console.widgets.themes import THEMES, default_theme

# Everything else is loaded after the first frame, by `_load` and where it is needed.
if TYPE_CHECKING:
    from lattice_console.config import Settings
    from lattice_console.contract.backend import Backend
    from lattice_console.profile.keymap import Keymap
    from lattice_console.screens.connection import Connection
    from lattice_console.workspace.checkout import Checkout

__all__ = ["LatticeApp", "Mode"]

Mode = Literal["queue", "conflicts", "specs", "activity", "home"]

_AT_EASE = 0.4
"""Seconds after the queue has been read, when nobody waits any more."""

_LEAVE = 2.0
"""Seconds that leaving may wait for the connection."""


class LatticeApp(Announcing, inherit_bindings=False):
    """The console. `open_backend` is called in a worker, after the first frame."""

    TITLE = "Lattice Console"
    CSS_PATH = "app.tcss"
    DEFAULT_MODE = "opening"
    ENABLE_COMMAND_PALETTE = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "go('queue')", "Queue", id="go.queue", priority=True),
        Binding("f3", "go('conflicts')", "Conflicts", id="go.conflicts", priority=True),
        Binding("f4", "go('specs')", "Specs", id="go.specs", priority=True),
        Binding("f6", "go('activity')", "Activity", id="go.activity", priority=True),
        Binding("f9", "go('home')", "Home", id="go.home", priority=True),
        Binding("colon,ctrl+p", "palette", "All actions by name", id="app.palette"),
        Binding("m", "messages", "What was said, again", id="app.messages"),
        Binding("exclamation_mark", "health", "Health of every part", id="app.health"),
        Binding("question_mark", "help", "Help", id="app.help"),
        Binding("f1", "help", "Help", id="app.help", priority=True),
        Binding("q", "leave", "Quit", id="app.quit"),
        Binding("ctrl+q", "leave", "Quit", id="app.quit", priority=True),
    ]

    def __init__(
        self,
        open_backend: "Callable[[], Awaitable[Backend]]",
        open_checkout: "Callable[[], Checkout] | None",
        settings: "Settings",
        *,
        start: Mode = "queue",
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        # Every theme lets the terminal's own colours through; without colour, that has to be known from the start.
        look = Look(ASCII if settings.ascii else UNICODE, now)
        super().__init__(Session(settings, open_checkout, look), ansi_color=True)
        self.stylesheet = self._sheet = KeptStylesheet(variables=self.get_css_variables())
        self.session.looking_at = self._looking_at
        self.session.tell = self.tell
        # Nothing glides: it costs bytes over SSH, and time.
        self.animation_level = "none"
        self._open_backend = open_backend
        self._start = start
        self._made: set[str] = set()
        self._connection: Connection | None = None
        self._connecting: Worker[None] | None = None
        self._tidying: Tidying | None = None
        self._copied = False
        self._grounds: dict[str, Ground] = {}
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = default_theme(settings.theme, os.environ)
        self.set_class(settings.ascii, "-ascii")
        self.add_mode("opening", lambda: OpeningScreen(self.session))

    def on_mount(self) -> None:
        if not self.is_headless:
            self._leave_on_signals()
        self.call_after_refresh(self._furnish)

    async def _furnish(self) -> None:
        """Load the places, go to the first, and connect; the first frame is painted by now."""
        connection, rebound = await to_thread(_load)
        if rebound is not None:
            self._rebind(rebound)
        self._connection = connection(self.session, self._open_backend, self.post_message)
        await self._enter(self._start)
        self.connect()

    def _rebind(self, rebound: "Keymap") -> None:
        self.set_keymap(dict(rebound.keys))
        if rebound.problems:
            self.say("\n".join(rebound.problems), "warning")

    def connect(self) -> None:
        """Open the connection, or anew where it has ended."""
        running = self._connecting is not None and not self._connecting.is_finished
        if self._connection is not None and not running:
            self._connecting = self.run_worker(self._connection.run(), group="connection", exit_on_error=False)

    async def on_unmount(self) -> None:
        """Let the connection, which is cancelled by now, take leave and let go of the Backend."""
        if self._connecting is not None:
            with suppress(TimeoutError, WorkerError):
                await asyncio.wait_for(self._connecting.wait(), _LEAVE)

    def _begin_loading_ahead(self) -> None:
        # No coroutine before it runs: the console may end before that.
        begin: WorkType[None] = self._load_ahead
        self.run_worker(begin, group="load ahead", exit_on_error=False)

    async def _load_ahead(self) -> None:
        """Load what is most likely gone to next, so that no key waits for it; then all that stays is there."""
        await to_thread(_place_of_mutations)
        self._tidy()

    def _tidy(self) -> None:
        """From now on, keep the house in order when nobody waits."""
        if not self.is_headless and self._tidying is None:
            self._tidying = Tidying()
            self._tidying.begin()
            self.set_interval(LOOK, self._tidying.look)

    async def on_event(self, event: Event) -> None:
        if self._tidying is not None and isinstance(event, InputEvent):
            self._tidying.pressed()
        if isinstance(event, Key | MouseDown) and not event.is_forwarded:
            self._notices.acted()
        elif isinstance(event, AppFocus) and self._connection is not None:
            # The person was elsewhere, perhaps in an editor with the project's files.
            self._connection.look_at_folder()
        await super().on_event(event)

    def get_key_display(self, binding: Binding) -> str:
        return binding.key_display or printed_key(binding.key, ascii=self.session.look.ascii)

    # -- the connection

    @on(Connected)
    def _tell_connected(self) -> None:
        self.set_timer(_AT_EASE, self._begin_loading_ahead)
        for place in self._places:
            place.connected()
            place.refresh_chrome()

    @on(Unreachable)
    def _tell_unreachable(self, message: Unreachable) -> None:
        self._tidy()
        for place in self._places:
            place.unreachable(message.error)
            place.refresh_chrome()

    def _looking_at(self) -> str | None:
        """The mutation that is open in front of the person, if perhaps beneath a dialog."""
        place = next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Place)), None)
        return place.looking_at if place is not None else None

    # -- what places ask for

    def copy(self, text: str, what: str) -> None:
        """Put `text`, called `what`, on the terminal's clipboard, and say so."""
        from lattice_console.screens.clipboard import copy

        write = self._driver.write if self._driver is not None else str
        file = self.session.folder / "copied.txt"
        self.say(copy(text, what, write, file, os.environ, again=self._copied))
        self._copied = True

    # -- actions

    async def action_go(self, mode: Mode) -> None:
        """Go to one of the places that have a key, to its first screen; a dialog is left first, as by Esc."""
        if self._connection is not None:
            while isinstance(self.screen, ModalScreen):
                await self.screen.dismiss(None)
            await self._enter(mode)
            while len(self.screen_stack) > 1:
                self.pop_screen()

    @on(QueueWanted)
    async def _show_in_queue(self, message: QueueWanted) -> None:
        await self.action_go("queue")
        from lattice_console.screens.queue import QueueScreen

        if isinstance(self.screen, QueueScreen):
            self.screen.show_only(message.filter)

    @on(ConflictsWanted)
    async def _show_conflicts(self, message: ConflictsWanted) -> None:
        await self.action_go("conflicts")
        from lattice_console.screens.conflicts import ConflictsScreen

        if isinstance(self.screen, ConflictsScreen):
            self.screen.show_only(message.filter, message.id)

    @on(MutationWanted)
    def _show_mutation(self, message: MutationWanted) -> None:
        from lattice_console.screens.mutation import MutationScreen

        self.push_screen(MutationScreen(self.session, message.mutation))

    async def _enter(self, mode: Mode) -> None:
        if mode not in self._made:
            make = await to_thread(_place, mode)
            self._made.add(mode)
            self.add_mode(mode, lambda: make(self.session))
        await self.switch_mode(mode)

    def action_help(self) -> None:
        """Show the keys of this place, or put them away."""
        from lattice_console.screens.help import HelpScreen

        if isinstance(self.screen, Place):
            self.push_screen(HelpScreen(self.screen.commands(), self.session.look))
        elif isinstance(self.screen, HelpScreen):
            self.pop_screen()

    def action_messages(self) -> None:
        """Show what was said, to be read again."""
        from lattice_console.screens.messages import MessagesScreen

        if isinstance(self.screen, Place):
            # What is read there need not stand there twice.
            self.clear_notifications()
            self.push_screen(MessagesScreen(lambda: self._notices.said, self.session.look))

    def action_health(self) -> None:
        """Show the health of every part."""
        from lattice_console.screens.health import HealthScreen

        if isinstance(self.screen, Place):
            self.push_screen(HealthScreen(self.session))

    def action_palette(self) -> None:
        """Choose an action by its name."""
        from lattice_console.screens.palette import PaletteScreen

        if isinstance(self.screen, Place):
            commands = [*self.screen.commands(), *self.screen.further(), *self._theme_commands()]
            self.push_screen(PaletteScreen(commands), self._chosen)

    def _theme_commands(self) -> list[Command]:
        return [Command(f"Theme {name}", (), f"app.theme.{name}", self, f"use_theme('{name}')") for name in THEMES]

    async def action_use_theme(self, name: str) -> None:
        """Change the colours."""
        theme = THEMES[name]
        own = {**theme.to_color_system().generate(), **theme.variables}
        await to_thread(self._sheet.prepared, {**self.get_theme_variable_defaults(), **own})
        self.theme = theme.name

    def get_line_filters(self) -> Sequence[LineFilter]:
        name = self.theme
        if name not in self._grounds:
            self._grounds[name] = Ground(Color.parse(self.available_themes[name].foreground or "ansi_default"))
        return [*super().get_line_filters(), self._grounds[name]]

    def refresh_css(self, animate: bool = True) -> None:
        # All of it is painted anew: no widget is to compare itself with what it has drawn, rule by rule.
        for place in self._places:
            for widget in place.query():
                widget.refresh(layout=True)
        super().refresh_css(animate)

    async def _chosen(self, command: Command | None) -> None:
        if command is not None:
            await self.run_action(command.action, command.node)

    async def action_leave(self) -> None:
        """Quit; what was typed and not sent is kept for the next time."""
        from lattice_console.widgets.editor import Editor

        typed = any(field.text.strip() for field in self.screen.query(Editor))
        await self.session.settled()
        self.exit(message="What you were typing is kept: it is there again where you typed it." if typed else None)

    def _leave_on_signals(self) -> None:
        """Quit as by the key where the terminal is closed, or the process is asked to end."""

        def leave() -> None:
            self.run_worker(self.action_leave(), group="leave", exit_on_error=False)

        for number in (signal.SIGHUP, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, leave)

    # -- what should not happen

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker of the app's own that failed is told like a place's."""
        self.worker_changed(event)

    def worker_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a worker that failed, and log it; the console goes on."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            from lattice_console.mishap import unexpected

            told = unexpected(event.worker.error, self.session.settings.state / "lattice.log")
            self.say(told.message, "error")

    def _fatal_error(self) -> None:
        """Leave with one sentence where a handler failed, and Textual would print a traceback."""
        from lattice_console.mishap import unexpected

        error = self._exception
        if error is None:
            super()._fatal_error()
            return
        told = unexpected(error, self.session.settings.state / "lattice.log")
        self._exit_renderables.append(Text(told.message))
        self._close_messages_no_wait()


def _load() -> "tuple[type[Connection], Keymap | None]":
    """The connection, and the keys that the person gave to actions, if to any."""
    from lattice_console.config import profile_path
    from lattice_console.contract.errors import SystemFailure
    from lattice_console.profile.keymap import Keymap
    from lattice_console.screens.connection import Connection

    path = profile_path()
    try:
        if not path.exists():
            return Connection, None
        from lattice_console.screens import rebinding

        return Connection, rebinding.keymap(path) if rebinding.is_wanted(path) else None
    except SystemFailure as error:
        return Connection, Keymap({}, (f"No key is changed: {error.message}",))


def _place(mode: Mode) -> "Callable[[Session], Place]":
    """What makes the first screen of a mode; loaded when somebody goes there."""
    if mode == "home":
        from lattice_console.screens.home import HomeScreen

        return HomeScreen
    if mode == "conflicts":
        from lattice_console.screens.conflicts import ConflictsScreen

        return ConflictsScreen
    if mode == "specs":
        from lattice_console.screens.specs import SpecsScreen

        return SpecsScreen
    if mode == "activity":
        from lattice_console.screens.activity import ActivityScreen

        return ActivityScreen
    from lattice_console.screens.queue import QueueScreen

    return QueueScreen


def _place_of_mutations() -> None:
    import lattice_console.screens.bulk
    import lattice_console.screens.mutation  # noqa: F401 - to have it loaded is all
