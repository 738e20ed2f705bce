"""All rows of one project, from one database to another."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    case,
    func,
    insert,
    select,
    tuple_,
    union,
)

from lattice_console.contract.errors import Conflict
from lattice_console.engine.stores import tables as t
from lattice_console.engine.stores.databases import Transaction

BATCH = 1000
"""Rows that are in memory at once."""

BYTES = 8 * 1024 * 1024
"""Bytes of blobs that are in memory at once, save for a single one that is larger."""

Values = dict[str, Any]
People = Mapping[str, str]
"""From a person's id where the rows come from, to theirs where the rows go to."""

Progress = Callable[[int, int, str], None]
"""Told how many rows are done, of how many, and which table is on."""


def scope(table: Table, project_id: str) -> ColumnElement[bool]:
    """Which rows of a table are the project's; what several share, as people and blobs, is what it refers to."""
    if table is t.projects:
        return table.c.id == project_id
    if table in (t.audit, t.answers):
        return table.c.scope == project_id
    if table is t.users:
        return table.c.id.in_(_referred(t.users.c.id, project_id))
    if table is t.blobs:
        return table.c.hash.in_(_referred(t.blobs.c.hash, project_id))
    if "project_id" in table.c:
        return table.c.project_id == project_id
    column, owner = {
        t.parents: ("patchset_id", t.patchsets),
        t.snapshots: ("execution_id", t.executions),
    }.get(table, ("mutation_id", t.mutations))
    return table.c[column].in_(select(owner.c.id).where(scope(owner, project_id)))


TABLES = tuple(table for table in t.metadata.sorted_tables if table is not t.installation)
"""What is copied, in an order in which nothing comes before what it refers to."""


def _referring(target: ColumnElement[Any]) -> Iterator[ColumnElement[Any]]:
    for table in TABLES:
        for key in table.foreign_keys:
            if key.column is target:
                yield key.parent
    if target is t.blobs.c.hash:
        # No reference, but we may hold these bytes.
        yield t.changes.c.base_hash


def _referred(target: ColumnElement[Any], project_id: str) -> Any:
    return union(*(select(column).where(scope(column.table, project_id)) for column in _referring(target)))


async def projects(source: Transaction) -> dict[str, str]:
    """The names of all projects, by id."""

    def read(connection: Connection, _: object) -> dict[str, str]:
        return {row.id: row.name for row in connection.execute(select(t.projects.c.id, t.projects.c.name))}

    return await source.run(read)


async def counts(source: Transaction, project_id: str) -> dict[str, int]:
    """How many rows of each table are the project's."""

    def count(connection: Connection, _: object) -> dict[str, int]:
        return {
            table.name: connection.execute(
                select(func.count()).select_from(table).where(scope(table, project_id))
            ).scalar_one()
            for table in TABLES
        }

    return await source.run(count)


async def copy(source: Transaction, target: Transaction, project_id: str, progress: Progress) -> dict[str, int]:
    """Copy all rows and compare what then lies there with what was read; returns how many of each table.

    Raises Conflict where the target has the project (`CF_PROJECT_EXISTS`), or another person of one's name
    (`CF_PERSON`).
    """
    await _refuse_existing(target, project_id)
    people = await _people(source, target, project_id)
    expected = await counts(source, project_id)
    total, done = sum(expected.values()), 0
    for table in TABLES:
        after: tuple[Any, ...] | None = None
        while True:
            rows, after = await _batch(source, table, project_id, after)
            if not rows:
                break
            await _write(target, table, [_translated(table, row, people) for row in rows])
            done += len(rows)
            progress(done, total, table.name)
    found = await counts(target, project_id)
    if found != expected:
        differing = ", ".join(
            f"{name}: {found[name]:,} of {count:,}" for name, count in expected.items() if found[name] != count
        )
        raise _differs(f"rows are missing or were already there ({differing})")
    await _compare(source, target, project_id, people, progress, total)
    return expected


async def missing_events(database: Transaction, project_id: str) -> str | None:
    """What does not hold of the project's events: they are numbered from 1 to its counter, without a gap."""
    before, last = 0, await database.run(lambda _, tables: tables.events.last(project_id))
    after: tuple[Any, ...] | None = None
    while True:
        rows, after = await _batch(database, t.events, project_id, after)
        if not rows:
            return None if before == last else f"event {before + 1} is missing: {last} were written"
        for row in rows:
            if row["seq"] != before + 1:
                return f"event {before + 1} is missing"
            before = row["seq"]


async def damaged_blobs(database: Transaction, project_id: str | None = None) -> list[str]:
    """The hashes of all blobs, or the project's, whose bytes hash to something else."""
    found: list[str] = []
    after: tuple[Any, ...] | None = None
    while True:
        rows, after = await _batch(database, t.blobs, project_id, after)
        if not rows:
            return found
        found += [row["hash"] for row in rows if hashlib.sha256(row["content"]).hexdigest() != row["hash"]]


async def _refuse_existing(target: Transaction, project_id: str) -> None:
    def exists(connection: Connection, _: object) -> bool:
        return connection.execute(select(t.projects.c.id).where(t.projects.c.id == project_id)).first() is not None

    if await target.run(exists):
        raise Conflict(
            "CF_PROJECT_EXISTS",
            f"The target holds the project {project_id} already. Nothing was copied: take another database.",
            project=project_id,
        )


async def _people(source: Transaction, target: Transaction, project_id: str) -> dict[str, str]:
    """Who is there already: the same handle or e-mail address, and neither of them another's."""

    def of_project(connection: Connection, _: object) -> list[Any]:
        return list(connection.execute(select(t.users).where(scope(t.users, project_id))))

    def there(connection: Connection, _: object) -> list[Any]:
        return list(connection.execute(select(t.users)))

    known = await target.run(there)
    by_handle = {user.handle: user for user in known}
    by_email = {user.email.lower(): user for user in known if user.email}
    ids = {user.id for user in known}
    same: dict[str, str] = {}
    for user in await source.run(of_project):
        found = {by_handle.get(user.handle), by_email.get(user.email.lower()) if user.email else None} - {None}
        if not found and user.id not in ids:
            continue
        other = found.pop() if len(found) == 1 else None
        if other is None or other.id in same.values() or _contradict(user.email, other.email):
            raise Conflict(
                "CF_PERSON",
                f"{user.handle} is another person in the target than in the source: their handles and e-mail "
                "addresses do not agree. Nothing was copied: change one of them.",
                handle=user.handle,
            )
        same[user.id] = other.id
    return same


def _contradict(one: str | None, other: str | None) -> bool:
    return bool(one and other and one.lower() != other.lower())


_OF_PEOPLE = {
    table: tuple(column.name for column in table.c if column is t.users.c.id or column.references(t.users.c.id))
    for table in TABLES
}
# What an event is about may be a person.
_OF_PEOPLE[t.events] += (t.events.c.subject.name,)


def _translated(table: Table, row: Values, people: People) -> Values:
    return {**row, **{name: people.get(row[name], row[name]) for name in _OF_PEOPLE[table]}} if people else row


async def _batch(
    database: Transaction, table: Table, project_id: str | None, after: tuple[Any, ...] | None
) -> tuple[list[Values], tuple[Any, ...] | None]:
    """The rows that follow those up to `after`, and where they end."""
    keys = _order(table)

    def read(connection: Connection, _: object) -> tuple[list[Values], tuple[Any, ...] | None]:
        statement: Select[Any] = select(*table.c, *(key.label(f"key_{at}") for at, key in enumerate(keys)))
        if project_id is not None:
            statement = statement.where(scope(table, project_id))
        if after is not None:
            last = [bindparam(None, value, key.type) for key, value in zip(keys, after, strict=True)]
            statement = statement.where(tuple_(*keys) > tuple_(*last))
        statement = statement.order_by(*keys).limit(_fitting(connection, table, statement.order_by(*keys)))
        found = connection.execute(statement).all()
        width = len(table.c)
        names = [column.name for column in table.c]
        rows = [dict(zip(names, row[:width], strict=True)) for row in found]
        return rows, tuple(found[-1][width:]) if found else None

    return await database.run(read)


def _fitting(connection: Connection, table: Table, following: Select[Any]) -> int:
    """How many rows may be read at once."""
    if table is not t.blobs:
        return BATCH
    sizes = connection.execute(following.with_only_columns(t.blobs.c.size).limit(BATCH)).scalars().all()
    fitting, held = 0, 0
    for size in sizes:
        held += size
        if held > BYTES:
            break
        fitting += 1
    return max(fitting, 1)


def _order(table: Table) -> list[ColumnElement[Any]]:
    keys: list[ColumnElement[Any]] = list(table.primary_key.columns)
    if table is t.comments:
        # What begins a thread comes before what answers it.
        return [case((table.c.thread == table.c.id, 0), else_=1), *keys]
    return keys


async def _write(target: Transaction, table: Table, rows: list[Values]) -> None:
    def write(connection: Connection, _: object) -> None:
        fresh = rows
        if table in (t.users, t.blobs):
            # Shared with other projects.
            key = next(iter(table.primary_key.columns))
            there = set(connection.execute(select(key).where(key.in_([row[key.name] for row in rows]))).scalars())
            fresh = [row for row in rows if row[key.name] not in there]
        if fresh:
            connection.execute(insert(table), fresh)

    await target.run(write)


async def _compare(
    source: Transaction, target: Transaction, project_id: str, people: People, progress: Progress, total: int
) -> None:
    """Read everything again on both sides; raises Conflict where it is not the same, or bytes are not their hash's."""
    done = 0
    for table in TABLES:
        if table is t.users:
            # Some were there before, with a name of their own.
            continue
        digests = [await _digest(source, table, project_id, people), await _digest(target, table, project_id, {})]
        if digests[0] != digests[1]:
            raise _differs(f"{table.name} reads otherwise than it was written")
        done += digests[0][0]
        progress(done, total, f"verified {table.name}")
    if missing := await missing_events(target, project_id):
        raise _differs(missing)
    if damaged := await damaged_blobs(target, project_id):
        raise _differs(f"{len(damaged):,} blobs do not hold what their hash says, the first is {damaged[0]}")


async def _digest(database: Transaction, table: Table, project_id: str, people: People) -> tuple[int, int]:
    """How many rows there are, and the sum of their hashes: people's ids, where they are keys, order them otherwise."""
    count, digest = 0, 0
    after: tuple[Any, ...] | None = None
    while True:
        rows, after = await _batch(database, table, project_id, after)
        if not rows:
            return count, digest
        count += len(rows)
        for row in rows:
            exact = repr([_comparable(value) for value in _translated(table, row, people).values()])
            digest = (digest + int.from_bytes(hashlib.sha256(exact.encode()).digest())) % 2**256


def _comparable(value: Any) -> Any:
    """The value, whatever order JSONB gives the members of an object, and however it writes whole numbers."""
    if isinstance(value, dict):
        return sorted((key, _comparable(member)) for key, member in value.items())
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _differs(what: str) -> Conflict:
    return Conflict("CF_COPY", f"The copy is not what it was made of: {what}. Nothing was kept of it: try again.")
