"""Engines' buses over a carrier that does with the news whatever a test says; an outbox, and who reads it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from lattice_console.contract.events import Event
from lattice_console.contract.models.people import Person
from lattice_console.engine.ports import Bus
from lattice_console.engine.pulse import Vitals
from lattice_console.engine.stores.bus_carried import CarriedBus, Heard
from lattice_console.engine.stores.loop_thread import LoopThread

Fate = Literal["arrives", "is lost", "comes twice", "comes late", "breaks the connection", "comes after a reconnect"]
FATES: tuple[Fate, ...] = (
    "arrives",
    "is lost",
    "comes twice",
    "comes late",
    "breaks the connection",
    "comes after a reconnect",
)
LATE = 0.01


class Outbox:
    """The events of one project, as the truth has them."""

    def __init__(self) -> None:
        self.last = 0

    def since(self, seq: int) -> list[int]:
        return list(range(seq + 1, self.last + 1))

    async def newest(self, projects: frozenset[str]) -> Mapping[str, int]:
        return dict.fromkeys(projects, self.last)


class Air:
    """What all carriers of a test share; `fate` says what becomes of the next message on its way to one of them."""

    def __init__(self, fate: Callable[[], Fate]) -> None:
        self.fate = fate
        self.down = False
        self.carriers: list[AirCarrier] = []

    def bus(self, outbox: Outbox, *, beat: float = 0.02) -> CarriedBus:
        carrier = AirCarrier(self)
        self.carriers.append(carrier)
        return CarriedBus(carrier, outbox.newest, LoopThread("lattice-air"), beat=beat)


class AirCarrier:
    """`Carrier` from loop to loop within the process."""

    name = "air"

    def __init__(self, air: Air) -> None:
        self._air = air
        self._loop: asyncio.AbstractEventLoop | None = None
        self._heard: asyncio.Queue[Heard | None] | None = None
        self.followed: frozenset[str] = frozenset()
        """What it listens to now."""

    async def listen(self, projects: frozenset[str]) -> AsyncGenerator[Heard, None]:
        if self._air.down:
            raise ConnectionError
        self._loop, self.followed = asyncio.get_running_loop(), projects
        heard: asyncio.Queue[Heard | None] = asyncio.Queue()
        self._heard = heard
        try:
            for project in projects:
                yield Heard(project)
            while True:
                one = await heard.get()
                if one is None:
                    raise ConnectionError
                if one.project in self.followed:
                    yield one
        finally:
            self.followed = frozenset()

    async def follow(self, projects: frozenset[str]) -> None:
        for project in projects - self.followed:
            self.put(Heard(project))
        self.followed = projects

    async def send(self, events: Sequence[tuple[str, Event]]) -> None:
        if self._air.down:
            raise ConnectionError
        for project, event in events:
            for carrier in self._air.carriers:
                carrier.meet(self._air.fate(), Heard(project, event.seq))

    def meet(self, fate: Fate, heard: Heard) -> None:
        """Let a message have its fate on the way here."""
        match fate:
            case "arrives":
                self.put(heard)
            case "is lost":
                pass
            case "comes twice":
                self.put(heard, heard)
            case "comes late" if self._loop is not None:
                self._soon(self._loop.call_later, LATE, self._put, heard)
            case "breaks the connection":
                self.put(None)
            case "comes after a reconnect":
                self.put(Heard(heard.project), heard)

    def put(self, *heard: Heard | None) -> None:
        for one in heard:
            self._soon(self._put, one)

    def _put(self, heard: Heard | None) -> None:
        if self._heard is not None:
            self._heard.put_nowait(heard)

    def _soon(self, call: Callable[..., object], *arguments: object) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *arguments)

    async def ping(self) -> Vitals:
        if self._air.down:
            raise ConnectionError
        return Vitals()

    async def close(self) -> None:
        self._heard = None


class Reader:
    """Reads the outbox as a subscription does: again each time that the bus wakes it."""

    def __init__(self, bus: Bus, outbox: Outbox, project: str = "p") -> None:
        self._bus = bus
        self._outbox = outbox
        self._project = project
        self.seen: list[int] = []
        self.reads = 0

    async def read_up_to(self, last: int) -> None:
        while not self.seen or self.seen[-1] < last:
            mark = self._bus.mark(self._project)
            self.reads += 1
            found = self._outbox.since(self.seen[-1] if self.seen else 0)
            self.seen += found
            if not found:
                # Much longer than any test: nobody looks again unless they are woken.
                await self._bus.wait(self._project, mark, 600)


def events(numbers: Iterable[int]) -> list[Event]:
    """Events with those numbers."""
    actor = Person(id="u1", handle="kim", name="Kim")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Event(seq=seq, id=str(seq), name="mutation.created", at=at, actor=actor, subject="m", version=1, data={})
        for seq in numbers
    ]
