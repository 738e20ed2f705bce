"""The bus over a server that carries the news: it only wakes, and a heartbeat notices what got lost."""

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import NamedTuple, Protocol

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.events import Event
from lattice_console.contract.models.health import ComponentHealth
from lattice_console.engine.ports import Store
from lattice_console.engine.pulse import Pulse, Vitals
from lattice_console.engine.stores.loop_thread import LoopThread
from lattice_console.engine.stores.waiters import Waiters

BEAT = 1.0
"""Seconds between two questions for the newest numbers, while somebody waits."""

KEEP = 60.0
"""Seconds for which a project is followed after somebody has last begun to wait for it."""

PATIENCE = 1.0
"""Seconds after which news that cannot be sent are left to the heartbeats of the others."""

RETRY = (0.05, 0.2, 0.5, 1.0, 2.0)
"""Seconds to wait before the server is tried again after the first failure, the second, and so on."""

_WAITING = 1000
"""How many news wait to be sent at most; the oldest make room."""

_BATCH = 100

Newest = Callable[[frozenset[str]], Awaitable[Mapping[str, int]]]
"""Asks the outbox for the number of the newest event of each of those projects; raises LatticeError."""


class Heard(NamedTuple):
    """News of a project, by the number of an event, or None where some may have been missed; of any without project."""

    project: str | None
    seq: int | None = None


class Carrier(Protocol):
    """Takes news from process to process, on one event loop. It may lose, repeat and reorder them unseen.

    Its methods raise ConnectionError where the server cannot be reached, and may be called again after that.
    """

    name: str
    """What health calls it."""

    def listen(self, projects: frozenset[str]) -> AsyncGenerator[Heard, None]:
        """Hear of those projects; for each of them it gives, once it is heard from now on, news without a number.

        It does so again where some may have been missed, and it never ends by itself.
        """
        ...

    async def follow(self, projects: frozenset[str]) -> None:
        """While it listens: hear of those projects instead."""
        ...

    async def send(self, events: Sequence[tuple[str, Event]]) -> None:
        """Send events, each with its project, to all that listen."""
        ...

    async def ping(self) -> Vitals:
        """Ask the server whether it answers."""
        ...

    async def close(self) -> None:
        """Let go of all connections."""
        ...


class CarriedBus:
    """`ports.Bus` over a carrier, on a thread of its own.

    Whoever waits reads the outbox once more whenever the bus wakes, so it must wake after each commit, and that is
    all it must. News wake at once. Where they were lost, and be it the last before a long silence, one question a
    second for the newest numbers notices it; where the carrier is gone, that question goes on alone.
    """

    def __init__(self, carrier: Carrier, newest: Newest, thread: LoopThread, *, beat: float = BEAT) -> None:
        self._carrier = carrier
        self._newest = newest
        self._thread = thread
        self._beat = beat
        self._waiters = Waiters(self._begun)
        self._pulse = Pulse()
        # What the outbox or this process itself has said, never what was carried: that may be wrong.
        self._known: dict[str, int] = {}
        self._heard: dict[str, int] = {}
        self._followed: dict[str, float] = {}
        self._outgoing: deque[tuple[str, Event]] = deque(maxlen=_WAITING)
        self._tasks: list[asyncio.Task[None]] = []
        self._changed, self._to_send, self._sending = asyncio.Event(), asyncio.Event(), asyncio.Lock()
        self._listening = False
        self._failures = 0

    def mark(self, project_id: str) -> int:
        """Counts the news noticed so far: taken before a read, and handed to `wait`, none gets lost between."""
        return self._waiters.mark(project_id)

    async def wait(self, project_id: str, mark: int, seconds: float) -> None:
        """Return once there may be news of the project since `mark`; at the latest after `seconds`."""
        await self._waiters.wait(project_id, mark, seconds)

    def publish(self, project_id: str, events: Sequence[Event]) -> None:
        """Wake who waits for that project here, and send the events to the others as soon as may be."""
        if events:
            self._known[project_id] = max(self._known.get(project_id, 0), events[-1].seq)
        self._waiters.wake(project_id)
        if events:
            self._thread.soon(self._queue, project_id, tuple(events))

    async def health(self, project_id: str | None) -> Mapping[str, ComponentHealth]:
        """The carrier, and the newest event that it or the heartbeat has told."""

        async def ask() -> Vitals:
            vitals = await self._thread.run(self._carrier.ping())
            if self._pulse.since is not None and self._followed and not self._listening:
                raise ConnectionError("nothing is heard yet")
            told = max(self._heard.get(project_id or "", 0), self._known.get(project_id or "", 0))
            return vitals._replace(last_event=told or None)

        return {self._carrier.name: await self._pulse.measure(ask)}

    async def close(self) -> None:
        """Wake all waiters for the last time; send what is left, if that goes quickly."""
        self._waiters.close()
        if self._thread.started:
            with suppress(ConnectionError, TimeoutError):
                await asyncio.wait_for(self._thread.run(self._finish()), 2 * PATIENCE)
        await self._thread.close()

    def _begun(self, project_id: str) -> None:
        """Somebody waits, on any thread: follow the project."""
        now = time.monotonic()
        before = self._followed.get(project_id, -KEEP)
        self._followed[project_id] = now
        if now - before > KEEP / 2:
            self._thread.soon(self._start)

    # -- on the loop of the thread

    def _start(self) -> None:
        if not self._tasks:
            works = (self._listen(), self._keep_sending(), self._keep_asking())
            self._tasks = [asyncio.get_running_loop().create_task(work) for work in works]
        self._changed.set()

    def _queue(self, project_id: str, events: Sequence[Event]) -> None:
        self._start()
        self._outgoing.extend((project_id, event) for event in events)
        self._to_send.set()

    async def _finish(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._send()
                while self._outgoing and self._pulse.since is None:
                    await self._send()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._carrier.close()

    def _wanted(self) -> frozenset[str]:
        """The projects that somebody waits for, or did a while ago."""
        waiting, oldest = self._waiters.projects, time.monotonic() - KEEP
        for project, begun in list(self._followed.items()):
            if begun < oldest and project not in waiting:
                del self._followed[project]
        return frozenset(self._followed)

    async def _listen(self) -> None:
        """Listen while there is anything to follow, and try again and again where the carrier fails."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            followed = self._wanted()
            if not followed:
                continue
            try:
                async with asyncio.TaskGroup() as both:
                    hearing = both.create_task(self._hear_all(followed))
                    await self._keep_following(followed)
                    hearing.cancel()
            except* Exception:
                # Also where a driver fails as it never said that it can: the heartbeat goes on, and so do we.
                self._pulse.failed()
            finally:
                self._listening = False
            if self._pulse.since is not None:
                await asyncio.sleep(RETRY[min(self._failures, len(RETRY) - 1)] * random.uniform(0.8, 1.2))
                self._failures += 1
            self._changed.set()

    async def _hear_all(self, followed: frozenset[str]) -> None:
        async with aclosing(self._carrier.listen(followed)) as news:
            async for heard in news:
                if not self._listening:
                    self._listening, self._failures = True, 0
                    self._pulse.answered()
                self._hear(heard)

    async def _keep_following(self, followed: frozenset[str]) -> None:
        """Tell the carrier of every project that is followed anew, or no more; ends where there is none."""
        while followed:
            with suppress(TimeoutError):
                async with asyncio.timeout(KEEP):
                    await self._changed.wait()
            self._changed.clear()
            wanted = self._wanted()
            if wanted and wanted != followed:
                await self._carrier.follow(wanted)
            followed = wanted

    def _hear(self, heard: Heard) -> None:
        project, seq = heard
        if project is not None and seq is not None:
            self._heard[project] = seq
            if seq <= self._known.get(project, 0):
                # Who waits was woken after that was committed: by this process, which wrote it, or by its heartbeat.
                return
        self._waiters.wake(project)

    async def _keep_sending(self) -> None:
        while True:
            await self._to_send.wait()
            self._to_send.clear()
            while self._outgoing:
                await self._send()

    async def _send(self) -> None:
        async with self._sending:
            batch = [self._outgoing.popleft() for _ in range(min(_BATCH, len(self._outgoing)))]
            if not batch:
                return
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._carrier.send(batch)
            except Exception:
                # However that failed, the others notice by their heartbeats.
                self._pulse.failed()
            else:
                if self._listening or not self._followed:
                    self._pulse.answered()

    async def _keep_asking(self) -> None:
        """Ask the outbox for what nobody has told, for those who wait."""
        # Not all processes at the same moment.
        await asyncio.sleep(self._beat * random.random())
        while True:
            await asyncio.sleep(self._beat)
            waiting = self._waiters.projects
            if waiting:
                await self._ask(waiting)

    async def _ask(self, waiting: frozenset[str]) -> None:
        try:
            newest = await self._newest(waiting)
        except LatticeError:
            # Who waits reads next, and meets the failure where it can be told.
            self._waiters.wake(None)
            return
        for project, seq in newest.items():
            if seq != self._known.get(project, 0):
                self._known[project] = seq
                self._waiters.wake(project)


def newest_in(store: Store) -> Newest:
    """Asks that store's outbox."""

    async def newest(projects: frozenset[str]) -> Mapping[str, int]:
        return await store.read(lambda tables: {project: tables.events.last(project) for project in projects})

    return newest
