"""Projects with many pending mutations, spread evenly over their documents; their conflicts are found by the engine."""

import asyncio
import hashlib
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from benchmarks.dataset import ACTOR
from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.contract.models.document import TrackedFile
from lattice_console.engine.features.context import new_id
from lattice_console.engine.ports import Tables
from lattice_console.engine.records import ChangeRecord, MutationRecord, PatchsetRecord
from lattice_console.engine.stores import seals
from lattice_console.engine.stores.sqlite import SqliteStore
from lattice_console.ops.init import init

DOCUMENTS = 1000
LINES = 420
"""Lines of each document with a key of its own; others stand before them."""

BEFORE = 2

LAST = LINES - 2
"""The line of a key that nobody changes."""

QUIET, BUSY = "specs/quiet.json", "specs/busy.json"
"""Documents beside these: one that nobody changes, and one with as many changes in every project."""

CROWD = 100
"""Mutations of the busy document."""

_APART = 4
"""Lines from one mutation's to the next one's: far enough not to meet."""

_OFTEN = 20
"""Of so many mutations one changes what the one before it changes."""

_PORTION = 2000
"""Mutations that are written at once."""


def path_of(document: int) -> str:
    """Where one of the documents is."""
    return f"specs/area-{document // 100:02}/doc-{document:04}.json"


def content(name: str, line: int | None = None, value: int = 0) -> bytes:
    """A spec of many lines, with another value in one of them."""
    keys = "".join(f'"k{at}": {value if at == line else 0},\n' for at in range(LINES))
    return f'{{\n"name": "{name}", "type": "generic", "version": "1.0.0",\n{keys}"end": 0\n}}\n'.encode()


def far(place: int) -> int:
    """The line of the mutation in that place of its document."""
    return place * _APART


def copy_of_project(place: Path, mutations: int) -> Path:
    """A project with that many pending mutations at `place`, to be changed at will: made once in a run, and copied."""
    return shutil.copytree(Path(_original(mutations)[0].name) / "project", place)


def seconds_to_index(mutations: int) -> float:
    """How long it took the engine to find out all that these mutations write, and what is in conflict."""
    return _original(mutations)[1]


@cache
def _original(mutations: int) -> tuple[tempfile.TemporaryDirectory[str], float]:
    folder = tempfile.TemporaryDirectory(prefix="lattice-benchmarks-")
    place = Path(folder.name) / "project"
    place.mkdir()
    return folder, asyncio.run(_make(place, mutations))


async def _make(place: Path, mutations: int) -> float:
    await init(place, name="pending", actor=ACTOR)
    file = place / ".lattice" / "state" / "lattice.db"
    backend = await connect(config.load(place, actor=ACTOR))
    try:
        paths = [path_of(number) for number in range(DOCUMENTS)]
        for start in range(0, DOCUMENTS, 500):
            files = [TrackedFile(path=path, content=content(_name(path))) for path in paths[start : start + 500]]
            await backend.documents.track(files)
        await backend.documents.track([TrackedFile(path=path, content=content(_name(path))) for path in (QUIET, BUSY)])
        project = (await backend.projects.get()).id
        await _fill(file, project, mutations)
        with closing(sqlite3.connect(file)) as database:
            seals.register(database)
            database.execute("UPDATE projects SET indexed = 0")
            database.commit()
        started = time.perf_counter()
        await backend.executions.recover()
        taken = time.perf_counter() - started
        with closing(sqlite3.connect(file)) as database:
            database.execute("ANALYZE")
        return taken
    finally:
        await backend.close()


def _name(path: str) -> str:
    return Path(path).stem


async def _fill(file: Path, project: str, mutations: int) -> None:
    store = await SqliteStore.open(file)
    try:
        edits = list(_edits(mutations))
        for start in range(0, len(edits), _PORTION):
            portion = edits[start : start + _PORTION]
            await store.write(partial(_put, project=project, edits=portion))
    finally:
        await store.close()


def _edits(mutations: int) -> Iterator[tuple[str, int, int]]:
    """The document of each mutation, the line that it changes, and the value that it puts there."""
    for number in range(mutations - CROWD):
        meets = number > 0 and random.Random(number).randrange(_OFTEN) == 0
        place, document = divmod(number - 1 if meets else number, DOCUMENTS)
        yield path_of(document), far(place), number + 1
    for place in range(CROWD):
        yield BUSY, far(place), place + 1


def _put(tables: Tables, project: str, edits: Sequence[tuple[str, int, int]]) -> None:
    author = tables.people.find(ACTOR)
    assert author is not None
    head = tables.documents.at_paths(project, {path for path, _, _ in edits})
    made = [content(_name(path), line, value) for path, line, value in edits]
    results = [hashlib.sha256(one).hexdigest() for one in made]
    tables.documents.put_blobs(dict(zip(results, made, strict=True)))
    now = datetime.now(UTC)
    for (path, _, _), result in zip(edits, results, strict=True):
        number = tables.projects.next_number(project)
        record = _mutation(number, author.id, _name(path), now)
        patchset = PatchsetRecord(new_id(), record.id, 1, result, result, author.id, "", [], now)
        change = ChangeRecord(new_id(), "modify", path, None, head[path].document_id, head[path].hash, result)
        tables.mutations.create(project, record)
        tables.mutations.add_patchset(project, patchset, [change], [])


def _mutation(number: int, author: str, spec: str, now: datetime) -> MutationRecord:
    return MutationRecord(
        id=new_id(),
        number=number,
        title=f"Raise a limit of {spec}",
        description="",
        author_id=author,
        spec_name=spec,
        type="feature",
        labels=[],
        metadata={},
        status="pending",
        version=1,
        patchset=1,
        approvals=0,
        objections=0,
        comments=0,
        threads=0,
        unanswered=0,
        conflicts=0,
        turn="reviewers",
        stack=number,
        level=0,
        created_at=now,
        updated_at=now,
    )
