"""Work that nobody waits for, in its order, done before an engine closes."""

import asyncio
from collections.abc import Awaitable, Callable


class Afterwards:
    """One piece of work after the other, each in the background of what goes on."""

    def __init__(self) -> None:
        self._last: asyncio.Task[None] | None = None

    def add(self, work: Callable[[], Awaitable[None]]) -> None:
        """Have that done once all that was added before is."""
        self._last = asyncio.get_running_loop().create_task(self._after(self._last, work))

    async def _after(self, before: "asyncio.Task[None] | None", work: Callable[[], Awaitable[None]]) -> None:
        if before is not None:
            await asyncio.wait([before])
        await work()

    async def close(self) -> None:
        """Return once all is done; raises what the last piece of work did."""
        while self._last is not None:
            last, self._last = self._last, None
            await last
