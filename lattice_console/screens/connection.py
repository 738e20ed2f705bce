"""The one connection of a console: opens the Backend, keeps the folder up, follows events, watches the parts."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from textual.message import Message

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError, NotAuthenticated, SystemFailure
from lattice_console.contract.events import Event
from lattice_console.contract.models.health import TRUTH, ComponentHealth, Health
from lattice_console.screens.company import Company
from lattice_console.screens.news import (
    Connected,
    Freshened,
    Happened,
    HealthChanged,
    Synced,
    Told,
    Trouble,
    Unreachable,
)
from lattice_console.screens.session import Session

__all__ = ["Connection"]

GATHER = 0.005
"""Seconds for which events are collected that come after a silence: those of one transaction come together."""

FLUSH = 0.08
"""Seconds between two times that the screens hear of events, at least."""

RETRY = (1.0, 2.0, 5.0, 10.0)
"""Seconds to wait after the first failure, the second, and so on."""

LOOK = 1.0
"""Seconds between two looks at how the parts are."""

PATIENCE = 3.5
"""Seconds after which a look has found that a server is gone: a person knows within five."""

BUSY = 30.0
"""The same for a file, which no network can cut off: a busy machine answers late."""

LOOK_AT_DRIFT = 10.0
"""Seconds between two looks at files that drift, whether they still do."""

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
        self._flushed = -FLUSH
        self._head_moved = asyncio.Event()
        self._back = asyncio.Event()
        self._following = True
        self._answers = True
        self._seen = 0
        self._patience = PATIENCE if session.settings.servers.kind == "postgres" else BUSY

    async def run(self) -> None:
        """Open, then follow until cancelled; the Backend is closed in the end.

        What may pass by itself is tried again and again; what a person has to mend ends the connection. Where the
        database was put back to an earlier state, all is read anew.
        """
        backend = await self._open()
        if backend is None:
            return
        try:
            while await self._attend(backend):
                await self._greet(backend)
                self._post(Told("The database was put back to an earlier state. What stands here is read anew."))
        except LatticeError as error:
            self._ended(error)
        finally:
            await backend.close()

    async def _attend(self, backend: Backend) -> bool:
        """Follow until the connection ends; returns whether the database was put back to before what was seen."""
        put_back = False
        self._head_moved.set()
        self._post(Connected())
        try:
            async with asyncio.TaskGroup() as all_of_it:
                all_of_it.create_task(self._recover(backend))
                all_of_it.create_task(self._keep_folder(backend))
                all_of_it.create_task(self._watch(backend))
                all_of_it.create_task(Company(self._session, self._post).run(backend))
                await self._follow(backend)
        except* _PutBack:
            put_back = True
        except* LatticeError as errors:
            self._ended(_first(errors))
        finally:
            if self._flushing is not None:
                self._flushing.cancel()
                self._flushing, self._collected = None, []
        return put_back

    def _ended(self, error: LatticeError) -> None:
        self._following = False
        self._tell_freshness()
        self._post(Unreachable(error))

    async def _open(self) -> Backend | None:
        failures = 0
        self._session.refused = False
        while True:
            try:
                return await self._begin()
            except LatticeError as error:
                self._session.refused = not isinstance(error, SystemFailure)
                self._post(Unreachable(error))
                if self._session.refused:
                    return None
            await asyncio.sleep(_delay(failures))
            failures += 1

    async def _begin(self) -> Backend:
        backend = await self._open_backend()
        try:
            await self._greet(backend)
        except BaseException:
            await backend.close()
            raise
        return backend

    async def _greet(self, backend: Backend) -> None:
        """Learn the project, who acts, and the number of the newest event before all that the screens will read."""
        project = await backend.projects.get()
        actor = await backend.team.whoami()
        self._seen = await backend.events.last()
        self._session.opened(backend, project, actor)

    async def _recover(self, backend: Backend) -> None:
        """Give back what others claimed and did not finish. That writes, and may have to wait for those who do."""
        failures = 0
        while True:
            try:
                await backend.executions.recover()
                return
            except SystemFailure as error:
                if not failures:
                    self._post(Trouble("Executions that were cut off were not given back", error))
            await asyncio.sleep(_delay(failures))
            failures += 1

    async def _follow(self, backend: Backend) -> None:
        failures = 0
        while True:
            try:
                # A question that is answered at once; the subscription may rightly stay silent.
                for event in await backend.events.since(self._seen):
                    self._take(event)
                self._following = True
                self._tell_freshness()
                failures = 0
                async for event in backend.events.subscribe(after=self._seen):
                    self._take(event)
            except NotAuthenticated:
                raise
            except (LatticeError, OSError):
                self._following = False
                self._tell_freshness()
                self._back.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_delay(failures)):
                        await self._back.wait()
                failures += 1

    def _take(self, event: Event) -> None:
        self._seen = event.seq
        self._collected.append(event)
        if event.name in _MOVES_HEAD:
            self._head_moved.set()
        if self._flushing is None:
            loop = asyncio.get_running_loop()
            self._flushing = loop.call_at(max(loop.time() + GATHER, self._flushed + FLUSH), self._flush)

    def _flush(self) -> None:
        self._flushing = None
        self._flushed = asyncio.get_running_loop().time()
        events, self._collected = tuple(self._collected), []
        self._post(Happened(events))

    async def _keep_folder(self, backend: Backend) -> None:
        """Bring the folder to the head whenever that moves; drift is told when it changes."""
        checkout = self._session.checkout
        if checkout is None:
            return
        failures = 0
        while True:
            # What drifts may cease to by what is done to the files alone.
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AT_DRIFT if self._session.drifted else None):
                    await self._head_moved.wait()
            self._head_moved.clear()
            start = time.perf_counter()
            try:
                report = await checkout.sync(backend)
            except LatticeError as error:
                self._folder_failed(error, start)
                asyncio.get_running_loop().call_later(_delay(failures), self._head_moved.set)
                failures += 1
                continue
            failures = 0
            self._session.workspace = ComponentHealth(status="healthy", latency_ms=_since(start), lag=0)
            drift_changed = report.drifted != self._session.drifted
            self._session.drifted = report.drifted
            self._post(Synced(drift_changed))

    def look_at_folder(self) -> None:
        """Look whether the files of the folder are as they were left."""
        self._head_moved.set()

    def _folder_failed(self, error: LatticeError, start: float) -> None:
        """Take note of it, and tell it once."""
        before = self._session.workspace
        again = before is not None and before.error is not None
        self._session.workspace = ComponentHealth(
            status="unhealthy",
            latency_ms=_since(start),
            error=error.message,
            since=before.since if before is not None and again else self._session.look.now(),
        )
        if before is None or before.error != error.message:
            self._post(Trouble("The folder was not brought up to date", error))

    async def _watch(self, backend: Backend) -> None:
        """Look how the parts are, again and again."""
        while True:
            start, seen = time.perf_counter(), self._seen
            try:
                # Not `wait_for`, which before Python 3.12 loses a cancellation that comes with the answer.
                async with asyncio.timeout(self._patience):
                    health = await backend.health.check()
            except NotAuthenticated:
                raise
            except TimeoutError:
                health = self._gone(f"It has not answered for {self._patience:g} s.", start)
            except LatticeError as error:
                health = self._gone(error.message, start)
            except OSError as error:
                health = self._gone(f"It cannot be reached ({type(error).__name__}).", start)
            self._measured(health)
            _refuse_earlier(health, seen)
            await asyncio.sleep(LOOK)

    def _gone(self, error: str, start: float) -> Health:
        """What is known where nobody answers how the parts are."""
        now, known = self._session.look.now(), self._session.health
        parts = known.components if known else {}
        since = parts[TRUTH].since if TRUTH in parts else None
        truth = ComponentHealth(status="unhealthy", latency_ms=_since(start), error=error, since=since or now)
        return Health.of(now, {TRUTH: truth} | {name: part for name, part in parts.items() if name != TRUTH})

    def _measured(self, health: Health) -> None:
        before = {name for name, part in _parts(self._session.health) if part.status != "healthy"}
        now = {name: part for name, part in _parts(health) if part.status != "healthy"}
        self._session.health = health
        self._answers = TRUTH not in now
        back = tuple(sorted(before - now.keys()))
        if TRUTH in back:
            self._back.set()
        self._tell_freshness()
        if back or now.keys() - before:
            self._post(HealthChanged({name: part for name, part in now.items() if name not in before}, back))

    def _tell_freshness(self) -> None:
        fresh = self._following and self._answers
        if fresh != (self._session.stale_since is None):
            self._session.stale_since = None if fresh else self._session.look.now()
            self._post(Freshened())


class _PutBack(Exception):
    """The database was put back to an earlier state."""


def _refuse_earlier(health: Health, seen: int) -> None:
    """Raise _PutBack where the truth has no event of that number, which it had."""
    truth = health.components.get(TRUTH)
    if truth is not None and truth.last_event is not None and truth.last_event < seen:
        raise _PutBack


def _delay(failures: int) -> float:
    return RETRY[min(failures, len(RETRY) - 1)]


def _since(start: float) -> float:
    """Milliseconds since then."""
    return round((time.perf_counter() - start) * 1000, 3)


def _parts(health: Health | None) -> Iterable[tuple[str, ComponentHealth]]:
    return health.components.items() if health else ()


def _first(errors: ExceptionGroup[LatticeError]) -> LatticeError:
    error: LatticeError | ExceptionGroup[LatticeError] = errors
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
