"""Work that nobody waits for, or no longer, done before an engine closes."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class Afterwards:
    """Work in the background of what goes on: one piece after the other, and what was begun for who gave it up."""

    def __init__(self) -> None:
        self._last: asyncio.Task[None] | None = None
        self._begun: set[asyncio.Task[Any]] = set()

    async def carry_on(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What that work comes to; it is brought to its end also where its caller is cancelled."""
        task = asyncio.get_running_loop().create_task(work)
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return await asyncio.shield(task)

    def add(self, work: Callable[[], Awaitable[None]]) -> None:
        """Have that done once all that was added before is."""
        self._last = asyncio.get_running_loop().create_task(self._after(self._last, work))

    async def _after(self, before: "asyncio.Task[None] | None", work: Callable[[], Awaitable[None]]) -> None:
        if before is not None:
            await asyncio.wait([before])
        await work()

    async def close(self) -> None:
        """Return once all is done; raises what the last piece of work did."""
        while self._begun:
            await asyncio.wait(self._begun)
        while self._last is not None:
            last, self._last = self._last, None
            await last
