"""How far long work is."""

import shutil
import sys
from typing import Self

from lattice_console.cells import cut
from lattice_console.text import inert

_BAR = 30


class Progress:
    """A bar on stderr, where that is a terminal; gone when the work is done."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shows = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __call__(self, done: int, total: int, title: str) -> None:
        if self._shows:
            filled = "#" * (_BAR * done // max(total, 1))
            line = f"{self._what} [{filled:<{_BAR}}] {done:,}/{total:,} {inert(title)}"
            sys.stderr.write("\r" + cut(line, shutil.get_terminal_size().columns - 1) + "\x1b[K")
            sys.stderr.flush()

    def __exit__(self, *_: object) -> None:
        if self._shows:
            sys.stderr.write("\r\x1b[K")
