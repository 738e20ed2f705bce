"""A Backend made of one function that answers calls: what the local and the remote Backend have in common."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

from lattice_console.contract import calls
from lattice_console.contract.backend import FACETS, Backend
from lattice_console.contract.events import Event

Answer = Callable[[str, dict[str, Any]], Awaitable[Any]]
"""Takes a facet method's name (`mutations.create`) and its arguments by name, gives its result."""

WAIT = 20.0
"""Seconds that a subscription asks the other side to wait for the next event."""


class _Facet:
    """One facet: its methods are the Protocol's, each one call."""

    def __init__(self, name: str, answer: Answer) -> None:
        for method, declared in vars(FACETS[name]).items():
            if inspect.iscoroutinefunction(declared):
                setattr(self, method, _bound(f"{name}.{method}", answer))


def _bound(name: str, answer: Answer) -> Callable[..., Awaitable[Any]]:
    async def method(*positional: Any, **named: Any) -> Any:
        return await answer(name, calls.call(name).bind(*positional, **named))

    return method


class _Events(_Facet):
    """The facet of events; a subscription asks for what comes after what it had."""

    def subscribe(self, *, after: int | None = None) -> AsyncIterator[Event]:
        return self._follow(after)

    async def _follow(self, after: int | None) -> AsyncIterator[Event]:
        events = cast(Any, self)
        seen = await events.last() if after is None else after
        while True:
            for event in await events.since(seen, wait=WAIT):
                seen = event.seq
                yield event


class _Proxy:
    def __init__(self, answer: Answer, close: Callable[[], Awaitable[None]]) -> None:
        self._close = close
        for name in FACETS:
            setattr(self, name, _Events(name, answer) if name == "events" else _Facet(name, answer))

    async def close(self) -> None:
        await self._close()


def backend(answer: Answer, close: Callable[[], Awaitable[None]]) -> Backend:
    """The Backend whose every method is answered by `answer`."""
    return cast(Backend, _Proxy(answer, close))
