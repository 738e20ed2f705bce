"""A look at a project's SQLite file for completion, without the engine: its start takes longer than a shell may wait.

It reads names and titles, nothing else, for members alone, and changes nothing.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

_PATIENCE = 0.1
"""Seconds to wait for a writer."""

_MEMBER = """EXISTS (SELECT 1 FROM memberships JOIN users ON users.id = memberships.user_id
    WHERE memberships.project_id = :project
    AND (users.handle = :actor OR (instr(:actor, '@') AND users.email = :actor COLLATE NOCASE)))"""

_ENDED = "('completed', 'rolled_back', 'rejected', 'cancelled', 'expired')"
_MUTATIONS = f"""SELECT CAST(number AS TEXT), title || ' (' || replace(status, '_', ' ') || ')' FROM mutations
    WHERE project_id = :project AND status {{ended}} IN {_ENDED} AND ({{numbers}}) AND {_MEMBER}
    ORDER BY number DESC LIMIT :limit"""
_DIGITS = 9
"""Digits that a mutation's number has at most."""

_SPECS = f"SELECT name, type FROM specs WHERE project_id = :project AND {_MEMBER} ORDER BY name"
_PEOPLE = f"""SELECT member.handle, member.name FROM users AS member
    JOIN memberships AS of ON of.user_id = member.id AND of.project_id = :project
    WHERE {_MEMBER} ORDER BY member.handle"""
_COMMENTS = f"""SELECT comments.id, substr(replace(comments.text, char(10), ' '), 1, 60) FROM comments
    JOIN mutations ON mutations.id = comments.mutation_id
    WHERE mutations.project_id = :project AND mutations.number = :number AND {_MEMBER}
    ORDER BY comments.id DESC"""


class FileGlance:
    """What one actor sees of a project in the database file; nothing where the file cannot be read so."""

    def __init__(self, database: Path, project: str, actor: str) -> None:
        self._database = database
        self._who = {"project": project, "actor": actor}

    def mutations(self, prefix: str, limit: int) -> Iterator[tuple[str, str]]:
        """Numbers that begin so (digits) with title and status, those that have not ended first, newest first."""
        for ended in ("NOT", ""):
            query = _MUTATIONS.format(ended=ended, numbers=_beginning(prefix))
            for found in self._rows(query, limit=limit):
                limit -= 1
                yield found

    def specs(self) -> Iterator[tuple[str, str]]:
        """Specs with their types, by name."""
        return self._rows(_SPECS)

    def people(self) -> Iterator[tuple[str, str]]:
        """Handles with names, by handle."""
        return self._rows(_PEOPLE)

    def comments(self, number: int) -> Iterator[tuple[str, str]]:
        """Ids of a mutation's comments with how they begin, newest first."""
        return self._rows(_COMMENTS, number=number)

    def _rows(self, query: str, **values: str | int) -> Iterator[tuple[str, str]]:
        try:
            with closing(sqlite3.connect(f"{self._database.as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)) as opened:
                yield from opened.execute(query, self._who | values)
        except sqlite3.Error:
            # Not there yet, of another version, or busy: there is nothing to complete, which is no failure.
            return


def _beginning(digits: str) -> str:
    """The condition that a number begins so, as ranges, which an index finds."""
    if not digits:
        return "TRUE"
    if digits.startswith("0"):
        return "FALSE"
    first = int(digits)
    ranges = ((first * 10**more, (first + 1) * 10**more - 1) for more in range(_DIGITS - len(digits) + 1))
    return " OR ".join(f"number BETWEEN {low} AND {high}" for low, high in ranges) or "FALSE"
