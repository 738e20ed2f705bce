"""The engine: every call checked, authorised, run in transactions over a store, and told on the bus."""

import asyncio
import hashlib
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from lattice_console.contract import calls
from lattice_console.contract.errors import Conflict, LatticeError, NotAllowed
from lattice_console.contract.events import Event
from lattice_console.contract.models.health import ComponentHealth
from lattice_console.engine.afterwards import Afterwards
from lattice_console.engine.features import (  # noqa: F401 - each registers its use cases
    advising,
    conflicts,
    creating,
    detecting,
    documents,
    executions,
    health,
    imports,
    log,
    looking,
    mutations,
    outcomes,
    projects,
    proposals,
    resolving,
    reviews,
    spec_graph,
    specs,
    steps,
    team,
    train,
    validating,
)
from lattice_console.engine.features.context import Context, Surroundings
from lattice_console.engine.features.projected import Elsewhere
from lattice_console.engine.features.registry import USE_CASES
from lattice_console.engine.kept import KeptAnswers
from lattice_console.engine.ports import GRAPH_EVENTS, Behind, Bus, HookKind, Presence, Projection, Store, Tables
from lattice_console.engine.records import GraphQuestion, HookRecord, HookRun, ProjectedRecord

Result = TypeVar("Result")
Between = TypeVar("Between")


class Engine:
    """Use cases over one store. Any number of actors and projects may call it at the same time.

    `bus` carries the news to other engines on the same truth; without one, the store's own does. `projection` answers
    large questions about the graph, where there is one.
    """

    def __init__(
        self,
        store: Store,
        around: Surroundings | None = None,
        *,
        bus: Bus | None = None,
        projection: Projection | None = None,
    ) -> None:
        self._store = store
        self._bus = bus or store.bus()
        self._projection = projection
        self._around = around or Surroundings()
        self._known: dict[str, int] = {}
        self._afterwards = Afterwards()
        self._kept = KeptAnswers(self._around.cache) if self._around.cache is not None else None

    async def call(self, actor: str, project: str | None, name: str, arguments: Mapping[str, Any]) -> Any:
        """Answer one call of a facet method for an actor; raises LatticeError."""
        use_case = USE_CASES.get(name)
        if use_case is None:
            raise NotAllowed("AUTH_FORBIDDEN", f"Nobody may call {name[:100]}.", permission=None)
        checked = calls.call(name).validate(arguments)
        key = checked.pop("idempotency_key", None)
        asked = _Call(
            self._store,
            self._bus,
            self._projection,
            self._around,
            self._known,
            self._afterwards,
            actor,
            project,
            name,
            key,
            arguments if key else {},
        )
        if use_case.kind == "read":
            read = asked.read_behind if use_case.may_lag else asked.read
            if self._kept is not None and project is not None and use_case.whose is not None:
                return await self._kept.answer(calls.call(name), actor, project, checked, read)
            return await read(lambda ctx: use_case.run(ctx, **checked))
        foresees = use_case.foresees
        if foresees is not None and (self._around.may_foresee or proposals.are_large(checked.get("changes") or ())):
            # What is wrong, the write says; or it has an answer already.
            with suppress(LatticeError):
                await asked.read(lambda ctx: foresees(ctx, **checked))
        asks = use_case.asks if use_case.asks is not None and asked.hooks("pre-mutation") else None
        if use_case.kind == "write" and asks is None:
            return await asked.write(lambda ctx: use_case.run(ctx, **checked), final=True)
        known = await asked.known_answer()
        if known is not None:
            return known
        if asks is None:
            return await use_case.run(asked, **checked)
        finish = await asks(asked, checked)
        return await asked.write(lambda ctx: finish(ctx, use_case.run(ctx, **checked)), final=True)

    async def close(self) -> None:
        """Let the store, the bus and the projection go; calls under way are finished first, and waiting ends.

        Hooks that are to hear of something hear of it before. Calls that begin meanwhile may be refused.
        """
        async with AsyncExitStack() as parts:
            parts.push_async_callback(self._bus.close)
            parts.push_async_callback(self._store.close)
            if self._projection is not None:
                parts.push_async_callback(self._projection.close)
            parts.push_async_callback(self._afterwards.close)


class _Written(NamedTuple, Generic[Result]):
    """What a transaction came to, and which events of which project it told."""

    result: Result
    project: str | None
    events: tuple[Event, ...] = ()


class _Call:
    """One call: runs its transactions, each authorised, and keeps its answer under the idempotency key."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        projection: Projection | None,
        around: Surroundings,
        known: dict[str, int],
        afterwards: Afterwards,
        actor: str,
        project: str | None,
        name: str,
        key: str | None,
        arguments: Mapping[str, Any],
    ) -> None:
        self._store = store
        self._known = known
        self._bus = bus
        self._projection = projection
        self._around = around
        self._afterwards = afterwards
        self._started = time.monotonic()
        self._actor = actor
        self._project = project
        self._name = name
        self._key = key
        self._fingerprint = (
            hashlib.sha256(calls.call(name).encode(arguments) + name.encode()).hexdigest() if key else ""
        )

    async def read(self, work: Callable[[Context], Result]) -> Result:
        return await self._look(work, None)

    async def read_behind(self, work: Callable[[Context], Result]) -> Result:
        """Read where what this engine has told or shown of the project is known already; the truth comes first."""
        project = self._project or ""
        behind = Behind(project, self._known[project]) if project in self._known else None
        return await self._look(work, behind)

    async def _look(self, work: Callable[[Context], Result], behind: Behind | None) -> Result:
        result, indexed = await self._look_once(work, behind)
        if not indexed:
            # An earlier program has written the project: now what is in conflict is found out, and then read.
            await self.write(detecting.prepare)
            result, _ = await self._look_once(work, None)
        return result

    async def _look_once(self, work: Callable[[Context], Result], behind: Behind | None) -> tuple[Result, bool]:
        answers: dict[GraphQuestion, ProjectedRecord | None] = {}
        while True:
            try:
                return await self._store.read(lambda tables: self._read(tables, work, answers), behind=behind)
            except Elsewhere as asked:
                if self._projection is None or self._project is None:
                    raise
                answers[asked.question] = await self._projection.ask(self._project, asked.question, asked.seq)

    def _read(
        self,
        tables: Tables,
        work: Callable[[Context], Result],
        answers: Mapping[GraphQuestion, ProjectedRecord | None],
    ) -> tuple[Result, bool]:
        """What the work says, and whether all is known that it may have been asked for."""
        ctx = self._context(tables)
        ctx.answers = answers if self._projection is not None else None
        result = work(ctx)
        self._learn(ctx)
        return result, not ctx.knows_project or ctx.project.indexed

    def _learn(self, ctx: Context) -> None:
        """Remember the newest event that is known of the project: nobody is shown less from now on."""
        if ctx.project_id is not None and ctx.knows_project:
            self._known[ctx.project_id] = max(self._known.get(ctx.project_id, 0), ctx.project.event_seq)
            if self._projection is not None:
                self._projection.follow(ctx.project_id)

    async def write(self, work: Callable[[Context], Result], *, final: bool = False) -> Result:
        async def transact() -> Result:
            written = await self._store.write(lambda tables: self._write(tables, work, final), project=self._project)
            self._tell(written)
            return written.result

        return await self.carry_on(transact())

    async def write_both(
        self, first: Callable[[Context], Between], then: Callable[[Context, Between], Result], *, final: bool = False
    ) -> Result:
        done: list[_Written[Between]] = []

        def second(tables: Tables, between: _Written[Between]) -> _Written[Result]:
            done[:] = [between]
            return self._write(tables, lambda ctx: then(ctx, between.result), final)

        async def transact() -> Result:
            try:
                written = await self._store.write_both(
                    lambda tables: self._write(tables, first, False), second, project=self._project
                )
            finally:
                for one in done:
                    self._tell(one)
            self._tell(written)
            return written.result

        return await self.carry_on(transact())

    async def carry_on(self, work: Coroutine[Any, Any, Result]) -> Result:
        return await self._afterwards.carry_on(work)

    def _write(self, tables: Tables, work: Callable[[Context], Result], final: bool) -> _Written[Result]:
        ctx = self._context(tables)
        known = self._find_answer(tables) if final else None
        if known is not None:
            return _Written(calls.call(self._name).load(known), None)
        result = work(ctx)
        ctx.flush()
        self._learn(ctx)
        if final and self._key:
            dumped = calls.call(self._name).dump(result)
            tables.answers.keep(self._scope, self._actor, self._key, self._fingerprint, dumped, ctx.now)
        return _Written(result, ctx.project_id, tuple(log.public_event(ctx, record) for record in ctx.told))

    def _tell(self, written: _Written[Any]) -> None:
        if written.project is not None and written.events:
            self._bus.publish(written.project, written.events)
            if self._projection is not None and any(event.name in GRAPH_EVENTS for event in written.events):
                self._projection.follow(written.project, written=True)
            self._tell_hooks(written.events)

    def _tell_hooks(self, events: Sequence[Event]) -> None:
        """Let hooks hear what mutations came to, afterwards: what they do changes nothing of it."""
        told = outcomes.of(self._name, events)
        if told and any(not hook.barred for hook in self.hooks("post-mutation")):
            seconds = time.monotonic() - self._started
            self._afterwards.add(lambda: outcomes.tell(self, told, seconds))

    @property
    def mark(self) -> int:
        return self._bus.mark(self._project or "")

    async def wait(self, mark: int, seconds: float) -> None:
        await self._bus.wait(self._project or "", mark, seconds)

    async def health(self) -> Mapping[str, ComponentHealth]:
        parts = [self._store, self._bus, *([self._projection] if self._projection is not None else [])]
        found = await asyncio.gather(*(part.health(self._project) for part in parts))
        return {name: component for told in found for name, component in told.items()}

    @property
    def presence(self) -> Presence:
        return self._around.presence

    def now(self) -> datetime:
        return self._around.now()

    def hooks(self, kind: HookKind) -> list[HookRecord]:
        return self._around.hooks_of(self._project, kind)

    @property
    def hook_seconds(self) -> float:
        return self._around.hooks.seconds if self._around.hooks is not None else 0.0

    async def run_hook(self, name: str, data: bytes, seconds: float) -> HookRun:
        assert self._around.hooks is not None, "what is run was found"
        return await self._around.hooks.run(name, data, seconds)

    async def known_answer(self) -> Any:
        """The answer that this key was given before, if any; raises Conflict where it was another call's."""
        if not self._key:
            return None
        found = await self._store.read(lambda tables: self._find_answer(self._context(tables).tables))
        return None if found is None else calls.call(self._name).load(found)

    @property
    def _scope(self) -> str:
        return self._project or "installation"

    def _find_answer(self, tables: Tables) -> bytes | None:
        if not self._key:
            return None
        found = tables.answers.find(self._scope, self._actor, self._key)
        if found is None:
            return None
        fingerprint, answer = found
        if fingerprint != self._fingerprint:
            raise Conflict(
                "CF_IDEMPOTENCY_KEY", "This idempotency key was used for another call; take a new one.", key=self._key
            )
        return answer

    def _context(self, tables: Tables) -> Context:
        ctx = Context(tables, self._actor, self._project, self._around, self._around.now())
        ctx.authorise(self._name)
        return ctx
