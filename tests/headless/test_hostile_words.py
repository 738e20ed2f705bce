"""Hostile words at the doors of the command line: each is refused in one sentence, and nothing is changed."""

import pytest

from tests.headless.driver import Lattice
from tests.headless.test_hostile_documents import is_inert

LONG = "x" * 100_000

WORDS: dict[str, tuple[tuple[str, ...], int, str]] = {
    "an escape in a title": (("mutation", "create", "--title", "a\x1b[31m"), 2, "U+001B at position 2"),
    "two lines in a title": (("mutation", "create", "--title", "a\nb"), 2, "U+000A"),
    "bytes in a title": (("mutation", "create", "--title", "\udcff"), 2, "U+DCFF"),
    "a title of 100,000": (("mutation", "create", "--title", LONG), 2, "has 100,000 characters; at most 500"),
    "an escape in a label": (("mutation", "create", "--title", "t", "--label", "\x9b"), 2, "U+009B"),
    "a bell in a comment": (("mutation", "comment", "M-1", "a\x07"), 2, "U+0007"),
    "a comment of a megabyte": (("mutation", "comment", "M-1", LONG * 10), 2, "has 1,000,000 characters"),
    "a reference with NUL": (("mutation", "show", "M-\0"), 2, "U+0000"),
    "a reference of 100,000": (("mutation", "show", LONG), 1, "There is no mutation"),
    "a number beyond all": (("mutation", "show", "9" * 5000), 1, "There is no mutation"),
    "SQL for a reference": (("mutation", "show", "1' OR '1'='1"), 1, "There is no mutation"),
    "an age beyond all": (("queue", "age:>" + "9" * 400 + "d"), 2, "age: takes"),
    "an unknown filter": (("queue", "sudo:rm"), 2, "there is no filter sudo:"),
    "an escape in a filter": (("queue", "x\x1b]0;t\x07"), 2, "U+001B"),
    "a filter of 100,000": (("queue", LONG), 2, "has 100,000 characters"),
    "a filter of 50,000 words": (("queue", "a " * 50_000), 2, "The filter cannot be read"),
    "a path outside": (("track", "../../etc/passwd"), 2, "lies outside the project"),
    "an absolute path": (("track", "/etc/passwd"), 2, "lies outside the project"),
    "a path of git": (("track", ".git/config"), 2, "is git's own"),
    "a path of ours": (("track", ".lattice/state/project.json"), 2, "is kept by Lattice itself"),
    "a long name": (("track", "n" * 300), 2, "has a component longer than 255 bytes"),
    "a path of another system": (("track", "C:\\Windows\\win.ini"), 1, "Nothing on disk and nothing tracked"),
    "a device of another system": (("track", "NUL"), 1, "Nothing on disk and nothing tracked"),
    "a pattern that explodes": (("track", "*" * 200 + "x"), 1, "Nothing on disk"),
    "brackets of a pattern": (("track", "[" * 5000), 2, ""),
    "an option of 100,000": (("queue", "-" * 5000 + "a"), 2, "No such option"),
}

PATCHES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "it holds no patch"),
    "noise": (bytes(range(256)) * 8, "it holds no patch"),
    "11 MB of one line": (b"x" * 11_000_000, "it holds no patch"),
    "a way out": (b"--- a/../../etc/passwd\n+++ b/../../etc/passwd\n@@ -0,0 +1 @@\n+x\n", "has the component '..'"),
    "git's own": (b"--- /dev/null\n+++ b/.git/hooks/x\n@@ -0,0 +1 @@\n+x\n", "is git's own"),
    "a link": (
        b"diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n",
        "only regular files",
    ),
    "a number": (b"--- a/docs/api.yaml\n+++ b/docs/api.yaml\n@@ -1,999999999999 +1 @@\n a\n", "larger than 2147483647"),
    "cut short": (b"--- a/docs/api.yaml\n+++ b/docs/api.yaml\n@@ -1,3 +1,3 @@\n a: 1\n", "the patch ends before them"),
    "an escape in a name": (b"--- /dev/null\n+++ b/\x1b[31m\n@@ -0,0 +1 @@\n+x\n", "U+001B"),
    "100,000 hunks": (
        b"--- a/docs/api.yaml\n+++ b/docs/api.yaml\n" + b"@@ -1 +1 @@\n-a: 1\n+a: 2\n" * 100_000,
        "does not apply: hunk 1",
    ),
}


@pytest.fixture
def one(lattice: Lattice, monkeypatch: pytest.MonkeyPatch) -> Lattice:
    """The project with one mutation, shown without our own colours."""
    monkeypatch.setenv("NO_COLOR", "1")
    lattice.write("docs/api.yaml", "limit: 48\nunit: hours\n")
    lattice.propose("Raise the limit", "--files", "docs/api.yaml")
    lattice.write("docs/api.yaml", "limit: 36\nunit: hours\n")
    lattice.write(".git/config", "")
    return lattice


def as_it_is(lattice: Lattice) -> tuple[bytes, bytes]:
    return lattice.ok("audit", "log", "--output", "json").out, lattice.ok("status").out


@pytest.mark.timeout(120)
def test_hostile_words_are_refused_and_change_nothing(one: Lattice) -> None:
    before = as_it_is(one)
    for name, (command, code, words) in WORDS.items():
        more = ("--files", "docs/api.yaml") if command[:2] == ("mutation", "create") else ()
        refused = one(*command, *more, terminal=True)
        assert (refused.code, words in refused.err) == (code, True), f"{name}: {refused.code} {refused.err[:300]}"
        assert is_inert(refused), name
    assert as_it_is(one) == before


@pytest.mark.timeout(120)
def test_hostile_patches_are_refused_and_change_nothing(one: Lattice) -> None:
    before = as_it_is(one)
    for name, (patch, words) in PATCHES.items():
        refused = one("mutation", "create", "--title", "Patch", "--patch", "-", stdin=patch)
        assert (refused.code, words in refused.err) == (2, True), f"{name}: {refused.code} {refused.err[:300]}"
        assert is_inert(refused), name
    assert as_it_is(one) == before


def test_paths_of_other_systems_are_plain_names_in_the_folder(one: Lattice) -> None:
    names = ("C:\\Windows\\win.ini", "NUL", "con.txt", "aux", "a:b", "name.", "name ")
    patch = "".join(f"--- /dev/null\n+++ b/{name}\t\n@@ -0,0 +1 @@\n+x\n" for name in names)
    made = one("mutation", "create", "--title", "Add them", "--patch", "-", stdin=patch.encode())
    assert made.code == 0, made.err
    one.ok("mutation", "approve", made.text.strip(), "--as", "ana")
    one.ok("mutation", "execute", made.text.strip())
    assert {name for name in names if (one.root / name).read_bytes() == b"x\n"} == set(names)
