"""Large projects on disk, as they would stand after years: written by the store's own tables, read as by anyone."""

import asyncio
import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
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
_DOCUMENTS = 200
_STATUSES = ("pending", "pending", "pending", "approved", "draft", "rejected", "cancelled")
_TURNS = {
    "pending": "reviewers",
    "approved": "executors",
    "draft": "author",
    "rejected": "nobody",
    "cancelled": "nobody",
}
_VERBS = ("Raise", "Lower", "Rename", "Split", "Add", "Drop", "Tighten", "Document", "Deprecate", "Merge")
_NOUNS = ("session limit", "refund endpoint", "customer table", "invoice lines", "password rule", "plan index")


def project(place: Path, mutations: int) -> Path:
    """A project at `place` with that many mutations, each with a patchset, a change, votes and comments."""
    place.mkdir(parents=True)
    asyncio.run(_start(place))
    lane = open_lane(place / ".lattice" / "state" / "lattice.db", busy=30)
    with lane.transaction("BEGIN IMMEDIATE"):
        _fill(lane.connection, mutations)
    lane.close()
    return place


async def _start(place: Path) -> None:
    from lattice_console.backends.connect import connect

    await init(place, name="large", actor=ACTOR)
    backend = await connect(config.load(place, actor=ACTOR))
    await backend.documents.track(
        [TrackedFile(path=f"specs/doc-{number:03}.json", content=_content(number, 0)) for number in range(_DOCUMENTS)]
    )
    for handle in ("ana", "raj", "agent-7"):
        await backend.team.add(user=handle, role="developer")
    await backend.close()


def _content(document: int, value: int) -> bytes:
    return f'{{"name": "doc-{document}", "type": "generic", "value": {value}}}\n'.encode()


def _fill(connection: Connection, mutations: int) -> None:
    users = [row[0] for row in connection.exec_driver_sql("SELECT id FROM users ORDER BY handle")]
    project_id = connection.exec_driver_sql("SELECT id FROM projects").scalar_one()
    documents = {
        path: (document, hash)
        for path, document, hash in connection.exec_driver_sql("SELECT path, document_id, blob_hash FROM head")
    }
    rows: dict[str, list[dict[str, Any]]] = {}
    for number in range(1, mutations + 1):
        for table, row in _mutation(number, mutations, project_id, users, documents):
            rows.setdefault(table, []).append(row)
        if number % 5000 == 0 or number == mutations:
            for table, portion in rows.items():
                statement = insert(tables.metadata.tables[table])
                if table == "blobs":
                    statement = statement.prefix_with("OR IGNORE")
                connection.execute(statement, portion)
            rows.clear()
    connection.exec_driver_sql("UPDATE projects SET mutation_seq = ?", (mutations,))
    connection.exec_driver_sql("ANALYZE")


def _mutation(
    number: int, mutations: int, project_id: str, users: list[str], documents: dict[str, tuple[str, str]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    chance = random.Random(number)
    at = datetime.now(UTC) - timedelta(minutes=3 * (mutations - number))
    mutation_id, patchset_id = new_id(), new_id()
    author, reviewer = chance.sample(users, 2)
    document = number % _DOCUMENTS
    path = f"specs/doc-{document:03}.json"
    document_id, base = documents[path]
    after = _content(document, 1 + number % 50)
    result = hashlib.sha256(after).hexdigest()
    approved, commented = chance.random() < 0.5, chance.random() < 0.3
    status = chance.choice(_STATUSES)
    yield "blobs", {"hash": result, "size": len(after), "content": after}
    yield (
        "mutations",
        {
            "id": mutation_id,
            "project_id": project_id,
            "number": number,
            "status": status,
            "author_id": author,
            "spec_name": f"doc-{document}",
            "type": "feature",
            "title": f"{chance.choice(_VERBS)} the {chance.choice(_NOUNS)} of area {number % 997}",
            "labels": [],
            "version": 1,
            "patchset": 1,
            "approvals": int(approved),
            "objections": 0,
            "comments": int(commented),
            "threads": 0,
            "unanswered": 0,
            "turn": _TURNS[status],
            "stack": number,
            "level": 0,
            "created_at": at,
            "updated_at": at,
            "description": "",
            "metadata": {},
        },
    )
    identity = hashlib.sha256(canonical([number, result]).encode()).hexdigest()
    yield (
        "patchsets",
        {
            "id": patchset_id,
            "mutation_id": mutation_id,
            "number": 1,
            "hash": identity,
            "diff_hash": identity,
            "author_id": author,
            "message": "",
            "findings": [],
            "created_at": at,
        },
    )
    yield (
        "changes",
        {
            "id": new_id(),
            "project_id": project_id,
            "patchset_id": patchset_id,
            "position": 0,
            "operation": "modify",
            "path": path,
            "new_path": None,
            "document_id": document_id,
            "base_hash": base,
            "result_hash": result,
        },
    )
    yield "touched", {"project_id": project_id, "number": number, "path": path}
    if approved:
        yield (
            "reviews",
            {
                "id": new_id(),
                "mutation_id": mutation_id,
                "patchset": 1,
                "author_id": reviewer,
                "vote": "approve",
                "comment": "",
                "policy_version": "",
                "state": "current",
                "created_at": at,
            },
        )
    if commented:
        comment_id = new_id()
        yield (
            "comments",
            {
                "id": comment_id,
                "mutation_id": mutation_id,
                "author_id": reviewer,
                "patchset": 1,
                "text": "Does the refresh token follow?",
                "thread": comment_id,
                "open": False,
                "created_at": at,
            },
        )
