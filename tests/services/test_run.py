"""A run of tests leaves nothing behind, however it ends; a server that cannot be had is said to be missing."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import psutil
import pytest

from tests.services.fixtures import REQUIRE
from tests.services.postgres import Postgres
from tests.services.redis import Redis
from tests.services.run import FOLDER, OwnedRun, Run

REPOSITORY = Path(__file__).parents[2]

ASKING = """\
def test_it(redis_url: str) -> None:
    assert redis_url.startswith("redis://")
"""

OWNER = """\
import os, sys
from pathlib import Path
from tests.services.run import OwnedRun
run = OwnedRun()
print(run.folder, flush=True)
print(run.shared("redis").url, flush=True)
sys.stdin.read()
"""


def pytest_on(tmp_path: Path, *arguments: str, test: str = ASKING, **environment: str) -> str:
    """What pytest says of a test, else one that asks for Redis, in a run of its own."""
    (tmp_path / "test_asking.py").write_text(test, encoding="ascii")
    plugins = ["-p", "no:cacheprovider", "-p", "tests.services.fixtures"]
    where = ["-c", str(REPOSITORY / "pyproject.toml"), "--rootdir", str(tmp_path), str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", *plugins, *arguments, *where],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name not in (FOLDER, REQUIRE)}
        | {"PYTHONPATH": str(REPOSITORY), "COLUMNS": "300", "TMPDIR": str(tmp_path)}
        | environment,
    )
    return done.stdout + done.stderr


def test_a_run_says_which_servers_it_used_and_leaves_nothing(tmp_path: Path) -> None:
    told = pytest_on(tmp_path, "-n", "2")
    assert "1 passed" in told
    assert "servers: Postgres" in told
    assert [line for line in told.splitlines() if line.startswith("Redis ")]
    assert list(tmp_path.glob("lattice-services-*")) == []


def test_a_server_that_cannot_be_had_skips_with_the_reason_or_fails_where_it_is_required(tmp_path: Path) -> None:
    nowhere = {"LATTICE_TEST_REDIS_BINARY": str(tmp_path / "none")}
    told = pytest_on(tmp_path, "-n", "0", **nowhere)
    assert "1 skipped" in told
    assert "there is no redis-server" in told
    told = pytest_on(tmp_path, "-n", "0", LATTICE_TEST_REQUIRE="redis", **nowhere)
    assert "1 error" in told
    assert "LATTICE_TEST_REQUIRE asks for redis" in told


def test_a_word_that_names_no_server_ends_the_run(tmp_path: Path) -> None:
    told = pytest_on(tmp_path, "-n", "0", LATTICE_TEST_REQUIRE="reddis")
    assert "LATTICE_TEST_REQUIRE names reddis; known are postgres, redis, neo4j" in told


async def test_a_server_that_is_given_is_used_and_left_as_it_was_found(
    own_postgres: Postgres, own_redis: Redis, tmp_path: Path
) -> None:
    given = {"LATTICE_TEST_POSTGRES_URL": own_postgres.url, "LATTICE_TEST_REDIS_URL": own_redis.url}
    test = f"def test_it(empty_postgres_database, redis_url):\n    assert ':{own_redis.port}/' in redis_url\n"
    test += f"    assert ':{own_postgres.port}/test_' in empty_postgres_database\n"
    told = await asyncio.to_thread(pytest_on, tmp_path, "-n", "2", test=test, **given)
    assert "1 passed" in told
    assert "Postgres given by LATTICE_TEST_POSTGRES_URL" in told
    assert own_postgres.runs()
    assert own_redis.runs()
    connection = await asyncpg.connect(own_postgres.url)
    names = await connection.fetch("SELECT datname FROM pg_database WHERE NOT datistemplate")
    await connection.close()
    assert [name for (name,) in names] == ["postgres"]


def test_a_server_is_started_once_for_all_who_share_the_run(services_run: Run, redis_url: str) -> None:
    shared = services_run.shared("redis")
    assert services_run.shared("redis") == shared
    assert Run(services_run.folder).shared("redis") == shared


def test_the_servers_of_a_killed_run_go_and_so_does_its_folder(redis_url: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        folder = Path(owner.stdout.readline().strip())
        assert owner.stdout.readline().startswith("redis://")
        (noted,) = folder.glob("redis-*/pid")
        server = psutil.Process(int(noted.read_text(encoding="ascii").split()[0]))
        assert server.is_running()
        owner.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10.0
    while folder.exists() or (server.is_running() and server.status() != psutil.STATUS_ZOMBIE):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_closed_run_has_ended_its_servers_and_removed_its_folder() -> None:
    run = OwnedRun()
    shared = run.shared("redis")
    if not shared.url:
        run.close()
        pytest.skip(shared.reason)
    (noted,) = run.folder.glob("redis-*/pid")
    server = psutil.Process(int(noted.read_text(encoding="ascii").split()[0]))
    run.close()
    assert not run.folder.exists()
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE
