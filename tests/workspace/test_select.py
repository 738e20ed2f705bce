"""Which paths someone means."""

from pathlib import Path

import pytest

from lattice_console.contract.errors import ValidationFailed
from lattice_console.workspace import Checkout
from lattice_console.workspace.select import glob


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("*.md", ["a.md", ".md"], ["docs/a.md", "a.mdx"]),
        ("docs/*", ["docs/a", "docs/.a"], ["docs/a/b", "docs"]),
        ("**/*.md", ["a.md", "docs/a.md", "a/b/c.md"], ["a.txt"]),
        ("docs/**", ["docs/a", "docs/a/b"], ["docs", "other/docs/a"]),
        ("a/**/z", ["a/z", "a/b/z", "a/b/c/z"], ["a/bz"]),
        ("?.py", ["a.py", "é.py"], ["ab.py", "/.py"]),
        ("[a-c].py", ["a.py", "c.py"], ["d.py", "-.py"]),
        ("[!a-c].py", ["d.py"], ["a.py", "/.py"]),
        ("[]x].py", ["].py", "x.py"], ["a.py"]),
        ("[[].py", ["[.py"], ["].py"]),
        ("a[b", ["a[b"], ["ab"]),
        ("a.b+(c)", ["a.b+(c)"], ["aXb+(c)"]),
        ("*", ["a", "line\nbreak"], ["a/b", "a\n/b"]),
        ("a/**/**/z", ["a/z", "a/b/c/z"], ["a", "z"]),
        ("[z-a]", [], ["a", "z", "-"]),
    ],
)
def test_globs_match_as_a_shell_would(pattern: str, matching: list[str], others: list[str]) -> None:
    assert [path for path in matching if not glob(pattern).match(path)] == []
    assert [path for path in others if glob(pattern).match(path)] == []


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "pattern", ["*" * 200 + "x", "*a" * 200 + "b", "**/" * 100 + "x", "**/a/" * 100 + "x", "[" * 5000]
)
def test_a_glob_takes_no_time_whatever_it_is(pattern: str) -> None:
    assert not glob(pattern).match("a" * 255)
    assert not glob(pattern).match("/".join("a" * 500))


@pytest.mark.parametrize(
    ("typed", "cwd", "meant"),
    [
        ("docs/a", ".", "docs/a"),
        ("./docs//a/", ".", "docs/a"),
        ("a", "docs", "docs/a"),
        ("../README.md", "docs", "README.md"),
        (".", ".", ""),
        ("..", "docs", ""),
        ("*.md", "docs", "docs/*.md"),
        ("{root}/docs/a", "docs", "docs/a"),
        ("{link}/docs/a", ".", "docs/a"),
    ],
)
def test_what_is_typed_in_a_folder_is_meant_from_the_project(
    root: Path, tmp_path: Path, typed: str, cwd: str, meant: str
) -> None:
    (root / "docs").mkdir()
    link = tmp_path / "link"
    link.symlink_to(root)
    for start in (root, link):
        checkout = Checkout(start)
        assert checkout.relative(typed.format(root=root, link=start), start / cwd) == meant


@pytest.mark.parametrize("typed", ["..", "../projects", "/etc/passwd", "docs/../../x"])
def test_what_lies_outside_the_project_is_refused(root: Path, typed: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        Checkout(root).relative(typed, root)
    assert caught.value.code == "VAL_PATH"
    assert typed in caught.value.message
