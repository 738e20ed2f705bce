"""What is secret, and what files say, is in no row of the audit log, wherever it was typed or printed."""

import json
from pathlib import Path

import pytest

from tests.headless.driver import Lattice
from tests.support.hooks import write_hook
from tests.support.underneath import underneath

SECRET = "hunter2-p4ssw0rd"


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("SMTP_PASSWORD", SECRET)
    monkeypatch.setenv("LATTICE_API_KEY", SECRET)


def test_a_secret_that_is_planted_everywhere_is_in_no_row_of_the_log(lattice: Lattice) -> None:
    lattice.write(".lattice/local.json", json.dumps({"neo4j": {"password": SECRET}}))
    lattice.write("deploy.env", f"password={SECRET}\n")
    lattice.ok("track", "deploy.env")
    write_hook(lattice.root, "pre-mutation.sh", f'echo \'{{"metadata": {{"found": "{SECRET}"}}}}\'')
    write_hook(lattice.root, "post-mutation.sh", f'echo "$SMTP_PASSWORD {SECRET}"; echo {SECRET} >&2; exit 3')
    lattice.ok("hooks", "trust")
    lattice.write("deploy.env", f"password={SECRET}-new\n")
    told = ("--description", f"From {SECRET}", "--ticket", SECRET, "--label", SECRET, "--idempotency-key", SECRET)
    name = lattice.propose("Rotate the password", "--files", "deploy.env", *told)
    lattice.ok("mutation", "comment", name, "--text", f"It is {SECRET}", "--as", "ana")
    lattice.ok("mutation", "approve", name, "--comment", f"As {SECRET}", "--as", "ana")
    lattice.ok("mutation", "execute", name)
    with underneath(lattice.root / ".lattice/state/lattice.db") as database:
        rows = [json.loads(text) for (text,) in database.execute("SELECT text FROM audit")]
    assert {"mutation.created", "mutation.executed", "mutation.hook_failed"} <= {row["action"] for row in rows}
    assert [row for row in rows if SECRET in json.dumps(row)] == []
    lattice.ok("audit", "verify")
