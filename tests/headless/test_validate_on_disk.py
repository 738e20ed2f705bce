"""`lattice validate PATH`: files as they lie on disk, where there need be no project."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pygit2
import pytest

from lattice_console.ops.git_around import unreadable
from tests.headless.driver import Lattice

SPEC = '{"name": "pets", "version": "1.0.0", "type": "requirements", "depends_on": ["accounts"]}\n'
ACCOUNTS = '{"name": "accounts", "version": "one", "type": "requirements"}\n'


@pytest.fixture
def clone(empty: Lattice) -> Lattice:
    """What git brings of a project: its files, and nothing of the machine where it was set up."""
    empty.write(".lattice/config.json", '{"project": {"id": "01a20036-7a85-7256-88de-6e168955de2c"}}')
    empty.write(".gitignore", "vendor/\n")
    empty.write("specs/pets.json", SPEC)
    empty.write("specs/accounts.json", ACCOUNTS)
    empty.write("vendor/broken.json", "{")
    pygit2.init_repository(str(empty.root))
    return empty


def everything(root: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in root.rglob("*")}


def found(lattice: Lattice, *arguments: str) -> list[tuple[str, str, str]]:
    said = lattice("validate", *arguments, "--output", "json").json
    return [(one["path"], one["rule"], one["severity"]) for one in said["items"]]


def test_what_is_found_on_disk_is_what_is_found_once_it_is_tracked(clone: Lattice) -> None:
    before = everything(clone.root)
    on_disk = found(clone, ".")
    assert everything(clone.root) == before
    assert ("specs/accounts.json", "version", "error") in on_disk
    shutil.rmtree(clone.root / ".git")
    clone.ok("init", "--name", "pets")
    clone.ok("track", "specs")
    assert found(clone) == on_disk


def test_errors_fail_and_warnings_do_where_that_is_asked(clone: Lattice) -> None:
    assert clone("validate", "specs").code == 10
    clone.write("specs/accounts.json", ACCOUNTS.replace("one", "1.0.0"))
    told = clone.ok("validate", "specs").err
    assert clone("validate", "specs", "--strict").code == (10 if "warning" in told else 0)
    report = clone("validate", "specs", "--junit", "results.xml")
    assert report.code == 0
    assert b"specs/accounts.json" in (clone.root / "results.xml").read_bytes()


def test_what_is_not_named_is_not_there(clone: Lattice) -> None:
    assert "depends_on" in {rule for _, rule, _ in found(clone, "specs/pets.json")}
    assert "depends_on" not in {rule for _, rule, _ in found(clone, "specs")}
    assert {path for path, _, _ in found(clone, "specs/a*.json")} == {"specs/accounts.json"}


def test_what_git_ignores_is_checked_only_when_it_is_named(clone: Lattice) -> None:
    assert "vendor/broken.json" not in {path for path, _, _ in found(clone, ".")}
    assert found(clone, "vendor/broken.json") == [("vendor/broken.json", "syntax", "error")]


def test_suppressions_of_the_clone_hold(clone: Lattice) -> None:
    entry = {
        "rule": "version",
        "path": "specs/*",
        "owner": "kim",
        "reason": "It is old.",
        "expires": (date.today() + timedelta(days=30)).isoformat(),
    }
    clone.write(".lattice/suppressions.json", json.dumps({"suppressions": [entry]}))
    assert clone.ok("validate", "specs").text.count("suppressed  version") == 1


def test_it_works_from_a_folder_below_and_names_paths_from_the_top(clone: Lattice) -> None:
    assert ("specs/accounts.json", "version", "error") in found(Lattice(clone.root / "specs"), ".")


def test_what_cannot_be_a_document_is_named_and_what_is_not_there_refused(clone: Lattice) -> None:
    (clone.root / "specs" / "link.json").symlink_to("pets.json")
    assert "Left out: specs/link.json is a symlink.\n" in clone("validate", ".").err
    for path, code, said in (
        ("none.json", 1, "matches none.json"),
        ("../other", 2, "lies outside"),
        ("specs/link.json", 2, "is a symlink"),
    ):
        refused = clone("validate", path)
        assert (refused.code, said in refused.err) == (code, True), refused.err


def test_without_a_project_and_without_a_path_both_ways_are_told(clone: Lattice) -> None:
    refused = clone("validate")
    assert refused.code == 1
    assert "lattice init" in refused.err
    assert "lattice validate PATH" in refused.err


def test_without_a_project_the_top_of_the_clone_counts(empty: Lattice) -> None:
    pygit2.init_repository(str(empty.root))
    empty.write("specs/accounts.json", ACCOUNTS)
    empty.write("docs/guide.md", "# Guide\n")
    below = Lattice(empty.root / "docs")
    for path in ("..", "../specs", str(empty.root)):
        assert ("specs/accounts.json", "version", "error") in found(below, path)


def test_a_repository_that_cannot_be_read_is_told_instead_of_what_it_ignores(clone: Lattice) -> None:
    (clone.root / ".git" / "config").write_text("[core")
    for command in (("validate", "."), ("validate", "specs/pets.json")):
        refused = clone(*command)
        assert (refused.code, "git repository" in refused.err, "config" in refused.err) == (1, True, True), refused.err


def test_a_repository_of_somebody_else_is_told_with_the_way_to_trust_it() -> None:
    refused = pygit2.GitError("repository path '/ci/specs' is not owned by current user")
    assert unreadable(Path("/ci/specs"), refused).endswith("git config --global --add safe.directory /ci/specs")


def test_a_policy_that_no_project_would_take_is_told_among_the_rest(clone: Lattice) -> None:
    path = ".lattice/workflows/code-review.json"
    clone.write(path, '{"review_requirements": {"min_reviewers": 0}}')
    told = clone("validate", ".", "--junit", "results.xml", "--output", "json")
    assert told.code == 10
    rules = {(one["path"], one["rule"]) for one in told.json["items"]}
    assert [one["message"].split(" is ")[0] for one in told.json["items"] if one["rule"] == "policy"] == [
        "review_requirements.min_reviewers"
    ]
    assert rules >= {(path, "policy"), ("specs/accounts.json", "version")}
    assert path.encode() in (clone.root / "results.xml").read_bytes()


def test_what_the_configuration_asks_of_the_environment_need_not_be_set_where_files_are_only_checked(
    clone: Lattice,
) -> None:
    clone.write(".lattice/config.json", '{"database": {"url": "${NOT_SET_IN_CI}"}, "documents": {"limit": 80}}')
    assert ("specs/accounts.json", "version", "error") in found(clone, "specs")
    assert "the limit for a document is 80" in clone("validate", "specs").err
