"""The use cases by the name of the facet method that they answer."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, TypeVar

from lattice_console.contract.models.health import ComponentHealth
from lattice_console.engine.features.context import Context
from lattice_console.engine.ports import HookKind, Presence
from lattice_console.engine.records import HookRecord, HookRun

P = ParamSpec("P")
R = TypeVar("R")
Between = TypeVar("Between")


class Steps(Protocol):
    """How a use case of several transactions runs them; each is authorised anew."""

    async def read(self, work: Callable[[Context], R]) -> R: ...

    async def write(self, work: Callable[[Context], R], *, final: bool = False) -> R:
        """One transaction; it is brought to its end, and told, also where its caller is cancelled.

        `final` marks the step whose result is the answer, kept under the caller's idempotency key.
        """
        ...

    async def write_both(
        self, first: Callable[[Context], Between], then: Callable[[Context, Between], R], *, final: bool = False
    ) -> R:
        """Two transactions, one right after the other; where `then` raises, `first` stays done."""
        ...

    async def carry_on(self, work: Coroutine[Any, Any, R]) -> R:
        """What that work comes to; it is brought to its end also where its caller is cancelled."""
        ...

    @property
    def mark(self) -> int:
        """Counts the project's news noticed so far: taken before a read, and handed to `wait`, none is missed."""
        ...

    async def wait(self, mark: int, seconds: float) -> None:
        """Return once there may be news of the project since `mark`; at the latest after `seconds`."""
        ...

    async def health(self) -> Mapping[str, ComponentHealth]:
        """Every part that the engine stands on, measured now; nobody is authorised by it."""
        ...

    @property
    def presence(self) -> Presence:
        """Who looks at what; nobody is authorised by it."""
        ...

    def now(self) -> datetime:
        """The time, in UTC."""
        ...

    def hooks(self, kind: HookKind) -> list[HookRecord]:
        """The hooks of that kind in the project's folder, in their order."""
        ...

    @property
    def hook_seconds(self) -> float:
        """How long the hooks of one event may take together."""
        ...

    async def run_hook(self, name: str, data: bytes, seconds: float) -> HookRun:
        """Run one of them, between transactions."""
        ...


Whose = Literal["everybody", "actor", "nobody"]
"""Who gets the same answer to the same question of the same state of the project."""


@dataclass(frozen=True, slots=True)
class UseCase:
    """`read` and `write` run in one transaction with a Context; a `flow` awaits several, with Steps.

    `whose`, of a read whose answer may be kept for those who ask again, takes the call's arguments.
    """

    kind: Literal["read", "write", "flow"]
    run: Callable[..., Any]
    whose: Callable[..., Whose] | None = None
    may_lag: bool = False
    """A read that may be answered by a replica, as long as that knows of all that this process knows of."""
    asks: "Ask | None" = None
    """A write that hooks are asked about before its transaction."""
    foresees: Callable[..., None] | None = None
    """Takes what a write takes, and finds out what takes long before it, in a transaction that only reads."""


Finish = Callable[[Context, Any], Any]
"""Adds to the result of a use case, within its transaction."""

Ask = Callable[[Steps, Mapping[str, Any]], Awaitable[Finish]]
"""Asks hooks about a call with those arguments, before its transaction; raises Blocked where one refuses."""


USE_CASES: dict[str, UseCase] = {}


def _add(name: str, use_case: UseCase) -> None:
    if name in USE_CASES:
        raise ValueError(f"{name} is written twice")
    USE_CASES[name] = use_case


def reads(
    name: str, *, whose: Callable[..., Whose] | None = None, may_lag: bool = False
) -> Callable[[Callable[Concatenate[Context, P], R]], Callable[Concatenate[Context, P], R]]:
    """Register a use case that only looks; with `whose`, one that may take long and follows from the project alone.

    With `may_lag` a replica may answer it.
    """

    def register(run: Callable[Concatenate[Context, P], R]) -> Callable[Concatenate[Context, P], R]:
        _add(name, UseCase("read", run, whose, may_lag))
        return run

    return register


def writes(
    name: str, *, asks: Ask | None = None, foresees: Callable[..., None] | None = None
) -> Callable[[Callable[Concatenate[Context, P], R]], Callable[Concatenate[Context, P], R]]:
    """Register a use case that is one transaction; its answer is kept under the caller's idempotency key.

    With `asks`, hooks are asked before; with `foresees`, what takes long is found out before.
    """

    def register(run: Callable[Concatenate[Context, P], R]) -> Callable[Concatenate[Context, P], R]:
        _add(name, UseCase("write", run, asks=asks, foresees=foresees))
        return run

    return register


def flows(
    name: str,
) -> Callable[
    [Callable[Concatenate[Steps, P], Awaitable[R]]],
    Callable[Concatenate[Steps, P], Awaitable[R]],
]:
    """Register a use case of several transactions."""

    def register(
        run: Callable[Concatenate[Steps, P], Awaitable[R]],
    ) -> Callable[Concatenate[Steps, P], Awaitable[R]]:
        _add(name, UseCase("flow", run))
        return run

    return register
