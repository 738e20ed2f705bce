"""The fixtures of Postgres: a server that is shared, one of one's own, a replica."""

import time
from collections.abc import Callable
from contextlib import ExitStack

import asyncpg
import pytest

from tests.services.databases import ConnectionsLeft, fresh_database, named
from tests.services.postgres import Postgres
from tests.services.run import Run


async def ask(url: str, question: str, *arguments: object) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question, *arguments)
    finally:
        await connection.close()


async def test_the_shared_server_is_reached_over_tcp_with_a_password(postgres_url: str) -> None:
    assert await ask(postgres_url, "SELECT current_setting('server_version_num')::int >= 150000")
    assert await ask(postgres_url, "SELECT inet_client_addr() IS NOT NULL")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres_url, password="another")


async def test_a_fresh_database_is_a_clone_of_its_template(services_run: Run, postgres_url: str) -> None:
    filled: list[str] = []

    def fill(url: str) -> None:
        filled.append(url)

    with (
        fresh_database(services_run, postgres_url, "clones", fill) as one,
        fresh_database(services_run, postgres_url, "clones", fill) as other,
    ):
        assert len(filled) == 1
        await ask(one, "CREATE TABLE seen (id int)")
        assert await ask(one, "SELECT to_regclass('seen')::text") == "seen"
        assert await ask(other, "SELECT to_regclass('seen')::text") is None
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(one)


async def test_a_connection_that_is_left_open_is_told_and_the_database_dropped_all_the_same(
    services_run: Run, postgres_url: str
) -> None:
    with ExitStack() as database:
        url = database.enter_context(fresh_database(services_run, postgres_url, "empty", lambda _: None))
        connection = await asyncpg.connect(url, server_settings={"application_name": "leaky"})
        await connection.fetchval("SELECT 1")
        with pytest.raises(ConnectionsLeft, match=r"1 connections were not closed: leaky \(idle\): SELECT 1"):
            database.close()
    with pytest.raises(asyncpg.PostgresError):
        await connection.fetchval("SELECT 1")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(url)


async def test_a_killed_server_comes_back_with_what_was_committed(own_postgres: Postgres) -> None:
    await ask(own_postgres.url, "CREATE TABLE kept AS SELECT 7 AS number")
    connection = await asyncpg.connect(own_postgres.url)
    own_postgres.kill()
    assert not own_postgres.runs()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await connection.fetchval("SELECT 1")
    with pytest.raises(ConnectionRefusedError):
        await asyncpg.connect(own_postgres.url)
    own_postgres.start()
    assert await ask(own_postgres.url, "SELECT number FROM kept") == 7
    own_postgres.restart()
    assert await ask(own_postgres.url, "SELECT number FROM kept") == 7


async def test_a_paused_server_keeps_its_connections_and_says_nothing(own_postgres: Postgres) -> None:
    connection = await asyncpg.connect(own_postgres.url)
    own_postgres.pause()
    with pytest.raises(TimeoutError):
        await connection.fetchval("SELECT 1", timeout=0.3)
    own_postgres.resume()
    assert await ask(own_postgres.url, "SELECT 1") == 1
    await connection.close()


async def test_a_replica_follows_takes_no_writes_and_catches_up_after_a_stop(
    own_postgres: Postgres, replica_of: Callable[[Postgres], Postgres]
) -> None:
    await ask(own_postgres.url, "CREATE TABLE followed AS SELECT 1 AS number")
    replica = replica_of(own_postgres)
    assert await ask(replica.url, "SELECT number FROM followed") == 1
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await ask(replica.url, "UPDATE followed SET number = 2")
    replica.stop()
    await ask(own_postgres.url, "UPDATE followed SET number = 3")
    replica.start()
    deadline = time.monotonic() + 10.0
    while await ask(replica.url, "SELECT number FROM followed") != 3:
        assert time.monotonic() < deadline


async def test_times_do_not_depend_on_where_the_server_is(postgres_url: str) -> None:
    assert await ask(postgres_url, "SHOW timezone") == "Asia/Kathmandu"
    assert named(postgres_url, "other").endswith("/other")
