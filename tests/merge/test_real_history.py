"""Diff and patch on the real history of a repository of specifications, where that is at hand."""

from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from lattice_console.merge.diff import unified
from lattice_console.merge.patch import apply, parse
from tests import real_data
from tests.merge import git


class Change(NamedTuple):
    """One file that a commit changed: its paths and the ids of its contents, None where it does not exist."""

    old_path: str | None
    new_path: str | None
    old: str | None
    new: str | None


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the history."""
    bundle = real_data.find("openapi-history.bundle")
    folder = tmp_path_factory.mktemp("history")
    assert git.run("clone", "-q", "--bare", "-b", "main", str(bundle), ".", cwd=folder).returncode == 0
    return folder


def said(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    done = git.run(*arguments, cwd=folder, stdin=stdin)
    assert done.returncode == 0, done.stderr
    return done.stdout


def changes(folder: Path, before: str, after: str) -> list[Change]:
    fields = iter(said(folder, "diff-tree", "-r", "-M", "-z", "--no-abbrev", before, after).decode().split("\0"))
    result = []
    for field in fields:
        if not field:
            break
        _, _, old, new, status = field.split()
        old_path = next(fields)
        new_path = next(fields) if status[0] == "R" else old_path
        exists = status[0] != "A", status[0] != "D"
        result.append(
            Change(
                old_path if exists[0] else None,
                new_path if exists[1] else None,
                old if exists[0] else None,
                new if exists[1] else None,
            )
        )
    return result


def contents(folder: Path, ids: set[str]) -> dict[str | None, bytes | None]:
    """The bytes of git's blobs by their ids; None, which does not exist, has none."""
    said_all = said(folder, "cat-file", "--batch", stdin="".join(f"{each}\n" for each in ids).encode())
    found: dict[str | None, bytes | None] = {None: None}
    while said_all:
        head, _, rest = said_all.partition(b"\n")
        name, _, size = head.decode().split()
        found[name], said_all = rest[: int(size)], rest[int(size) + 1 :]
    return found


def test_diffs_are_those_of_git_and_patches_rebuild_every_step(history: Path) -> None:
    commits = said(history, "rev-list", "--first-parent", "--reverse", "main").decode().split()
    steps = list(pairwise(commits))
    changed = {step: changes(history, *step) for step in steps}
    blobs = contents(
        history, {blob for each in changed.values() for change in each for blob in (change.old, change.new) if blob}
    )
    for step in steps:
        theirs = git.without_index_lines(said(history, "diff", "-M", *step))
        ours = [
            unified(blobs[each.old], blobs[each.new], old_path=each.old_path, new_path=each.new_path)
            for each in changed[step]
        ]
        assert b"".join(ours) == theirs, step
        for each, file in zip(changed[step], parse(theirs), strict=True):
            assert (file.old_path, file.new_path) == (each.old_path, each.new_path)
            assert apply(blobs[each.old], file) == blobs[each.new], (step, each)
