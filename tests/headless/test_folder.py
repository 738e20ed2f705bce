"""init, status, track, restore and sync: the folder beside the head."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.headless.driver import Lattice


def test_a_folder_becomes_a_project_owned_by_who_ran_init(empty: Lattice) -> None:
    made = empty.ok("init", "--type", "python", "--output", "json").json
    assert (made["schema_version"], made["name"], made["type"]) == (1, "billing", "python")
    status = empty.ok("status", "--output", "json").json
    assert status["actor"] == {"name": "kim", "source": "LATTICE_ACTOR", "role": "owner"}
    assert status["sequence"] == 1
    assert status["clean"]


def test_on_a_terminal_init_asks_for_what_is_not_given_and_offers_a_default(empty: Lattice) -> None:
    asked = empty.ok("init", terminal=True, stdin=b"\npython\n\n\n")
    assert "Project name [billing]: " in asked.err
    assert "Project type [generic]: " in asked.err
    assert "Template of a first spec (none, api, authentication, " in asked.err
    assert "[none]: " in asked.err
    assert "Initialise git [y/N]: " in asked.err
    project = empty.ok("status", "--output", "json").json["project"]
    assert (project["name"], project["type"]) == ("billing", "python")
    assert empty.ok("mutation", "list", "--output", "json").json["total"] == 0
    assert not (empty.root / ".git").exists()


GIVEN = ("--name", "n", "--type", "python", "--template", "none", "--no-git")


def test_init_asks_nothing_that_is_given(empty: Lattice) -> None:
    asked = empty.ok("init", *GIVEN, terminal=True).err
    assert asked.startswith("n is a project now")


def test_without_a_terminal_init_asks_nothing(empty: Lattice) -> None:
    assert empty.ok("init").err.startswith("billing is a project now")


def test_init_proposes_a_first_spec_and_begins_a_repository_where_asked(empty: Lattice) -> None:
    said = empty.ok("init", "--template", "authentication", "--git").err
    assert "is a git repository now" in said
    assert "Next: lattice mutation show M-1" in said
    assert (empty.root / ".git").is_dir()
    proposed = empty.ok("mutation", "show", "1", "--output", "json").json
    assert [change["file_path"] for change in proposed["changes"]] == [".lattice/specs/authentication.json"]


def test_a_folder_inside_of_a_repository_stays_in_that_one(empty: Lattice) -> None:
    subprocess.run(["git", "init", "--quiet", str(empty.root.parent)], check=True)
    assert (
        "Initialise git"
        not in empty.ok(
            "init",
            terminal=True,
            stdin=b"\n\n\n",
        ).err
    )
    assert not (empty.root / ".git").exists()


def test_a_template_that_is_none_is_refused_before_anything_is_made(empty: Lattice) -> None:
    result = empty("init", "--template", "web")
    assert result.code == 2
    assert "Known are none, api, authentication" in result.err
    assert not (empty.root / ".lattice").exists()


def test_a_folder_becomes_a_project_once(lattice: Lattice) -> None:
    again = lattice("init")
    assert again.code == 12
    assert "is a project already" in again.err


def test_outside_of_a_project_the_way_in_is_named(empty: Lattice) -> None:
    result = empty("mutation", "list")
    assert result.code == 1
    assert result.out == b""
    assert "is in no project. Start one here with: lattice init" in result.err


def test_a_project_is_found_upward_and_paths_are_those_of_where_one_stands(lattice: Lattice) -> None:
    lattice.write("docs/guide.md", "# Guide\n")
    below = Lattice(lattice.root / "docs")
    name = below.propose("Shorten", "--files", "guide.md")
    assert lattice.ok("mutation", "show", name, "--output", "json").json["changes"][0]["file_path"] == "docs/guide.md"


@pytest.mark.parametrize("arguments", [("-C", "docs", "status"), ("status", "-C", "docs")])
def test_another_folder_can_be_named_before_or_behind_the_command(lattice: Lattice, arguments: tuple[str, ...]) -> None:
    assert lattice.ok(*arguments, "--output", "json").json["root"] == str(lattice.root)


@pytest.mark.parametrize("arguments", [("--as", "ana", "status"), ("status", "--as", "ana")])
def test_somebody_else_can_be_named_before_or_behind_the_command(lattice: Lattice, arguments: tuple[str, ...]) -> None:
    assert lattice.ok(*arguments, "--output", "json").json["actor"] == {
        "name": "ana",
        "source": "--as",
        "role": "reviewer",
    }


def test_status_names_what_is_not_as_in_the_head(lattice: Lattice) -> None:
    lattice.write("docs/api.yaml", "limit: 1\n")
    (lattice.root / "docs/guide.md").unlink()
    lattice.write("new.md", "new\n")
    status = lattice.ok("status", "--output", "json").json
    files = {file["path"]: file["state"] for file in status["files"]}
    assert files == {
        "docs/api.yaml": "modified",
        "docs/guide.md": "missing",
        "new.md": "untracked",
    }
    assert status["clean"] is False
    table = lattice.ok("status").text
    assert "folder     1 missing, 1 modified, 1 untracked" in table
    assert "modified   docs/api.yaml" in table
    assert "missing    docs/guide.md" in table


def test_status_exits_with_drift_only_when_asked_to(lattice: Lattice) -> None:
    assert lattice("status", "--exit-code").code == 0
    lattice.write("docs/api.yaml", "limit: 1\n")
    assert lattice("status").code == 0
    assert lattice("status", "--exit-code").code == 20


def test_status_counts_many_untracked_files_and_names_them_when_asked(lattice: Lattice) -> None:
    for number in range(30):
        lattice.write(f"out/{number:02}.txt", "x")
    assert "out/29.txt" not in lattice.ok("status").text
    assert "lattice status --all names them" in lattice.ok("status").text
    assert "out/29.txt" in lattice.ok("status", "--all").text
    assert (
        len([f for f in lattice.ok("status", "--output", "json").json["files"] if f["path"].startswith("out/")]) == 30
    )


def test_track_takes_globs_and_leaves_out_what_cannot_be_tracked(lattice: Lattice) -> None:
    lattice.write("specs/a.json", "{}\n")
    lattice.write("specs/deep/b.json", "{}\n")
    lattice.write("specs/notes.txt", "x\n")
    os.symlink("a.json", lattice.root / "specs/link.json")
    tracked = lattice.ok("track", "specs/**/*.json", "--output", "json")
    assert [item["path"] for item in tracked.json["items"]] == ["specs/a.json", "specs/deep/b.json"]
    assert "Left out: specs/link.json is a symlink." in tracked.err
    assert lattice.ok("status", "--exit-code").code == 0


def test_track_refuses_what_is_named_and_cannot_be_tracked(lattice: Lattice, tmp_path: Path) -> None:
    os.symlink("guide.md", lattice.root / "docs/link.md")
    lattice.write("big.bin", b"x" * 10_000_001)
    (tmp_path / "outside.md").write_text("x")
    for path, told in [
        ("docs/link.md", "is a symlink"),
        ("big.bin", "has 10,000,001 bytes"),
        (".lattice/local.json", "matches"),
        ("../outside.md", "lies outside the project's folder"),
        ("nowhere.md", "matches nowhere.md"),
    ]:
        result = lattice("track", path)
        assert result.code in (1, 2), path
        assert told in result.err
        assert result.out == b""


def test_track_again_does_nothing(lattice: Lattice) -> None:
    result = lattice.ok("track", "--all")
    assert lattice.ok("track", "--all", "--output", "json").json["items"] == []
    assert "docs/api.yaml" not in result.text


def test_restore_puts_the_head_back_and_saves_what_is_unknown(lattice: Lattice) -> None:
    lattice.write("docs/api.yaml", "mine\n")
    (lattice.root / "docs/guide.md").unlink()
    result = lattice.ok("restore", "docs", "--output", "json").json
    files = {file["path"]: file for file in result["files"]}
    assert lattice.read("docs/api.yaml") == b"limit: 24\nunit: hours\n"
    assert lattice.read("docs/guide.md") == b"# Guide\n\nRead it.\n"
    saved = files["docs/api.yaml"]["remark"].removeprefix("saved first as ")
    assert lattice.read(saved) == b"mine\n"


def test_sync_follows_the_head_and_leaves_drift_alone(lattice: Lattice) -> None:
    patch = b"--- a/docs/api.yaml\n+++ b/docs/api.yaml\n@@ -1,2 +1,2 @@\n-limit: 24\n+limit: 48\n unit: hours\n"
    name = lattice.ok("mutation", "create", "--title", "T", "--patch", "-", stdin=patch).text.strip()
    lattice.ok("mutation", "approve", name, "--as", "ana")
    copy = lattice.root / "docs/guide.md"
    copy.write_text("drift\n")
    lattice.ok("mutation", "execute", name)
    synced = lattice.ok("sync", "--output", "json").json
    assert synced["files"] == [{"path": "docs/guide.md", "state": "drifted", "remark": ""}]
    assert lattice.read("docs/api.yaml") == b"limit: 48\nunit: hours\n"
    assert copy.read_text() == "drift\n"


def test_what_changed_on_disk_is_drafted_once(lattice: Lattice) -> None:
    assert "Nothing new differs" in lattice.ok("watch", "--once").err
    lattice.write("docs/api.yaml", "limit: 48\n")
    (lattice.root / "docs/guide.md").rename(lattice.root / "docs/handbook.md")
    drafted = lattice.ok("watch", "docs", "--once", "--title", "Limits", "--spec", "user-auth", "--output", "json").json
    assert (drafted["status"], drafted["title"], drafted["spec_id"]) == ("draft", "Limits", "user-auth")
    lattice.write("docs/api.yaml", "limit: 72\n")
    told = lattice.ok("watch", "docs", "--once").text
    assert told == "M-1  draft, patchset 2: modify docs/api.yaml, rename docs/guide.md -> docs/handbook.md\n"
    assert lattice("watch", "--output", "json").code == 2
