"""mutation execute, retry, rollback, finish-rollback and diff, with the folder that follows."""

import subprocess

import pytest

from tests.headless.driver import Lattice
from tests.support.underneath import underneath

SQL = "UPDATE blobs SET content = ? WHERE content = ?"


def damage(lattice: Lattice, content: bytes, to: bytes = b"damaged") -> None:
    """Change the stored bytes of a document, as a broken disk would."""
    with underneath(lattice.root / ".lattice/state/lattice.db") as database:
        assert database.execute(SQL, (to, content)).rowcount == 1


@pytest.fixture
def approved(lattice: Lattice) -> str:
    """An approved mutation, not yet in this folder."""
    lattice.write("docs/api.yaml", "limit: 48\nunit: hours\n")
    name = lattice.approved("Raise", "--files", "docs")
    lattice.write("docs/api.yaml", "limit: 24\nunit: hours\n")
    return name


def test_an_execution_changes_the_file_on_disk_and_a_rollback_restores_it(lattice: Lattice, approved: str) -> None:
    done = lattice.ok("mutation", "execute", approved, "--output", "json")
    assert (done.json["status"], done.json["schema_version"]) == ("completed", 1)
    assert "Executed M-1: the head is at 3, and this folder with it (1 file written)." in done.err
    assert lattice.read("docs/api.yaml") == b"limit: 48\nunit: hours\n"
    undone = lattice.ok("mutation", "rollback", approved, "--reason", "Too much.", "--output", "json")
    assert undone.json["status"] == "rolled_back"
    assert lattice.read("docs/api.yaml") == b"limit: 24\nunit: hours\n"
    assert lattice.ok("status", "--exit-code").code == 0


def test_a_dry_run_says_what_would_happen_and_changes_nothing(lattice: Lattice, approved: str) -> None:
    preview = lattice.ok("mutation", "execute", approved, "--dry-run", "--output", "json").json
    assert preview["would_execute"]
    assert [one["file_path"] for one in preview["files"]] == ["docs/api.yaml"]
    assert "would execute" in lattice.ok("mutation", "execute", approved, "--dry-run").text
    assert lattice.read("docs/api.yaml") == b"limit: 24\nunit: hours\n"
    assert lattice.ok("mutation", "show", approved, "--output", "json").json["status"] == "approved"


def test_a_dry_run_says_that_a_file_that_drifted_would_hold_it_back(lattice: Lattice, approved: str) -> None:
    lattice.write("docs/api.yaml", "mine\n")
    dry = lattice("mutation", "execute", approved, "--dry-run")
    assert dry.code == 20
    assert "It would not execute from here: docs/api.yaml changed on disk since the last checkout." in dry.err


def test_what_is_blocked_lists_every_blocker(lattice: Lattice) -> None:
    lattice.write("docs/api.yaml", "limit: 48\n")
    parent = lattice.propose("Parent", "--files", "docs")
    lattice.write("src/auth.py", "LIMIT = 48\n")
    child = lattice.propose("Child", "--files", "src", "--parent", parent)
    result = lattice("mutation", "execute", child)
    assert result.code == 11
    assert "approvals: 0 of 1 approval" in result.err
    assert "parents executed: its parent M-1 is pending" in result.err
    dry = lattice("mutation", "execute", child, "--dry-run", "--output", "json")
    assert dry.code == 11
    assert {one["name"] for one in dry.json["blockers"]} == {"approvals", "parents_executed"}


def test_a_stale_base_names_the_newer_revision(lattice: Lattice, approved: str) -> None:
    lattice.write("docs/api.yaml", "limit: 72\n")
    other = lattice.approved("Other", "--files", "docs")
    lattice.ok("mutation", "execute", other)
    result = lattice("mutation", "execute", approved, "--output", "json")
    assert result.code == 12
    assert result.out == b""
    assert '"code": "CF_STALE_BASE"' in result.err
    assert "revision 2 by M-2 is newer than its base" in result.err


def test_a_file_that_drifted_holds_the_execution_back_and_is_named(lattice: Lattice, approved: str) -> None:
    lattice.write("docs/api.yaml", "mine\n")
    lattice.write("docs/guide.md", "mine too\n")
    result = lattice("mutation", "execute", approved)
    assert result.code == 20
    assert "docs/api.yaml changed on disk since the last checkout" in result.err
    assert "guide" not in result.err
    assert lattice.read("docs/api.yaml") == b"mine\n"
    lattice.ok("restore", "docs/api.yaml")
    lattice.ok("mutation", "execute", approved)
    assert lattice.read("docs/guide.md") == b"mine too\n"
    lattice.write("docs/api.yaml", "mine again\n")
    assert lattice("mutation", "rollback", approved, "--reason", "No.").code == 20


def test_a_stack_executes_in_its_order(lattice: Lattice) -> None:
    names: list[str] = []
    for limit in (48, 72, 96):
        lattice.write("docs/api.yaml", f"limit: {limit}\n")
        above = ("--parent", names[-1]) if names else ()
        names.append(lattice.approved(f"Limit {limit}", "--files", "docs", *above))
    assert lattice("mutation", "execute", names[1]).code == 11
    for name in names:
        lattice.ok("mutation", "execute", name)
    assert lattice.read("docs/api.yaml") == b"limit: 96\n"
    result = lattice("mutation", "rollback", names[0], "--reason", "No.")
    assert result.code == 1
    assert "M-2" in result.err
    for name in reversed(names):
        lattice.ok("mutation", "rollback", name, "--reason", "No.")
    assert lattice.read("docs/api.yaml") == b"limit: 24\nunit: hours\n"


def test_an_execution_that_fails_applies_nothing_and_can_be_retried(lattice: Lattice, approved: str) -> None:
    wanted = b"limit: 48\nunit: hours\n"
    damage(lattice, wanted)
    failed = lattice("mutation", "execute", approved, "--output", "json")
    assert failed.code == 13
    assert failed.json["status"] == "failed"
    assert "M-1 failed, nothing was applied" in failed.err
    assert lattice.read("docs/api.yaml") == b"limit: 24\nunit: hours\n"
    assert lattice("mutation", "status", approved, "--exit-code").code == 13
    damage(lattice, b"damaged", wanted)
    assert lattice.ok("mutation", "retry", approved, "--output", "json").json["status"] == "approved"
    lattice.ok("mutation", "execute", approved)
    assert lattice.read("docs/api.yaml") == wanted


def test_a_rollback_that_breaks_is_finished_by_hand(lattice: Lattice, approved: str) -> None:
    lattice.ok("mutation", "execute", approved)
    damage(lattice, b"limit: 24\nunit: hours\n")
    broken = lattice("mutation", "rollback", approved, "--reason", "No.")
    assert broken.code == 13
    assert "lattice mutation finish-rollback M-1" in broken.err
    finished = lattice.ok("mutation", "finish-rollback", approved, "--reason", "From the backup.", "--output", "json")
    assert finished.json["status"] == "rolled_back"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("execute", "M-9"), 1),
        (("execute", "M-1", "--as", "ana"), 4),
        (("execute", "M-1", "--expected-version", "1"), 12),
        (("rollback", "M-1", "--reason", "x"), 1),
        (("rollback", "M-1"), 2),
        (("rollback", "M-1", "--reason", ""), 2),
        (("retry", "M-1"), 1),
        (("finish-rollback", "M-1", "--reason", "x"), 1),
    ],
)
@pytest.mark.usefixtures("approved")
def test_what_cannot_be_run_has_its_exit_code(lattice: Lattice, arguments: tuple[str, ...], code: int) -> None:
    result = lattice("mutation", *arguments)
    assert result.code == code, result.err
    assert result.out == b""
    assert result.err.startswith("error: ")


ODD = {
    "docs/api.yaml": b"\xef\xbb\xbflimit: 24\r\nunit: hours",
    "docs/guide.md": b"\xff\xfe invalid \x1b[31m\n",
    "src/bin.dat": b"\0\1\2",
    "docs/gone.md": None,
}


def test_a_diff_is_byte_for_byte_what_git_applies(lattice: Lattice) -> None:
    lattice.write("docs/gone.md", "gone\n")
    lattice.write("docs/old name.md", "line\n" * 10)
    lattice.ok("track", "docs")
    before = lattice.root.parent / "before"
    subprocess.run(["cp", "-r", lattice.root, before], check=True)
    (lattice.root / "docs/gone.md").unlink()
    (lattice.root / "docs/old name.md").rename(lattice.root / "docs/ümlaut.md")
    text = {path: content for path, content in ODD.items() if content is not None and path != "src/bin.dat"}
    for path, content in text.items():
        lattice.write(path, content)
    name = lattice.propose("Odd", "--files", *text, "docs/gone.md", "--rename", "docs/old name.md:docs/ümlaut.md")
    patch = lattice.ok("mutation", "diff", name).out
    assert b"\xff\xfe invalid \x1b[31m\n" in patch
    applied = subprocess.run(["git", "apply"], cwd=before, input=patch, capture_output=True, check=False)
    assert applied.returncode == 0, applied.stderr
    for path, content in text.items():
        assert (before / path).read_bytes() == content
    assert not (before / "docs/gone.md").exists()
    assert (before / "docs/ümlaut.md").read_bytes() == b"line\n" * 10


def test_a_diff_on_a_terminal_is_coloured_and_inert(lattice: Lattice, monkeypatch: pytest.MonkeyPatch) -> None:
    lattice.write("docs/guide.md", "# Guide \x1b[31m\u202e\nnew\n")
    name = lattice.propose("Odd", "--files", "docs/guide.md")
    monkeypatch.setenv("TERM", "xterm")
    shown = lattice.ok("mutation", "diff", name, terminal=True).text
    assert "\x1b[32m+# Guide ⟨U+001B⟩[31m⟨U+202E⟩\x1b[0m\n" in shown
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in lattice.ok("mutation", "diff", name, terminal=True).text


def test_a_stat_counts_lines_and_knows_binary(lattice: Lattice) -> None:
    lattice.write("docs/guide.md", "# Guide\n\nRead it all.\nNow.\n")
    lattice.write("src/bin.dat", b"\0\1\2")
    name = lattice.propose("T", "--files", "docs", "src")
    stats = lattice.ok("mutation", "diff", name, "--stat", "--output", "json").json["items"]
    assert [(one["file_path"], one["added"], one["removed"], one["binary"]) for one in stats] == [
        ("docs/guide.md", 2, 1, False),
        ("src/bin.dat", 0, 0, True),
    ]
    assert "modify        +2       -1  docs/guide.md" in lattice.ok("mutation", "diff", name, "--stat").text
    assert lattice("mutation", "diff", name, "--output", "json").code == 2
    assert lattice("mutation", "diff", name, "--patchset", "7").code == 1
