"""Brings the graph from the truth to Neo4j, event by event of the outbox, and asks it there.

The graph of a project in Neo4j has a mark: the event up to which it is told. A step takes the events after the mark,
reads from the truth how what they name is by now, and writes that together with the new mark, provided
that the mark is still the old one. So any number of processes may do it at the same time, and steps that are late,
repeated or out of order do nothing. Where the mark is none of this history's, the whole graph is written anew.
"""

import asyncio
import time
import uuid
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.health import ComponentHealth
from lattice_console.engine.ports import GRAPH_EVENTS, Bus, Store, Tables
from lattice_console.engine.pulse import Pulse, Vitals
from lattice_console.engine.records import GraphQuestion, MarkRecord, NodeRecord, ProjectedRecord
from lattice_console.engine.stores.graph_neo4j import START, Neo4jGraph
from lattice_console.engine.stores.loop_thread import LoopThread

PATIENCE = 2.0
"""Seconds after which Neo4j is given up, as often as it is asked."""

WAIT = 0.25
"""Seconds that a question waits for the graph to be as new as whoever asks."""

LATER = 1.0
"""Seconds after which a project that was only looked at is followed: most commands have ended by then."""

FINISH = 1.0
"""Seconds that a process which ends gives what it wrote to get there."""

KEEP = 600.0
"""Seconds for which a project is followed after it was last looked at."""

BEAT = 5.0
"""Seconds after which the mark is looked at again without any news: Neo4j may have lost what it had."""

PAUSE = 0.05
"""Seconds between two steps: events that come fast are taken together."""

RETRY = (0.2, 0.5, 1.0, 2.0)
"""Seconds to wait before Neo4j is tried again after the first failure, the second, and so on."""

EVENTS = 2000
"""How many events one step takes; where more than ten times as many are missing, the graph is written anew."""


class Step(NamedTuple):
    """What a part of the outbox comes to: how the specs are that it names."""

    before: MarkRecord
    after: MarkRecord
    nodes: Sequence[NodeRecord]


def next_step(tables: Tables, project_id: str, mark: MarkRecord) -> Step | None:
    """What follows that mark; None where it is none of this history's, far behind, or everything has been read anew."""
    if mark != START:
        at = tables.events.since(project_id, mark.seq - 1, 1)
        if not at or at[0].id != mark.event_id:
            return None
    if tables.events.last(project_id) - mark.seq > 10 * EVENTS:
        return None
    events = tables.events.since(project_id, mark.seq, EVENTS)
    told = [event.data for event in events if event.name in GRAPH_EVENTS]
    if not all("name" in one for one in told):
        return None
    after = MarkRecord(events[-1].seq, events[-1].id) if events else mark
    return Step(mark, after, _nodes(tables, project_id, told) if told else ())


def _nodes(tables: Tables, project_id: str, told: Sequence[Mapping[str, Any]]) -> list[NodeRecord]:
    """How it is by now what those events tell of."""
    names = dict.fromkeys(one["name"] for one in told)
    led_to = [one["name"] for one in told if "led_to" in one]
    if led_to:
        names |= dict.fromkeys(edge.source for edge in tables.graph.next(project_id, led_to, reverse=True))
    nodes = tables.graph.nodes(project_id, names)
    # A file comes into the graph, or goes, without an event of its own when something begins or ends to refer to it.
    targets = dict.fromkeys(target for node in nodes for target in node.depends_on if target not in names)
    return nodes + [node for node in tables.graph.nodes(project_id, targets) if node.type == "file"]


def whole(tables: Tables, project_id: str) -> tuple[MarkRecord, list[NodeRecord]]:
    """The graph as the truth has it, up to the newest event."""
    last = tables.events.last(project_id)
    events = tables.events.since(project_id, last - 1, 1) if last else []
    mark = MarkRecord(last, events[0].id) if events else START
    return mark, tables.graph.nodes(project_id)


async def take_step(graph: Neo4jGraph, store: Store, project_id: str) -> Step | None:
    """Bring the graph a step further; None where it has to be written anew.

    The step after the last ends where it begins. Where somebody else was faster, a step does nothing, and the next one
    begins elsewhere.
    """
    mark = await graph.mark(project_id)
    if mark is None:
        return None
    step = await store.read(lambda tables: next_step(tables, project_id, mark))
    if step is not None and step.after != step.before:
        await graph.advance(project_id, *step)
    return step


async def rebuild(graph: Neo4jGraph, store: Store, project_id: str) -> bool:
    """Write the whole graph anew; False where somebody else does so just now."""
    mark, nodes = await store.read(lambda tables: whole(tables, project_id))
    return await graph.replace(project_id, mark, nodes, uuid.uuid4().hex)


class Neo4jProjection:
    """`ports.Projection` over Neo4j, on a thread of its own."""

    def __init__(self, url: str, store: Store, bus: Bus) -> None:
        self._graph = Neo4jGraph(url, patience=PATIENCE)
        self._store = store
        self._bus = bus
        self._pulse = Pulse()
        self._thread = LoopThread("lattice-neo4j")
        self._asked: dict[str, float] = {}
        self._seqs: dict[str, int] = {}
        self._followers: dict[str, asyncio.Task[None]] = {}
        self._wanted: dict[str, asyncio.Event] = {}
        self._moved = asyncio.Condition()
        self._written: set[str] = set()

    def follow(self, project_id: str, *, written: bool = False) -> None:
        """Keep up with that project from now on, at once where this process has `written` to its graph."""
        now = time.monotonic()
        before = self._asked.get(project_id, -KEEP)
        if written:
            self._written.add(project_id)
        if written or now - before > KEEP / 2:
            self._asked[project_id] = now
            self._thread.soon(self._begin, project_id, 0.0 if written else LATER)

    async def ask(self, project_id: str, question: GraphQuestion, seq: int) -> ProjectedRecord | None:
        """What it answers, and as of when, if it does; it waits a little to be as new as that event."""
        return await self._quietly(self._ask(project_id, question, seq))

    async def health(self, project_id: str | None) -> Mapping[str, ComponentHealth]:
        """The server, and how many events of the project it has yet to take."""

        async def ask() -> Vitals:
            if project_id is None:
                await self._thread.run(self._graph.ping())
                return Vitals()
            self.follow(project_id)
            mark = await self._thread.run(self._graph.mark(project_id))
            newest = await self._store.read(lambda tables: tables.events.last(project_id))
            seq = mark.seq if mark is not None else 0
            return Vitals(lag=max(newest - seq, 0), last_event=seq or None)

        return {"neo4j": await self._pulse.measure(ask)}

    async def close(self) -> None:
        """Let go of the server; what this process wrote is taken there first, if that goes quickly."""
        if self._thread.started:
            await self._quietly(self._finish())
        await self._thread.close()

    async def _quietly(self, work: Coroutine[None, None, ProjectedRecord | None]) -> ProjectedRecord | None:
        try:
            return await self._thread.run(work)
        except ConnectionError:
            return None

    # -- on the loop of the thread

    def _begin(self, project_id: str, delay: float) -> None:
        wanted = self._wanted.setdefault(project_id, asyncio.Event())
        if delay == 0.0:
            wanted.set()
        follower = self._followers.get(project_id)
        if follower is None or follower.done():
            self._followers[project_id] = asyncio.get_running_loop().create_task(self._follow(project_id, delay))

    async def _follow(self, project_id: str, delay: float) -> None:
        """Take every event there as soon as it is known of, and try again and again where that fails."""
        wanted = self._wanted[project_id]
        with suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await wanted.wait()
        failures = 0
        while time.monotonic() - self._asked[project_id] < KEEP:
            noticed = self._bus.mark(project_id)
            try:
                await self._catch_up(project_id)
            except (ConnectionError, LatticeError) as error:
                if isinstance(error, ConnectionError):
                    self._pulse.failed()
                await asyncio.sleep(RETRY[min(failures, len(RETRY) - 1)])
                failures += 1
            else:
                self._pulse.answered()
                failures = 0
                await self._bus.wait(project_id, noticed, BEAT)
                await asyncio.sleep(PAUSE)

    async def _catch_up(self, project_id: str) -> None:
        """Bring the graph to the newest event; raises ConnectionError."""
        step: Step | None = None
        while step is None or step.after != step.before:
            step = await take_step(self._graph, self._store, project_id)
            if step is None:
                await self._rewrite(project_id)
            else:
                await self._note(project_id, step.before.seq)
        self._written.discard(project_id)
        await self._note(project_id, step.after.seq)

    async def _rewrite(self, project_id: str) -> None:
        """Write the whole graph anew, or wait a little for who does so already."""
        if not await rebuild(self._graph, self._store, project_id):
            await asyncio.sleep(RETRY[0])

    async def _note(self, project_id: str, seq: int) -> None:
        self._seqs[project_id] = seq
        async with self._moved:
            self._moved.notify_all()

    async def _ask(self, project_id: str, question: GraphQuestion, seq: int) -> ProjectedRecord | None:
        self._asked[project_id] = time.monotonic()
        self._begin(project_id, 0.0)
        if self._pulse.since is not None:
            return None
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT), self._moved:
                await self._moved.wait_for(lambda: self._seqs.get(project_id, 0) >= seq)
        return await self._graph.ask(project_id, question)

    async def _finish(self) -> None:
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(FINISH):
                while self._written and self._pulse.since is None:
                    async with self._moved:
                        await self._moved.wait()
        for follower in self._followers.values():
            follower.cancel()
        await asyncio.gather(*self._followers.values(), return_exceptions=True)
        with suppress(ConnectionError):
            await self._graph.close()
