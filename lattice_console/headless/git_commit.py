"""What the commands ask of the git repository around a project."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from pydantic import JsonValue


class GitFile(NamedTuple):
    """A file before and after a commit, by its paths in the project's folder; None where there is none."""

    path: str
    new_path: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class GitCommit:
    """What a commit, or a range of them as one, says and does; `left_out` are paths that it changes, each with why."""

    name: str
    title: str
    description: str
    metadata: Mapping[str, JsonValue]
    files: tuple[GitFile, ...]
    left_out: tuple[tuple[str, str], ...]


class ReadCommits(Protocol):
    """Reads commits of the repository that a folder lies in, those of a range `A..B` oldest first."""

    def __call__(
        self, folder: Path, revision: str, *, squash: bool, wanted: Callable[[str], bool], limit: int
    ) -> Iterator[GitCommit]:
        """What the `wanted` paths below `folder` went through; files have at most `limit` bytes.

        With `squash` a range is one. Raises NotFound and ValidationFailed.
        """
        ...
