"""What mutations write, and the conflicts that come of it."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, delete, func, insert, select, update

from lattice_console.contract.models.conflict import ConflictFilter
from lattice_console.engine.records import ConflictRecord, MutationRecord, Window, WriteRecord
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.queue import holds
from lattice_console.engine.stores.rows import chunks, columns, several, values
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import conflicts, mutations, projects, writes
from lattice_console.engine.stores.windows import read_window

_CONFLICT = select(*columns(conflicts, ConflictRecord))
_OF_PROJECT = conflicts.c.project_id == bindparam("project")
_WRITE = Prepared(insert(writes))
_UNWRITE = Prepared(
    delete(writes).where(writes.c.project_id == bindparam("project"), writes.c.number == bindparam("mutation"))
)
_WRITING = Prepared(
    select(*columns(mutations, MutationRecord)).where(
        mutations.c.project_id == bindparam("project"),
        mutations.c.number.in_(
            select(writes.c.number).where(
                writes.c.project_id == bindparam("project"), writes.c.key.in_(several("keys"))
            )
        ),
    )
)
_BESIDE = writes.alias("beside")
_MEETING = Prepared(
    select(writes.c.number, _BESIDE.c.number)
    .distinct()
    .where(
        writes.c.project_id == bindparam("project"),
        writes.c.number.in_(several("numbers")),
        writes.c.first >= 0,
        _BESIDE.c.project_id == writes.c.project_id,
        _BESIDE.c.key == writes.c.key,
        _BESIDE.c.first <= writes.c.last,
        _BESIDE.c.last >= writes.c.first,
        _BESIDE.c.number != writes.c.number,
    )
)
_UNDER = Prepared(
    select(writes.c.key, writes.c.number).where(
        writes.c.project_id == bindparam("project"), writes.c.key.in_(several("keys")), writes.c.first >= 0
    )
)
_OF = Prepared(_CONFLICT.where(_OF_PROJECT, conflicts.c.number.in_(several("numbers"))))
_PUT = Prepared(insert(conflicts))
_DROP = Prepared(
    delete(conflicts).where(
        _OF_PROJECT, conflicts.c.number == bindparam("mutation"), conflicts.c.id == bindparam("conflict")
    )
)
_FORGET = Prepared(
    delete(conflicts).where(_OF_PROJECT, conflicts.c.number == bindparam("mutation"), conflicts.c.other == 0)
)
_LISTED = 100
"""Of how many mutations at most it is asked at once whom they meet."""

_INDEXED = Prepared(update(projects).where(projects.c.id == bindparam("project")).values(indexed=True))


class Conflicts:
    """`ports.Conflicts` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, project_id: str, written: Mapping[int, Iterable[WriteRecord]]) -> None:
        rows = [
            values(one, project_id=project_id, number=number) for number, records in written.items() for one in records
        ]
        self._database.run_each(_WRITE, rows)

    def unwrite(self, project_id: str, numbers: Iterable[int]) -> None:
        # One by one: a server that thinks the table small would go through all of it for a list.
        self._database.run_each(_UNWRITE, [{"project": project_id, "mutation": number} for number in numbers])

    def writing(self, project_id: str, keys: Iterable[str]) -> list[MutationRecord]:
        found: dict[int, MutationRecord] = {}
        for portion in chunks(keys):
            rows = self._database.rows(_WRITING, project=project_id, keys=portion)
            found.update((record.number, record) for record in (MutationRecord(*row) for row in rows))
        return [found[number] for number in sorted(found)]

    def meeting(self, project_id: str, numbers: Iterable[int]) -> list[tuple[int, int]]:
        wanted = list(numbers)
        # For a long list a server would go through a table whose size it does not know yet, as it grows.
        portions = chunks(wanted) if len(wanted) <= _LISTED else [[number] for number in wanted]
        return [
            (number, other)
            for portion in portions
            for number, other in self._database.rows(_MEETING, project=project_id, numbers=portion)
        ]

    def under(self, project_id: str, keys: Iterable[str]) -> list[tuple[str, int]]:
        return [
            (key, number)
            for portion in chunks(keys)
            for key, number in self._database.rows(_UNDER, project=project_id, keys=portion)
        ]

    def of(self, project_id: str, numbers: Iterable[int]) -> dict[int, list[ConflictRecord]]:
        wanted = list(numbers)
        found: dict[int, list[ConflictRecord]] = {number: [] for number in wanted}
        for portion in chunks(wanted):
            for row in self._database.rows(_OF, project=project_id, numbers=portion):
                record = ConflictRecord(*row)
                found[record.number].append(record)
        return found

    def put(self, project_id: str, records: Sequence[ConflictRecord]) -> None:
        self._database.run_each(_PUT, [values(record, project_id=project_id) for record in records])

    def drop(self, project_id: str, records: Sequence[ConflictRecord]) -> None:
        rows = [{"project": project_id, "mutation": one.number, "conflict": one.id} for one in records]
        self._database.run_each(_DROP, rows)

    def forget(self, project_id: str, number: int) -> None:
        self._database.run(_FORGET, project=project_id, mutation=number)

    def page(
        self, project_id: str, narrowed: ConflictFilter, number: int | None, window: Window
    ) -> tuple[list[ConflictRecord], int]:
        meant = [conflicts.c.project_id == project_id]
        # Each side has a row: one of them is enough, the newer one's unless a side is asked for.
        meant.append(conflicts.c.number > conflicts.c.other if number is None else conflicts.c.number == number)
        if narrowed.path:
            meant.append(holds(conflicts.c.path, narrowed.path))
        if narrowed.type is not None:
            meant.append(conflicts.c.type == narrowed.type)
        if narrowed.severity is not None:
            meant.append(conflicts.c.severity == narrowed.severity)
        order = [(column, False) for column in (conflicts.c.path, conflicts.c.number, conflicts.c.id)]
        rows = read_window(self._database, _CONFLICT.where(*meant), order, window)
        ((total,),) = self._database.compose(select(func.count()).select_from(conflicts).where(*meant))
        return [ConflictRecord(*row) for row in rows], total

    def indexed(self, project_id: str) -> None:
        self._database.run(_INDEXED, project=project_id)
