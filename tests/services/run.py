"""One test run: its folder, its servers, and the end of both. xdist's workers share what their controller owns."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.services import keeper, neo4j, postgres, redis
from tests.services.server import Server, Unavailable

FOLDER = "LATTICE_TEST_SERVICES"
"""The variable by which workers, and runs inside a run, find the folder of the run."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of server: `given` is the variable that names one which is there already."""

    name: str
    given: str
    version: Callable[[], str]
    server: Callable[[Path], Server]


KINDS = {
    "postgres": Kind("Postgres", "LATTICE_TEST_POSTGRES_URL", postgres.version, postgres.Postgres),
    "redis": Kind("Redis", "LATTICE_TEST_REDIS_URL", redis.version, redis.Redis),
    "neo4j": Kind("Neo4j", "LATTICE_TEST_NEO4J_URL", neo4j.version, neo4j.Neo4j),
}


@dataclass(frozen=True, slots=True)
class Shared:
    """A server that everybody in the run uses, or the reason why there is none."""

    url: str = ""
    version: str = ""
    reason: str = ""


class Run:
    """The servers of one run, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def shared(self, kind: str) -> Shared:
        """The run's server of that kind; whoever asks first starts it."""
        with self.once(kind) as told:
            if not told.exists():
                told.write_text(json.dumps(asdict(self._share(kind))), encoding="utf-8")
            return Shared(**json.loads(told.read_text(encoding="utf-8")))

    def _share(self, kind: str) -> Shared:
        known = KINDS[kind]
        if given := os.environ.get(known.given):
            return Shared(url=given, version=f"given by {known.given}")
        try:
            version = known.version()
            server = self.own(kind)
        except Unavailable as error:
            return Shared(reason=str(error))
        return Shared(url=server.url, version=version)

    def own(self, kind: str) -> Server:
        """A new server of that kind, started; raises Unavailable."""
        version = KINDS[kind].version()
        server = KINDS[kind].server(self.new_folder(kind))
        server.prepare()
        server.start()
        (self.folder / f"{kind}.version").write_text(version, encoding="utf-8")
        return server

    def new_folder(self, kind: str) -> Path:
        """An empty folder for a server, watched by the keeper."""
        return Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=self.folder))

    @contextmanager
    def once(self, name: str) -> Iterator[Path]:
        """A file of that name, which one process at a time looks at: to do a thing once in the run."""
        with (self.folder / f"{name}.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self.folder / f"{name}.json"

    def used(self) -> dict[str, str]:
        """What became of each kind that was asked for: its version, or why there was none."""
        told = {}
        for kind in KINDS:
            shared, own = self.folder / f"{kind}.json", self.folder / f"{kind}.version"
            if shared.exists():
                answer = Shared(**json.loads(shared.read_text(encoding="utf-8")))
                told[kind] = answer.version or f"not used: {answer.reason}"
            elif own.exists():
                told[kind] = own.read_text(encoding="utf-8")
        return told


class OwnedRun(Run):
    """A run of this process: what it started ends with it, also where it is killed."""

    def __init__(self) -> None:
        super().__init__(Path(tempfile.mkdtemp(prefix="lattice-services-")))
        # Postgres, which does not run as root, has a folder in it.
        self.folder.chmod(0o711)
        self._alive = (self.folder / "alive").open("wb")
        fcntl.flock(self._alive, fcntl.LOCK_EX)
        self._keeper = subprocess.Popen(
            [sys.executable, keeper.__file__, str(self.folder)], stdin=subprocess.DEVNULL, start_new_session=True
        )

    def close(self) -> None:
        """End the servers and remove the folder."""
        self._alive.close()
        self._keeper.wait(timeout=30.0)
        shutil.rmtree(self.folder, ignore_errors=True)


def current() -> Run:
    """The run that this process belongs to."""
    return Run(Path(os.environ[FOLDER]))
