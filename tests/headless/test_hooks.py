"""`lattice hooks`: what may run is chosen by name and content, and what may not is said where it matters."""

from pathlib import Path

import pytest

from tests.headless.driver import Lattice
from tests.support.hooks import write_hook

HOOK = "pre-mutation.sh"


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def states(lattice: Lattice) -> dict[str, str]:
    return {one["name"]: one["state"] for one in lattice.ok("hooks", "list", "--output", "json").json["items"]}


def test_a_folder_without_hooks_says_so(lattice: Lattice) -> None:
    assert "There are no hooks" in lattice.ok("hooks", "list").err
    assert "There are no hooks" in lattice.ok("hooks", "trust").err


def test_a_hook_is_new_then_trusted_then_changed_then_trusted_no_more(lattice: Lattice) -> None:
    write_hook(lattice.root, HOOK, "true")
    write_hook(lattice.root, "post-mutation", "true")
    assert states(lattice) == {"post-mutation": "new", HOOK: "new"}
    lattice.ok("hooks", "trust", HOOK)
    assert states(lattice) == {"post-mutation": "new", HOOK: "trusted"}
    write_hook(lattice.root, HOOK, "false")
    listed = lattice.ok("hooks", "list")
    assert "Not run before you trust what is in there now: 2 hooks." in listed.err
    assert states(lattice)[HOOK] == "changed"
    lattice.ok("hooks", "trust")
    assert set(states(lattice).values()) == {"trusted"}
    lattice.ok("hooks", "untrust", HOOK)
    assert states(lattice) == {"post-mutation": "trusted", HOOK: "new"}


def test_doctor_says_whether_hooks_are_asked(lattice: Lattice) -> None:
    def told() -> tuple[str, str]:
        checks = lattice.ok("doctor", "--output", "json").json["items"]
        return next((one["state"], one["message"]) for one in checks if one["name"] == "hooks")

    assert told() == ("ok", "There are none.")
    write_hook(lattice.root, HOOK, "true")
    assert told()[0] == "warning"
    lattice.ok("hooks", "trust")
    assert told() == ("ok", "1 hook, trusted as they are now.")


def test_what_is_no_hook_is_not_trusted(lattice: Lattice) -> None:
    (write_hook(lattice.root, "pre-mutation-2", "true")).chmod(0o644)
    assert "chmod +x .lattice/hooks/pre-mutation-2" in lattice.ok("hooks", "list").err
    unknown = lattice("hooks", "trust", "pre-mutation-2")
    assert (unknown.code, "no hook pre-mutation-2" in unknown.err) == (1, True)
    (lattice.root / ".lattice/hooks/pre-mutation-3").symlink_to("/bin/sh")
    link = lattice("hooks", "trust", "pre-mutation-3")
    assert (link.code, "is a link" in link.err) == (2, True)


def test_who_proposes_hears_that_a_hook_was_not_run_and_who_executes_what_to_do(lattice: Lattice) -> None:
    write_hook(lattice.root, HOOK, "echo ran > ran")
    lattice.write("docs/guide.md", "# Guide\n")
    told = lattice.ok("mutation", "create", "--title", "Shorter", "--files", "docs/guide.md")
    assert "pre-mutation.sh is new here, and is not run before you trust it" in told.err
    lattice.ok("mutation", "approve", "1", "--as", "ana")
    blocked = lattice("mutation", "execute", "1")
    assert (blocked.code, "lattice hooks trust pre-mutation.sh" in blocked.err) == (11, True)
    assert not (lattice.root / "ran").exists()
    lattice.ok("hooks", "trust", HOOK)
    lattice.ok("mutation", "execute", "1")
    assert (lattice.root / "ran").exists()


def test_a_refused_proposal_ends_with_the_code_of_policy_and_the_hooks_own_words(lattice: Lattice) -> None:
    write_hook(lattice.root, HOOK, "echo 'Name a ticket: --metadata ticket_id=T-1' >&2; exit 1")
    lattice.ok("hooks", "trust")
    lattice.write("docs/guide.md", "# Guide\n")
    refused = lattice("mutation", "create", "--title", "Shorter", "--files", "docs/guide.md")
    assert refused.code == 11
    assert "Not proposed" in refused.err
    assert "pre-mutation.sh refuses: Name a ticket: --metadata ticket_id=T-1" in refused.err
