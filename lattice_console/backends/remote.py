"""A Backend on the other side of a wire."""

from collections.abc import Awaitable, Callable
from typing import Any

from lattice_console.backends import proxy, wire
from lattice_console.contract.backend import Backend

Transport = Callable[[wire.Request], Awaitable[wire.Response]]
"""Carries a request to the other side and brings its response."""


def bind(transport: Transport, *, project: str | None, close: Callable[[], Awaitable[None]]) -> Backend:
    """The Backend whose calls go over `transport`, for one project; who is asking, the transport knows."""

    async def answer(name: str, arguments: dict[str, Any]) -> Any:
        return wire.decode(name, await transport(wire.encode(project, name, arguments)))

    return proxy.backend(answer, close)
