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
        if before is not None and _is_here(before):
            await asyncio.wait([before])
        await work()

    async def close(self) -> None:
        """Return once all is done that was begun before; raises what the last piece of work did."""
        # What begins meanwhile is not waited for: who goes on and on would never let it end.
        begun = [task for task in tuple(self._begun) if _is_here(task)]
        if begun:
            await asyncio.wait(begun)
        last, self._last = self._last, None
        if last is not None and _is_here(last):
            await last


def _is_here(task: "asyncio.Task[Any]") -> bool:
    """Whether it is on the loop that runs: another, which has ended, has cut short what was on it."""
    return task.get_loop() is asyncio.get_running_loop()
