"""What the servers have in common: a process in a folder of its own, on a port of 127.0.0.1."""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import psutil

from tests.services import keeper

HOST = "127.0.0.1"

PORTS = range(20_000, 30_000)
"""Below those that the system gives to outgoing connections: a server that is down keeps its port."""


_started: list[subprocess.Popen[bytes]] = []
"""What this process started and the run outlives it: a shared server is not waited for here."""


class Unavailable(Exception):
    """The server cannot be had on this machine; says why, and what would help."""


class Server(ABC):
    """A server of one's own; `prepare` it once, then start, stop, kill, pause and start it anew as one likes."""

    start_within: ClassVar[float] = 30.0
    """Seconds."""

    stops_at: ClassVar[signal.Signals] = signal.SIGTERM
    """The signal at which it ends in good order, closing its connections."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where it answers, with user and password."""

    @abstractmethod
    def prepare(self) -> None:
        """Make its data, in its folder, which is there and empty."""

    @abstractmethod
    def command(self) -> Sequence[str]:
        """What to run in the foreground."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it takes connections by now."""

    @property
    def user(self) -> str | None:
        """As whom it runs; None for whoever starts it."""
        return None

    def runs(self) -> bool:
        """Whether its process is there, be it paused."""
        return (self.folder / "pid").exists() and bool(keeper.family(self.folder / "pid"))

    def start(self) -> None:
        """Start it and wait until it answers; raises Unavailable, with its last words, when it does not."""
        with (self.folder / "log").open("ab") as log:
            self._process = process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                user=self.user,
                group=group_of(self.user),
                extra_groups=None if self.user is None else [],
            )
        _started.append(process)
        keeper.note(self.folder / "pid", process.pid)
        deadline = time.monotonic() + self.start_within
        while not self.answers():
            if process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise Unavailable(f"{type(self).__name__} did not start: {self.last_words()}")
            time.sleep(0.01)

    def stop(self, seconds: float = 30.0) -> None:
        """End it in good order."""
        if self.runs():
            self._signal(signal.SIGCONT)
            os.kill(self._pid, self.stops_at)
            deadline = time.monotonic() + seconds
            while self.runs() and time.monotonic() < deadline:
                self._reap()
                time.sleep(0.01)
        self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if (self.folder / "pid").exists():
            keeper.kill(self.folder / "pid")
            (self.folder / "pid").unlink()
        self._reap()

    def remove(self) -> None:
        """End it for good, with its data."""
        self.kill()
        shutil.rmtree(self.folder)

    def restart(self) -> None:
        """Stop it in good order, and start it again on its port, with its data."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Let it stand still: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        self._signal(signal.SIGCONT)

    def last_words(self) -> str:
        """The end of what it printed."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:].strip()

    @property
    def _pid(self) -> int:
        return int((self.folder / "pid").read_text(encoding="ascii").split()[0])

    def _signal(self, number: signal.Signals) -> None:
        for process in keeper.family(self.folder / "pid"):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def _reap(self) -> None:
        if self._process is not None:
            self._process.poll()


def group_of(user: str | None) -> int | None:
    """The id of a user's own group."""
    if user is None:
        return None
    import pwd

    return pwd.getpwnam(user).pw_gid


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    return next(port for port in iter(lambda: random.choice(PORTS), None) if is_free(port))


def is_free(port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        with socket.create_connection((HOST, port), timeout=1.0):
            return True
    except OSError:
        return False


def run(command: Sequence[str | Path], *, user: str | None = None, env: dict[str, str] | None = None) -> str:
    """Run a tool of a server to its end; returns what it printed, raises Unavailable with it when it failed."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, **(env or {})},
        cwd="/",
        user=user,
        group=group_of(user),
        extra_groups=None if user is None else [],
    )
    if done.returncode != 0:
        raise Unavailable(f"{Path(command[0]).name} failed: {done.stdout.strip()[-2000:]}")
    return done.stdout
