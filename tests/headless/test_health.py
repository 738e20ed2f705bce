"""`lattice health`: each part as measured, and what a script learns from the exit code."""

import pytest

from lattice_console.contract.models.health import ComponentHealth, Health
from lattice_console.engine.stores.sqlite import SqliteStore
from tests.headless.driver import Lattice


def test_health_measures_the_database_and_this_folder(lattice: Lattice) -> None:
    found = lattice.ok("health", "--output", "json").json
    assert (found["schema_version"], found["status"]) == (1, "healthy")
    Health.model_validate({name: found[name] for name in ("status", "timestamp", "components")})
    database, folder = found["components"]["database"], found["components"]["workspace"]
    assert database["latency_ms"] > 0
    assert database["last_event"] == 4
    assert (database["error"], database["since"]) == (None, None)
    assert (folder["status"], folder["lag"]) == ("healthy", 0)


def test_a_folder_that_is_behind_says_by_how_many_executions(lattice: Lattice) -> None:
    record = lattice.root / ".lattice/state/checkout.json"
    before = record.read_bytes()
    lattice.write("docs/new.md", "new\n")
    lattice.ok("track", "docs/new.md")
    record.write_bytes(before)
    assert lattice.ok("health", "--output", "json").json["components"]["workspace"]["lag"] == 1


def test_health_reads_as_a_table(lattice: Lattice) -> None:
    lines = lattice.ok("health").text.splitlines()
    assert lines[0] == "healthy: every part answers"
    assert lines[1].split() == ["PART", "STATE", "LATENCY", "POOL", "RETRIES", "LAG", "EVENT"]
    assert [line.split()[0] for line in lines[2:]] == ["database", "workspace"]


def test_a_part_that_does_not_answer_degrades_and_exits_10(lattice: Lattice, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = SqliteStore.health

    async def with_replica(store: SqliteStore, project_id: str | None) -> dict[str, ComponentHealth]:
        gone = ComponentHealth(status="unhealthy", latency_ms=1.5, error="It cannot be reached (OSError).")
        return {**await measured(store, project_id), "replica": gone}

    monkeypatch.setattr(SqliteStore, "health", with_replica)
    told = lattice("health")
    assert told.code == 10
    assert told.text.startswith("degraded: all goes on")
    assert told.text.endswith("replica unhealthy: It cannot be reached (OSError).\n")
    assert lattice("health", "--output", "json").json["status"] == "degraded"


def test_a_database_that_cannot_be_opened_is_unhealthy_and_exits_1(lattice: Lattice) -> None:
    (lattice.root / ".lattice/state/lattice.db").write_bytes(b"no database" * 1000)
    told = lattice("health", "--output", "json")
    assert (told.code, told.json["status"]) == (1, "unhealthy")
    assert "damaged" in told.json["components"]["database"]["error"]
    assert lattice("health").text.startswith("unhealthy: the database does not answer")


def test_who_is_no_member_learns_nothing(lattice: Lattice) -> None:
    assert lattice("health", "--as", "mallory").code == 4
