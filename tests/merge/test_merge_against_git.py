"""The three-way merge beside the real `git merge-file`: the same verdict, and the same bytes in every style.

Where lines conflict, what `three_way` says in data is held against the text that git shows with `--diff3`.
"""

import json
import tarfile
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lattice_console.merge.keys import repeated_keys
from lattice_console.merge.marked import Favor, Marked, Style, marked
from lattice_console.merge.merging import MergeResult, three_way
from lattice_console.merge.reading import syntax_of
from tests import real_data
from tests.merge import git
from tests.merge.strategies import merges

Case = tuple[bytes, bytes, bytes]

LABELS = (b"mine", b"old base", b"")


def git_merges(case: Case, folder: Path, *arguments: str) -> Marked:
    for name, content in zip(("base", "ours", "theirs"), case, strict=True):
        (folder / name).write_bytes(content)
    labels = [word for label in LABELS for word in ("-L", label.decode())]
    done = git.run("merge-file", "-p", "-q", *arguments, *labels, "ours", "base", "theirs", cwd=folder)
    assert done.returncode < 128, done.stderr
    return Marked(done.stdout, done.returncode)


def git_marks(case: Case, folder: Path, style: Style) -> Marked:
    return git_merges(case, folder, *([] if style == "merge" else [f"--{style}"]))


def shown(result: MergeResult) -> Marked:
    """A result as `git merge-file --diff3` shows it."""
    if result.content is not None:
        return Marked(result.content, 0)
    texts = []
    for conflict in result.conflicts:
        # A marker begins a line.
        ours, base, theirs = (
            text + (b"\n" if text[-1:] not in (b"", b"\n") else b"")
            for text in (conflict.ours, conflict.base, conflict.theirs)
        )
        texts.append(b"<<<<<<< mine\n%b||||||| old base\n%b=======\n%b>>>>>>> \n" % (ours, base, theirs))
    return Marked(result.settled_with(texts), len(texts))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("merge")


@pytest.mark.parametrize("style", get_args(Style))
@settings(max_examples=150, deadline=None)
@given(case=merges())
def test_verdict_and_bytes_are_those_of_git(folder: Path, style: Style, case: Case) -> None:
    assert marked(*case, style=style, labels=LABELS) == git_marks(case, folder, style)


@settings(max_examples=50, deadline=None)
@given(case=merges(), favor=st.sampled_from(get_args(Favor)), size=st.integers(1, 40))
def test_taking_a_side_and_longer_markers_are_those_of_git(folder: Path, case: Case, favor: Favor, size: int) -> None:
    assert marked(*case, favor=favor, labels=LABELS) == git_merges(case, folder, f"--{favor}")
    longer = marked(*case, marker_size=size, labels=LABELS)
    assert longer == git_merges(case, folder, "--marker-size", str(size))


@settings(max_examples=200, deadline=None)
@given(case=merges())
def test_conflicts_as_data_are_what_git_shows(folder: Path, case: Case) -> None:
    result = three_way(*case)
    assert result.clean == (git_marks(case, folder, "merge").conflicts == 0)
    theirs = git_marks(case, folder, "diff3")
    if b"\r" not in theirs.content:
        assert_shown(result, theirs)


def assert_shown(result: MergeResult, theirs: Marked) -> None:
    ours = shown(result)
    if ours.conflicts == theirs.conflicts:
        assert ours.content == theirs.content
    # `--diff3` shows as a conflict what both sides made the same by different changes; the default does not.
    assert ours.conflicts <= theirs.conflicts


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Real merges: each its path, and its contents by `base`, `ours`, `theirs`."""
    archive = real_data.find("merges-openapi.tar.xz")
    place = tmp_path_factory.mktemp("real")
    with tarfile.open(archive) as packed:
        packed.extractall(place, filter="data")
    found = []
    for line in (place / "cases.jsonl").read_text().splitlines():
        case = json.loads(line)
        sides = {side: (place / "blobs" / case[side]).read_bytes() for side in ("base", "ours", "theirs")}
        found.append({"path": case["path"], "merge": case["merge"], **sides})
    return found


REJECTED = {
    ("3d62acbadf75799b6327c3d5b06192abff142797", "package.json"): "/scripts in lines 15, 46",
    ("e9a1d2b5eec5ef467a22a0adb7174bfdfc052de7", "package.json"): "/scripts in lines 15, 46",
}
"""Real merges that git calls clean and the validity gate refuses: both sides added the key that they repeat."""


def test_real_merges_end_as_with_git_but_where_they_are_no_sound_document(
    real: list[dict[str, Any]], folder: Path
) -> None:
    assert len(real) == 743
    rejected = {}
    for each in real:
        case: Case = (each["base"], each["ours"], each["theirs"])
        theirs = git_marks(case, folder, "merge")
        assert marked(*case, labels=LABELS) == theirs, each["merge"]
        result = three_way(*case, path=each["path"])
        if result.rejected:
            assert result.rejected.content == theirs.content
            rejected[each["merge"], each["path"]] = result.rejected.message.rpartition(": ")[2]
            result = three_way(*case)
        assert (result.content if result.clean else None) == (None if theirs.conflicts else theirs.content)
        assert_shown(result, git_marks(case, folder, "diff3"))
    assert rejected == REJECTED


def test_no_clean_result_of_real_merges_is_worse_than_its_sides(real: list[dict[str, Any]]) -> None:
    judged = 0
    for each in real:
        syntax = syntax_of(each["path"])
        result = three_way(each["base"], each["ours"], each["theirs"], path=each["path"])
        if syntax and result.content is not None:
            repeated = repeated_keys(syntax, result.content)
            assert repeated.keys() <= repeated_keys(syntax, each["ours"]).keys() | repeated_keys(syntax, each["theirs"])
            judged += 1
    assert judged == 124
