"""Commits of a git repository: which are meant, and what they say."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pygit2

from lattice_console.contract.errors import NotFound, ValidationFailed
from lattice_console.contract.models.base import LINE_LIMIT, TEXT_LIMIT, replace_controls

_SHORT = 10


@contextmanager
def readable(place: Path) -> Iterator[None]:
    """Say of a repository with an object that is broken or gone what git says of it; raises NotFound."""
    try:
        yield
    except pygit2.GitError as error:
        said = replace_controls(str(error).strip("'"), lines=False)
        raise NotFound(
            "NF_OBJECT", f"The repository {place} cannot be read: {said}. What is broken says: git -C {place} fsck"
        ) from None


def parent(repository: pygit2.Repository, commit: pygit2.Commit) -> pygit2.Commit | None:
    """What a commit was made on; raises ValidationFailed (`VAL_SHALLOW`) where a shallow clone ends at it."""
    if commit.parents:
        return commit.parents[0]
    if repository.is_shallow:
        raise ValidationFailed(
            "VAL_SHALLOW",
            f"This clone is shallow and ends at {short(commit)}: what that commit changed is not in it. Fetch more: "
            "git fetch --unshallow (in CI, a fetch depth of 0)",
            field="from_git",
        )
    return None


def find(repository: pygit2.Repository, revision: str) -> pygit2.Commit:
    """The commit of that name; raises NotFound, or pygit2's InvalidError where it cannot be read."""
    try:
        return repository.revparse_single(revision).peel(pygit2.Commit)
    except pygit2.InvalidError:
        raise
    except (KeyError, ValueError, pygit2.GitError):
        raise NotFound("NF_REVISION", f"The repository has no commit {revision}.") from None


def up_to(last: pygit2.Commit) -> list[pygit2.Commit]:
    """All commits along first parents up to that one, oldest first."""
    return _along(last, None)


def in_range(repository: pygit2.Repository, range: str) -> tuple[pygit2.Commit | None, list[pygit2.Commit]]:
    """Of `A..B` the commit A, None where that is not said, and those after it up to B along first parents.

    Oldest first; B is HEAD where that is not said. Raises NotFound, or ValidationFailed (`VAL_RANGE`).
    """
    first, dots, last = range.rpartition("..")
    if not dots:
        raise ValidationFailed("VAL_RANGE", f"{range} is no range; write it as A..B.", field="range")
    start = find(repository, first) if first else None
    found = _along(find(repository, last or "HEAD"), start)
    if start is not None and (found[0].parent_ids[:1] if found else [start.id]) != [start.id]:
        raise ValidationFailed(
            "VAL_RANGE", f"{first} does not lie on the first parents of {last or 'HEAD'}.", field="range"
        )
    return start, found


def _along(last: pygit2.Commit, start: pygit2.Commit | None) -> list[pygit2.Commit]:
    found: list[pygit2.Commit] = []
    commit: pygit2.Commit | None = last
    while commit is not None and (start is None or commit.id != start.id):
        found.append(commit)
        commit = commit.parents[0] if commit.parents else None
    return found[::-1]


def texts(commit: pygit2.Commit) -> tuple[str, str]:
    """Title and description of a commit, as a mutation may have them."""
    title, _, description = commit.raw_message.decode("utf-8", "replace").strip().partition("\n")
    return (
        _cut(replace_controls(title.strip(), lines=False), LINE_LIMIT) or "(no title)",
        _cut(replace_controls(description.strip().replace("\r\n", "\n"), lines=True), TEXT_LIMIT),
    )


def short(commit: pygit2.Commit) -> str:
    """A commit's id as people write it."""
    return str(commit.id)[:_SHORT]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
