"""Large projects on disk, as they would stand after years: written by the store's own tables, read as by anyone."""

import asyncio
import hashlib
import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from lattice_console import config
from lattice_console.contract.models.document import TrackedFile
from lattice_console.engine.features.context import new_id
from lattice_console.engine.rules.hashes import canonical
from lattice_console.engine.stores import tables
from lattice_console.engine.stores.connection import open_lane
from lattice_console.ops.init import init

ACTOR = "kim"
COLLEAGUES = ("ana", "raj")
"""Who reviews beside the actor."""

_AGENT = "agent-7"

_STATUSES = ("pending", "pending", "pending", "pending", "draft", "rejected", "cancelled")
"""Of those that are pending, whoever has a vote that counts is approved."""

_TURNS = {
    "pending": "reviewers",
    "approved": "executors",
    "draft": "author",
    "rejected": "nobody",
    "cancelled": "nobody",
}
_VERBS = ("Raise", "Lower", "Rename", "Split", "Add", "Drop", "Tighten", "Document", "Deprecate", "Merge")
_NOUNS = ("session limit", "refund endpoint", "customer table", "invoice lines", "password rule", "plan index")
_LABELS: tuple[list[str], ...] = ([], [], [], ["security"], ["billing", "urgent"])

_STRETCH = 30
"""Mutations of which the first two, three or four are a stack: a tenth of all stands in one."""

_PORTION = 5000
"""Mutations whose rows are written at once."""

Row = tuple[str, dict[str, Any]]


def project(place: Path, mutations: int, *, documents: int = 200) -> Path:
    """A project at `place` with that many specs, each standing on another, and that many mutations.

    Each has a patchset and a change; some have a newer patchset, votes, comments, or stand on the one before. The
    outbox holds their events. There is no audit log of it.
    """
    place.mkdir(parents=True)
    asyncio.run(_start(place, documents))
    lane = open_lane(place / ".lattice" / "state" / "lattice.db", busy=30)
    with lane.transaction("BEGIN IMMEDIATE"):
        _fill(lane.connection, mutations, documents)
    lane.close()
    return place


def copy_of_project(place: Path, mutations: int) -> Path:
    """A project of that size at `place`, to be changed at will: it is made once in a run, and copied."""
    return shutil.copytree(Path(_original(mutations).name) / "project", place)


@cache
def _original(mutations: int) -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="lattice-benchmarks-")
    project(Path(folder.name) / "project", mutations)
    return folder


async def _start(place: Path, documents: int) -> None:
    from lattice_console.backends.connect import connect

    await init(place, name="large", actor=ACTOR)
    backend = await connect(config.load(place, actor=ACTOR))
    for start in range(0, documents, 500):
        numbers = range(start, min(start + 500, documents))
        await backend.documents.track(
            [TrackedFile(path=_path(number), content=_content(number, 0)) for number in numbers]
        )
    for handle in COLLEAGUES:
        await backend.team.add(user=handle, role="reviewer")
    await backend.team.add(user=_AGENT, role="developer")
    await backend.close()


def _path(document: int) -> str:
    return f"specs/area-{document // 100:02}/doc-{document:03}.json"


def _content(document: int, value: int) -> bytes:
    depends_on = f'["doc-{document // 2}"]' if document else "[]"
    return f'{{"name": "doc-{document}", "type": "generic", "depends_on": {depends_on}, "value": {value}}}\n'.encode()


def _fill(connection: Connection, mutations: int, documents: int) -> None:
    filling = _Filling(connection, mutations, documents)
    rows: dict[str, list[dict[str, Any]]] = {}
    for number in range(1, mutations + 1):
        for table, row in filling.mutation(number):
            rows.setdefault(table, []).append(row)
        if number % _PORTION == 0 or number == mutations:
            for table, portion in rows.items():
                statement = insert(tables.metadata.tables[table])
                if table == "blobs":
                    statement = statement.prefix_with("OR IGNORE")
                connection.execute(statement, portion)
            rows.clear()
    connection.exec_driver_sql("UPDATE projects SET mutation_seq = ?, event_seq = ?", (mutations, filling.events))
    connection.exec_driver_sql("ANALYZE")


@dataclass(frozen=True, slots=True)
class _Made:
    """What the next mutation of a stack stands on, and what all rows of one need."""

    id: str
    number: int
    stack: int
    level: int
    document: int
    author: str
    at: datetime
    hash: str
    result: str
    patchset: int


class _Filling:
    """Makes the rows, one mutation after the other; `events` is the number of the last event."""

    def __init__(self, connection: Connection, mutations: int, documents: int) -> None:
        self._mutations = mutations
        self._documents = documents
        users = {handle: id for handle, id in connection.exec_driver_sql("SELECT handle, id FROM users")}
        self._users = [users[handle] for handle in (ACTOR, *COLLEAGUES, _AGENT)]
        self._project = connection.exec_driver_sql("SELECT id FROM projects").scalar_one()
        self._now = datetime.now(UTC)
        self._head = {
            path: (document, hash)
            for path, document, hash in connection.exec_driver_sql("SELECT path, document_id, blob_hash FROM head")
        }
        self._last: _Made | None = None
        self.events: int = connection.exec_driver_sql("SELECT event_seq FROM projects").scalar_one()

    def mutation(self, number: int) -> Iterator[Row]:
        """All rows of the mutation with that number; they are asked for in order."""
        chance = random.Random(number)
        author = chance.choice(self._users)
        reviewer = chance.choice([user for user in self._users[:-1] if user != author])
        below = self._last if 0 < (number - 1) % _STRETCH < 2 + (number - 1) // _STRETCH % 3 else None
        document = below.document if below else number % self._documents
        content = _content(document, 1 + number % 50 if below is None else 100 + number)
        result = hashlib.sha256(content).hexdigest()
        made = self._last = _Made(
            id=new_id(),
            number=number,
            stack=below.stack if below else number,
            level=below.level + 1 if below else 0,
            document=document,
            author=author,
            at=self._now - timedelta(minutes=3 * (self._mutations - number)),
            hash=hashlib.sha256(canonical([number, result]).encode()).hexdigest(),
            result=result,
            patchset=2 if chance.random() < 0.15 else 1,
        )
        voted, commented = chance.random() < 0.5, chance.random() < 0.3
        approvals = int(voted and made.patchset == 1)
        status = chance.choice(_STATUSES)
        if approvals and status == "pending":
            status = "approved"
        yield "blobs", {"hash": result, "size": len(content), "content": content}
        yield self._listed(made, status, chance, approvals=approvals, comments=int(commented))
        yield "touched", {"project_id": self._project, "number": number, "path": _path(document)}
        yield self._event(made, "mutation.created", author, number=number, status=status)
        for patchset in range(1, made.patchset + 1):
            yield from self._patchset(made, patchset, below)
        if voted or commented:
            yield "seen", {"user_id": reviewer, "mutation_id": made.id, "patchset": 1}
        if voted:
            yield from self._vote(made, reviewer)
        if commented:
            yield from self._comment(made, reviewer)

    def _listed(self, made: _Made, status: str, chance: random.Random, *, approvals: int, comments: int) -> Row:
        return (
            "mutations",
            {
                "id": made.id,
                "project_id": self._project,
                "number": made.number,
                "status": status,
                "author_id": made.author,
                "spec_name": f"doc-{made.document}",
                "type": "feature",
                "title": f"{chance.choice(_VERBS)} the {chance.choice(_NOUNS)} of area {made.number % 997}",
                "labels": chance.choice(_LABELS),
                "version": made.patchset,
                "patchset": made.patchset,
                "approvals": approvals,
                "objections": 0,
                "comments": comments,
                "threads": 0,
                "unanswered": 0,
                "turn": _TURNS[status],
                "stack": made.stack,
                "level": made.level,
                # Nothing of these is in the index, so none is found to meet another.
                "conflicts": 0,
                "created_at": made.at,
                "updated_at": made.at,
                "description": "",
                "metadata": {},
            },
        )

    def _patchset(self, made: _Made, number: int, below: _Made | None) -> Iterator[Row]:
        id = new_id()
        hash = made.hash if number == made.patchset else hashlib.sha256(made.hash.encode()).hexdigest()
        path = _path(made.document)
        document_id, base = self._head[path]
        yield (
            "patchsets",
            {
                "id": id,
                "mutation_id": made.id,
                "number": number,
                "hash": hash,
                "diff_hash": hash,
                "author_id": made.author,
                "message": "",
                "findings": [],
                "created_at": made.at,
            },
        )
        yield (
            "changes",
            {
                "id": new_id(),
                "project_id": self._project,
                "patchset_id": id,
                "position": 0,
                "operation": "modify",
                "path": path,
                "new_path": None,
                "document_id": document_id,
                "base_hash": below.result if below else base,
                "result_hash": made.result,
            },
        )
        if below:
            yield "parents", {"patchset_id": id, "mutation_id": below.id, "patchset_hash": below.hash}

    def _vote(self, made: _Made, reviewer: str) -> Iterator[Row]:
        yield (
            "reviews",
            {
                "id": new_id(),
                "mutation_id": made.id,
                "patchset": 1,
                "author_id": reviewer,
                "vote": "approve",
                "comment": "",
                "policy_version": "",
                "state": "current" if made.patchset == 1 else "outdated",
                "created_at": made.at,
            },
        )
        yield self._event(made, "mutation.reviewed", reviewer, number=made.number, vote="approve", comment="")

    def _comment(self, made: _Made, reviewer: str) -> Iterator[Row]:
        id = new_id()
        text = "Does the refresh token follow?"
        yield (
            "comments",
            {
                "id": id,
                "mutation_id": made.id,
                "author_id": reviewer,
                "patchset": 1,
                "text": text,
                "thread": id,
                "open": False,
                "created_at": made.at,
            },
        )
        yield self._event(made, "mutation.commented", reviewer, number=made.number, text=text)

    def _event(self, made: _Made, name: str, actor: str, **data: Any) -> Row:
        self.events += 1
        return (
            "events",
            {
                "project_id": self._project,
                "seq": self.events,
                "id": new_id(),
                "name": name,
                "at": made.at,
                "actor_id": actor,
                "subject": made.id,
                "version": made.patchset,
                "data": data,
            },
        )
