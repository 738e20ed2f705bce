"""The console with a person in front of it: presses keys, and looks at what stands on the screen."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.events import Key
from textual.pilot import Pilot

from lattice_console.app import LatticeApp, Mode
from lattice_console.config import Settings
from lattice_console.contract.backend import Backend
from lattice_console.profile.folder import work_folder
from lattice_console.profile.left_off import Bookmark
from lattice_console.workspace import Checkout
from tests.screens.project import NOON, Office
from tests.support.clock import Clock

_LASTING = ("connection", "acts", "drafts")
"""The groups of workers that wait for something to happen, or for the person."""

PATIENCE = 10.0
"""Seconds after which something that was to appear has not."""


class Console:
    """What can be done and seen at one console."""

    def __init__(self, app: LatticeApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        await self.pilot.press(*(_KEYS.get(char, char) for char in text))

    def burst(self, text: str, *keys: str) -> None:
        """Type a text, and press keys after it, so fast that all have come before the first is handled."""
        for char in text:
            self.app.post_message(Key(_KEYS.get(char, char), char))
        for key in keys:
            self.app.post_message(Key(key, None))

    @property
    def lines(self) -> list[str]:
        """The screen, line by line, what lies over it included."""
        return shown(self.app)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def line(self, words: str) -> str:
        """The first line with these words in it."""
        return next(line for line in self.lines if words in line)

    @property
    def bar(self) -> str:
        """What stands before the line with the cursor."""
        return self.app.session.look.signs.bar

    @property
    def selected(self) -> str:
        """The line with the cursor."""
        return next(line for line in self.lines if line.startswith(self.bar))

    async def sees(self, *words: str) -> None:
        """Wait until all of these stand on the screen."""
        await self.until(lambda: all(word in self.text for word in words), f"{words!r} to appear")

    async def misses(self, *words: str) -> None:
        """Wait until none of these stands on the screen."""
        await self.until(lambda: not any(word in self.text for word in words), f"{words!r} to go")

    async def on(self, words: str) -> None:
        """Wait until the cursor is on a line with these words."""
        await self.until(
            lambda: any(line.startswith(self.bar) and words in line for line in self.lines), f"the cursor on {words!r}"
        )

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {what}:\n{self.text}")
            await self.pilot.pause(0.02)
        await self.pilot.pause()

    async def quiet(self) -> None:
        """Wait until nothing that was begun is under way, colours and verdicts included."""
        for _ in range(2):
            # What is done may ask for more.
            await self.pilot.pause()
            await self.until(self._is_quiet, "work to be done")

    def _is_quiet(self) -> bool:
        return all(one.is_finished or one.group in _LASTING for one in self.app.workers)

    async def go_to(self, words: str) -> None:
        """Move the queue's cursor down to the row with these words."""
        for _ in range(100):
            if words in self.selected:
                return
            await self.press("j")
        raise AssertionError(f"no row says {words!r}:\n{self.text}")


_KEYS = {
    " ": "space",
    ":": "colon",
    ".": "full_stop",
    ",": "comma",
    "/": "slash",
    "-": "minus",
    "(": "left_parenthesis",
    ")": "right_parenthesis",
    "\n": "enter",
}


def shown(app: LatticeApp) -> list[str]:
    """What stands on an app's screen, line by line."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    strips = getattr(update, "strips")  # noqa: B009 - a full update has them; its type says less
    return ["".join(strip.text for strip in line) for line in strips]


def make_app(
    office: Office,
    *,
    actor: str = "kim",
    settings: Settings | None = None,
    folder: bool = True,
    start: Mode = "queue",
    view: str | None = "all",
    open_backend: Callable[[], Awaitable[Backend]] | None = None,
) -> LatticeApp:
    """The app as the command makes it, on a clock that stands still, for somebody who last looked at that view.

    Without a view, and without anything kept, it is a first start.
    """
    settings = settings or office.settings(actor)
    bookmark = Bookmark(work_folder(settings.project_id or "", settings.actor), print)
    if view is not None and not bookmark.read().view:
        bookmark.keep(view=view)

    async def connect() -> Backend:
        return await office.connect(settings)

    open_checkout = (lambda: Checkout(office.root, settings.document_limit)) if folder else None
    return LatticeApp(open_backend or connect, open_checkout, settings, start=start, now=lambda: NOON)


@asynccontextmanager
async def open_console(
    app: LatticeApp, size: tuple[int, int] = (100, 30), *, row: bool = True
) -> AsyncIterator[Console]:
    """The running console, once it is live and, with `row`, has one under the cursor."""
    async with app.run_test(size=size, notifications=True) as pilot:
        console = Console(app, pilot)
        await console.sees("live")
        await console.until(
            lambda: not row or any(line.startswith(console.bar) for line in console.lines), "a row under the cursor"
        )
        yield console
    log = app.session.settings.state / "lattice.log"
    assert not log.exists(), log.read_text(encoding="utf-8")


def pictured(
    snap_compare: Callable[..., object],
    app: LatticeApp,
    steps: Callable[[Console], Awaitable[None]],
    size: tuple[int, int],
    prepare: Callable[[], Awaitable[object]] | None = None,
) -> bool:
    """Compare an app, after some steps, with its picture; `prepare` makes the project richer before it is opened."""
    made = app._open_backend

    async def connect() -> Backend:
        if prepare is not None:
            await prepare()
        return await made()

    async def before(pilot: Pilot[None]) -> None:
        console = Console(app, pilot)
        await console.sees("live")
        await steps(console)
        await console.press()

    app._open_backend = connect
    return bool(snap_compare(app, terminal_size=size, run_before=before))


def an_office(root: Path) -> Office:
    """A project's Backends, as of the moment that the screens are looked at."""
    return Office(root, Clock(NOON))


async def settle() -> None:
    """Let the event loop take a few turns."""
    for _ in range(5):
        await asyncio.sleep(0)
