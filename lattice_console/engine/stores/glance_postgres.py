"""A look at a project on a Postgres server for completion, by the driver alone: the engine's start takes too long.

It reads names and titles, nothing else, for members alone, and changes nothing.
"""

import asyncio
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit, urlunsplit

CONNECT = 0.3
"""Seconds to wait for a connection."""

ANSWER = 0.5
"""Seconds to wait for all that is asked."""

_MEMBER = """EXISTS (SELECT FROM memberships JOIN users ON users.id = memberships.user_id
    WHERE memberships.project_id = $1
    AND (users.handle = $2 OR (strpos($2, '@') > 0 AND lower(users.email) = lower($2))))"""

_MUTATIONS = f"""SELECT number::text, title || ' (' || replace(status, '_', ' ') || ')' FROM mutations
    WHERE project_id = $1 AND starts_with(number::text, $3) AND {_MEMBER}
    ORDER BY status IN ('completed', 'rolled_back', 'rejected', 'cancelled', 'expired'), number DESC LIMIT $4"""
_SPECS = f"SELECT name, type FROM specs WHERE project_id = $1 AND {_MEMBER} ORDER BY name"
_PEOPLE = f"""SELECT member.handle, member.name FROM users AS member
    JOIN memberships AS of ON of.user_id = member.id AND of.project_id = $1
    WHERE {_MEMBER} ORDER BY member.handle"""
_COMMENTS = f"""SELECT comments.id, substr(replace(comments.text, chr(10), ' '), 1, 60) FROM comments
    JOIN mutations ON mutations.id = comments.mutation_id
    WHERE mutations.project_id = $1 AND mutations.number = $3 AND {_MEMBER} ORDER BY comments.id DESC"""


class PostgresGlance:
    """What one actor sees of a project on that server; nothing where it does not answer at once."""

    def __init__(self, url: str, project: str, actor: str) -> None:
        # SQLAlchemy's names for the driver and for its TLS are unknown to the driver.
        parts = urlsplit(url)
        query = "&".join(f"sslmode={part[4:]}" if part.startswith("ssl=") else part for part in parts.query.split("&"))
        self._url = urlunsplit(parts._replace(scheme="postgresql", query=query))
        self._who = (project, actor)

    def mutations(self, prefix: str, limit: int) -> Iterator[tuple[str, str]]:
        """Numbers that begin so (digits) with title and status, those that have not ended first, newest first."""
        return self._rows(_MUTATIONS, prefix, limit)

    def specs(self) -> Iterator[tuple[str, str]]:
        """Specs with their types, by name."""
        return self._rows(_SPECS)

    def people(self) -> Iterator[tuple[str, str]]:
        """Handles with names, by handle."""
        return self._rows(_PEOPLE)

    def comments(self, number: int) -> Iterator[tuple[str, str]]:
        """Ids of a mutation's comments with how they begin, newest first."""
        return self._rows(_COMMENTS, number)

    def _rows(self, query: str, *values: str | int) -> Iterator[tuple[str, str]]:
        import asyncpg

        try:
            found = asyncio.run(self._ask(query, values))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError):
            # Away, slow, or of another version: there is nothing to complete, which is no failure.
            return
        yield from found

    async def _ask(self, query: str, values: Sequence[str | int]) -> list[tuple[str, str]]:
        import asyncpg

        settings = {"application_name": "lattice-completion", "default_transaction_read_only": "on"}
        # Who cannot be reached is waited for by the outer clock too: the driver's own does not cover every step.
        async with asyncio.timeout(CONNECT):
            connection = await asyncpg.connect(self._url, timeout=CONNECT, server_settings=settings)
        try:
            async with asyncio.timeout(ANSWER):
                return [(row[0], row[1]) for row in await connection.fetch(query, *self._who, *values)]
        finally:
            connection.terminate()
