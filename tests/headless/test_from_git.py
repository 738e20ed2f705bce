"""mutation create --from-git: commits of the repository around the project as mutations."""

import json
from pathlib import Path

import pytest

from lattice_console.ops import git_changes, git_trees
from tests.headless.driver import Lattice
from tests.headless.test_propose import changes
from tests.support.repository import Repository

LINES = "".join(f"{number}\n" for number in range(1, 21))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with a project in the folder `svc`, whose two documents are as in the first commit."""
    repository = Repository(tmp_path / "repository")
    files = {"svc/docs/a.md": LINES.encode(), "svc/b.md": b"b\n", "svc/untracked.md": b"u\n", "outside.md": b"o\n"}
    repository.commit("Start", dict(files))
    lattice = Lattice(repository.place / "svc")
    lattice.ok("init")
    lattice.ok("track", "docs", "b.md")
    return repository


@pytest.fixture
def project(repository: Repository) -> Lattice:
    """The project, as one works in its folder."""
    return Lattice(repository.place / "svc")


def said(*words: str) -> bytes:
    """The long document with those numbers written as words, which stand for them."""
    names = {"three": 3, "nine": 9, "ten": 10}
    return "".join(
        f"{next((word for word in words if names[word] == number), number)}\n" for number in range(1, 21)
    ).encode()


def test_a_commit_becomes_a_mutation_that_says_where_it_comes_from(repository: Repository, project: Lattice) -> None:
    commit = repository.commit("Say three\n\nBecause.", {"svc/docs/a.md": said("three"), "outside.md": b"p\n"})
    made = project.ok("mutation", "create", "--from-git", "HEAD", "--meta", "ticket_id=S-1", "-o", "json").json
    assert (made["title"], made["description"], made["author"]["handle"]) == ("Say three", "Because.", "kim")
    assert made["metadata"] == {
        "ticket_id": "S-1",
        "commit": commit,
        "author": "Ana Lima <ana@example.com>",
        "authored_at": "2023-11-15T02:13:20+02:00",
    }
    assert changes(project, "1") == [("modify", "docs/a.md", None)]


def test_a_range_becomes_a_stack(repository: Repository, project: Lattice) -> None:
    repository.commit("Say three", {"svc/docs/a.md": said("three")})
    repository.git("mv", "svc/b.md", "svc/docs/b.md")
    repository.commit("Say nine", {"svc/docs/a.md": said("three", "nine"), "svc/untracked.md": b"v\n"})
    repository.commit("Nothing", {})
    (repository.place / "svc/link").symlink_to("b.md")
    repository.commit("Back to three", {"svc/docs/a.md": said("three"), "svc/new.md": b"n\n"})
    made = project.ok("mutation", "create", "--from-git", "HEAD~4..", "--draft", "--output", "ndjson")
    assert [(one["title"], [parent["number"] for parent in one["parents"]]) for one in made.lines] == [
        ("Say three", []),
        ("Say nine", [1]),
        ("Back to three", [2]),
    ]
    assert {one["status"] for one in made.lines} == {"draft"}
    assert [changes(project, name) for name in ("2", "3")] == [
        [("rename", "b.md", "docs/b.md"), ("modify", "docs/a.md", None)],
        [("modify", "docs/a.md", None), ("create", "new.md", None)],
    ]
    for left_out in ("untracked.md: it is not tracked", "link: it is a symbolic link", "Nothing: it changes nothing"):
        assert left_out in made.err
    assert "Drafted M-1, M-2, M-3" in made.err


def test_each_commit_of_a_stack_stands_on_what_became_of_the_one_before(
    repository: Repository, project: Lattice
) -> None:
    def spec(*keys: str) -> bytes:
        facts = {"version": "1.0.0", "name": "s", "description": "Sessions.", "type": "generic"}
        return json.dumps(facts | dict.fromkeys(keys, 1), indent=2).encode()

    project.write(".lattice/collaboration/spec-collaboration.json", '{"version_control": {"auto_version": true}}')
    project.write(".lattice/specs/s.json", spec())
    project.ok("track", ".lattice")
    repository.commit("Specs", {})
    for number in (1, 2):
        repository.commit(f"Key {number}", {"svc/.lattice/specs/s.json": spec(*"ab"[:number])})
    project.ok("mutation", "create", "--from-git", "HEAD~2..HEAD")
    stated = [project.ok("mutation", "diff", name).text.partition('+  "version": ')[2][:7] for name in ("1", "2")]
    assert stated == ['"1.1.0"', '"1.2.0"']


def test_a_range_can_be_one_mutation_and_files_narrow_it(repository: Repository, project: Lattice) -> None:
    repository.commit("Say three", {"svc/docs/a.md": said("three"), "svc/b.md": b"c\n"})
    repository.commit("Say nine", {"svc/docs/a.md": said("three", "nine")})
    arguments = ["--from-git", "HEAD~2..HEAD", "--squash", "--title", "Words", "--files", "docs", "--output", "json"]
    made = project.ok("mutation", "create", *arguments).json
    assert (made["title"], made["description"].count("\n- ")) == ("Words", 1)
    assert "Say three" in made["description"]
    assert changes(project, "1") == [("modify", "docs/a.md", None)]


def test_a_commit_is_merged_with_what_was_executed_here_or_refused(repository: Repository, project: Lattice) -> None:
    repository.commit("Say three", {"svc/docs/a.md": said("three")})
    project.write("docs/a.md", said("ten"))
    project.propose("Say ten", "--files", "docs/a.md")
    project.ok("mutation", "approve", "1")
    project.ok("mutation", "execute", "1")
    name = project.ok("mutation", "create", "--from-git", "HEAD", "--output", "json").json["id"]
    project.ok("mutation", "approve", name)
    project.ok("mutation", "execute", name)
    assert project.read("docs/a.md") == said("three", "ten")
    again = project("mutation", "create", "--from-git", "HEAD")
    assert (again.code, "in the project already" in again.err) == (2, True)
    repository.commit("Say X", {"svc/docs/a.md": said("three").replace(b"10\n", b"X\n")})
    refused = project("mutation", "create", "--from-git", "HEAD")
    assert (refused.code, "docs/a.md, which has changed here as well" in refused.err) == (12, True)
    assert project.ok("mutation", "list", "--output", "json").json["total"] == 2


def test_what_does_not_fit_is_refused(
    repository: Repository, project: Lattice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_changes, "_MOST", 1)
    repository.commit("More", {"svc/new.md": b"n\n"})
    for arguments, code in (
        (["--from-git", "nowhere"], 1),
        (["--from-git", "HEAD..HEAD"], 2),
        (["--from-git", "HEAD~1..HEAD", "--title", "T"], 2),
        (["--from-git", "HEAD", "--patch", "-"], 2),
        (["--from-git", "..HEAD"], 2),
        (["--title", "T", "--squash"], 2),
        ([], 2),
    ):
        assert (arguments, project("mutation", "create", *arguments).code) == (arguments, code)
    assert project.ok("mutation", "list", "--output", "json").json["total"] == 0


def test_folders_beyond_measure_are_left_out_or_refused(
    repository: Repository, project: Lattice, monkeypatch: pytest.MonkeyPatch
) -> None:
    lattice = Lattice(repository.place)
    lattice.ok("init")
    repository.commit_nested("Deep", levels=1400, wide=1)
    deep = lattice("mutation", "create", "--from-git", "HEAD", "--files", "d0")
    assert (deep.code, "longer than 4096 bytes" in deep.err, len(deep.err) < 1000) == (2, True, True)
    monkeypatch.setattr(git_trees, "CHANGED", 50)
    repository.commit_nested("Wide", levels=10, wide=10)
    wide = lattice("mutation", "create", "--from-git", "HEAD")
    assert (wide.code, "more than 50 files and folders" in wide.err) == (2, True)


def test_a_shallow_clone_says_that_it_lacks_what_came_before(repository: Repository, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.place}", str(clone))
    project = Lattice(clone / "svc")
    project.ok("init")
    refused = project("mutation", "create", "--from-git", "HEAD")
    assert (refused.code, "git fetch --unshallow" in refused.err) == (2, True)


def test_outside_of_git_it_says_so(lattice: Lattice) -> None:
    refused = lattice("mutation", "create", "--from-git", "HEAD")
    assert (refused.code, "lies in no git repository" in refused.err) == (1, True)
