"""What runs on the loop of another thread ends with its caller, and with the thread."""

import asyncio
import threading

import pytest

from lattice_console.engine.stores.loop_thread import LoopThread

SECONDS = 60.0


class Endless:
    """Work that goes on until it is cut short."""

    def __init__(self) -> None:
        self.begun, self.ended = threading.Event(), threading.Event()

    async def run(self) -> None:
        self.begun.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self.ended.set()


async def begin(thread: LoopThread) -> tuple[Endless, "asyncio.Task[None]"]:
    """Work that is under way, and who waits for it."""
    work = Endless()
    caller = asyncio.create_task(thread.run(work.run()))
    assert await asyncio.to_thread(work.begun.wait, SECONDS)
    return work, caller


async def test_who_waits_for_what_closing_cuts_short_is_told_so_and_not_cancelled() -> None:
    thread = LoopThread("test")
    work, caller = await begin(thread)
    await thread.close()
    with pytest.raises(ConnectionError):
        await caller
    assert work.ended.is_set()
    with pytest.raises(ConnectionError):
        await thread.run(work.run())


async def test_what_runs_for_a_caller_that_is_cancelled_is_cancelled_too() -> None:
    thread = LoopThread("test")
    work, caller = await begin(thread)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert await asyncio.to_thread(work.ended.wait, SECONDS)
    await thread.close()


async def test_a_caller_that_is_cancelled_while_all_is_closed_is_cancelled() -> None:
    thread = LoopThread("test")
    _, caller = await begin(thread)
    closing = asyncio.create_task(thread.close())
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await closing
