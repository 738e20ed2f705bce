"""Work in a forked child of a warm process, killed at a chosen moment."""

import os
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended: `marks` are those it left, with seconds since it began; `killed` or else by itself."""

    killed: bool
    marks: tuple[tuple[str, float], ...]


class Marks:
    """What a child notes of its way, so that the parent knows how far it came."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def leave(self, name: str) -> None:
        """Note that the child has come to `name`; reaches the parent whatever happens next."""
        os.write(self._pipe, f"{name} {time.monotonic()}\n".encode())


def run(work: Callable[[Marks], None], kill_after: float | None = None, kill_at: str = "") -> Ending:
    """Fork, do `work` in the child, and kill it with SIGKILL `kill_after` seconds after its mark `kill_at` ("": start).

    Waits for the child in any case. Raises AssertionError, with the child's traceback, where it failed by itself.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _be_the_child(work, reading, writing)
    os.close(writing)
    try:
        told = _wait_for(reading, kill_at or "start") if kill_after is not None else b""
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(child, signal.SIGKILL)
        while part := os.read(reading, 65536):
            told += part
        _, status = os.waitpid(child, 0)
    finally:
        os.close(reading)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    text = told.decode()
    assert killed or status == 0, f"The child failed:\n{text}"
    lines = [line.rsplit(" ", 1) for line in text.splitlines()]
    began = float(lines[0][1]) if lines else 0.0
    return Ending(killed, tuple((name, float(at) - began) for name, at in lines))


def _be_the_child(work: Callable[[Marks], None], reading: int, writing: int) -> None:
    status = 1
    try:
        os.close(reading)
        marks = Marks(writing)
        marks.leave("start")
        work(marks)
        marks.leave("end")
        status = 0
    except BaseException:
        os.write(writing, traceback.format_exc().encode())
    finally:
        # Nothing of the parent's may run here: no handler, no fixture's end.
        os._exit(status)


def _wait_for(reading: int, mark: str) -> bytes:
    """Read until the mark is there or the child has ended."""
    told = b""
    while f"{mark} " not in told.decode() and (part := os.read(reading, 65536)):
        told += part
    return told
