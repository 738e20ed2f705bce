"""Globs: whole paths, names that begin with a dot only where they are named, and never much time."""

import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.engine.rules.globs import BadGlob, read


@pytest.mark.parametrize(
    ("glob", "covered", "others"),
    [
        ("src/**/*", ["src/a", "src/b/c/d.py"], ["src", "xsrc/a", "src/.x", "src/.h/a"]),
        ("src/**", ["src/a", "src/b/c"], ["src", "src/.x"]),
        ("*.md", ["a.md"], ["x/a.md", ".md", "a.mdx"]),
        ("**/*.py", ["a.py", "b/c.py"], ["a.pyc", ".lattice/a.py"]),
        (".lattice/*/*.json", [".lattice/specs/a.json"], [".lattice/config.json", ".lattice/.x/a.json"]),
        ("a/**/b/**/c", ["a/b/c", "a/x/b/y/z/c", "a/b/b/c"], ["a/c", "a/b"]),
        ("**/a/x*y/z", ["a/xy/z", "a/q/a/xay/z"], ["a/xy/q/z"]),
        ("src/**/*.{ts,tsx}", ["src/a.ts", "src/x/b.tsx"], ["src/a.js", "src/a.t"]),
        ("{api,db}/{a,b}", ["api/a", "db/b"], ["api/c", "a"]),
        ("a[b-d]?", ["abx", "ad."], ["aex", "ab/", "ab"]),
        ("x[!a]", ["xb"], ["xa", "x/", "x"]),
        ("[[]x[]]", ["[x]"], ["x"]),
        ("x[b-a]", [], ["xa", "xb", "x-"]),
        ("[!]", ["!"], ["a"]),
        ("[a-][&&]--[[]", ["a&--[", "-&--["], ["b&--["]),
        ("a/*/c", ["a/b/c"], ["a//c", "a/c"]),
        ("*a*b*c", ["abc", "xaxbxc", "abcbc"], ["acb"]),
        ("a.b+c$/(d)", ["a.b+c$/(d)"], ["axb+c$/(d)"]),
    ],
)
def test_a_glob_covers_whole_paths(glob: str, covered: list[str], others: list[str]) -> None:
    one = read(glob)
    assert [path for path in (*covered, *others) if one.covers(path)] == covered


@pytest.mark.parametrize(
    "glob",
    [
        "",
        " ",
        "/a",
        "a//b",
        "a/",
        "./a",
        "../a",
        "a/**b",
        "[a",
        "[]",
        "{a",
        "a}",
        "{a,b}" * 9,
        ".git/x",
        "a\0",
        "é" * 301,
    ],
)
def test_what_is_no_glob_says_why_and_what_to_write(glob: str) -> None:
    with pytest.raises(BadGlob) as refused:
        read(glob)
    assert str(refused.value)
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("glob", "folder"),
    [
        ("src/**/*", "src/"),
        ("*", ""),
        ("a/b/c.py", "a/b/"),
        ("a/b/{c,d}/*", "a/b/"),
        ("{a,b}/c", ""),
        ("a/b*/c/d", "a/"),
    ],
)
def test_its_folder_is_as_much_of_it_as_is_said_without_wildcards(glob: str, folder: str) -> None:
    assert read(glob).folder == folder


NAMES = st.text("ab*?", min_size=1, max_size=4).map(lambda name: re.sub(r"\*+", "*", name))
GLOBS = st.lists(st.just("**") | NAMES, min_size=1, max_size=5).map("/".join)
PATHS = st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=6).map("/".join)


def _matches(glob: list[str], path: list[str]) -> bool:
    """The same by trying everything."""
    if not glob or not path:
        return glob == path
    if glob[0] == "**":
        rest = glob[1:] or ["*"]
        return any(_matches(rest, path[at:]) for at in range(len(path)))
    return fnmatchcase(path[0], glob[0]) and _matches(glob[1:], path[1:])


@given(GLOBS, PATHS)
def test_it_covers_what_trying_every_way_finds(glob: str, path: str) -> None:
    parts = glob.split("/")
    # Two one after the other are one.
    parts = [one for at, one in enumerate(parts) if one != "**" or parts[at + 1 : at + 2] != ["**"]]
    assert read(glob).covers(path) is _matches(parts, path.split("/"))
    assert not read(glob).covers(path) or path.startswith(read(glob).folder)


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("*a" * 100 + "b", "a" * 4000),
        ("**/" * 100 + "*a/" * 20 + "b", "aa/" * 1300 + "c"),
        ("**/" + "a*/**/" * 40 + "b", "aa/" * 1300 + "c"),
    ],
)
def test_no_glob_takes_long(glob: str, path: str) -> None:
    # Where it went back and forth, this would not end.
    assert not read(glob).covers(path)
