"""Which mutation was drafted last from what a folder holds, kept in the folder's own state."""

import json
from pathlib import Path

from lattice_console.workspace.record import replace_file

_FILE = "watch.json"


class Drafted:
    """The id of that mutation. A file that cannot be read says that there is none."""

    def __init__(self, state: Path) -> None:
        self._state = state

    def load(self) -> str | None:
        """The id that was saved last."""
        try:
            found = json.loads((self._state / _FILE).read_bytes())["mutation"]
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        return found if isinstance(found, str) else None

    def save(self, mutation: str) -> None:
        """Remember a mutation instead of the one before."""
        replace_file(self._state, _FILE, json.dumps({"mutation": mutation}).encode())
