"""Mutations, their patchsets, changes and parents."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import and_, bindparam, delete, insert, select, update

from lattice_console.contract.models.mutation import Status
from lattice_console.contract.models.query import MutationFilter, Sort
from lattice_console.engine.records import (
    Asker,
    ChangeRecord,
    ListedRecord,
    MutationRecord,
    OverrideRecord,
    ParentRecord,
    PatchsetRecord,
    Window,
)
from lattice_console.engine.stores import tables
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.queue import count_by_status, read_page
from lattice_console.engine.stores.rows import chunks, columns, several, values
from lattice_console.engine.stores.statements import Prepared, Row
from lattice_console.engine.stores.tables import mutations, patchsets

Item = TypeVar("Item")

_IDS = several("ids")
_OF_PROJECT = mutations.c.project_id == bindparam("project")
_MUTATION = select(*columns(mutations, MutationRecord))
_BY_ID = Prepared(_MUTATION.where(_OF_PROJECT, mutations.c.id == bindparam("mutation")))
_BY_NUMBER = Prepared(_MUTATION.where(_OF_PROJECT, mutations.c.number == bindparam("number")))
_NUMBERED = Prepared(_MUTATION.where(_OF_PROJECT, mutations.c.number.in_(several("numbers"))))
_MANY = Prepared(_MUTATION.where(mutations.c.id.in_(_IDS)))
_WITH_STATUS = Prepared(
    _MUTATION.where(_OF_PROJECT, mutations.c.status.in_(several("statuses"))).order_by(mutations.c.number)
)
_NUMBER = select(mutations.c.number).where(mutations.c.id == bindparam("mutation"))
_UNTOUCH = Prepared(
    delete(tables.touched).where(
        tables.touched.c.project_id == bindparam("project"), tables.touched.c.number == _NUMBER.scalar_subquery()
    )
)
_CREATE = Prepared(insert(mutations))
_UPDATE = update(mutations).where(mutations.c.id == bindparam("mutation"))
_SET = Prepared(_UPDATE)
_SET_AND_COUNT = Prepared(_UPDATE.values(version=mutations.c.version + 1))

_IS_CURRENT = and_(patchsets.c.mutation_id == mutations.c.id, patchsets.c.number == mutations.c.patchset)
_PATCHSET = select(*columns(patchsets, PatchsetRecord))
_PATCHSET_BY_NUMBER = Prepared(
    _PATCHSET.where(patchsets.c.mutation_id == bindparam("mutation"), patchsets.c.number == bindparam("number"))
)
_CURRENT_PATCHSETS = Prepared(_PATCHSET.join(mutations, _IS_CURRENT).where(mutations.c.id.in_(_IDS)))
_PROPOSED_BY = Prepared(
    select(mutations.c.id)
    .join(patchsets, _IS_CURRENT)
    .where(mutations.c.id.in_(_IDS), patchsets.c.author_id == bindparam("user"))
)
_CHANGES = Prepared(
    select(tables.changes.c.patchset_id, *columns(tables.changes, ChangeRecord))
    .where(tables.changes.c.patchset_id.in_(_IDS))
    .order_by(tables.changes.c.patchset_id, tables.changes.c.position)
)
_PARENTS = Prepared(
    select(tables.parents.c.patchset_id, *columns(tables.parents, ParentRecord))
    .where(tables.parents.c.patchset_id.in_(_IDS))
    .order_by(tables.parents.c.mutation_id)
)
_CHILDREN = Prepared(
    _MUTATION.select_from(tables.parents)
    .join(patchsets, patchsets.c.id == tables.parents.c.patchset_id)
    .join(mutations, _IS_CURRENT)
    .where(tables.parents.c.mutation_id == bindparam("parent"))
    .order_by(mutations.c.number)
)
_OVERRIDES = Prepared(
    select(tables.overrides.c.mutation_id, *columns(tables.overrides, OverrideRecord))
    .where(tables.overrides.c.mutation_id.in_(_IDS))
    .order_by(tables.overrides.c.requirement)
)
_IMPORTED = Prepared(
    select(tables.imports.c.mutation_id).where(
        tables.imports.c.project_id == bindparam("project"), tables.imports.c.commit == bindparam("revision")
    )
)
_EXECUTED: tuple[Status, ...] = ("completed", "rolled_back", "rollback_failed")
_TOUCHING = select(tables.touched.c.number).where(
    tables.touched.c.project_id == bindparam("project"), tables.touched.c.path.in_(several("paths"))
)
_PENDING_IMPORTS = Prepared(
    _MUTATION.join(tables.imports, tables.imports.c.mutation_id == mutations.c.id).where(
        _OF_PROJECT, mutations.c.status.not_in(_EXECUTED), mutations.c.number.in_(_TOUCHING)
    )
)
_ADD_PATCHSET = Prepared(insert(patchsets))
_ADD_CHANGES = Prepared(insert(tables.changes))
_ADD_PARENTS = Prepared(insert(tables.parents))
_TOUCH = Prepared(
    insert(tables.touched).values(
        project_id=bindparam("project"), number=_NUMBER.scalar_subquery(), path=bindparam("path")
    )
)
_OVERRIDE = Prepared(insert(tables.overrides))
_NOTE_IMPORT = Prepared(insert(tables.imports))


class Mutations:
    """`ports.Mutations` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, project_id: str, record: MutationRecord) -> None:
        self._database.run(_CREATE, **values(record, project_id=project_id))

    def update(self, mutation_id: str, **columns: Any) -> None:
        """Set columns; the version counts up unless `version` is given. Raises LookupError for an unknown id."""
        statement = _SET if "version" in columns else _SET_AND_COUNT
        if self._database.run(statement, mutation=mutation_id, **columns) != 1:
            raise LookupError(f"no mutation {mutation_id}")

    def by_id(self, project_id: str, mutation_id: str) -> MutationRecord | None:
        return self._one(_BY_ID, project=project_id, mutation=mutation_id)

    def by_number(self, project_id: str, number: int) -> MutationRecord | None:
        return self._one(_BY_NUMBER, project=project_id, number=number)

    def numbered(self, project_id: str, numbers: Iterable[int]) -> dict[int, MutationRecord]:
        """Those of the mutations that exist, by number."""
        found: dict[int, MutationRecord] = {}
        for portion in chunks(numbers):
            records = (
                MutationRecord(*row) for row in self._database.rows(_NUMBERED, project=project_id, numbers=portion)
            )
            found.update((record.number, record) for record in records)
        return found

    def many(self, mutation_ids: Iterable[str]) -> dict[str, MutationRecord]:
        """Those of the mutations that exist, by id."""
        records = (MutationRecord(*row) for row in self._in(_MANY, mutation_ids))
        return {record.id: record for record in records}

    def with_status(self, project_id: str, statuses: Iterable[Status]) -> list[MutationRecord]:
        """The project's mutations in one of those states, by number."""
        rows = self._database.rows(_WITH_STATUS, project=project_id, statuses=list(statuses))
        return [MutationRecord(*row) for row in rows]

    def page(
        self, project_id: str, narrowed: MutationFilter, asker: Asker, sort: Sort, window: Window
    ) -> tuple[list[ListedRecord], int]:
        """A window of those that the filter means, and how many there are."""
        return read_page(self._database, project_id, narrowed, asker, sort, window)

    def counts(self, project_id: str, narrowed: MutationFilter, asker: Asker) -> dict[Status, int]:
        """How many the filter means, by status."""
        return count_by_status(self._database, project_id, narrowed, asker)

    def add_patchset(
        self,
        project_id: str,
        record: PatchsetRecord,
        changes: Sequence[ChangeRecord],
        parents: Sequence[ParentRecord],
    ) -> None:
        """Write the patchset with its changes, in their order, and its parents."""
        self._database.run(_ADD_PATCHSET, **values(record))
        rows = [
            values(change, project_id=project_id, patchset_id=record.id, position=position)
            for position, change in enumerate(changes)
        ]
        self._database.run_each(_ADD_CHANGES, rows)
        self._database.run_each(_ADD_PARENTS, [values(parent, patchset_id=record.id) for parent in parents])
        if record.number > 1:
            self._database.run(_UNTOUCH, project=project_id, mutation=record.mutation_id)
        paths = {path for change in changes for path in (change.path, change.new_path) if path is not None}
        touched = [{"project": project_id, "mutation": record.mutation_id, "path": path} for path in sorted(paths)]
        self._database.run_each(_TOUCH, touched)

    def patchset(self, mutation_id: str, number: int) -> PatchsetRecord | None:
        row = self._database.row(_PATCHSET_BY_NUMBER, mutation=mutation_id, number=number)
        return PatchsetRecord(*row) if row else None

    def patchsets(self, mutation_ids: Iterable[str]) -> dict[str, PatchsetRecord]:
        """The current patchset of each, by mutation id."""
        records = (PatchsetRecord(*row) for row in self._in(_CURRENT_PATCHSETS, mutation_ids))
        return {record.mutation_id: record for record in records}

    def proposed_by(self, user_id: str, mutation_ids: Iterable[str]) -> set[str]:
        """Those of the mutations whose current patchset is by that user."""
        return {
            mutation_id
            for portion in chunks(mutation_ids)
            for mutation_id in self._database.column(_PROPOSED_BY, user=user_id, ids=portion)
        }

    def changes(self, patchset_ids: Iterable[str]) -> dict[str, list[ChangeRecord]]:
        """The changes of each patchset, in their order."""
        return self._grouped(_CHANGES, patchset_ids, ChangeRecord)

    def parents(self, patchset_ids: Iterable[str]) -> dict[str, list[ParentRecord]]:
        """What each patchset is stacked on, by mutation id."""
        return self._grouped(_PARENTS, patchset_ids, ParentRecord)

    def children(self, mutation_id: str) -> list[MutationRecord]:
        """Those whose current patchset is stacked on it, by number."""
        return [MutationRecord(*row) for row in self._database.rows(_CHILDREN, parent=mutation_id)]

    def override(self, mutation_id: str, records: Sequence[OverrideRecord], at: datetime) -> None:
        """Note that a policy took the place of those requirements."""
        rows = [values(record, mutation_id=mutation_id, created_at=at) for record in records]
        self._database.run_each(_OVERRIDE, rows)

    def overrides(self, mutation_ids: Iterable[str]) -> dict[str, list[OverrideRecord]]:
        """The overrides of each mutation, by requirement."""
        return self._grouped(_OVERRIDES, mutation_ids, OverrideRecord)

    def imported(self, project_id: str, commit: str) -> str | None:
        """The id of the mutation that the commit became."""
        row = self._database.row(_IMPORTED, project=project_id, revision=commit)
        return row[0] if row else None

    def note_import(self, project_id: str, commit: str, mutation_id: str) -> None:
        self._database.run(_NOTE_IMPORT, project_id=project_id, commit=commit, mutation_id=mutation_id)

    def pending_imports_on(self, project_id: str, paths: Iterable[str]) -> list[MutationRecord]:
        """Imported mutations not yet executed whose changes touch one of the paths, oldest first."""
        found: dict[int, MutationRecord] = {}
        for portion in chunks(paths):
            for row in self._database.rows(_PENDING_IMPORTS, project=project_id, paths=portion):
                record = MutationRecord(*row)
                found[record.number] = record
        return [found[number] for number in sorted(found)]

    def _one(self, prepared: Prepared, **values: Any) -> MutationRecord | None:
        row = self._database.row(prepared, **values)
        return MutationRecord(*row) if row else None

    def _in(self, prepared: Prepared, ids: Iterable[str]) -> Iterator[Row]:
        for portion in chunks(ids):
            yield from self._database.rows(prepared, ids=portion)

    def _grouped(self, prepared: Prepared, ids: Iterable[str], record: type[Item]) -> dict[str, list[Item]]:
        """Records by the first column, with a list for every id."""
        wanted = list(ids)
        found: dict[str, list[Item]] = {key: [] for key in wanted}
        for key, *row in self._in(prepared, wanted):
            found[key].append(record(*row))
        return found
