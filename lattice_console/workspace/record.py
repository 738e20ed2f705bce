"""The checkout record and its journal: what this folder holds, and what a sync was about to do to it.

Both lie in `.lattice/state`. They spare work and say what was applied; the bytes on disk and in the store decide. So a
record that cannot be read is an empty one, and the next sync builds it anew.
"""

import contextlib
import json
import os
from pathlib import Path

from pydantic import Field, ValidationError

from lattice_console.contract.models.base import Hash, Model
from lattice_console.contract.paths import is_trackable
from lattice_console.workspace.files import Folder, Trusted
from lattice_console.workspace.states import Stamp

SCHEMA = 1
_RECORD = "checkout.json"
_JOURNAL = "checkout.journal"


class Record(Model):
    """What the folder was brought to.

    `sequence` is the head's that was applied last. `files` has the hash that each path was brought to. `left` has the
    head's state, at `sequence`, of paths that could not be brought to it (None: the head has no such path): the head
    is `files` overlaid by `left`. `stamps` has what the file system said of paths while they held exactly those bytes.
    """

    schema_version: int = SCHEMA
    project_id: str = ""
    sequence: int = -1
    files: dict[str, Hash] = Field(default_factory=dict)
    left: dict[str, Hash | None] = Field(default_factory=dict)
    stamps: dict[str, Stamp] = Field(default_factory=dict)

    def trusted(self) -> dict[str, Trusted]:
        """The paths that need not be read as long as their stamps hold."""
        return {path: Trusted(self.files[path], stamp) for path, stamp in self.stamps.items() if path in self.files}


EMPTY = Record()
"""A folder that nothing was checked out in."""


def load(state: Path) -> Record:
    """The record kept in the folder `state`; EMPTY where there is none, or none that can be read."""
    try:
        record = Record.model_validate_json((state / _RECORD).read_bytes())
    except (FileNotFoundError, ValidationError):
        return EMPTY
    # Someone else may have written it: a path that we would not have recorded is not to be looked at, or written to.
    is_ours = record.schema_version == SCHEMA and all(map(is_trackable, (*record.files, *record.left)))
    return record if is_ours else EMPTY


def is_lost(state: Path) -> bool:
    """Whether there is a record that cannot be read."""
    return (state / _RECORD).exists() and load(state) is EMPTY


def save(state: Path, record: Record) -> None:
    """Replace the record, durably and in one step."""
    replace_file(state, _RECORD, record.model_dump_json().encode())


def load_journal(state: Path) -> frozenset[str]:
    """The paths that a sync which did not come to its end was about to write or remove; none where there was none."""
    try:
        paths = json.loads((state / _JOURNAL).read_bytes())["paths"]
        return frozenset(path for path in paths if isinstance(path, str) and is_trackable(path))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # A journal is written in one step: one that cannot be read is not ours.
        return frozenset()


def save_journal(state: Path, paths: list[str]) -> None:
    """Say durably which paths are about to be written or removed."""
    replace_file(state, _JOURNAL, json.dumps({"schema_version": SCHEMA, "paths": paths}).encode())


def clear_journal(state: Path) -> None:
    """Say that all of it is done."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(state / _JOURNAL)


def replace_file(state: Path, name: str, content: bytes) -> None:
    """Write a file of the folder `state`, durably and in one step."""
    folder = Folder(state)
    folder.stage(name, content, None)
    folder.place(name, folder.stamp(name))
    folder.flush([name])
