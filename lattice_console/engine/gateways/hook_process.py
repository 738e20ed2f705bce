"""One process, held within bounds of time and output, and ended whole with all that it started."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Literal, NamedTuple

_CHUNK = 65_536
_PAUSE = 0.02
"""Seconds between looks whether it has ended, where the system does not tell."""

_GRACE = 5.0
"""Seconds that the system may take to end what was killed."""


Stopped = Literal["", "time", "output", "unwanted"]


class Ended(NamedTuple):
    """What a process came to: its exit status (negative for a signal) and what it wrote.

    `stopped` says why it was not left to its end: for its time, for its output, or as nobody waits for it any more.
    """

    status: int
    output: bytes
    errors: bytes
    stopped: Stopped = ""


def run(
    path: Path, data: bytes, *, folder: Path, environ: Mapping[str, str], seconds: float, most: int, stop: int
) -> Ended:
    """Run an executable with `data` on its stdin, in a session of its own; blocks until it is over.

    After `seconds`, or with more than `most` bytes on one of its outputs, or once the file descriptor `stop` is
    readable, it is killed. Whatever it leaves behind in its process group is killed in any case. Raises OSError where
    it cannot be started.
    """
    process = subprocess.Popen(
        [path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=dict(environ),
        start_new_session=True,
    )
    try:
        with _Watch(process, data, most, stop) as watch:
            stopped = watch.until(time.monotonic() + seconds)
            return Ended(_end(process), bytes(watch.output), bytes(watch.errors), stopped)
    finally:
        _end(process)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                # What it did not read is of no use to anybody.
                with contextlib.suppress(OSError):
                    pipe.close()


class _Watch:
    """The pipes of a process, written and read as they are ready."""

    def __init__(self, process: subprocess.Popen[bytes], data: bytes, most: int, stop: int) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self._data = memoryview(data)
        self._most = most
        self._stop = stop
        self.output = bytearray()
        self.errors = bytearray()
        self._input: IO[bytes] = process.stdin
        self._outputs: dict[IO[bytes], bytearray] = {process.stdout: self.output, process.stderr: self.errors}

    def __enter__(self) -> "_Watch":
        self._selector = selectors.DefaultSelector()
        # Told of its end by a file descriptor, nobody has to look again and again; Linux alone has that.
        self._exit = os.pidfd_open(self._process.pid) if hasattr(os, "pidfd_open") else None
        for pipe in (self._input, *self._outputs):
            os.set_blocking(pipe.fileno(), False)
        self._selector.register(self._input, selectors.EVENT_WRITE)
        for readable in (*self._outputs, self._stop, self._exit):
            if readable is not None:
                self._selector.register(readable, selectors.EVENT_READ)
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        if self._exit is not None:
            os.close(self._exit)

    def until(self, end: float) -> Stopped:
        """Feed and read it until it has ended, or until then; returns why it has to be stopped, where it has not."""
        while True:
            left = end - time.monotonic()
            if left <= 0:
                return "time"
            ready = [key.fileobj for key, _ in self._selector.select(left if self._exit is not None else _PAUSE)]
            if self._stop in ready:
                return "unwanted"
            if self._input in ready:
                self._feed()
            ended = self._has_ended()
            # What it wrote before its end is in the pipes; others may hold these open for longer.
            for pipe in list(self._outputs) if ended else [pipe for pipe in self._outputs if pipe in ready]:
                self._read(pipe, to_the_end=ended)
            if any(len(read) > self._most for read in (self.output, self.errors)):
                return "output"
            if ended:
                return ""

    def _has_ended(self) -> bool:
        # It is not waited for: as long as nobody has, its process group is its own.
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _feed(self) -> None:
        try:
            self._data = self._data[os.write(self._input.fileno(), self._data[:_CHUNK]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._data = self._data[:0]
        if not self._data:
            self._selector.unregister(self._input)
            self._input.close()

    def _read(self, pipe: IO[bytes], *, to_the_end: bool) -> None:
        found = self._outputs[pipe]
        while len(found) <= self._most:
            try:
                chunk = os.read(pipe.fileno(), _CHUNK)
            except BlockingIOError:
                return
            if not chunk:
                self._selector.unregister(pipe)
                del self._outputs[pipe]
                return
            found += chunk
            if not to_the_end:
                return


def _end(process: subprocess.Popen[bytes]) -> int:
    """Kill the process and its group, unless that is done; returns its exit status."""
    if process.returncode is None:
        # It leads the group, and was not waited for: the number is nobody else's yet.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
    return process.returncode if process.returncode is not None else -signal.SIGKILL
