"""Reading what commits of the repository around a project change in its folder."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pygit2
from pydantic import JsonValue
from pygit2.enums import DiffFind, FileMode

from lattice_console.contract.errors import NotFound, ValidationFailed
from lattice_console.contract.models.base import TEXT_LIMIT
from lattice_console.contract.paths import check_path, is_private
from lattice_console.headless.git_commit import GitCommit, GitFile
from lattice_console.ops import git_commits, git_trees
from lattice_console.ops.git_around import around
from lattice_console.ops.git_signature import provenance

_MOST = 100
"""Mutations that one stack is made of at most: what is more is a history."""

_REGULAR = (FileMode.BLOB, FileMode.BLOB_EXECUTABLE)
_COMMITTED = ("committer", "committed_at")


def read(
    folder: Path, revision: str, *, squash: bool, wanted: Callable[[str], bool], limit: int
) -> Iterator[GitCommit]:
    """See `headless.git_commit.ReadCommits`."""
    with git_commits.readable(folder):
        yield from _read(folder, revision, squash, wanted, limit)


def _read(folder: Path, revision: str, squash: bool, wanted: Callable[[str], bool], limit: int) -> Iterator[GitCommit]:
    if (found := around(folder)) is None:
        raise NotFound("NF_REPOSITORY", f"{folder} lies in no git repository.")
    repository, below = found
    changes = _Changes(repository, below, wanted, limit)
    if ".." not in revision:
        commit = git_commits.find(repository, revision)
        yield changes.of(git_commits.parent(repository, commit), commit)
        return
    start, commits = git_commits.in_range(repository, revision)
    if not commits:
        raise ValidationFailed("VAL_RANGE", f"There is no commit in {revision}.", field="from_git")
    if squash:
        yield changes.squashed(start or git_commits.parent(repository, commits[0]), commits)
        return
    if len(commits) > _MOST:
        raise ValidationFailed(
            "VAL_RANGE",
            f"{revision} are {len(commits):,} commits, and a stack has {_MOST} mutations at most. Make one of them all "
            "(--squash), or bring the history in: lattice import-git",
            field="from_git",
        )
    for commit in commits:
        yield changes.of(git_commits.parent(repository, commit), commit)


class _Changes:
    """What happens between commits to the files of one folder."""

    def __init__(self, repository: pygit2.Repository, below: str, wanted: Callable[[str], bool], limit: int) -> None:
        self._repository = repository
        self._below = below
        self._wanted = wanted
        self._limit = limit

    def of(self, before: pygit2.Commit | None, commit: pygit2.Commit) -> GitCommit:
        """One commit."""
        title, description = git_commits.texts(commit)
        return self._made(before, commit, git_commits.short(commit), title, description, _told(commit))

    def squashed(self, before: pygit2.Commit | None, commits: Sequence[pygit2.Commit]) -> GitCommit:
        """Several as one: the newest one's title, all of them in the description, the author where it is one."""
        last = commits[-1]
        title, description = git_commits.texts(last)
        if len(commits) > 1:
            listed = "\n".join(f"- {git_commits.short(one)} {git_commits.texts(one)[0]}" for one in commits)
            description = listed if len(listed) <= TEXT_LIMIT else f"{len(commits):,} commits"
        metadata = _told(last)
        if len({_told(commit)["author"] for commit in commits}) > 1:
            metadata = {"commit": metadata["commit"]}
        name = f"{git_commits.short(before)}..{git_commits.short(last)}" if before else f"..{git_commits.short(last)}"
        return self._made(before, last, name, title, description, metadata)

    def _made(
        self,
        before: pygit2.Commit | None,
        after: pygit2.Commit,
        name: str,
        title: str,
        description: str,
        metadata: Mapping[str, JsonValue],
    ) -> GitCommit:
        files: list[GitFile] = []
        left_out: list[tuple[str, str]] = []
        for delta in self._deltas(before, after):
            paths = [_path(file) for file in (delta.old_file, delta.new_file)]
            if is_private(paths[1]) or not any(map(self._wanted, paths)):
                continue
            why = self._refusal(delta)
            if why:
                left_out.append((paths[1], why))
            elif delta.old_file.id != delta.new_file.id or paths[0] != paths[1]:
                contents = [self._content(file) for file in (delta.old_file, delta.new_file)]
                files.append(GitFile(paths[0], paths[1], *contents))
        return GitCommit(name, title, description, metadata, tuple(files), tuple(left_out))

    def _deltas(self, before: pygit2.Commit | None, after: pygit2.Commit) -> Sequence[pygit2.DiffDelta]:
        old, new = self._tree(before), self._tree(after)
        git_trees.check_difference(old, new)
        if new is None:
            difference = old.diff_to_tree() if old else None
        else:
            difference = old.diff_to_tree(new) if old else new.diff_to_tree(swap=True)
        if difference is None:
            return ()
        difference.find_similar(flags=DiffFind.FIND_RENAMES)
        return list(difference.deltas)

    def _tree(self, commit: pygit2.Commit | None) -> pygit2.Tree | None:
        if commit is None or not self._below:
            return commit.tree if commit else None
        try:
            found = commit.tree[self._below]
        except KeyError:
            return None
        return found if isinstance(found, pygit2.Tree) else None

    def _refusal(self, delta: pygit2.DiffDelta) -> str:
        """Why what a path is afterwards, or was if it is gone, cannot be a document; empty where it can."""
        file = delta.new_file if delta.new_file.mode else delta.old_file
        if file.mode not in _REGULAR:
            return "it is a symbolic link" if file.mode == FileMode.LINK else "it is no file"
        blob = self._repository[file.id]
        if isinstance(blob, pygit2.Blob) and blob.size > self._limit:
            return f"it has {blob.size:,} bytes; the limit is {self._limit:,}"
        try:
            check_path(file.raw_path.decode())
        except UnicodeDecodeError:
            return "its name is no UTF-8"
        except ValidationFailed as refused:
            return refused.message.rstrip(".")
        return ""

    def _content(self, file: pygit2.DiffFile) -> bytes | None:
        if file.mode not in _REGULAR:
            return None
        blob = self._repository[file.id]
        return blob.data if isinstance(blob, pygit2.Blob) else None


def _path(file: pygit2.DiffFile) -> str:
    return file.raw_path.decode("utf-8", "backslashreplace")


def _told(commit: pygit2.Commit) -> dict[str, JsonValue]:
    """Where a mutation comes from, without who committed it: here it is yet to be executed."""
    return {key: value for key, value in provenance(commit).items() if key not in _COMMITTED}
