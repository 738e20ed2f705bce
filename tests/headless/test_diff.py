"""mutation diff: patchsets beside each other, words, and whitespace."""

import pytest

from tests.headless.driver import Lattice


@pytest.fixture
def name(lattice: Lattice) -> str:
    """A mutation with three patchsets; ana reviewed the first."""
    lattice.write("docs/api.yaml", "limit: 48\nunit: hours\n")
    lattice.write("docs/guide.md", "# Guide\n\nRead it twice.\n")
    name = lattice.propose("Raise", "--files", "docs")
    lattice.ok("mutation", "approve", name, "--as", "ana")
    lattice.write("docs/api.yaml", "limit: 72\nunit: hours\n")
    lattice.ok("mutation", "update", name, "--files", "docs")
    lattice.write("docs/guide.md", "# Guide\n\nRead it.\n")
    lattice.write("docs/api.yaml", "limit: 72\nunit: hours of a day\n")
    lattice.ok("mutation", "update", name, "--files", "docs")
    return name


def diff(lattice: Lattice, name: str, *options: str) -> str:
    return lattice.ok("mutation", "diff", name, *options).text


def test_two_patchsets_stand_beside_each_other(lattice: Lattice, name: str) -> None:
    assert diff(lattice, name, "--patchsets", "1..2") == (
        "diff --git a/docs/api.yaml b/docs/api.yaml\n--- a/docs/api.yaml\n+++ b/docs/api.yaml\n"
        "@@ -1,2 +1,2 @@\n-limit: 48\n+limit: 72\n unit: hours\n"
    )
    assert diff(lattice, name, "--patchsets", "2..3") == diff(lattice, name, "--patchsets", "2..")


def test_what_a_newer_patchset_no_longer_touches_is_as_it_was_before(lattice: Lattice, name: str) -> None:
    assert "-Read it twice.\n+Read it.\n" in diff(lattice, name, "--patchsets", "1..3")


def test_since_my_review_is_what_came_after_the_patchset_that_i_saw(lattice: Lattice, name: str) -> None:
    result = lattice.ok("mutation", "diff", name, "--since-review", "--as", "ana")
    assert result.text == diff(lattice, name, "--patchsets", "1..")
    assert result.err == "Patchset 3 beside 1, which you reviewed.\n"
    lattice.ok("mutation", "approve", name, "--as", "ana")
    again = lattice.ok("mutation", "diff", name, "--since-review", "--as", "ana")
    assert (again.text, again.err) == ("", "M-1 is still at patchset 3, which you reviewed.\n")


def test_without_a_review_it_is_all_of_it(lattice: Lattice, name: str) -> None:
    result = lattice.ok("mutation", "diff", name, "--since-review")
    assert result.text == diff(lattice, name)
    assert result.err == "You have not reviewed M-1 yet: this is all of it.\n"


def test_words_stand_in_brackets_where_there_are_no_colours(lattice: Lattice, name: str) -> None:
    told = diff(lattice, name, "--patchsets", "1..3", "--word")
    assert "@@ -1,2 +1,2 @@\nlimit: [-48-]{+72+}\nunit: hours{+ of a day+}\n" in told
    assert "Read it[- twice-]." in told


def test_words_are_coloured_on_a_terminal_and_in_brackets_under_no_color(
    lattice: Lattice, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = lattice.ok("mutation", "diff", name, "--patchsets", "1..2", "--word", terminal=True).text
    assert "limit: \x1b[31m48\x1b[0m\x1b[32m72\x1b[0m" in shown
    monkeypatch.setenv("NO_COLOR", "1")
    shown = lattice.ok("mutation", "diff", name, "--patchsets", "1..2", "--word", terminal=True).text
    assert "limit: [-48-]{+72+}" in shown


def test_words_of_new_and_of_deleted_files_are_whole_lines(lattice: Lattice) -> None:
    lattice.write("docs/new.md", "one\ntwo\n")
    (lattice.root / "src/auth.py").unlink()
    told = diff(lattice, lattice.propose("Both", "--files", "docs", "src"), "--word")
    assert "{+one+}\n{+two+}\n" in told
    assert "[-LIMIT = 24-]\n" in told
    assert "new file mode 100644\n--- /dev/null\n+++ b/docs/new.md\n@@" in told


@pytest.mark.parametrize(
    ("flag", "changes"), [("-w", 0), ("--ignore-whitespace", 0), ("-b", 1), ("--ignore-space-at-eol", 2)]
)
def test_whitespace_that_is_ignored_is_no_change(lattice: Lattice, flag: str, changes: int) -> None:
    lattice.write("src/auth.py", "LIMIT=24\nLONG  = 1 \nSHORT = 2\n")
    lattice.approved("Before", "--files", "src")
    lattice.ok("mutation", "execute", "1")
    lattice.write("src/auth.py", "LIMIT = 24\nLONG = 1\nSHORT = 2  \n")
    name = lattice.propose("After", "--files", "src")
    (stat,) = lattice.ok("mutation", "diff", name, flag, "--stat", "--output", "json").json["items"]
    assert (stat["added"], stat["removed"]) == (changes, changes)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--patchsets", "1-2"), "write it as 1..3"),
        (("--patchsets", "2..1"), "the earlier patchset comes first"),
        (("--patchsets", "1..9"), "has 3 patchsets, no 9"),
        (("--patchsets", "1..2", "--since-review"), "Take one of"),
        (("--word", "--output", "json"), "A patch has one form"),
    ],
)
def test_what_cannot_be_compared_is_refused(lattice: Lattice, name: str, options: tuple[str, ...], told: str) -> None:
    result = lattice("mutation", "diff", name, *options)
    assert result.code in (1, 2)
    assert told in result.err
