"""The engine in this process as a Backend."""

from typing import Any

from lattice_console.backends import proxy
from lattice_console.contract.backend import Backend
from lattice_console.engine.engine import Engine


def bind(engine: Engine, *, actor: str, project: str | None, closes: bool = True) -> Backend:
    """The engine as a Backend for one actor and one project; with `closes`, closing it closes the engine."""

    async def answer(name: str, arguments: dict[str, Any]) -> Any:
        return await engine.call(actor, project, name, arguments)

    async def close() -> None:
        if closes:
            await engine.close()

    return proxy.backend(answer, close)
