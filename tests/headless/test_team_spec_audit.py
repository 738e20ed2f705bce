"""team, spec, audit, doctor and import-git."""

import json
import sqlite3
import subprocess
from pathlib import Path

import pytest

from lattice_console.contract.models.health import ComponentHealth
from lattice_console.engine.stores.sqlite import SqliteStore
from tests.headless.driver import Lattice
from tests.support.underneath import underneath


def roles(lattice: Lattice) -> dict[str, str]:
    members = lattice.ok("team", "list", "--output", "json").json["items"]
    return {member["user"]["handle"]: member["role"] for member in members}


def test_members_are_added_and_get_other_roles_by_handle_or_by_email(lattice: Lattice) -> None:
    lattice.ok("team", "add", "raj", "--role", "developer", "--name", "Raj Rao", "--email", "raj@example.org")
    assert roles(lattice) == {"ana": "reviewer", "kim": "owner", "raj": "developer"}
    lattice.ok("team", "update", "raj", "--role", "admin")
    assert roles(lattice)["raj"] == "admin"
    lattice.ok("team", "update", "--email", "raj@example.org", "--role", "viewer")
    assert roles(lattice)["raj"] == "viewer"
    added = lattice.ok("team", "add", "--email", "eve@example.org", "--role", "viewer", "--output", "json").json
    assert added["email"] == "eve@example.org"
    assert "Raj Rao" in lattice.ok("team", "list").text


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("add", "raj", "--role", "boss"), 2, "known are owner, admin, developer, reviewer, viewer"),
        (("update", "ana", "--role", "boss"), 2, "known are owner, admin, developer, reviewer, viewer"),
        (("add", "ana", "--role", "admin"), 12, "is a member already"),
        (("add", "--role", "admin"), 2, "Name the user"),
        (("update", "raj", "--role", "admin"), 1, "raj is no member"),
        (("update", "kim", "--role", "admin"), 1, "is the only owner"),
        (("update", "ana", "--email", "a@b", "--role", "admin"), 2, "Name the member once"),
        (("add", "raj", "--role", "viewer", "--as", "ana"), 4, "may not do this"),
    ],
)
def test_what_cannot_be_done_to_the_team_says_why(
    lattice: Lattice, arguments: tuple[str, ...], code: int, told: str
) -> None:
    result = lattice("team", *arguments)
    assert result.code == code
    assert told in result.err


def test_a_spec_is_proposed_from_a_template_and_is_there_once_executed(lattice: Lattice) -> None:
    made = lattice.ok(
        "spec", "create", "--name", "user-auth", "--template", "authentication", "--description", "-", stdin=b"Why\n"
    )
    assert made.text == "M-1\n"
    assert "user-auth" not in lattice.ok("spec", "list").text
    lattice.ok("mutation", "approve", "M-1", "--as", "ana")
    lattice.ok("mutation", "execute", "M-1")
    assert (lattice.root / ".lattice/specs/user-auth.json").exists()
    shown = lattice.ok("spec", "show", "user-auth", "--output", "json").json
    assert (shown["type"], shown["requirements"], shown["version"]) == ("requirements", 5, "1.0.0")
    assert "user-auth" in lattice.ok("spec", "list").text
    assert "requirements  5" in lattice.ok("spec", "show", "user-auth").text


def test_an_unknown_template_lists_those_there_are(lattice: Lattice) -> None:
    result = lattice("spec", "create", "--name", "x", "--template", "nonsense")
    assert result.code == 2
    assert "api, authentication, database" in result.err


def test_validate_exits_10_with_findings_and_0_without(lattice: Lattice) -> None:
    clean = lattice.ok("spec", "validate", "--all")
    assert (clean.out, clean.err) == (b"", "Nothing was found.\n")
    lattice.write(".lattice/specs/broken.json", '{"name": "broken",\n "type": }\n')
    lattice.ok("track", ".lattice/specs/broken.json")
    found = lattice("spec", "validate", "--output", "json")
    assert found.code == 10
    assert [one["path"] for one in found.json["items"]] == [".lattice/specs/broken.json"]
    table = lattice("spec", "validate", "--all")
    assert table.code == 10
    assert ".lattice/specs/broken.json:2" in table.text
    assert "1 error in 1 of 1 document." in table.err
    lattice.write(".lattice/specs/bare.json", '{"name": "bare"}\n')
    lattice.ok("track", ".lattice/specs/bare.json")
    bare = lattice("spec", "validate", "bare", "--output", "json")
    assert [(one["rule"], one["remedy"]) for one in bare.json["items"]] == [("no_version", "Begin with 1.0.0.")]
    assert "Begin with 1.0.0." in lattice("spec", "validate", "bare").text
    assert lattice("spec", "validate", "nonsense").code == 1
    assert lattice("spec", "validate", "x", "--all").code == 2


def test_the_audit_log_is_read_newest_first_and_proved(lattice: Lattice) -> None:
    rows = lattice.ok("audit", "log", "--output", "ndjson").lines
    assert [row["sequence"] for row in rows] == list(range(len(rows), 0, -1))
    assert rows[-1]["action"] == "project.created"
    page = lattice.ok("audit", "log", "--limit", "2", "--output", "json").json
    assert (len(page["items"]), page["total"], page["has_more"]) == (2, len(rows), True)
    assert lattice.ok("audit", "verify").text.startswith("ok: ")


def test_a_log_that_was_tampered_with_is_found(lattice: Lattice) -> None:
    with underneath(lattice.root / ".lattice/state/lattice.db") as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        with pytest.raises(sqlite3.DatabaseError):
            database.execute("UPDATE audit SET text = '{}' WHERE sequence = 2")
        for (trigger,) in triggers:
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("UPDATE audit SET text = '{}' WHERE sequence = 2")
    result = lattice("audit", "verify", "--output", "json")
    assert result.code == 10
    assert not result.json["ok"]
    assert result.json["problems"]
    assert lattice("audit", "verify").text.startswith("broken: ")
    assert lattice("doctor").code == 10


def _forget_the_end(database: Path) -> None:
    """Cut the project's chain by one row, as whoever owns the file can: by itself the log shows nothing of it."""
    with underneath(database) as connection:
        connection.execute("DROP TRIGGER audit_never_delete")
        connection.execute("DELETE FROM audit WHERE sequence = (SELECT audit_sequence FROM projects) AND scope <> ''")
        connection.execute("UPDATE projects SET audit_sequence = audit_sequence - 1")
        connection.execute(
            "UPDATE projects SET audit_head = "
            "(SELECT hash FROM audit WHERE scope = projects.id AND sequence = projects.audit_sequence)"
        )


def test_a_checkpoint_shows_that_the_end_of_the_log_is_gone(lattice: Lattice) -> None:
    made = lattice.ok("audit", "checkpoint", "../audit.json", "--output", "json").json
    assert json.loads((lattice.root / "../audit.json").read_bytes()) == made
    lattice.ok("audit", "verify", "--against", "../audit.json")
    lattice.write("a.yaml", "a: 1\n")
    lattice.ok("track", "a.yaml")
    later = lattice.ok("audit", "checkpoint", "../audit.json", "--output", "json").json
    assert later["rows"] == made["rows"] + 1
    _forget_the_end(lattice.root / ".lattice/state/lattice.db")
    lattice.ok("audit", "verify")
    found = lattice("audit", "verify", "--against", "../audit.json")
    assert (found.code, f"the checkpoint knows {later['rows']} rows" in found.text) == (10, True)
    # What shows it is not replaced by what does not.
    refused = lattice("audit", "checkpoint", "../audit.json")
    assert (refused.code, "No checkpoint was made." in refused.err) == (10, True)
    assert json.loads((lattice.root / "../audit.json").read_bytes()) == later


@pytest.mark.parametrize(
    "content", ["", "[]", '{"schema_version": 1}', "[" * 9_000, '{"schema_version": 1, "rows": 1e999}', "x" * 20_000]
)
def test_what_is_no_checkpoint_is_refused_and_never_replaced(lattice: Lattice, content: str) -> None:
    lattice.write("note.txt", content)
    for arguments in (("verify", "--against", "note.txt"), ("checkpoint", "note.txt")):
        result = lattice("audit", *arguments)
        assert (result.code, "is no checkpoint of an audit log" in result.err) == (2, True)
    assert lattice.read("note.txt") == content.encode()
    missing = lattice("audit", "verify", "--against", "nowhere.json")
    assert (missing.code, "nowhere.json" in missing.err) == (1, True)


def test_doctor_looks_at_everything(lattice: Lattice) -> None:
    checks = lattice.ok("doctor", "--output", "json").json
    assert checks["ok"]
    assert {"program", "project", "database", "you", "audit", "policy", "folder"} <= {
        check["name"] for check in checks["items"]
    }


def test_doctor_warns_of_a_secret_that_goes_into_git_and_does_not_repeat_it(
    lattice: Lattice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATTICE_NEO4J_PASSWORD", "other")
    lattice.write(".lattice/config.json", '{"neo4j": {"password": "hunter2"}}')
    told = lattice.ok("doctor", "--output", "json")
    [warning] = [check for check in told.json["items"] if check["name"] == "settings"]
    assert (warning["state"], "neo4j.password" in warning["message"]) == ("warning", True)
    assert "hunter2" not in told.text


def test_doctor_and_validate_warn_of_secrets_in_tracked_configuration_and_of_variables_that_are_not_set(
    lattice: Lattice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_HOST", "mail.example")
    monkeypatch.delenv("SMTP_USER", raising=False)
    place = ".lattice/notifications/email.json"
    lattice.write(place, '{"host": "${SMTP_HOST}", "user": "${SMTP_USER}", "pass": "hunter2"}')
    lattice.ok("track", place)
    told = lattice.ok("doctor", "--output", "json")
    warnings = [check["message"] for check in told.json["items"] if check["name"] == "configuration"]
    assert f"{place}:1: A secret stands here" in warnings[0]
    assert warnings[1:] == [f"user in {place}: ${{SMTP_USER}} stands there, and the environment has no SMTP_USER."]
    checked = lattice("validate", "--strict", "--output", "json")
    assert checked.code == 10
    assert '"rule": "secret"' in checked.text
    assert "hunter2" not in told.text + checked.text


def test_doctor_tells_of_a_server_that_does_not_answer_and_goes_on(
    lattice: Lattice, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = SqliteStore.health

    async def with_replica(store: SqliteStore, project_id: str | None) -> dict[str, ComponentHealth]:
        well = ComponentHealth(status="healthy", latency_ms=1.5, connections_in_pool=2, last_event=1)
        gone = ComponentHealth(status="unhealthy", latency_ms=1.5, error="It cannot be reached (OSError).")
        return {**await measured(store, project_id), "replica": well, "redis": gone}

    monkeypatch.setattr(SqliteStore, "health", with_replica)
    checks = {check["name"]: check for check in lattice.ok("doctor", "--output", "json").json["items"]}
    assert checks["replica"]["message"] == "It answers in 1.5 ms, 2 connections, 3 events behind."
    assert (checks["redis"]["state"], checks["folder"]["state"]) == ("warning", "ok")
    assert checks["redis"]["message"].startswith("It cannot be reached (OSError). All goes on without it")


def test_doctor_without_a_folder_looks_at_what_there_is(
    lattice: Lattice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{lattice.root}/.lattice/state/lattice.db")
    monkeypatch.setenv("LATTICE_PROJECT_ID", "billing")
    checks = {check["name"] for check in Lattice(tmp_path).ok("doctor", "--output", "json").json["items"]}
    assert {"project", "database", "you", "audit", "policy"} <= checks
    assert "folder" not in checks


def test_doctor_outside_of_a_project_says_so(empty: Lattice) -> None:
    result = empty("doctor")
    assert result.code == 10
    assert "is in no project" in result.text


def test_a_git_history_is_imported_and_the_folder_follows(empty: Lattice) -> None:
    history = empty.root.parent / "history"
    git = ["git", "-C", str(history), "-c", "user.name=Ana", "-c", "user.email=ana@example.org"]
    subprocess.run(["git", "init", "-q", "-b", "main", str(history)], check=True)
    for number in (1, 2, 3):
        (history / "api.yaml").write_text(f"limit: {number}\n")
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-q", "-m", f"Limit {number}"], check=True)
    empty.ok("init")
    report = empty.ok("import-git", "../history", "--leave-pending", "1", "--output", "json")
    assert (report.json["imported"], report.json["executed"], report.json["pending"]) == (3, 2, 1)
    assert empty.read("api.yaml") == b"limit: 2\n"
    assert empty.ok("mutation", "show", "1", "--output", "json").json["title"] == "Limit 1"
    repeated = empty.ok("import-git", "../history", "--leave-pending", "1", terminal=True)
    assert "\rImporting [##########                    ] 1/3 Limit 2\x1b[K" in repeated.err
    again = repeated.text
    assert empty.ok("mutation", "list", "--output", "json").json["total"] == 3
    assert "3  mutations of 3 commits" in again
    assert empty("import-git", "nowhere").code == 1
    exported = empty.ok("export-git", "../out", "--exclude", ".lattice/*", "--output", "json")
    assert exported.json | {"schema_version": 1} == {
        "commits": 2,
        "new": 2,
        "skipped": 1,
        "refused": [],
        "schema_version": 1,
    }
    assert "Next: git -C ../out log main" in exported.err
    assert empty("export-git", "../history").code == 12
