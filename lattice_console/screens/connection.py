"""The one connection of a console: opens the Backend, brings the folder up to date, and follows the events."""

import asyncio
from collections.abc import Awaitable, Callable

from textual.message import Message

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError, NotAuthenticated, SystemFailure
from lattice_console.contract.events import Event
from lattice_console.screens.news import Connected, Freshened, Happened, Synced, Trouble, Unreachable
from lattice_console.screens.session import Session

__all__ = ["Connection"]

FLUSH = 0.08
"""Seconds for which events are collected before the screens hear of them."""

RETRY = (1.0, 2.0, 5.0, 10.0)
"""Seconds to wait after the first failure, the second, and so on."""

_MOVES_HEAD = frozenset({"mutation.executed", "mutation.rolled_back", "document.tracked"})


class Connection:
    """Runs as one worker and speaks to the screens by messages alone."""

    def __init__(
        self,
        session: Session,
        open_backend: Callable[[], Awaitable[Backend]],
        post: Callable[[Message], object],
    ) -> None:
        self._session = session
        self._open_backend = open_backend
        self._post = post
        self._collected: list[Event] = []
        self._flushing: asyncio.TimerHandle | None = None
        self._head_moved = asyncio.Event()

    async def run(self) -> None:
        """Open, then follow until cancelled; the Backend is closed in the end.

        What may pass by itself is tried again and again; what a person has to mend ends the connection.
        """
        backend = await self._open()
        if backend is None:
            return
        try:
            async with asyncio.TaskGroup() as both:
                seen = await self._start(backend)
                both.create_task(self._keep_folder(backend))
                await self._follow(backend, seen)
        except* LatticeError as errors:
            self._lost()
            self._post(Unreachable(_first(errors)))
        finally:
            if self._flushing is not None:
                self._flushing.cancel()
            await backend.close()

    async def _open(self) -> Backend | None:
        failures = 0
        while True:
            try:
                return await self._open_backend()
            except LatticeError as error:
                self._post(Unreachable(error))
                if not isinstance(error, SystemFailure):
                    return None
            await asyncio.sleep(RETRY[min(failures, len(RETRY) - 1)])
            failures += 1

    async def _start(self, backend: Backend) -> int:
        project = await backend.projects.get()
        actor = await backend.team.whoami()
        seen = await backend.events.last()
        await backend.executions.recover()
        self._session.opened(backend, project, actor)
        self._head_moved.set()
        self._post(Connected())
        return seen

    async def _follow(self, backend: Backend, seen: int) -> None:
        failures = 0
        while True:
            try:
                # A question that is answered at once; the subscription may rightly stay silent.
                for event in await backend.events.since(seen):
                    seen = event.seq
                    self._take(event)
                self._answered()
                failures = 0
                async for event in backend.events.subscribe(after=seen):
                    seen = event.seq
                    self._take(event)
            except NotAuthenticated:
                raise
            except (LatticeError, OSError):
                self._lost()
                await asyncio.sleep(RETRY[min(failures, len(RETRY) - 1)])
                failures += 1

    def _take(self, event: Event) -> None:
        self._collected.append(event)
        if event.name in _MOVES_HEAD:
            self._head_moved.set()
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().call_later(FLUSH, self._flush)

    def _flush(self) -> None:
        self._flushing = None
        events, self._collected = tuple(self._collected), []
        self._post(Happened(events))

    async def _keep_folder(self, backend: Backend) -> None:
        """Bring the folder to the head whenever that moves; drift is told when it changes."""
        checkout = self._session.checkout
        if checkout is None:
            return
        drifted: tuple[str, ...] = ()
        while True:
            await self._head_moved.wait()
            self._head_moved.clear()
            try:
                report = await checkout.sync(backend)
            except LatticeError as error:
                self._post(Trouble(error))
                continue
            changed = len(report.written) + len(report.removed)
            if changed or report.drifted != drifted:
                drifted = report.drifted
                self._post(Synced(changed, drifted))

    def _lost(self) -> None:
        if self._session.stale_since is None:
            self._session.stale_since = self._session.look.now()
            self._post(Freshened())

    def _answered(self) -> None:
        if self._session.stale_since is not None:
            self._session.stale_since = None
            self._post(Freshened())


def _first(errors: ExceptionGroup[LatticeError]) -> LatticeError:
    error: LatticeError | ExceptionGroup[LatticeError] = errors
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
