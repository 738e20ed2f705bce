"""mutation create, update and submit."""

import subprocess

import pytest

from tests.headless.driver import Lattice

PATCH = b"""\
Subject: prose before a patch is passed over

diff --git a/docs/api.yaml b/docs/api.yaml
--- a/docs/api.yaml
+++ b/docs/api.yaml
@@ -1,2 +1,2 @@
-limit: 24
+limit: 48
 unit: hours
diff --git a/docs/guide.md b/docs/handbook.md
similarity index 100%
rename from docs/guide.md
rename to docs/handbook.md
diff --git a/docs/new.md b/docs/new.md
new file mode 100644
--- /dev/null
+++ b/docs/new.md
@@ -0,0 +1 @@
+new
diff --git a/src/auth.py b/src/auth.py
deleted file mode 100644
--- a/src/auth.py
+++ /dev/null
@@ -1 +0,0 @@
-LIMIT = 24
"""


def changes(lattice: Lattice, name: str) -> list[tuple[str, str, str | None]]:
    shown = lattice.ok("mutation", "show", name, "--output", "json").json
    return [(one["operation_type"], one["file_path"], one["new_path"]) for one in shown["changes"]]


def test_several_files_follow_one_flag(lattice: Lattice) -> None:
    lattice.write("docs/api.yaml", "limit: 48\n")
    lattice.write("docs/guide.md", "# Guide\n")
    (lattice.root / "src/auth.py").unlink()
    lattice.write("src/new.py", "x = 1\n")
    made = lattice.ok(
        "mutation", "create", "--spec", "user-auth", "--files", "docs/api.yaml", "docs/guide.md", "src", "--title", "T",
        "--description", "Why", "--label", "a", "--label", "b", "--meta", "ticket_id=SEC-1", "--output", "json",
    )  # fmt: skip
    assert made.json["schema_version"] == 1
    assert (made.json["spec_id"], made.json["labels"]) == ("user-auth", ["a", "b"])
    assert made.json["metadata"] == {"ticket_id": "SEC-1"}
    assert changes(lattice, made.json["id"]) == [
        ("modify", "docs/api.yaml", None),
        ("modify", "docs/guide.md", None),
        ("delete", "src/auth.py", None),
        ("create", "src/new.py", None),
    ]
    assert "Proposed M-1 (4 files)" in made.err


def test_files_can_be_a_glob_and_repeated(lattice: Lattice) -> None:
    lattice.write("docs/api.yaml", "limit: 48\n")
    lattice.write("src/auth.py", "LIMIT = 48\n")
    name = lattice.propose("T", "--files", "docs/*", "--files", "src/**")
    assert [path for _, path, _ in changes(lattice, name)] == ["docs/api.yaml", "src/auth.py"]


def test_a_rename_is_a_rename(lattice: Lattice) -> None:
    (lattice.root / "docs/guide.md").rename(lattice.root / "docs/handbook.md")
    name = lattice.propose("Move", "--rename", "docs/guide.md:docs/handbook.md")
    assert changes(lattice, name) == [("rename", "docs/guide.md", "docs/handbook.md")]


@pytest.mark.parametrize("source", ["-", "change.patch"])
def test_a_patch_is_split_by_file(lattice: Lattice, source: str) -> None:
    lattice.write("change.patch", PATCH)
    made = lattice.ok("mutation", "create", "--title", "T", "--patch", source, stdin=PATCH if source == "-" else b"")
    assert changes(lattice, made.text.strip()) == [
        ("modify", "docs/api.yaml", None),
        ("rename", "docs/guide.md", "docs/handbook.md"),
        ("create", "docs/new.md", None),
        ("delete", "src/auth.py", None),
    ]


def test_a_patch_without_git_headers_that_only_adds_makes_the_file(lattice: Lattice) -> None:
    patch = b"--- docs/new.md\n+++ docs/new.md\n@@ -0,0 +1 @@\n+new\n"
    made = lattice.ok("mutation", "create", "--title", "T", "--patch", "-", stdin=patch)
    assert changes(lattice, made.text.strip()) == [("create", "new.md", None)]


@pytest.mark.parametrize(
    ("patch", "told"),
    [
        (b"no patch at all\n", "it holds no patch"),
        (PATCH.replace(b"-limit: 24", b"-limit: 99"), "hunk 1 (@@ -1,2 +1,2 @@) of docs/api.yaml"),
        (PATCH.replace(b"src/auth.py", b"src/none.py"), "src/none.py is not tracked"),
        (PATCH.replace(b"-LIMIT = 24", b"-LIMIT = 25"), "src/auth.py"),
    ],
)
def test_a_patch_that_does_not_apply_proposes_nothing(lattice: Lattice, patch: bytes, told: str) -> None:
    result = lattice("mutation", "create", "--title", "T", "--patch", "-", stdin=patch)
    assert result.code in (1, 2)
    assert told in result.err
    assert lattice.ok("mutation", "list", "--output", "json").json["total"] == 0


def test_no_more_is_read_of_a_patch_than_may_be_used(lattice: Lattice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATTICE_DOCUMENT_LIMIT", "1000")
    lattice.write("big.patch", "x" * 4001)
    refused = lattice("mutation", "create", "--title", "T", "--patch", "big.patch")
    assert (refused.code, "--patch big.patch has more than 4,000 bytes" in refused.err) == (2, True)


def test_a_child_is_made_against_its_parents_result(lattice: Lattice) -> None:
    lattice.write("docs/api.yaml", "limit: 48\nunit: hours\n")
    (lattice.root / "docs/guide.md").rename(lattice.root / "docs/handbook.md")
    parent = lattice.propose("Parent", "--files", "docs/api.yaml", "--rename", "docs/guide.md:docs/handbook.md")
    lattice.write("docs/api.yaml", "limit: 48\nunit: minutes\n")
    lattice.write("docs/handbook.md", "# Handbook\n")
    child = lattice.propose("Child", "--files", "docs", "--parent", parent)
    assert changes(lattice, child) == [("modify", "docs/api.yaml", None), ("modify", "docs/handbook.md", None)]
    patch = lattice.ok("mutation", "diff", child).text
    assert "-unit: hours\n+unit: minutes\n" in patch
    assert "limit: 24" not in patch
    grandchild_patch = b"--- a/docs/handbook.md\n+++ b/docs/handbook.md\n@@ -1 +1 @@\n-# Handbook\n+# Manual\n"
    grandchild = lattice.ok(
        "mutation", "create", "--title", "Grandchild", "--parent", child, "--patch", "-", stdin=grandchild_patch
    ).text.strip()
    shown = lattice.ok("mutation", "show", grandchild, "--output", "json").json
    assert [one["number"] for one in shown["parents"]] == [2]


def test_a_record_has_no_files(lattice: Lattice) -> None:
    made = lattice.ok(
        "mutation", "create", "--spec", "deployment", "--title", "v1", "--environment", "production",
        "--commit", "1a2b", "--build-url", "https://ci/1", "--pipeline-url", "https://ci/p", "--output", "json",
    ).json  # fmt: skip
    assert made["changes"] == []
    assert made["metadata"] == {
        "environment": "production",
        "commit": "1a2b",
        "build_url": "https://ci/1",
        "pipeline_url": "https://ci/p",
    }


def test_a_description_can_come_from_stdin_but_stdin_is_read_once(lattice: Lattice) -> None:
    lattice.write("docs/api.yaml", "limit: 48\n")
    stdin = "First line\r\n\r\nSecond ü\r\n".encode()
    name = lattice.ok(
        "mutation", "create", "--title", "T", "--files", "docs", "--description", "-", stdin=stdin
    ).text.strip()
    shown = lattice.ok("mutation", "show", name, "--output", "json").json
    assert shown["description"] == "First line\n\nSecond ü"
    twice = lattice("mutation", "create", "--title", "T", "--description", "-", "--patch", "-", stdin=stdin)
    assert twice.code == 2
    assert "which can be read once" in twice.err
    assert lattice("mutation", "create", "--title", "T", "--description", "-", stdin=b"\xff").code == 2


def test_the_same_key_proposes_once(lattice: Lattice) -> None:
    lattice.write("docs/api.yaml", "limit: 48\n")
    arguments = ("mutation", "create", "--title", "T", "--files", "docs", "--idempotency-key", "k", "--output", "json")
    assert lattice.ok(*arguments).json["id"] == lattice.ok(*arguments).json["id"]
    assert lattice.ok("mutation", "list", "--output", "json").json["total"] == 1


def test_an_update_makes_a_new_patchset_of_what_is_on_disk(lattice: Lattice) -> None:
    lattice.write("docs/api.yaml", "limit: 48\n")
    name = lattice.propose("T", "--files", "docs")
    lattice.write("docs/api.yaml", "limit: 72\n")
    updated = lattice.ok("mutation", "update", name, "--files", "docs", "--title", "Better", "--output", "json")
    assert (updated.json["patchset"], updated.json["title"]) == (2, "Better")
    assert "Updated M-1 (patchset 2, 1 file)" in updated.err
    assert "+limit: 72" in lattice.ok("mutation", "diff", name).text
    assert "+limit: 48" in lattice.ok("mutation", "diff", name, "--patchset", "1").text


def test_an_update_of_a_title_makes_no_patchset(lattice: Lattice) -> None:
    lattice.write("docs/api.yaml", "limit: 48\n")
    name = lattice.propose("T", "--files", "docs", "--label", "a", "--meta", "ticket_id=1")
    updated = lattice.ok(
        "mutation", "update", name, "--title", "New", "--label", "b", "--meta", "commit=2", "--output", "json"
    ).json
    assert (updated["patchset"], updated["title"], updated["labels"]) == (1, "New", ["b"])
    assert updated["metadata"] == {"ticket_id": "1", "commit": "2"}
    assert lattice("mutation", "update", name).code == 2


def test_a_child_can_be_taken_off_its_parents_and_put_back(lattice: Lattice) -> None:
    lattice.write("docs/api.yaml", "limit: 48\n")
    parent = lattice.propose("Parent", "--files", "docs")
    lattice.write("src/auth.py", "LIMIT = 48\n")
    child = lattice.propose("Child", "--files", "src", "--parent", parent)
    freed = lattice.ok("mutation", "update", child, "--no-parents", "--output", "json").json
    assert freed["parents"] == []
    back = lattice.ok("mutation", "update", child, "--parent", parent, "--output", "json").json
    assert [one["number"] for one in back["parents"]] == [1]
    assert lattice("mutation", "update", child, "--parent", parent, "--no-parents").code == 2


def test_who_proposes_hears_at_once_what_does_not_pass(lattice: Lattice) -> None:
    lattice.write("specs/pets.json", '{"name": "pets", "type": "api", "version": "one"}')
    told = lattice.ok("mutation", "create", "--title", "T", "--files", "specs/pets.json").err
    assert "0 of 1 approval" in told
    assert "specs/pets.json:1: The version one is no semantic version." in told
    again = lattice("mutation", "update", "M-1", "--files", "specs/pets.json", "--version-reason", "Old.")
    assert (again.code, "Without files the rest can change." in again.err) == (2, True)


def test_a_draft_waits_until_it_is_submitted(lattice: Lattice) -> None:
    lattice.write("docs/api.yaml", "limit: 48\n")
    name = lattice.propose("T", "--files", "docs", "--draft")
    assert "it is a draft." in lattice.ok("mutation", "update", name, "--title", "Better").err
    assert lattice.ok("mutation", "show", name, "--output", "json").json["status"] == "draft"
    submitted = lattice.ok("mutation", "submit", name, "--output", "json")
    assert submitted.json["status"] == "pending"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--files", "docs"), "Nothing differs from the head in docs"),
        (("--files", "nowhere"), "matches nowhere"),
        (("--files", "/etc/passwd"), "lies outside the project's folder"),
        (("--files", "docs/../../x"), "lies outside the project's folder"),
        (("--rename", "docs/api.yaml"), "write the old and the new path as OLD:NEW"),
        (("--patch", "none.patch"), "No such file or directory"),
        (("--meta", "ticket"), "write it as KEY=VALUE"),
        (("--spec", "deployment", "--parent", "M-99"), "There is no mutation"),
        ((), "give files or a spec"),
        (("--spec", "nothing"), "There is no spec nothing"),
    ],
)
def test_what_cannot_be_proposed_is_refused_with_a_reason(
    lattice: Lattice, arguments: tuple[str, ...], told: str
) -> None:
    result = lattice("mutation", "create", "--title", "T", *arguments)
    assert result.code in (1, 2)
    assert result.out == b""
    assert told in result.err


@pytest.mark.parametrize("title", ["bad\x1b[31m", "two\nlines", "\udcff", "   "])
def test_live_characters_are_refused_in_a_title_and_shown_inert(lattice: Lattice, title: str) -> None:
    result = lattice("mutation", "create", "--title", title, "--spec", "deployment")
    assert result.code == 2
    assert "title" in result.err
    assert "\x1b" not in result.err


def test_a_proposal_from_git_is_what_git_would_apply(lattice: Lattice) -> None:
    before = lattice.read("docs/api.yaml")
    lattice.write("docs/api.yaml", "limit: 48\nunit: hours\nzone: UTC")
    lattice.write("before.yaml", before)
    patch = subprocess.run(
        ["git", "diff", "--no-index", "before.yaml", "docs/api.yaml"],
        cwd=lattice.root,
        capture_output=True,
        check=False,
    ).stdout.replace(b"before.yaml", b"docs/api.yaml")
    lattice.write("docs/api.yaml", before)
    name = lattice.ok("mutation", "create", "--title", "T", "--patch", "-", stdin=patch).text.strip()
    subprocess.run(
        ["git", "apply"],
        cwd=lattice.root,
        input=lattice.ok("mutation", "diff", name).out,
        capture_output=True,
        check=True,
    )
    assert lattice.read("docs/api.yaml") == b"limit: 48\nunit: hours\nzone: UTC"
