"""Settings: where they come from, what wins, and what a bad one says."""

import json
from pathlib import Path
from typing import Any

import pytest

from lattice_console import config, servers
from lattice_console.config import Settings
from lattice_console.contract.errors import NotFound, ValidationFailed
from lattice_console.servers import Servers

ID = "0192f0c0-0000-7000-8000-000000000001"
OTHER = "0192f0c0-0000-7000-8000-000000000002"
SERVER = "postgresql+asyncpg://kim:hunter2@db.example/team"
CLEAN = {"LATTICE_ACTOR": "kim", "XDG_CONFIG_HOME": "/nonexistent"}


@pytest.fixture(autouse=True)
def every_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "driver", lambda name: True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder that was set up on this machine."""
    config.bind_project(tmp_path, ID)
    return tmp_path


def write(root: Path, name: str, content: Any) -> None:
    (root / ".lattice").mkdir(exist_ok=True)
    (root / ".lattice" / name).write_text(json.dumps(content))


def load(start: Path, **environ: str) -> Settings:
    return config.load(start, environ=CLEAN | environ)


def refusal(start: Path, **environ: str) -> str:
    with pytest.raises(ValidationFailed) as refused:
        load(start, **environ)
    assert refused.value.code == "VAL_SETTING"
    assert "hunter2" not in repr(refused.value) + json.dumps(refused.value.to_wire())
    return refused.value.message


def test_without_settings_the_truth_is_a_file_in_the_folder(root: Path) -> None:
    settings = load(root / ".lattice")
    assert settings.servers == Servers(root / ".lattice/state/lattice.db")
    assert (settings.root, settings.project_id, settings.remarks) == (root, ID, ())


def test_the_environment_names_the_servers(root: Path) -> None:
    settings = load(
        root,
        DATABASE_URL="postgresql://kim:hunter2@db.example/team",
        DATABASE_REPLICA_URL="postgresql://kim:hunter2@replica.example/team",
        DATABASE_POOL_SIZE="9",
        DATABASE_MAX_OVERFLOW="0",
        DATABASE_ECHO="TRUE",
        LATTICE_REDIS_URL="redis://:hunter2@cache.example/0",
        LATTICE_NEO4J_URL="bolt://graph.example:7687",
        LATTICE_NEO4J_USER="neo4j",
        LATTICE_NEO4J_PASSWORD="hunter2",
    )
    assert settings.servers == Servers(
        SERVER,
        replica="postgresql+asyncpg://kim:hunter2@replica.example/team",
        redis="redis://:hunter2@cache.example/0",
        neo4j="bolt://neo4j:hunter2@graph.example:7687",
        pool_size=9,
        max_overflow=0,
        echo=True,
    )
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("REDIS_URL", "redis://h"), ("NEO4J_URL", "bolt://h"), ("NEO4J_URI", "neo4j+s://h")],
)
def test_plain_names_are_aliases_and_ours_wins(root: Path, variable: str, value: str) -> None:
    part = "redis" if "REDIS" in variable else "neo4j"
    assert getattr(load(root, **{variable: value}).servers, part) == value
    ours = {f"LATTICE_{part.upper()}_URL": value.replace("//h", "//ours")}
    assert getattr(load(root, **{variable: value, **ours}).servers, part) == ours.popitem()[1]


@pytest.mark.parametrize(("said", "echo"), [("true", True), ("True", True), ("1", False), ("yes", False), ("", False)])
def test_only_the_word_true_turns_the_echo_on(root: Path, said: str, echo: bool) -> None:
    assert load(root, DATABASE_ECHO=said).servers.echo is echo


def test_a_database_in_memory_keeps_working(root: Path) -> None:
    assert load(root, DATABASE_URL="sqlite:///:memory:").servers.kind == "memory"


def test_local_json_names_servers_and_the_environment_wins(root: Path) -> None:
    write(root, "local.json", {"database": {"url": SERVER, "pool_size": 7}, "redis": {"url": "redis://h"}})
    assert load(root).servers == Servers(SERVER, redis="redis://h", pool_size=7)
    assert load(root, DATABASE_URL="sqlite:////x.db").servers.database == Path("/x.db")


def test_a_relative_file_in_local_json_lies_below_the_project(root: Path) -> None:
    write(root, "local.json", {"database": {"url": "sqlite:///data/team.db"}})
    assert load(root).servers.database == root / "data/team.db"


def test_a_url_in_the_tracked_configuration_is_refused_not_used(root: Path) -> None:
    write(root, "config.json", {"database": {"url": SERVER}})
    message = refusal(root)
    assert message.startswith(f"database.url in {root / '.lattice/config.json'}: it is a secret")
    assert str(root / ".lattice/local.json") in message
    assert "DATABASE_URL" in message


def test_a_url_in_the_tracked_configuration_is_remarked_on_where_another_counts(root: Path) -> None:
    write(root, "config.json", {"neo4j": {"password": "hunter2"}, "database": {"pool_size": 3}})
    settings = load(root, LATTICE_NEO4J_URL="bolt://h", LATTICE_NEO4J_USER="kim", LATTICE_NEO4J_PASSWORD="other")
    assert settings.servers.neo4j == "bolt://kim:other@h"
    assert settings.servers.pool_size == 3
    assert [remark.split(" in ")[0] for remark in settings.remarks] == ["neo4j.password"]
    assert "hunter2" not in settings.remarks[0]


def test_a_variable_in_a_file_is_replaced_from_the_environment(root: Path) -> None:
    write(root, "config.json", {"database": {"url": "postgresql://kim:${TEAM_PASSWORD}@db.example/team"}})
    settings = load(root, TEAM_PASSWORD="hunter2")
    assert settings.servers.database == SERVER
    assert settings.remarks == ()
    place = root / ".lattice/config.json"
    assert refusal(root) == (
        f"database.url in {place}: ${{TEAM_PASSWORD}} stands there, and the environment has no TEAM_PASSWORD."
    )


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"DATABASE_URL": "mysql://u:hunter2@h/d"}, "DATABASE_URL in the environment: mysql is not supported"),
        ({"DATABASE_URL": "hunter2"}, "DATABASE_URL in the environment: it is no URL"),
        ({"DATABASE_POOL_SIZE": "0"}, "DATABASE_POOL_SIZE in the environment: '0' is not a whole number from 1 on"),
        ({"DATABASE_POOL_SIZE": "5.5"}, "'5.5' is not a whole number"),
        (
            {"DATABASE_MAX_OVERFLOW": "-1"},
            "DATABASE_MAX_OVERFLOW in the environment: '-1' is not a whole number from 0",
        ),
        ({"DATABASE_REPLICA_URL": SERVER}, "only a Postgres database has a replica"),
        ({"REDIS_URL": "http://:hunter2@h"}, "REDIS_URL in the environment: the scheme http is none of redis, rediss"),
        ({"NEO4J_URI": "http://u:hunter2@h"}, "NEO4J_URI in the environment: the scheme http is none of neo4j"),
        ({"LATTICE_HOOK_TIMEOUT": "soon"}, "LATTICE_HOOK_TIMEOUT in the environment: 'soon' is not a number above 0"),
        ({"LATTICE_HOOK_TIMEOUT": "nan"}, "'nan' is not a number above 0"),
        ({"LATTICE_CLAIM_LEASE": "inf"}, "'inf' is not a number above 0"),
        ({"LATTICE_CLAIM_LEASE": "1e300"}, "'1e300' is more than a day, 86,400 seconds"),
    ],
)
def test_a_bad_value_names_the_setting_its_source_and_what_is_allowed(
    root: Path, environ: dict[str, str], words: str
) -> None:
    assert words in refusal(root, **environ)


def test_a_bad_value_in_a_file_names_the_file_and_the_key(root: Path) -> None:
    write(root, "local.json", {"database": {"url": {"password": "hunter2"}}})
    assert refusal(root) == f"database.url in {root / '.lattice/local.json'}: it is not a text."


def test_a_number_in_a_file_that_is_none_is_refused(root: Path) -> None:
    (root / ".lattice" / "local.json").write_text('{"documents": {"limit": 1e999}}', encoding="utf-8")
    assert "documents.limit in" in refusal(root)


def test_a_missing_driver_is_named_before_anything_starts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "driver", lambda name: None)
    assert "takes the driver asyncpg, which is not installed" in refusal(root, DATABASE_URL=SERVER)
    assert load(root).servers.kind == "local"


# -- which project, and which folder


def test_outside_of_a_project_the_environment_names_one(tmp_path: Path) -> None:
    settings = load(tmp_path, DATABASE_URL=SERVER, LATTICE_PROJECT_ID="billing-specs")
    assert (settings.root, settings.project_id, settings.title) == (None, "billing-specs", "billing-specs")


def test_outside_of_a_project_with_none_named_the_way_in_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="lattice init") as told:
        load(tmp_path)
    assert "LATTICE_PROJECT_ID" not in told.value.message
    with pytest.raises(NotFound, match="LATTICE_PROJECT_ID"):
        load(tmp_path, DATABASE_URL=SERVER)


def test_without_a_folder_what_is_kept_lies_in_the_persons_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "mine"))
    settings = load(tmp_path, DATABASE_URL=SERVER, LATTICE_PROJECT_ID=ID)
    assert settings.state.is_relative_to(tmp_path / "mine")


def test_a_folder_is_no_checkout_of_another_project(root: Path) -> None:
    assert load(root, LATTICE_PROJECT_ID=ID).root == root
    settings = load(root, LATTICE_PROJECT_ID=OTHER)
    assert (settings.root, settings.project_id) == (None, OTHER)


def test_on_a_server_a_cloned_folder_is_the_project_that_its_configuration_names(tmp_path: Path) -> None:
    write(tmp_path, "config.json", {"project": {"id": ID, "name": "billing-specs"}})
    settings = load(tmp_path, DATABASE_URL=SERVER)
    assert (settings.root, settings.project_id) == (tmp_path, ID)
    assert load(tmp_path, DATABASE_URL=SERVER, LATTICE_PROJECT_ID="billing-specs").root == tmp_path
    with pytest.raises(NotFound, match="was not set up here"):
        load(tmp_path)


def test_what_a_variable_stands_for_is_never_shown(root: Path) -> None:
    for key, value in (("documents", "${LIMIT}"), ("documents", "1${LIMIT}")):
        write(root, "config.json", {key: {"limit": value}})
        message = refusal(root, LIMIT="hunter2")
        assert f"documents.limit in {root / '.lattice/config.json'}" in message
        assert value in message
    write(root, "config.json", {"documents": {"limit": "${LIMIT}"}})
    assert load(root, LIMIT="5000").document_limit == 5000
    assert "has no LIMIT" in refusal(root)
