"""Takes away the servers and the folder of a run when its owner is gone, however it went: `keeper.py FOLDER`.

The owner holds a lock on FOLDER/alive, which the kernel lets go of with the last descriptor. Each server of the run has
a folder of its own in FOLDER, or in a folder there, and in it a file `pid`: its process id and when that began.
"""

import fcntl
import shutil
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil


def keep(run: Path) -> None:
    """Wait until nobody holds the lock, then kill what runs and remove the folder."""
    with (run / "alive").open("rb") as alive:
        fcntl.flock(alive, fcntl.LOCK_SH)
    for place in ("*/pid", "*/*/pid"):
        for file in run.glob(place):
            with suppress(FileNotFoundError):
                kill(file)
    shutil.rmtree(run, ignore_errors=True)


def note(file: Path, pid: int) -> None:
    """Write down which process it is, so that another one that gets its number later is left alone."""
    file.write_text(f"{pid} {psutil.Process(pid).create_time()}", encoding="ascii")


def family(file: Path) -> list[psutil.Process]:
    """The process that was noted and all that come from it; empty when it has ended."""
    pid, began = file.read_text(encoding="ascii").split()
    try:
        server = psutil.Process(int(pid))
        if server.create_time() != float(began) or server.status() == psutil.STATUS_ZOMBIE:
            return []
        return [server, *server.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def kill(file: Path, seconds: float = 10.0) -> None:
    """Kill the server and what comes from it, also where it is stopped; wait until it is gone.

    Raises TimeoutError when it is not gone after so many seconds.
    """
    processes = family(file)
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    deadline = time.monotonic() + seconds
    while any(_runs(process) for process in processes):
        if time.monotonic() > deadline:
            raise TimeoutError(f"a process of the server in {file.parent} was killed and runs on")
        time.sleep(0.005)


def _runs(process: psutil.Process) -> bool:
    try:
        # Whoever started it may reap it later.
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
