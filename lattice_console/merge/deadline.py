"""Merging by lines within a time: what could take long is done by another process, which is ended when time is up.

libgit2 cannot be stopped, and lines that are much alike take it a time that grows with their square.
"""

import pickle
import subprocess
import sys
from typing import Final, cast

from lattice_console.merge.parting import merged_by_lines
from lattice_console.merge.regions import Opened, Texts

__all__ = ["LONG", "SECONDS", "merged_in_time"]

LONG: Final = 200_000
"""Lines of a side from which on the merge gets a process of its own: with fewer, the worst takes about a second."""

SECONDS: Final = 10.0
"""How long that process has."""


def merged_in_time(sides: Texts, lines: int, seconds: float = SECONDS) -> Opened | None:
    """As `merged_by_lines`, of sides that have so many `lines` at most.

    None where it took too long, or ended the process that did it.

    Raises:
        Libgit2Error: libgit2 ran out of memory.
    """
    if lines < LONG:
        return merged_by_lines(sides)
    # Nothing of the folder one stands in is imported; that the package has imported this module already is no matter.
    command = [sys.executable, "-P", "-W", "ignore", "-m", __name__]
    try:
        done = subprocess.run(command, input=pickle.dumps(sides), capture_output=True, timeout=seconds, check=True)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    return cast("Opened", pickle.loads(done.stdout))


def main() -> None:
    """Merge what stands on stdin, and write what came of it on stdout."""
    sys.stdout.buffer.write(pickle.dumps(merged_by_lines(pickle.load(sys.stdin.buffer))))


if __name__ == "__main__":
    main()
