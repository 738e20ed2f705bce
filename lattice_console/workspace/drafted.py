"""What was drafted last from what a folder holds, kept in the folder's own state."""

from pathlib import Path

from pydantic import Field, ValidationError

from lattice_console.contract.models.base import Hash, Model
from lattice_console.workspace.record import replace_file

_FILE = "watch.json"


class Drafted(Model):
    """The id of a mutation, and how the files were that were proposed: a hash, None for a file that was gone.

    The mutation may hold others since: versions are written into specs, and people have hands.
    """

    mutation: str = ""
    sent: dict[str, Hash | None] = Field(default_factory=dict)


def load(state: Path) -> Drafted:
    """What is kept in the folder `state`; nothing where that cannot be read."""
    try:
        return Drafted.model_validate_json((state / _FILE).read_bytes())
    except (FileNotFoundError, ValidationError):
        return Drafted()


def save(state: Path, drafted: Drafted) -> None:
    """Keep it, durably and in one step."""
    replace_file(state, _FILE, drafted.model_dump_json().encode())
