"""A Neo4j Community server from the jars that Maven fetches once, as pom.xml beside this file names them."""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import ClassVar

from tests.services.server import HOST, Server, Unavailable, listens, run

POM = Path(__file__).with_name("pom.xml")

CONFIGURATION = """\
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.security.auth_enabled=false
dbms.usage_report.enabled=false
server.memory.pagecache.size=64m
"""


class Neo4j(Server):
    """One server with Bolt alone, without users: any password is taken."""

    start_within = 60.0

    # One that lives for minutes does not earn back what the second compiler costs.
    options: ClassVar[Sequence[str]] = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")

    @property
    def url(self) -> str:
        return f"bolt://{HOST}:{self.port}"

    def prepare(self) -> None:
        (self.folder / "conf").mkdir(exist_ok=True)
        (self.folder / "conf" / "neo4j.conf").write_text(CONFIGURATION.format(port=self.port), encoding="ascii")

    def command(self) -> Sequence[str]:
        opened = [
            f"--add-opens=java.base/{package}=ALL-UNNAMED"
            for package in ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
        ]
        return [
            *(java(), "-Xms128m", "-Xmx512m", *self.options, *opened, "-cp", f"{jars()}/*"),
            *("org.neo4j.server.CommunityEntryPoint", f"--home-dir={self.folder}", f"--config-dir={self.folder}/conf"),
        ]

    def answers(self) -> bool:
        # Every run of tests loads this module, and few ask for the server: the driver takes 0.15 s.
        from neo4j import GraphDatabase
        from neo4j.exceptions import DriverError, Neo4jError

        # Bolt's port is open before the database is.
        if not listens(self.port):
            return False
        try:
            with GraphDatabase.driver(self.url, connection_timeout=2.0, max_transaction_retry_time=0.0) as driver:
                driver.execute_query("RETURN 1")
        except (DriverError, Neo4jError, OSError):
            return False
        return True


@cache
def version() -> str:
    """The version of the server that would be started; raises Unavailable where Java or Maven is missing."""
    java()
    found = re.search(r"<artifactId>neo4j</artifactId>\s*<version>([\d.]+)", POM.read_text(encoding="utf-8"))
    assert found is not None
    if not (_cache() / f"neo4j-{found[1]}").exists() and shutil.which("mvn") is None:
        raise Unavailable("Neo4j's jars are not there and Maven is not either: install the package maven")
    return found[1]


@cache
def java() -> str:
    """The program; raises Unavailable where there is none or not the version that Neo4j takes."""
    found = shutil.which("java")
    if found is None:
        raise Unavailable("there is no Java for Neo4j: install the package openjdk-17-jre-headless")
    told = re.search(r'version "(\d+)', run([found, "-version"]))
    if told is None or int(told[1]) not in (17, 21):
        raise Unavailable(f"Neo4j 5 takes Java 17 or 21, and {found} is {told[1] if told else 'something else'}")
    return found


@cache
def jars() -> Path:
    """The folder of the jars, fetched where they are not there yet; raises Unavailable."""
    folder = place()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _fetch(folder)
    return folder


def place() -> Path:
    """The folder of the jars, there or not; raises Unavailable where they would be of no use."""
    return _cache() / f"neo4j-{version()}"


def _fetch(folder: Path) -> None:
    """Let Maven bring the jars (125 MB) into that folder, which is there afterwards or not at all."""
    partial = Path(tempfile.mkdtemp(prefix="fetching-", dir=folder.parent))
    try:
        # Maven writes beside the pom.
        shutil.copy(POM, partial / "pom.xml")
        into = f"-DoutputDirectory={partial / 'jars'}"
        run(["mvn", "--batch-mode", "--quiet", "-f", partial / "pom.xml", "dependency:copy-dependencies", into])
        (partial / "jars").rename(folder)
    finally:
        shutil.rmtree(partial)


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lattice-console-tests"
