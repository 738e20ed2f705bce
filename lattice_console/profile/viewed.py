"""Which files of a mutation were viewed, by content.

A mark is for a path with what it held before and holds after. So a viewed file stays viewed in the next patchset if it
did not change, and is no longer viewed if it did.
"""

import json
import os
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from lattice_console.json_file import Content
from lattice_console.profile.folder import file_name
from lattice_console.profile.store import JsonFile, Tell, locked

__all__ = ["FileState", "Viewed"]

T = TypeVar("T")

MUTATION_LIMIT = 5_000
"""Mutations whose marks are kept; those that were not marked for the longest go first."""

MARK_LIMIT = 20_000
"""Marks that are kept of one mutation; the oldest go first."""

FileState = tuple[str, str | None, str | None]
"""A file of a comparison: its path, and the hashes of its bytes before and after (None: it did not exist)."""


class Viewed:
    """The marks of one person in one project, a file for each mutation below `folder`."""

    def __init__(self, folder: Path, tell: Tell) -> None:
        self._folder = folder / "viewed"
        self._tell = tell
        self._file = lru_cache(64)(self._open)

    def is_viewed(self, mutation_id: str, path: str, before: str | None, after: str | None) -> bool:
        """Whether the file with exactly this content is marked."""
        return _mark(path, before, after) in self._file(mutation_id).section("marks")

    def count(self, mutation_id: str, files: Iterable[FileState]) -> int:
        """How many of the files are viewed."""
        marks = self._file(mutation_id).section("marks")
        return sum(_mark(*file) in marks for file in files)

    def mark(self, mutation_id: str, *files: FileState) -> None:
        """Mark files as viewed."""

        def change(content: Content) -> None:
            marks = content.setdefault("marks", {})
            for file in files:
                _add(marks, _mark(*file), file[0])

        self._update(mutation_id, change)

    def unmark(self, mutation_id: str, *files: FileState) -> None:
        """Take the marks off files."""

        def change(content: Content) -> None:
            for file in files:
                content.get("marks", {}).pop(_mark(*file), None)

        self._update(mutation_id, change)

    def toggle(self, mutation_id: str, path: str, before: str | None, after: str | None) -> bool:
        """Turn the mark of a file; returns whether it is viewed now."""
        mark = _mark(path, before, after)

        def change(content: Content) -> bool:
            marks = content.setdefault("marks", {})
            if marks.pop(mark, None) is not None:
                return False
            _add(marks, mark, path)
            return True

        return self._update(mutation_id, change)

    def _open(self, mutation_id: str) -> JsonFile:
        return JsonFile(self._folder / f"{file_name(mutation_id)}.json", ("marks",), self._tell)

    def _update(self, mutation_id: str, change: Callable[[Content], T]) -> T:
        file = self._file(mutation_id)
        known = file.path.exists()
        result = file.update(change)
        if not known:
            self._drop_oldest()
        return result

    def _drop_oldest(self) -> None:
        # Others may only add to a file, or drop it, under the same lock.
        with locked(self._folder):
            files = [entry for entry in os.scandir(self._folder) if entry.name.endswith(".json")]
            if len(files) > MUTATION_LIMIT:
                files.sort(key=lambda entry: entry.stat().st_mtime_ns)
                for entry in files[:-MUTATION_LIMIT]:
                    os.unlink(entry.path)


def _mark(path: str, before: str | None, after: str | None) -> str:
    """What stands for a file with its content; equal for no two of them."""
    return sha256(json.dumps([path, before, after]).encode()).hexdigest()[:32]


def _add(marks: Content, mark: str, path: str) -> None:
    """Add a mark, with its path for who looks into the file; the oldest make room."""
    marks[mark] = path
    for oldest in list(marks)[:-MARK_LIMIT]:
        del marks[oldest]
