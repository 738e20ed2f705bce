"""The servers as fixtures, and what a run says of them.

A server that cannot be had skips its tests with the reason; LATTICE_TEST_REQUIRE=postgres,redis,neo4j lets them fail.
LATTICE_TEST_POSTGRES_URL, LATTICE_TEST_REDIS_URL and LATTICE_TEST_NEO4J_URL name servers that are there already.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import NoReturn, cast

import pytest

from tests.services import template
from tests.services.databases import at_once, drop_templates, fresh_database, worker_number
from tests.services.neo4j import Neo4j
from tests.services.postgres import Postgres
from tests.services.proxy import Proxy
from tests.services.redis import Redis
from tests.services.redis_database import clients, flush, numbered
from tests.services.run import FOLDER, KINDS, OwnedRun, Run, current
from tests.services.server import Server, Unavailable

RUN = pytest.StashKey[OwnedRun]()

REQUIRE = "LATTICE_TEST_REQUIRE"


def required() -> set[str]:
    """The servers without which the run fails."""
    return {name.strip() for name in os.environ.get(REQUIRE, "").split(",")} - {""}


def pytest_configure(config: pytest.Config) -> None:
    """Open the run, where this is not a worker of one or a run inside another's test."""
    if unknown := required() - KINDS.keys():
        raise pytest.UsageError(f"{REQUIRE} names {', '.join(sorted(unknown))}; known are {', '.join(KINDS)}")
    if FOLDER not in os.environ:
        config.stash[RUN] = run = OwnedRun()
        os.environ[FOLDER] = str(run.folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close the run."""
    if (run := config.stash.get(RUN, None)) is not None:
        del os.environ[FOLDER]
        if given := os.environ.get(KINDS["postgres"].given):
            drop_templates(run, given)
        run.close()


def pytest_report_header(config: pytest.Config) -> str:
    """Which servers can be had; each is started when a test asks for it."""
    return f"servers: {', '.join(_outlook(kind) for kind in KINDS)}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Which servers were there, and which not."""
    if (run := config.stash.get(RUN, None)) is not None and (used := run.used()):
        terminalreporter.section("servers")
        for kind, told in used.items():
            terminalreporter.write_line(f"{KINDS[kind].name} {told}")


def _outlook(kind: str) -> str:
    known = KINDS[kind]
    if known.given in os.environ:
        return f"{known.name} (given)"
    try:
        return f"{known.name} {known.version()}"
    except Unavailable:
        return f"no {known.name}"


def missing(kind: str, reason: str) -> NoReturn:
    """Skip the test that needs the server, or fail it where the run requires that server."""
    if kind in required():
        pytest.fail(f"{reason} ({REQUIRE} asks for {kind})", pytrace=False)
    pytest.skip(reason)


def shared_url(kind: str) -> str:
    """The URL of the run's server of a kind; skips or fails the test where there is none."""
    shared = current().shared(kind)
    return shared.url or missing(kind, shared.reason)


@pytest.fixture(scope="session")
def services_run() -> Run:
    """The run that this test belongs to."""
    return current()


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The run's Postgres server: its database `postgres`, from which one makes others."""
    return shared_url("postgres")


@pytest.fixture
def postgres_database(services_run: Run, postgres_url: str) -> Iterator[str]:
    """A database of this test's own with every migration; who is still connected to it afterwards fails the test."""
    with fresh_database(services_run, postgres_url, "migrated", template.fill) as url:
        yield url


@pytest.fixture
def empty_postgres_database(services_run: Run, postgres_url: str) -> Iterator[str]:
    """A database of this test's own with nothing in it."""
    with fresh_database(services_run, postgres_url, "empty", lambda _: None) as url:
        yield url


@pytest.fixture
def redis_url() -> Iterator[str]:
    """An empty logical database of the run's Redis server; its channels are everybody's, as Redis has them.

    Whoever is still connected to it afterwards fails the test.
    """
    url = numbered(shared_url("redis"), worker_number())
    at_once(flush(url))
    yield url
    at_once(flush(url))
    assert at_once(clients(url)) == []


@pytest.fixture(scope="session")
def neo4j_url() -> str:
    """The run's Neo4j server, which has one database for everybody: tests keep apart by the ids of their projects."""
    return shared_url("neo4j")


@pytest.fixture
def own_server(services_run: Run) -> Iterator[Callable[[str], Server]]:
    """Starts a server of that kind for this test alone, to be stopped, killed and paused."""
    with ExitStack() as started:

        def start(kind: str) -> Server:
            try:
                server = services_run.own(kind)
            except Unavailable as error:
                missing(kind, str(error))
            started.callback(server.remove)
            return server

        yield start


@pytest.fixture
def own_postgres(own_server: Callable[[str], Server]) -> Postgres:
    """A Postgres server of this test's own."""
    return cast("Postgres", own_server("postgres"))


@pytest.fixture
def own_redis(own_server: Callable[[str], Server]) -> Redis:
    """A Redis server of this test's own."""
    return cast("Redis", own_server("redis"))


@pytest.fixture
def own_neo4j(own_server: Callable[[str], Server]) -> Neo4j:
    """A Neo4j server of this test's own."""
    return cast("Neo4j", own_server("neo4j"))


@pytest.fixture
def replica_of(services_run: Run) -> Iterator[Callable[[Postgres], Postgres]]:
    """Starts a streaming replica of a Postgres server."""
    with ExitStack() as started:

        def start(primary: Postgres) -> Postgres:
            replica = primary.replica(services_run.new_folder("postgres"))
            started.callback(replica.remove)
            replica.start()
            return replica

        yield start


@pytest.fixture
def proxy_to() -> Iterator[Callable[[str], Proxy]]:
    """Starts a proxy in front of the server of a URL."""
    with ExitStack() as started:

        def start(url: str) -> Proxy:
            proxy = Proxy(url)
            started.callback(proxy.close)
            return proxy

        yield start
