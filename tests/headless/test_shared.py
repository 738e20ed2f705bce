"""One project and several folders, or none: joining, working from anywhere, and keeping up with one another."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.headless.driver import Lattice
from tests.services.redis import Redis


@dataclass(frozen=True)
class Team:
    """kim's folder, made there; raj's, which joined; and a place that is no folder of the project's."""

    kim: Lattice
    raj: Lattice
    nowhere: Lattice
    project: str


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One database for everybody, in no project's folder."""
    on_server = request.param == "postgres"
    url: str = request.getfixturevalue("postgres_database") if on_server else f"sqlite:///{tmp_path}/team.db"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return url


def folder(tmp_path: Path, name: str) -> Lattice:
    (tmp_path / name).mkdir()
    return Lattice(tmp_path / name)


@pytest.fixture
def team(tmp_path: Path, database: str) -> Team:
    kim, raj, nowhere = (folder(tmp_path, name) for name in ("kim", "raj", "nowhere"))
    project = kim.ok("init", "--name", "billing-specs", "--output", "json").json["id"]
    kim.write("docs/api.yaml", "limit: 24\n")
    kim.write("docs/guide.md", "# Guide\n")
    kim.ok("track", "docs")
    kim.ok("team", "add", "raj", "--role", "admin")
    raj.ok("init", "--project", "billing-specs", "--as", "raj")
    return Team(kim, raj, nowhere, project)


# -- joining


def test_a_second_folder_joins_by_name_and_holds_the_head(team: Team) -> None:
    assert team.raj.read("docs/api.yaml") == b"limit: 24\n"
    assert json.loads(team.raj.read(".lattice/config.json"))["project"]["id"] == team.project
    assert team.raj.read(".lattice/.gitignore") == team.kim.read(".lattice/.gitignore")
    status = team.raj.ok("status", "--as", "raj", "--output", "json").json
    assert (status["project"]["id"], status["clean"], status["actor"]["role"]) == (team.project, True, "admin")


def test_what_lies_in_a_folder_that_joins_stays_and_is_named(team: Team, tmp_path: Path) -> None:
    third = folder(tmp_path, "third")
    third.write("docs/api.yaml", "limit: mine\n")
    said = third.ok("init", "--project", team.project, "--as", "raj").err
    assert "1 file here held something else and stayed: docs/api.yaml" in said
    assert third.read("docs/api.yaml") == b"limit: mine\n"
    assert third.read("docs/guide.md") == b"# Guide\n"


def test_the_environment_says_which_project_is_joined(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATTICE_PROJECT_ID", team.project)
    third = folder(tmp_path, "third")
    assert "is a checkout of billing-specs now, with 3 files written" in third.ok("init", "--as", "raj").err


def test_only_a_member_joins_and_only_what_is_there(team: Team, tmp_path: Path) -> None:
    third = folder(tmp_path, "third")
    refused = third("init", "--project", team.project, "--as", "mallory")
    assert (refused.code, "mallory is no member of billing-specs" in refused.err) == (4, True)
    refused = third("init", "--project", "ledger")
    assert (refused.code, "Yours are billing-specs" in refused.err) == (1, True)
    refused = third("init", "--project", "0192f0c0-0000-7000-8000-000000000001")
    assert (refused.code, "There is no project" in refused.err) == (1, True)
    assert list(third.root.iterdir()) == []


def test_a_folder_is_of_one_project(team: Team, tmp_path: Path) -> None:
    assert "is a project already" in team.raj("init", "--project", team.project).err
    other = folder(tmp_path, "other")
    other.write(".lattice/config.json", '{"project": {"id": "0192f0c0-0000-7000-8000-000000000001"}}')
    refused = other("init", "--project", team.project)
    assert (refused.code, "names another project" in refused.err) == (12, True)


def test_joining_takes_no_name(team: Team, tmp_path: Path) -> None:
    assert folder(tmp_path, "third")("init", "--project", "billing-specs", "--name", "mine").code == 2


# -- from anywhere


def test_without_a_folder_a_project_is_reviewed_and_executed_from_anywhere(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATTICE_PROJECT_ID", "billing-specs")
    team.kim.write("docs/api.yaml", "limit: 48\n")
    number = team.kim.propose("Raise the limit", "--files", "docs/api.yaml")
    raj = ("--as", "raj")
    assert "Raise the limit" in team.nowhere.ok("queue", *raj).text
    assert "+limit: 48" in team.nowhere.ok("mutation", "diff", number, *raj).text
    team.nowhere.ok("mutation", "approve", number, *raj)
    executed = team.nowhere.ok("mutation", "execute", number, *raj)
    assert "there is no folder here to follow" in executed.err
    rolled_back = team.nowhere.ok("mutation", "rollback", number, "--reason", "Too high.", *raj)
    assert "there is no folder here to follow" in rolled_back.err
    status = team.nowhere.ok("status", *raj, "--output", "json").json
    assert (status["root"], status["files"], status["sequence"]) == (None, [], 4)
    assert "none here" in team.nowhere.ok("status", *raj).text
    assert "workspace" not in team.nowhere.ok("health", *raj, "--output", "json").json["components"]
    assert list(team.nowhere.root.iterdir()) == []


@pytest.mark.parametrize("arguments", [("sync",), ("track", "--all"), ("restore", "docs"), ("mutation", "create")])
def test_what_needs_a_folder_says_so(team: Team, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    monkeypatch.setenv("LATTICE_PROJECT_ID", team.project)
    if arguments == ("mutation", "create"):
        arguments = (*arguments, "--title", "t", "--files", "a.md")
    refused = team.nowhere(*arguments)
    assert refused.code == 1
    assert f"lattice init --project {team.project}" in refused.err


def test_a_folder_of_another_project_is_left_alone(team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = folder(tmp_path, "other")
    other.ok("init", "--name", "ledger")
    monkeypatch.setenv("LATTICE_PROJECT_ID", "billing-specs")
    assert other.ok("status", "--output", "json").json["root"] is None
    assert other("sync").code == 1
    monkeypatch.setenv("LATTICE_PROJECT_ID", "ledger")
    assert other.ok("status", "--output", "json").json["root"] == str(other.root)


def test_ones_projects_are_listed_wherever_one_stands(team: Team, tmp_path: Path) -> None:
    other = folder(tmp_path, "other")
    other.ok("init", "--name", "ledger")
    listed = team.nowhere.ok("project", "list", "--output", "json").json
    assert [item["name"] for item in listed["items"]] == ["billing-specs", "ledger"]
    assert [item["id"] for item in team.raj.ok("project", "list", "--as", "raj", "--output", "json").json["items"]] == [
        team.project
    ]
    assert team.project in team.nowhere.ok("project", "list").text
    assert "mallory is a member of no project here" in team.nowhere.ok("project", "list", "--as", "mallory").err


# -- keeping up


def test_sync_brings_a_folder_up_to_what_another_one_executed(team: Team) -> None:
    team.kim.write("docs/api.yaml", "limit: 48\n")
    number = team.kim.propose("Raise the limit", "--files", "docs/api.yaml")
    team.raj.ok("mutation", "approve", number, "--as", "raj")
    team.kim.ok("mutation", "execute", number)
    assert team.raj.read("docs/api.yaml") == b"limit: 24\n"
    assert team.raj.ok("health", "--as", "raj", "--output", "json").json["components"]["workspace"]["lag"] == 1
    assert "1 written" in team.raj.ok("sync", "--as", "raj").err
    assert team.raj.read("docs/api.yaml") == b"limit: 48\n"


def test_only_the_executors_own_folder_holds_an_execution_back(team: Team) -> None:
    team.kim.write("docs/api.yaml", "limit: 48\n")
    number = team.kim.propose("Raise the limit", "--files", "docs/api.yaml")
    team.raj.ok("mutation", "approve", number, "--as", "raj")
    team.raj.write("docs/api.yaml", "limit: mine\n")
    refused = team.raj("mutation", "execute", number, "--as", "raj")
    assert (refused.code, "docs/api.yaml changed on disk" in refused.err) == (20, True)
    team.kim.ok("mutation", "execute", number)
    synced = team.raj.ok("sync", "--as", "raj", "--output", "json").json
    assert synced["files"] == [{"path": "docs/api.yaml", "state": "drifted", "remark": ""}]
    assert team.raj.read("docs/api.yaml") == b"limit: mine\n"


# -- on a server


@pytest.fixture
def on_server(postgres_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lattice:
    """kim's folder, of a project on Postgres."""
    monkeypatch.setenv("DATABASE_URL", postgres_database)
    kim = folder(tmp_path, "kim")
    said = kim.ok("init", "--name", "billing-specs").err
    assert "on the Postgres server" in said
    assert f"write it as database.url into {kim.root}/.lattice/local.json" in said
    assert postgres_database not in said
    return kim


def test_a_clone_of_a_colleague_is_at_once_a_checkout_of_the_project(on_server: Lattice, tmp_path: Path) -> None:
    on_server.ok("team", "add", "raj", "--role", "reviewer")
    clone = folder(tmp_path, "clone")
    clone.write(".lattice/config.json", on_server.read(".lattice/config.json"))
    assert clone.ok("status", "--as", "raj", "--output", "json").json["actor"]["role"] == "reviewer"
    assert "is a checkout of billing-specs now" in clone.ok("init", "--as", "raj").err
    assert not (clone.root / ".lattice/state/lattice.db").exists()


def test_the_url_may_stand_in_local_json(
    on_server: Lattice, postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    assert "Set DATABASE_URL, or write it as database.url" in on_server("status").err
    on_server.write(".lattice/local.json", json.dumps({"database": {"url": postgres_database}}))
    assert on_server.ok("status", "--output", "json").json["clean"]


def test_health_and_doctor_measure_the_server(on_server: Lattice) -> None:
    health = on_server.ok("health", "--output", "json").json
    database = health["components"]["database"]
    assert (database["connections_in_pool"] >= 1, database["retries"]) == (True, 0)
    checks = {check["name"]: check for check in on_server.ok("doctor", "--output", "json").json["items"]}
    assert checks["database"]["message"].startswith("It answers in ")
    assert checks["audit"]["state"] == "ok"


def test_a_redis_that_is_away_degrades_and_holds_nothing_up(
    on_server: Lattice, own_redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", own_redis.url)
    health = on_server.ok("health", "--output", "json").json
    assert health["components"]["redis"]["status"] == "healthy"
    own_redis.kill()
    told = on_server("health", "--output", "json")
    assert (told.code, told.json["status"]) == (10, "degraded")
    redis = told.json["components"]["redis"]
    assert redis["error"]
    assert own_redis.url not in told.text
    start = time.monotonic()
    on_server.write("docs/a.md", "a\n")
    on_server.ok("track", "docs")
    assert time.monotonic() - start < 5
    checks = {check["name"]: check for check in on_server.ok("doctor", "--output", "json").json["items"]}
    assert (checks["redis"]["state"], checks["database"]["state"]) == ("warning", "ok")


def test_a_server_that_is_away_is_told_without_its_url(on_server: Lattice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://kim:hunter2@127.0.0.1:9/team")
    for command, code in (("status", 1), ("health", 1), ("doctor", 10)):
        told = on_server(command)
        assert told.code == code, command
        assert "hunter2" not in told.text + told.err
        assert "127.0.0.1" not in told.text + told.err
    assert not (on_server.root / ".lattice/state/lattice.log").exists()


def test_a_folder_on_a_server_says_so_where_nothing_names_it(
    on_server: Lattice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    refused = on_server("status")
    assert refused.code == 2
    assert "is a checkout of a project on a Postgres server" in refused.err
    assert not (on_server.root / ".lattice/state/lattice.db").exists()
