"""Work in a forked child of a warm process, killed at a chosen moment."""

import faulthandler
import os
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HANGS = 60.0
"""Seconds after which a child tells where it stands."""


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


Work = Callable[[Marks], None]


def run(work: Work, kill_after: float | None = None, kill_at: str = "start") -> Ending:
    """Fork, do `work` in the child, and kill it with SIGKILL `kill_after` seconds after its mark `kill_at`.

    Waits for the child in any case. Raises AssertionError, with the child's traceback, where it failed by itself.
    """
    child, reading = _fork(work)
    told = b""
    if kill_after is not None:
        told = _wait_for(reading, kill_at)
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    status, rest = _wait(child, reading)
    return _judge(status, told + rest)


def run_all(works: Sequence[Work]) -> list[Ending]:
    """Fork a child for each of `works`, all at once, and wait for them; raises AssertionError like `run`."""
    children = [_fork(work) for work in works]
    # Each pipe holds what its child tells meanwhile: 64 KiB, more than any of them does.
    ended = [_wait(child, reading) for child, reading in children]
    return [_judge(status, told) for status, told in ended]


def _fork(work: Work) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _be_the_child(work, reading, writing)
    os.close(writing)
    return child, reading


def _wait(child: int, reading: int) -> tuple[int, bytes]:
    """Wait for the child's end; returns its status and what it told."""
    with open(reading, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    return status, told


def _judge(status: int, told: bytes) -> Ending:
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    text = told.decode()
    assert killed or status == 0, f"The child failed:\n{text}"
    lines = [line.rsplit(" ", 1) for line in text.splitlines()]
    began = float(lines[0][1]) if lines else 0.0
    return Ending(killed, tuple((name, float(at) - began) for name, at in lines))


def _be_the_child(work: Work, reading: int, writing: int) -> None:
    status = 1
    try:
        os.close(reading)
        # Who never ends says where it stands before anybody gives it up.
        faulthandler.dump_traceback_later(HANGS, file=writing)
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
