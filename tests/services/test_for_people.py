"""What starts the servers for people: `scripts/services`, and compose.yaml."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import yaml
from redis.asyncio import Redis

from tests.services import __main__ as services
from tests.services.databases import at_once
from tests.services.fixtures import missing
from tests.services.run import KINDS, Run
from tests.services.server import Unavailable

COMPOSE = yaml.safe_load((Path(__file__).parents[2] / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def in_a_folder(services_run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The commands work in a folder of this test's, on Postgres and Redis; nothing runs afterwards."""
    for kind in ("postgres", "redis"):
        try:
            KINDS[kind].version()
        except Unavailable as error:
            missing(kind, str(error))
    folder = services_run.new_folder("people")
    # Postgres does not run as root.
    folder.chmod(0o711)
    monkeypatch.setattr(services, "FOLDER", folder)
    monkeypatch.setattr(services, "KINDS", {kind: services.KINDS[kind] for kind in ("postgres", "redis")})
    yield
    services.reset()


async def put_down(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE IF NOT EXISTS kept ()")
    await connection.close()


async def find(url: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval("SELECT to_regclass('kept')::text")
    finally:
        await connection.close()


async def ping(url: str) -> object:
    async with Redis.from_url(url) as redis:
        return await redis.ping()


def exported(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("export ") for line in lines)
    return dict(line.removeprefix("export ").split("=", 1) for line in lines)


@pytest.mark.usefixtures("in_a_folder")
def test_what_is_started_is_printed_and_lasts_over_a_stop(capsys: pytest.CaptureFixture[str]) -> None:
    assert services.main(["status"]) == 1
    assert services.main(["start"]) == 0
    settings = exported(capsys)
    assert settings.keys() == {"DATABASE_URL", "LATTICE_REDIS_URL"}
    at_once(put_down(settings["DATABASE_URL"]))
    assert at_once(ping(settings["LATTICE_REDIS_URL"]))
    assert services.main(["start"]) == 0
    assert exported(capsys) == settings
    assert services.main(["stop"]) == 0
    assert services.main(["status"]) == 1
    assert exported(capsys) == {}
    assert services.main(["start"]) == 0
    assert exported(capsys) == settings
    assert at_once(find(settings["DATABASE_URL"])) == "kept"
    assert services.main(["reset"]) == 0
    assert not services.FOLDER.exists()


def test_wrong_words_are_answered_with_the_right_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert services.main(["begin"]) == 2
    assert "start|stop|status|reset|fetch" in capsys.readouterr().err


def test_compose_starts_the_three() -> None:
    assert COMPOSE["services"].keys() == KINDS.keys()


@pytest.mark.parametrize("service", COMPOSE["services"].values(), ids=COMPOSE["services"])
def test_each_of_composes_servers_is_watched_and_opens_its_port_on_this_machine_alone(
    service: dict[str, object],
) -> None:
    assert service["healthcheck"]
    ports = service["ports"]
    assert isinstance(ports, list)
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_the_settings_that_the_documents_print_fit_composes_defaults() -> None:
    text = (Path(__file__).parents[2] / "docs" / "services.md").read_text(encoding="utf-8")
    printed = {urlsplit(line.split("=", 1)[1]).scheme: line for line in text.splitlines() if line.startswith("export ")}
    assert printed.keys() == {"postgresql", "redis", "bolt"}
    for service, scheme in (("postgres", "postgresql"), ("redis", "redis"), ("neo4j", "bolt")):
        said = COMPOSE["services"][service]
        port = said["ports"][0].rpartition(":")[2]
        url = urlsplit(printed[scheme].split("=", 1)[1])
        assert url.port == int(port)
        assert f":-{url.password}}}" in str(said)
