"""Work that is asked for often."""

import asyncio
from collections.abc import Callable, Coroutine

from lattice_console.screens.pacing import Paced


class Work:
    """Takes a while, and takes note of when it began."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.began: list[float] = []
        self.under_way = 0
        self.most = 0
        self.tasks: set[asyncio.Task[None]] = set()

    async def __call__(self) -> None:
        self.began.append(asyncio.get_running_loop().time())
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(self.seconds)
        self.under_way -= 1

    def start(self, run: Callable[[], Coroutine[None, None, None]]) -> None:
        task = asyncio.create_task(run())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


async def test_the_first_ask_is_answered_at_once_and_many_more_by_one() -> None:
    work = Work()
    paced = Paced(work, 0.1, work.start)
    for _ in range(50):
        paced.ask()
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.2)
    assert len(work.began) == 2
    assert work.began[1] - work.began[0] >= 0.09


async def test_what_is_asked_while_it_runs_is_not_lost_and_never_runs_twice_at_once() -> None:
    work = Work(0.05)
    paced = Paced(work, 0.01, work.start)
    paced.ask()
    await asyncio.sleep(0.02)
    paced.ask()
    paced.ask()
    await asyncio.sleep(0.2)
    assert len(work.began) == 2
    assert work.most == 1


async def test_long_work_waits_as_many_times_as_long() -> None:
    work = Work(0.04)
    paced = Paced(work, 0.0, work.start, share=3.0)
    paced.ask()
    await asyncio.sleep(0.01)
    paced.ask()
    await asyncio.sleep(0.3)
    assert work.began[1] - work.began[0] >= 0.15


async def test_after_a_cancelled_run_it_runs_again() -> None:
    work = Work(1.0)
    paced = Paced(work, 0.0, work.start)
    paced.ask()
    await asyncio.sleep(0.01)
    for task in list(work.tasks):
        task.cancel()
    await asyncio.sleep(0.01)
    work.seconds = 0.0
    paced.ask()
    await asyncio.sleep(0.01)
    assert len(work.began) == 2
