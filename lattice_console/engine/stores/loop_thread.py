"""An event loop in a thread of its own, for what callers on any loop share."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar, TypeVarTuple

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


class LoopThread:
    """Runs coroutines and callbacks for any thread; it begins with the first, and ends with `close`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    @property
    def started(self) -> bool:
        """Whether there was anything to run yet."""
        return self._thread is not None

    def soon(self, callback: Callable[[*Arguments], object], *arguments: *Arguments) -> bool:
        """Call it on the loop; False where that is closed, and it is not called."""
        with self._lock:
            if self._closed:
                return False
            self._running().call_soon_threadsafe(callback, *arguments)
            return True

    async def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Await the coroutine on that loop, from any other; raises ConnectionError where that is closed, or meanwhile.

        Where the caller is cancelled, the coroutine is as well.
        """
        with self._lock:
            if self._closed:
                work.close()
                raise ConnectionError("it has been closed")
            future: Future[Result] = asyncio.run_coroutine_threadsafe(work, self._running())
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if caller is None or caller.cancelling() or not self._closed:
                raise
            # Nobody has cancelled the caller: closing has cut short what it waits for.
            raise ConnectionError("it has been closed") from None

    async def close(self) -> None:
        """Cancel what still runs, and end the thread; later calls find it closed."""
        with self._lock:
            self._closed = True
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._loop = None
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            ready: Future[asyncio.AbstractEventLoop] = Future()
            self._thread = threading.Thread(target=_run, args=(ready,), name=self._name, daemon=True)
            self._thread.start()
            self._loop = ready.result()
        return self._loop


def _run(ready: Future[asyncio.AbstractEventLoop]) -> None:
    # A runner cancels, in the end, what still runs.
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        ready.set_result(loop)
        loop.run_forever()
