"""What a person chose for the conflicts of documents and did not apply yet."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from lattice_console.json_file import Content
from lattice_console.merge.choices import History, as_data, from_data
from lattice_console.profile.store import JsonFile, Tell

__all__ = ["Meeting", "Resolving"]


class Meeting(NamedTuple):
    """Which conflicts are meant: a document of a mutation, and the hashes of the three texts that meet."""

    mutation_id: str
    path: str
    base: str
    ours: str
    theirs: str


class Resolving:
    """Choices of one person in one project, kept in `folder`; on the disk when a method returns."""

    def __init__(self, folder: Path, tell: Tell) -> None:
        self._file = JsonFile(folder / "resolving.json", ("resolving",), tell)

    def of(self, meeting: Meeting) -> History | None:
        """What was chosen; None where nothing was, or where other texts met then."""
        found = self._file.section("resolving").get(meeting.mutation_id)
        kept = found.get(meeting.path) if isinstance(found, Mapping) else None
        if not isinstance(kept, Mapping) or kept.get("texts") != [*meeting[2:]]:
            return None
        try:
            return from_data(kept.get("history"))
        except ValueError:
            return None

    def save(self, meeting: Meeting, history: History) -> None:
        """Keep what was chosen, in place of what was chosen for other texts of the document."""
        kept = {"texts": [*meeting[2:]], "history": as_data(history)}

        def change(content: Content) -> None:
            content.setdefault("resolving", {}).setdefault(meeting.mutation_id, {})[meeting.path] = kept

        self._file.update(change)

    def forget(self, mutation_id: str) -> None:
        """Forget what was chosen for a mutation: it was applied."""

        def change(content: Content) -> None:
            content.get("resolving", {}).pop(mutation_id, None)

        self._file.update(change)
